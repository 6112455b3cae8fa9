// The latest latencies as small bars, newest at the right.
import { percentile } from './latency.js';

const BARS = 40;
const BAR = 4, GAP = 2, HEIGHT = 30; // CSS pixels
const TOP_MS = 150; // a full bar, unless one is longer
const GOOD_MS = 100;

// Heights of the bars in shares of the whole height, for values in ms.
export function barHeights(values) {
  const top = Math.max(TOP_MS, ...values);
  return values.map((ms) => ms / top);
}

export class Sparkline {
  #values = [];
  #context;
  canvas;

  // canvas: an element that this object draws in from now on.
  constructor(canvas) {
    this.canvas = canvas;
    const scale = Math.min(3, globalThis.devicePixelRatio ?? 1);
    canvas.width = (BARS * (BAR + GAP) - GAP) * scale;
    canvas.height = HEIGHT * scale;
    this.#context = canvas.getContext('2d');
    this.#context.scale(scale, scale);
    const style = getComputedStyle(document.documentElement);
    this.colours = { good: style.getPropertyValue('--good'), slow: style.getPropertyValue('--warn') };
  }

  add(ms) {
    this.#values.push(ms);
    if (this.#values.length > BARS) this.#values.shift();
    this.#draw();
    this.canvas.setAttribute('aria-label',
      `The latest ${this.#values.length} keys: from ${Math.round(Math.min(...this.#values))} to ` +
      `${Math.round(Math.max(...this.#values))} ms, half of them within ${Math.round(percentile(this.#values, 0.5))} ms`);
  }

  #draw() {
    const { canvas } = this;
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
    const first = BARS - this.#values.length;
    barHeights(this.#values).forEach((share, i) => {
      const height = Math.max(2, share * HEIGHT);
      this.#context.fillStyle = this.#values[i] < GOOD_MS ? this.colours.good : this.colours.slow;
      this.#context.fillRect((first + i) * (BAR + GAP), HEIGHT - height, BAR, height);
    });
  }
}
