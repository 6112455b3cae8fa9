// From a control to the picture that shows it: the receipt says which frame shows it first, the transport
// says when which frame was presented. Either may come first.
import { rtpOf, rtpReached } from './wire.js';

const WAITING_MAX = 256;
const SHOWN_MAX = 120;
const SAMPLES_MAX = 240;

// The value below which the share `p` (0 to 1) of `values` lies, by nearest rank; undefined without values.
export function percentile(values, p) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

export class LatencyTracker {
  #waiting = new Map(); // id -> {kind, sentAt, rtp, frame}
  #shown = []; // the latest presented frames, oldest first
  #samples = new Map(); // kind -> the latest latencies in ms
  #onSample;
  lost = 0; // controls that were forgotten because too many waited

  // onSample({id, kind, ms, frame}) is called for each control when its picture was presented.
  constructor(onSample = () => {}) {
    this.#onSample = onSample;
  }

  // Times are milliseconds of one clock (performance.now()).
  sent(id, kind, now) {
    if (this.#waiting.size >= WAITING_MAX) {
      this.#waiting.delete(this.#waiting.keys().next().value);
      this.lost += 1;
    }
    this.#waiting.set(id, { kind, sentAt: now });
  }

  receipt({ id, outcome, frame, pts_us: ptsUs }) {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    if (outcome !== 'applied' || !Number.isFinite(ptsUs)) {
      this.#waiting.delete(id);
      return;
    }
    entry.rtp = rtpOf(ptsUs);
    entry.frame = frame;
    const shown = this.#shown.find((s) => s.at >= entry.sentAt && rtpReached(s.rtp, entry.rtp));
    if (shown) this.#finish(id, entry, shown.at);
  }

  presented(rtp, at) {
    if (rtp === undefined) return; // a browser that does not tell which frame it shows
    this.#shown.push({ rtp, at });
    if (this.#shown.length > SHOWN_MAX) this.#shown.shift();
    for (const [id, entry] of this.#waiting) {
      if (entry.rtp !== undefined && rtpReached(rtp, entry.rtp)) this.#finish(id, entry, at);
    }
  }

  // Forgets frames and open controls: after a reconnect, time stamps may begin anew.
  clear() {
    this.#waiting.clear();
    this.#shown = [];
  }

  // {p50, p95, count, last} of the latest latencies of a kind, in ms.
  summary(kind) {
    const values = this.#samples.get(kind) ?? [];
    return {
      p50: percentile(values, 0.5),
      p95: percentile(values, 0.95),
      count: values.length,
      last: values.at(-1),
    };
  }

  #finish(id, entry, at) {
    this.#waiting.delete(id);
    const ms = at - entry.sentAt;
    const values = this.#samples.get(entry.kind) ?? [];
    values.push(ms);
    if (values.length > SAMPLES_MAX) values.shift();
    this.#samples.set(entry.kind, values);
    this.#onSample({ id, kind: entry.kind, ms, frame: entry.frame });
  }
}

// Frames presented a second, over the last second.
export class RateMeter {
  #times = [];

  add(now) {
    this.#times.push(now);
    this.#trim(now);
  }

  rate(now) {
    this.#trim(now);
    return this.#times.length;
  }

  #trim(now) {
    while (this.#times.length > 0 && this.#times[0] <= now - 1000) this.#times.shift();
  }
}
