// Pictures by WebSocket, decoded with WebCodecs into a canvas; control messages on a socket of their own.
// For networks that let no UDP through.
import { parsePicture, rtpOf } from './wire.js';

const PROTOCOL = 'vitascope.v1';
const DECODING_MAX = 6; // pictures waiting in the decoder; more means that it cannot keep up

export class SocketTransport {
  kind = 'socket';
  #api;
  #token;
  #canvas;
  #events;
  #control;
  #pictures;
  #decoder;
  #codec;
  #newest; // the latest decoded picture that was not drawn yet
  #drawing = 0;
  #needsKey = true;
  #sequence = -1;
  #closed = false;
  #bytes = 0;
  #bytesAt = 0;
  #dropped = 0;

  // events as in WebRtcTransport. `canvas` takes the size of the pictures.
  constructor({ api, token, canvas, events }) {
    this.#api = api;
    this.#token = token;
    this.#canvas = canvas;
    this.#events = events;
  }

  static supported() {
    return typeof VideoDecoder === 'function';
  }

  async open(session, signal) {
    if (!SocketTransport.supported()) {
      throw new Error('this browser decodes video only on secure (https) pages');
    }
    this.#codec = session.codec || 'avc1.42c01f';
    this.#makeDecoder();
    this.#control = this.#socket(session.control_url);
    this.#control.onmessage = ({ data }) => this.#events.message(data);
    this.#pictures = this.#socket(session.video_url);
    this.#pictures.binaryType = 'arraybuffer';
    this.#pictures.onmessage = ({ data }) => this.#take(data);
    this.#bytesAt = performance.now();
    await Promise.all([opened(this.#control, signal), opened(this.#pictures, signal)]);
    for (const socket of [this.#control, this.#pictures]) {
      socket.onclose = ({ reason }) => this.#end(reason || 'the connection was closed');
    }
  }

  send(text) {
    if (this.#control?.readyState !== WebSocket.OPEN) return false;
    this.#control.send(text);
    return true;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    cancelAnimationFrame(this.#drawing);
    this.#control?.close();
    this.#pictures?.close();
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#newest?.picture.close();
    this.#newest = undefined;
  }

  async stats() {
    const now = performance.now();
    const bitrateKbps = (this.#bytes * 8) / Math.max(1, now - this.#bytesAt);
    this.#bytes = 0;
    this.#bytesAt = now;
    return { bitrateKbps, loss: 0, rttMs: undefined, dropped: this.#dropped };
  }

  #socket(path) {
    return new WebSocket(this.#api.socketUrl(path), [PROTOCOL, `bearer.${this.#token}`]);
  }

  #makeDecoder() {
    this.#decoder = new VideoDecoder({
      output: (picture) => this.#decoded(picture),
      error: () => this.#restartDecoder(),
    });
    // Without a description the decoder expects Annex B, which is what the server sends.
    this.#decoder.configure({ codec: this.#codec, optimizeForLatency: true });
    this.#needsKey = true;
  }

  #restartDecoder() {
    if (this.#closed) return;
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    this.#makeDecoder();
    this.#askForKey();
  }

  #askForKey() {
    this.send(JSON.stringify({ v: 1, type: 'key_frame' }));
  }

  #take(buffer) {
    if (this.#closed || typeof buffer === 'string') return;
    this.#bytes += buffer.byteLength;
    let picture;
    try {
      picture = parsePicture(buffer);
    } catch (error) {
      this.#end(error.message);
      return;
    }
    const gap = picture.sequence !== ((this.#sequence + 1) >>> 0);
    this.#sequence = picture.sequence;
    if (!this.#needsKey && gap && !picture.key) this.#skipToKey();
    if (!this.#needsKey && this.#decoder.decodeQueueSize > DECODING_MAX) this.#restartDecoder();
    if (this.#needsKey && !picture.key) {
      this.#dropped += 1;
      return;
    }
    this.#needsKey = false;
    const type = picture.key ? 'key' : 'delta';
    const chunk = new EncodedVideoChunk({ type, timestamp: picture.ptsUs, data: picture.data });
    this.#decoder.decode(chunk);
  }

  #skipToKey() {
    this.#needsKey = true;
    this.#askForKey();
  }

  // Only the newest picture is drawn, at the next moment when the browser draws at all.
  #decoded(picture) {
    if (this.#closed) {
      picture.close();
      return;
    }
    if (this.#newest) {
      this.#newest.picture.close();
      this.#dropped += 1;
    }
    this.#newest = { picture };
    if (!this.#drawing) this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    if (!this.#newest || this.#closed) return;
    const { picture } = this.#newest;
    this.#newest = undefined;
    // Not codedWidth and codedHeight: those include the encoder's padding.
    const { width, height } = picture.visibleRect;
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    canvas.getContext('2d', { alpha: false }).drawImage(picture, 0, 0, width, height);
    const rtp = rtpOf(picture.timestamp);
    picture.close();
    this.#events.frame({ rtp, at: performance.now(), width, height });
  }

  #end(reason) {
    if (this.#closed) return;
    this.close();
    this.#events.closed(reason);
  }
}

function opened(socket, signal) {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onclose = ({ code, reason }) => reject(new Error(reason || `the socket was refused (${code})`));
    signal?.addEventListener('abort', () => reject(new Error('gave up waiting')), { once: true });
  });
}
