// What the whole page shows: the greeting or the world, the state of the line, whether the tools rest.
import { byId } from './dom.js';

const WAYS = { webrtc: 'WebRTC', socket: 'WebSocket' };
const IDLE_MS = 4000;
const MOVES = /^([wasdeq]|Arrow.*|Page.*|Shift)$/i; // these belong to the picture, not to the tools

export const view = () => document.body.dataset.view;

// name: 'hero' (the greeting) or 'live' (the world).
export function setView(name) {
  document.body.dataset.view = name;
}

export function setRole(role) {
  document.body.dataset.role = role;
}

// The words of the pill at the top.
export function lineWords({ phase, kind, role, viewers = 0, paused = false }) {
  if (phase === 'connecting') return 'Connecting';
  if (phase === 'waiting') return 'Reconnecting';
  if (phase === 'closed') return 'Ended';
  const words = [role === 'watch' ? 'Watching' : paused ? 'Paused' : 'Live', WAYS[kind] ?? ''];
  if (viewers > 1) words.push(`${viewers} watch`);
  return words.filter(Boolean).join(' · ');
}

export function showLine(state) {
  document.body.dataset.line = state.phase;
  const words = lineWords(state);
  const [first, ...rest] = words.split(' · ');
  tell('line-text', first);
  tell('line-more', rest.map((word) => ` · ${word}`).join(''));
}

// A screen reader says what changes, so nothing is written twice.
function tell(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}

// Lets the tools fade while nobody touches anything but the keys that move. busy() says when they must stay.
export function fadeWhenIdle(busy) {
  let timer;
  const rest = () => {
    if (view() === 'live' && !busy()) document.body.dataset.idle = 'true';
    else wake();
  };
  const wake = () => {
    clearTimeout(timer);
    timer = setTimeout(rest, IDLE_MS);
    if (document.body.dataset.idle) delete document.body.dataset.idle;
  };
  for (const name of ['pointermove', 'pointerdown', 'focusin', 'wheel']) {
    document.addEventListener(name, wake, { passive: true });
  }
  document.addEventListener('keydown', ({ key }) => !MOVES.test(key) && wake());
  wake();
}

// A line of help that goes away by itself; the same one is shown only once.
export class Hint {
  #box = byId('hint');
  #shown = new Set();
  #timer;

  show(text, ms = 7000) {
    if (this.#shown.has(text)) return;
    this.#shown.add(text);
    clearTimeout(this.#timer);
    this.#box.textContent = text;
    this.#box.hidden = false;
    this.#timer = setTimeout(() => this.hide(), ms);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#box.hidden = true;
  }
}
