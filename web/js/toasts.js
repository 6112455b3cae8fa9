// Short messages at the lower edge, and one notice in the middle for what needs an answer.
import { byId, el, icon } from './dom.js';

const TOAST_MS = 4500;
const TOASTS_MAX = 3;

// kind: 'info' or 'fault'.
export function toast(text, kind = 'info') {
  const box = byId('toasts');
  while (box.children.length >= TOASTS_MAX) box.firstChild.remove();
  const item = el('div', { class: `toast ${kind}` }, el('span', {}, text),
    el('button', { type: 'button', class: 'toast-close', 'aria-label': 'Dismiss', on: { click: () => item.remove() } },
      icon('close')));
  box.append(item);
  setTimeout(() => item.remove(), kind === 'fault' ? TOAST_MS * 2 : TOAST_MS);
}

// Shows a notice until hideNotice(): {title, text, action: {label, run}, countdownS}. With a countdown the
// action runs by itself at its end.
export class Notice {
  #box = byId('notice');
  #timer;

  show({ title, text, action, countdownS }) {
    clearInterval(this.#timer);
    const clock = el('span', { class: 'countdown' });
    const run = () => {
      this.hide();
      action.run();
    };
    this.#box.replaceChildren(el('h2', {}, title), el('p', {}, text, ' ', clock));
    if (action) this.#box.append(el('button', { type: 'button', class: 'primary', on: { click: run } }, action.label));
    this.#box.hidden = false;
    if (countdownS === undefined) return;
    let left = Math.ceil(countdownS);
    const tell = () => {
      clock.textContent = `Trying again in ${left} s.`;
    };
    tell();
    this.#timer = setInterval(() => {
      left -= 1;
      tell();
      if (left <= 0) run();
    }, 1000);
  }

  hide() {
    clearInterval(this.#timer);
    this.#box.hidden = true;
  }
}
