// The server's HTTP calls (docs/live.md). Every failure is thrown as an ApiError.
import { ApiError } from './errors.js';

const TIMEOUT_MS = 10000;

export class Api {
  #base;

  // `key` is the API key, or undefined for those who only hold a token. `base` is '' for our own server.
  constructor({ key, base = '' } = {}) {
    this.#base = base;
    this.key = key;
  }

  // The key that a server without one gives to pages on the same machine; undefined elsewhere.
  async pageKey() {
    try {
      return (await this.#json('GET', '/v1/page-key')).key;
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return undefined;
      throw error;
    }
  }

  info(token) {
    return this.#json('GET', '/v1/info', { token });
  }

  understand(prompt, token, signal) {
    return this.#json('POST', '/v1/understand', { token, body: { prompt }, signal });
  }

  createSession(options) {
    return this.#json('POST', '/v1/sessions', { body: options });
  }

  session(id, token) {
    return this.#json('GET', `/v1/sessions/${id}`, { token });
  }

  // Works while the page is being closed, too.
  deleteSession(id, token) {
    return this.#call('DELETE', `/v1/sessions/${id}`, { token, keepalive: true });
  }

  addViewer(id, token) {
    return this.#json('POST', `/v1/sessions/${id}/viewers`, { token });
  }

  renewToken(id, token) {
    return this.#json('POST', `/v1/sessions/${id}/token`, { token });
  }

  // Offers SDP to a WHEP address; {answer, location}.
  async offer(url, sdp, token, signal) {
    const response = await this.#call('POST', url, { token, text: sdp, type: 'application/sdp', signal });
    return { answer: await response.text(), location: response.headers.get('Location') };
  }

  trickle(location, fragment, token) {
    const type = 'application/trickle-ice-sdpfrag';
    return this.#call('PATCH', location, { token, text: fragment, type });
  }

  // Works while the page is being closed, too.
  hangUp(location, token) {
    return this.#call('DELETE', location, { token, keepalive: true });
  }

  async log(id, token) {
    return (await this.#call('GET', `/v1/sessions/${id}/log`, { token })).blob();
  }

  startRecording(id, token) {
    return this.#json('POST', `/v1/sessions/${id}/recording`, { token });
  }

  stopRecording(id, token) {
    return this.#call('DELETE', `/v1/sessions/${id}/recording`, { token, timeoutMs: 30000 });
  }

  async recording(id, token) {
    const path = `/v1/sessions/${id}/recording`;
    return (await this.#call('GET', path, { token, timeoutMs: 600000 })).blob();
  }

  // The address of a WebSocket beside this server.
  socketUrl(path) {
    const url = new URL(this.#base + path, globalThis.location?.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url.href;
  }

  async #json(method, path, options = {}) {
    const response = await this.#call(method, path, options);
    const text = await response.text();
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      throw new ApiError(response.status, 'bad_answer', 'The server answered with something that is not JSON.');
    }
  }

  async #call(method, path, { token, body, text, type, signal, keepalive, timeoutMs = TIMEOUT_MS } = {}) {
    const headers = {};
    const bearer = token ?? this.key;
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (text !== undefined) headers['Content-Type'] = type;
    const timeout = AbortSignal.timeout(timeoutMs);
    const request = {
      method,
      headers,
      keepalive,
      body: body === undefined ? text : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      cache: 'no-store',
      credentials: 'omit',
    };
    let response;
    try {
      response = await fetch(this.#base + path, request);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(0, 'unreachable', error.message);
    }
    if (!response.ok) throw await apiError(response);
    return response;
  }
}

async function apiError(response) {
  let error;
  try {
    ({ error } = await response.json());
  } catch {
    // A proxy's page: the status must do.
  }
  const retry = Number(response.headers.get('Retry-After'));
  return new ApiError(response.status, error?.code ?? codeOf(response.status), error?.message ?? '',
    Number.isFinite(retry) && retry > 0 ? retry : undefined);
}

function codeOf(status) {
  const codes = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 413: 'too_large',
    429: 'too_many_requests', 503: 'busy' };
  return codes[status] ?? 'failed';
}
