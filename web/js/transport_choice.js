// Which way to the server is tried first: WebRTC, unless it failed here not long ago.

const KEY = 'vitascope.transport';
const REMEMBERED_MS = 3600 * 1000; // after that the network deserves another try

// Delay before try number `attempt` (from 0) in ms: doubles from 400 to 10000, with a fifth of chance so
// that many pages do not come back at the same moment. `random` is in 0..1.
export function retryDelay(attempt, random = Math.random()) {
  return Math.min(10000, 400 * 2 ** attempt) * (0.9 + 0.2 * random);
}

// The kinds that this browser can do. WebCodecs is there on secure pages only.
export function supportedTransports(scope = globalThis) {
  const kinds = [];
  if (typeof scope.RTCPeerConnection === 'function') kinds.push('webrtc');
  if (typeof scope.VideoDecoder === 'function') kinds.push('socket');
  return kinds;
}

export class TransportChoice {
  #storage;
  #now;
  #forced;
  #supported;

  // storage: localStorage or the like; forced: 'webrtc' or 'socket' allows only that one; supported: the
  // kinds that this browser can do.
  constructor({ storage, now = Date.now, forced, supported = ['webrtc', 'socket'] }) {
    this.#storage = storage;
    this.#now = now;
    this.#forced = forced;
    this.#supported = supported;
  }

  // The kinds to try, in order.
  order() {
    if (this.#forced) return [this.#forced];
    const kinds = this.#prefersSocket() ? ['socket', 'webrtc'] : ['webrtc', 'socket'];
    return kinds.filter((kind) => this.#supported.includes(kind));
  }

  // To be told what worked after WebRTC had been tried without success, or that WebRTC worked.
  worked(kind, { webrtcFailed = false } = {}) {
    if (this.#forced) return;
    if (kind === 'webrtc') this.#write(undefined);
    else if (webrtcFailed) this.#write(this.#now());
  }

  #prefersSocket() {
    try {
      const since = Number(this.#storage?.getItem(KEY));
      return since > 0 && this.#now() - since < REMEMBERED_MS;
    } catch {
      return false; // storage is forbidden here
    }
  }

  #write(since) {
    try {
      if (since === undefined) this.#storage?.removeItem(KEY);
      else this.#storage?.setItem(KEY, String(since));
    } catch {
      // Storage is forbidden here: WebRTC is tried again next time.
    }
  }
}
