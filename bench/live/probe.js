// Runs in the page before its own scripts and writes down what passes by: keys and clicks, control messages, answers
// and presented pictures, all on the page's clock (performance.now(), milliseconds since the navigation). It asks for
// nothing and changes nothing; samples.mjs makes sense of it.
(() => {
  const KEPT_MAX = 20000; // of each kind; a run takes them out long before

  const fresh = () => ({ keys: [], sent: [], heard: [], shown: [], lost: 0 });
  let log = fresh();
  const pings = new Map(); // an open way for control messages -> its send function
  const note = (kind, entry) => {
    if (log[kind].length < KEPT_MAX) log[kind].push(entry);
    else log.lost += 1;
  };

  globalThis.vitaProbe = {
    // What was written down since the last call.
    take() {
      const taken = log;
      log = fresh();
      return taken;
    },
    // Sends a ping on the line in use.
    ping() {
      const send = [...pings.values()].at(-1);
      send?.(JSON.stringify({ v: 1, type: 'ping', t: performance.now() }));
    },
    shownCount: () => log.shown.length,
  };

  for (const name of ['keydown', 'keyup', 'click']) {
    addEventListener(name, (event) => {
      if (event.repeat) return;
      note('keys', { event: name, code: event.code ?? '', at: event.timeStamp, now: performance.now() });
    }, { capture: true });
  }

  // Control messages, on whichever way they go.
  const told = ({ data }) => {
    if (typeof data !== 'string') return;
    const now = performance.now();
    const { type, id, outcome, frame, pts_us: ptsUs, ttff_ms: ttffMs, t } = JSON.parse(data);
    if (['receipt', 'first_frame', 'pong'].includes(type)) note('heard', { type, id, outcome, frame, ptsUs, ttffMs, t, now });
  };
  const saying = (text) => {
    if (typeof text !== 'string') return;
    const { type, id } = JSON.parse(text);
    if (id) note('sent', { type, id, now: performance.now() });
  };
  const sendOf = (prototype) => {
    const { send } = prototype;
    prototype.send = function (data) {
      saying(data);
      return send.call(this, data);
    };
  };
  sendOf(RTCDataChannel.prototype);
  sendOf(WebSocket.prototype);
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (...from) {
    const channel = createDataChannel.apply(this, from);
    channel.addEventListener('open', () => pings.set(channel, (text) => channel.send(text)));
    channel.addEventListener('close', () => pings.delete(channel));
    channel.addEventListener('message', told);
    return channel;
  };

  // Pictures by WebRTC: what the browser itself says about each one.
  const { requestVideoFrameCallback } = HTMLVideoElement.prototype;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    return requestVideoFrameCallback.call(this, (now, metadata) => {
      note('shown', {
        rtp: metadata.rtpTimestamp, received: metadata.receiveTime, decodeMs: metadata.processingDuration * 1000,
        ready: metadata.presentationTime, at: metadata.expectedDisplayTime, count: metadata.presentedFrames,
        now: performance.now(),
      });
      callback(now, metadata);
    });
  };

  // Pictures by WebSocket: received, decoded, drawn. A canvas that is drawn in one animation frame is on the screen
  // when the next one begins.
  const pictures = new Map(); // ptsUs -> {received, decoded}
  const mark = (ptsUs, name) => {
    pictures.set(ptsUs, { ...pictures.get(ptsUs), [name]: performance.now() });
    if (pictures.size > 256) pictures.delete(pictures.keys().next().value);
  };
  const Plain = globalThis.WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...from) {
      super(...from);
      this.addEventListener('message', (event) => {
        if (typeof event.data === 'string') told(event);
        else if (event.data instanceof ArrayBuffer) mark(Number(new DataView(event.data).getBigUint64(16, true)), 'received');
      });
      if (!String(from[0]).endsWith('/control')) return;
      this.addEventListener('open', () => pings.set(this, (text) => this.send(text)));
      this.addEventListener('close', () => pings.delete(this));
    }
  };
  if (typeof VideoDecoder === 'function') {
    const Decoder = VideoDecoder;
    globalThis.VideoDecoder = class extends Decoder {
      constructor({ output, error }) {
        super({
          output: (picture) => {
            mark(picture.timestamp, 'decoded');
            output(picture);
          },
          error,
        });
      }
    };
  }
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...rest) {
    drawImage.call(this, source, ...rest);
    if (typeof VideoFrame !== 'function' || !(source instanceof VideoFrame)) return;
    const ptsUs = source.timestamp;
    const { received, decoded } = pictures.get(ptsUs) ?? {};
    requestAnimationFrame((at) => note('shown', {
      ptsUs, received, decodeMs: decoded - received, ready: decoded, at, now: performance.now(),
    }));
  };
})();
