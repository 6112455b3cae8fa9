// Pictures by WebRTC (WHEP) and control messages on its data channel. The quick way; needs UDP.

const GATHER_MS = 250; // how long the offer waits for candidates; later ones are trickled
const DISCONNECTED_MS = 3000; // ICE often comes back by itself within this time

export class WebRtcTransport {
  kind = 'webrtc';
  #api;
  #token;
  #video;
  #events;
  #pc;
  #channel;
  #location;
  #closed = false;
  #lost;
  #last = { bytes: 0, at: 0, packets: 0, lost: 0 };

  // events: message(text), frame({rtp, at, width, height}), closed(reason). `video` is a <video> element.
  constructor({ api, token, video, events }) {
    this.#api = api;
    this.#token = token;
    this.#video = video;
    this.#events = events;
  }

  // Resolves when control messages can be sent; rejects with what went wrong. `signal` gives up.
  async open(session, signal) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    const { receiver } = pc.addTransceiver('video', { direction: 'recvonly' });
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    this.#channel = pc.createDataChannel('control', { ordered: true });
    const opened = this.#watch(pc, signal);
    opened.catch(() => {}); // it may fail while the offer is still on its way; the await below tells
    pc.ontrack = ({ track }) => this.#show(track);

    await pc.setLocalDescription(await pc.createOffer());
    const trickle = this.#collect(pc);
    await gathered(pc, GATHER_MS);
    const { answer, location } =
      await this.#api.offer(session.whep_url, pc.localDescription.sdp, this.#token, signal);
    this.#location = location;
    if (this.#closed) {
      this.#hangUp();
      throw new Error('closed while connecting');
    }
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    trickle(location);
    await opened;
  }

  // False if the message could not be sent.
  send(text) {
    if (this.#channel?.readyState !== 'open') return false;
    this.#channel.send(text);
    return true;
  }

  // gone: the session has ended, so there is nothing to hang up.
  close({ gone = false } = {}) {
    if (this.#closed) return;
    this.#closed = true;
    if (gone) this.#location = undefined;
    clearTimeout(this.#lost);
    this.#channel?.close();
    this.#pc?.close();
    this.#video.srcObject = null;
    this.#hangUp();
  }

  // What this receiver saw since the last call: {bitrateKbps, loss (0 to 1), rttMs, dropped (in all)}.
  async stats() {
    const result = { bitrateKbps: 0, loss: 0, rttMs: undefined, dropped: 0 };
    if (this.#closed || !this.#pc) return result;
    for (const entry of (await this.#pc.getStats()).values()) {
      if (entry.type === 'candidate-pair' && entry.nominated && entry.currentRoundTripTime !== undefined) {
        result.rttMs = entry.currentRoundTripTime * 1000;
      }
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') continue;
      result.dropped = entry.framesDropped ?? 0;
      const now = { bytes: entry.bytesReceived, at: entry.timestamp, packets: entry.packetsReceived,
        lost: Math.max(0, entry.packetsLost) };
      const ms = now.at - this.#last.at;
      if (this.#last.at > 0 && ms > 0) {
        result.bitrateKbps = ((now.bytes - this.#last.bytes) * 8) / ms;
        const lost = Math.max(0, now.lost - this.#last.lost);
        result.loss = lost / Math.max(1, now.packets - this.#last.packets + lost);
      }
      this.#last = now;
    }
    return result;
  }

  // A promise for the open data channel, and the end of the connection for the events.
  #watch(pc, signal) {
    return new Promise((resolve, reject) => {
      let open = false;
      const fail = (reason) => {
        if (open) this.#end(reason);
        else reject(new Error(reason));
      };
      signal?.addEventListener('abort', () => reject(new Error('gave up waiting')), { once: true });
      this.#channel.onopen = () => {
        open = true;
        resolve();
      };
      this.#channel.onclose = () => fail('the data channel was closed');
      this.#channel.onmessage = ({ data }) => this.#events.message(data);
      pc.onconnectionstatechange = () => {
        clearTimeout(this.#lost);
        if (pc.connectionState === 'failed') fail('no way to the server by UDP');
        if (pc.connectionState === 'disconnected') {
          this.#lost = setTimeout(() => fail('the connection was lost'), DISCONNECTED_MS);
        }
      };
    });
  }

  #show(track) {
    this.#video.srcObject = new MediaStream([track]);
    // Muted video may always play; a refusal only means that the element was taken away meanwhile.
    this.#video.play().catch(() => {});
    if (!this.#video.requestVideoFrameCallback) return;
    const next = (_now, metadata) => {
      if (this.#closed) return;
      this.#events.frame({ rtp: metadata.rtpTimestamp, at: performance.now(), width: metadata.width,
        height: metadata.height });
      this.#video.requestVideoFrameCallback(next);
    };
    this.#video.requestVideoFrameCallback(next);
  }

  // Keeps candidates that come after the offer was sent; the returned function sends them to `location`.
  #collect(pc) {
    const late = [];
    let location;
    const send = () => {
      if (!location || late.length === 0 || this.#closed) return;
      const fragment = trickleFragment(pc.localDescription.sdp, late.splice(0));
      this.#api.trickle(location, fragment, this.#token).catch(() => {}); // what was offered may do
    };
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate && !pc.localDescription.sdp.includes(candidate.candidate)) {
        late.push(candidate.candidate);
        send();
      }
    };
    return (url) => {
      location = url;
      send();
    };
  }

  #end(reason) {
    if (this.#closed) return;
    this.close();
    this.#events.closed(reason);
  }

  #hangUp() {
    if (!this.#location) return;
    this.#api.hangUp(this.#location, this.#token).catch(() => {}); // the server finds out by itself, too
    this.#location = undefined;
  }
}

// The body of a PATCH (RFC 8840): the credentials of the description and the new candidates.
export function trickleFragment(sdp, candidates) {
  const line = (name) => sdp.match(new RegExp(`^a=${name}:.*$`, 'm'))?.[0].trim();
  const head = [line('ice-ufrag'), line('ice-pwd'), 'm=video 9 UDP/TLS/RTP/SAVPF 0', line('mid')];
  const body = candidates.map((candidate) => `a=${candidate}`);
  return [...head, ...body].filter(Boolean).join('\r\n') + '\r\n';
}

function gathered(pc, ms) {
  if (pc.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
