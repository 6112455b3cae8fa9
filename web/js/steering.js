// Joins keys, pads and game pads into one movement, and sends no more of it than a frame can show.

const AXES = ['forward', 'right', 'up', 'yaw', 'pitch'];
const MOVE_MS = 16; // a sudden key is sent at once; a stick that keeps moving, this often
const LOOK_MS = 16;
const STEP = 0.02; // smaller differences of an axis are not worth a message

const REST = Object.freeze(Object.fromEntries(AXES.map((axis) => [axis, 0])));

// The sum of several movements, each axis within -1..1 and on the grid of STEP.
export function joinAxes(sources) {
  const sum = { ...REST };
  for (const source of sources) {
    for (const axis of AXES) sum[axis] += source[axis] ?? 0;
  }
  for (const axis of AXES) {
    const held = Math.max(-1, Math.min(1, sum[axis]));
    sum[axis] = Math.round(held / STEP) * STEP || 0;
    sum[axis] = Number(sum[axis].toFixed(2));
  }
  return sum;
}

export class Steering {
  #sources = new Map();
  #sent = REST;
  #moved = -Infinity;
  #looked = -Infinity;
  #moveTimer;
  #lookTimer;
  #turn = { yaw: 0, pitch: 0 };
  #out;
  #clock;

  // out: {move(axes), look(yaw, pitch)}, called with what is to be sent.
  // clock: {now(), after(ms, callback)}: milliseconds, as performance.now() and setTimeout.
  constructor(out, clock) {
    this.#out = out;
    this.#clock = clock;
  }

  get moving() {
    return AXES.some((axis) => this.#sent[axis] !== 0);
  }

  // `axes` of this source hold until it says otherwise; undefined: it rests.
  hold(source, axes) {
    if (axes) this.#sources.set(source, axes);
    else this.#sources.delete(source);
    this.#plan();
  }

  // Turns the view; what comes quicker than it is sent adds up.
  look(yaw, pitch) {
    this.#turn.yaw += yaw;
    this.#turn.pitch += pitch;
    const wait = this.#looked + LOOK_MS - this.#clock.now();
    if (wait <= 0) this.#sendLook();
    else this.#lookTimer ??= this.#clock.after(wait, () => this.#sendLook());
  }

  // Everything is let go, for instance because the window lost the keyboard.
  release() {
    this.#sources.clear();
    this.#plan();
  }

  #plan() {
    const wait = this.#moved + MOVE_MS - this.#clock.now();
    if (wait <= 0) this.#sendMove();
    else this.#moveTimer ??= this.#clock.after(wait, () => this.#sendMove());
  }

  #sendMove() {
    this.#moveTimer = undefined;
    const axes = joinAxes(this.#sources.values());
    if (AXES.every((axis) => axes[axis] === this.#sent[axis])) return;
    this.#sent = axes;
    this.#moved = this.#clock.now();
    this.#out.move(Object.fromEntries(Object.entries(axes).filter(([, value]) => value !== 0)));
  }

  #sendLook() {
    this.#lookTimer = undefined;
    const { yaw, pitch } = this.#turn;
    this.#turn = { yaw: 0, pitch: 0 };
    this.#looked = this.#clock.now();
    if (yaw !== 0 || pitch !== 0) this.#out.look(Math.max(-7, Math.min(7, yaw)), Math.max(-7, Math.min(7, pitch)));
  }
}
