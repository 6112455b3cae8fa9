// The line to one session: chooses a transport, notices when it ends or falls silent, and connects again.
import { Emitter } from './emitter.js';
import { ApiError } from './errors.js';
import { SocketTransport } from './socket_transport.js';
import { retryDelay } from './transport_choice.js';
import { WebRtcTransport } from './webrtc_transport.js';

const WEBRTC_MS = 2500;
const SOCKET_MS = 8000;
const SILENT_MS = 4000; // the server makes pictures and none arrives
const STALE_MS = 6000; // nothing at all arrives, though the server speaks once a second

const TRANSPORTS = {
  webrtc: ({ video, ...rest }) => new WebRtcTransport({ video, ...rest }),
  socket: ({ canvas, ...rest }) => new SocketTransport({ canvas, ...rest }),
};

// Events:
//   state {phase: 'connecting' | 'live' | 'waiting' | 'closed', kind, attempt, retryMs, error}
//   message (object), frame {rtp, at, width, height}, gone (ApiError: the session is no more)
export class Connection extends Emitter {
  #api;
  #session; // {id, token, whep_url, control_url, video_url, codec}
  #surfaces;
  #choice;
  #transport;
  #generation = 0; // counts openings, so that a late end of an old one is ignored
  #attempt = 0;
  #timer;
  #frameAt = 0;
  #heardAt = 0;
  #serverFrame = -1;
  phase = 'closed';

  #transports;

  // surfaces: {video, canvas}. Only the one in use is shown. transports: {webrtc, socket}, functions that make
  // one from {api, token, video, canvas, events}.
  constructor({ api, session, surfaces, choice, transports = TRANSPORTS }) {
    super();
    this.#api = api;
    this.#session = session;
    this.#surfaces = surfaces;
    this.#choice = choice;
    this.#transports = transports;
  }

  get kind() {
    return this.#transport?.kind;
  }

  // Connects, and keeps trying until close().
  async open() {
    const generation = (this.#generation += 1);
    clearTimeout(this.#timer);
    this.#state('connecting');
    let webrtcFailed = false;
    let failure;
    for (const kind of this.#choice.order()) {
      try {
        const transport = await this.#tryOne(kind, generation);
        if (generation !== this.#generation) {
          transport.close();
          return;
        }
        this.#transport = transport;
        this.#attempt = 0;
        this.#frameAt = this.#heardAt = performance.now();
        this.#choice.worked(kind, { webrtcFailed });
        this.#state('live');
        this.#watchSilence(generation);
        return;
      } catch (error) {
        if (generation !== this.#generation) return;
        if (!(failure instanceof ApiError)) failure = error; // the server's own words say most
        if (kind === 'webrtc' && !(error instanceof ApiError)) webrtcFailed = true;
      }
    }
    const gone = await this.#findGone();
    if (generation !== this.#generation) return;
    if (gone) {
      this.close({ gone: true });
      this.emit('gone', gone);
    } else {
      this.#retry(failure);
    }
  }

  // False if the message could not be sent now.
  send(message) {
    if (this.phase !== 'live') return false;
    return this.#transport.send(JSON.stringify({ v: 1, ...message }));
  }

  // Skips the wait before the next try.
  retryNow() {
    if (this.phase === 'waiting') this.open();
  }

  async stats() {
    return this.#transport ? this.#transport.stats() : undefined;
  }

  // gone: the session has ended on the server.
  close({ gone = false } = {}) {
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.#transport?.close({ gone });
    this.#transport = undefined;
    this.#state('closed');
  }

  async #tryOne(kind, generation) {
    const events = {
      message: (text) => generation === this.#generation && this.#message(text),
      frame: (frame) => {
        if (generation !== this.#generation) return;
        this.#frameAt = frame.at;
        this.emit('frame', frame);
      },
      closed: (reason) => generation === this.#generation && this.#lost(new Error(reason)),
    };
    const { video, canvas } = this.#surfaces;
    const { token } = this.#session;
    const transport = this.#transports[kind]({ api: this.#api, token, video, canvas, events });
    const giveUp = AbortSignal.timeout(kind === 'webrtc' ? WEBRTC_MS : SOCKET_MS);
    try {
      await transport.open(this.#session, giveUp);
    } catch (error) {
      transport.close();
      throw error;
    }
    video.hidden = kind !== 'webrtc';
    canvas.hidden = kind !== 'socket';
    return transport;
  }

  #message(text) {
    this.#heardAt = performance.now();
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return; // not ours; the server sends JSON only
    }
    if (message.type === 'stats') this.#checkPictures(message);
    this.emit('message', message);
  }

  // The server counts frames up while none is presented here: ask for a key frame, then connect anew.
  #checkPictures(stats) {
    const moved = stats.frame !== this.#serverFrame && !stats.paused;
    this.#serverFrame = stats.frame;
    const hidden = globalThis.document?.visibilityState === 'hidden';
    const now = performance.now();
    if (!moved || hidden) {
      this.#frameAt = now;
      return;
    }
    const silent = now - this.#frameAt;
    if (silent > 2 * SILENT_MS) this.#lost(new Error('pictures stopped coming'));
    else if (silent > SILENT_MS) this.send({ type: 'key_frame' });
  }

  #watchSilence(generation) {
    this.#timer = setTimeout(() => {
      if (generation !== this.#generation) return;
      if (performance.now() - this.#heardAt > STALE_MS) this.#lost(new Error('the server fell silent'));
      else this.#watchSilence(generation);
    }, 1000);
  }

  #lost(error) {
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.#transport?.close();
    this.#transport = undefined;
    this.#retry(error);
  }

  #retry(error) {
    const retryMs = retryDelay(this.#attempt);
    this.#attempt += 1;
    this.#state('waiting', { retryMs, error });
    this.#timer = setTimeout(() => this.open(), retryMs);
  }

  // A WebSocket does not say why it was refused, so the session is asked for. A token that has run out is
  // renewed; the error of a session that is no more is the answer.
  async #findGone() {
    const { id, token } = this.#session;
    try {
      await this.#api.session(id, token);
    } catch (error) {
      if (error.status === 404) return error;
      if (error.status !== 401) return undefined;
      try {
        this.#session.token = (await this.#api.renewToken(id)).token; // with the API key, if there is one
      } catch (refused) {
        if (refused.status === 401 || refused.status === 404) return refused;
      }
    }
    return undefined;
  }

  #state(phase, more = {}) {
    this.phase = phase;
    this.emit('state', { phase, kind: this.kind, attempt: this.#attempt, ...more });
  }
}
