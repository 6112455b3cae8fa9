// One world as the page sees it: says what the person wants, keeps what the server answers.
import { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { LatencyTracker, RateMeter } from './latency.js';

const REPORT_MS = 1000;
const RENEW_MIN_MS = 20000;
const RENEW_MAX_MS = 240000;

// The addresses of a session of which only the id is known.
export function addresses(id) {
  const base = `/v1/sessions/${id}`;
  return { whep_url: `${base}/whep`, control_url: `${base}/control`, video_url: `${base}/video` };
}

// Events: state (Connection's), hello, understood, receipt, first_frame, stats, bye, fault, gone, frame,
// latency {kind, ms, frame, id}, report (what this receiver sees, once a second).
export class Session extends Emitter {
  #api;
  #connection;
  #ids = 0;
  #rate = new RateMeter();
  #reporter;
  #renewer;
  #rttMs;
  #dropped = 0;
  frames = 0; // presented here
  latency = new LatencyTracker((sample) => this.emit('latency', sample));

  // info: the answer of POST /v1/sessions, or {id, token, role}. surfaces: {video, canvas}.
  constructor({ api, info, surfaces, choice }) {
    super();
    this.#api = api;
    this.info = { role: 'steer', ...addresses(info.id), ...info };
    this.last = {}; // the latest stats of the server
    this.#connection = new Connection({ api, session: this.info, surfaces, choice });
    this.#connection.on('message', (message) => this.#take(message));
    this.#connection.on('state', (state) => this.#changed(state));
    this.#connection.on('gone', (error) => this.#end('gone', error));
    this.#connection.on('frame', (frame) => this.#presented(frame));
  }

  get steers() {
    return this.info.role !== 'watch';
  }

  get phase() {
    return this.#connection.phase;
  }

  get kind() {
    return this.#connection.kind;
  }

  open() {
    this.#reporter = setInterval(() => this.#report(), REPORT_MS);
    this.#planRenewal();
    return this.#connection.open();
  }

  // Hangs up; the session stays on the server, unless `andDelete`. gone: it has ended there.
  close({ andDelete = false, gone = false } = {}) {
    clearInterval(this.#reporter);
    clearTimeout(this.#renewer);
    this.#connection.close({ gone });
    if (andDelete && this.steers) this.#api.deleteSession(this.info.id, this.info.token).catch(() => {});
  }

  retryNow() {
    this.#connection.retryNow();
  }

  prompt(text, transition) {
    return this.#tracked('prompt', { type: 'prompt', text, transition });
  }

  reset({ prompt, seed } = {}) {
    return this.#tracked('reset', { type: 'reset', prompt, seed });
  }

  // axes: forward, right, up, yaw, pitch in -1..1, held until the next call.
  move(axes) {
    return this.#tracked('move', { type: 'move', ...axes });
  }

  // Radians, relative; yaw to the right and pitch upwards are positive.
  look(yaw, pitch) {
    return this.#tracked('look', { type: 'look', yaw, pitch });
  }

  event(name, value, transition) {
    return this.#tracked('event', { type: 'event', name, value, transition });
  }

  camera(pose) {
    return this.#send({ type: 'camera', ...pose });
  }

  autopilot(on) {
    return this.#send({ type: 'autopilot', on });
  }

  pause(on) {
    return this.#send({ type: on ? 'pause' : 'resume' });
  }

  tier(value) {
    return this.#send({ type: 'tier', value });
  }

  fps() {
    return this.#rate.rate(performance.now());
  }

  #tracked(kind, message) {
    const now = performance.now();
    const id = this.#send(message);
    if (id) this.latency.sent(id, kind, now);
    return id;
  }

  // The id that the receipt will carry; undefined if the line is down.
  #send(message) {
    const id = `p${(this.#ids += 1)}`;
    return this.#connection.send({ id, ...message }) ? id : undefined;
  }

  #take(message) {
    switch (message.type) {
      case 'hello':
        Object.assign(this.info, message.session, { role: message.role ?? this.info.role });
        break;
      case 'receipt':
        this.latency.receipt(message);
        break;
      case 'stats':
        this.last = message;
        break;
      case 'pong':
        this.#rttMs = performance.now() - message.t;
        return;
      case 'bye':
        if (message.reason !== 'draining') this.#end('bye', message);
        return;
      case 'error':
        this.emit('fault', message);
        return;
      default:
    }
    this.emit(message.type, message);
  }

  #changed(state) {
    if (state.phase === 'connecting') this.latency.clear();
    this.emit('state', state);
  }

  #presented(frame) {
    this.frames += 1;
    this.#rate.add(frame.at);
    this.latency.presented(frame.rtp, frame.at);
    this.emit('frame', frame);
  }

  #end(name, value) {
    this.close({ gone: true });
    this.emit(name, value);
  }

  async #report() {
    if (this.phase !== 'live') return;
    this.#connection.send({ type: 'ping', t: performance.now() });
    const seen = await this.#connection.stats().catch(() => undefined);
    if (!seen) return;
    const fps = this.fps();
    const report = { ...seen, fps, rttMs: seen.rttMs ?? this.#rttMs };
    const upward = { type: 'stats', loss: Math.min(1, seen.loss), fps };
    if (report.rttMs !== undefined) upward.rtt_ms = Math.min(60000, Math.max(0, report.rttMs));
    const dropped = Math.max(0, seen.dropped - this.#dropped);
    this.#dropped = seen.dropped;
    upward.dropped = dropped;
    const key = this.latency.summary('move').last;
    if (key !== undefined) upward.key_to_pixel_ms = Math.min(60000, key);
    this.#connection.send(upward);
    this.emit('report', report);
  }

  #planRenewal() {
    const left = (this.info.expires_at ?? 0) * 1000 - Date.now();
    const wait = Math.min(RENEW_MAX_MS, Math.max(RENEW_MIN_MS, left / 2));
    this.#renewer = setTimeout(() => this.#renew(), wait);
  }

  async #renew() {
    try {
      const { token, expires_at: expiresAt } = await this.#api.renewToken(this.info.id, this.info.token);
      Object.assign(this.info, { token, expires_at: expiresAt });
      this.emit('token', token);
    } catch {
      // The open connection outlives its token; the next connection finds out.
    }
    this.#planRenewal();
  }
}
