// Light and weather: sliders that speak to the world while they are moved, each of which can be given back
// to the prompt.
import { el, icon } from './dom.js';
import { Emitter } from './emitter.js';

const SEND_MS = 60; // a moving slider speaks this often
const DRAG_TRANSITION_S = 0.25;
const JUMP_TRANSITION_S = 1.5;

const WEATHER = [['cloud', 'Clouds'], ['fog', 'Fog'], ['rain', 'Rain'], ['snow', 'Snow']];
const SEASONS = [['spring', 'Spring'], ['summer', 'Summer'], ['autumn', 'Autumn'], ['winter', 'Winter']];

// 17.5 -> "17:30"
export function clockTime(hour) {
  const minutes = Math.round((((hour % 24) + 24) % 24) * 60) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

// Events: change {name, value (null: back to the prompt), transition}
export class WorldPanel extends Emitter {
  #sliders = new Map();
  #seasons = new Map();
  #seasonReset;

  constructor(box) {
    super();
    const rows = [this.#slider({ name: 'time', label: 'Time of day', max: 24, step: 0.05, value: 12, text: clockTime })];
    rows.push(this.#seasonRow());
    for (const [name, label] of WEATHER) {
      const text = (value) => `${Math.round(value * 100)} %`;
      rows.push(this.#slider({ name, label, max: 1, step: 0.01, value: 0, text }));
    }
    box.replaceChildren(el('h2', {}, 'Light and weather'), ...rows,
      el('p', { class: 'panel-note' }, 'What you do not touch follows your words.'));
  }

  // The world's own hour moves the slider until a person has taken it.
  hour(value) {
    const slider = this.#sliders.get('time');
    if (!Number.isFinite(value) || slider.taken || slider.input === document.activeElement) return;
    slider.input.value = String(value);
    slider.show();
  }

  // A new world follows its words again.
  forget() {
    for (const slider of this.#sliders.values()) this.#mark(slider, false);
    this.#takeSeason(undefined);
  }

  #slider({ name, label, max, step, value, text }) {
    const output = el('output', { for: `w-${name}` }, 'from words');
    const input = el('input', { type: 'range', id: `w-${name}`, min: '0', max: String(max), step: String(step),
      class: `range ${name}` });
    input.value = String(value);
    const slider = { name, input, output, text, taken: false, sentAt: -Infinity, timer: undefined };
    slider.show = () => {
      const number = Number(input.value);
      input.style.setProperty('--fill', `${(100 * number) / max}%`);
      const words = text(number);
      output.toggleAttribute('data-taken', slider.taken);
      output.textContent = slider.taken || name === 'time' ? words : 'from words';
      input.setAttribute('aria-valuetext', slider.taken ? words : `${words}, from your words`);
    };
    slider.reset = this.#resetButton(`Give ${label.toLowerCase()} back to your words`, () => {
      this.#mark(slider, false);
      this.emit('change', { name, value: null, transition: JUMP_TRANSITION_S });
      input.focus();
    });
    input.addEventListener('input', () => {
      this.#mark(slider, true);
      this.#planSend(slider);
    });
    this.#sliders.set(name, slider);
    slider.show();
    return el('div', { class: 'row', data: { name } }, el('label', { for: input.id }, label), output, slider.reset, input);
  }

  #mark(slider, taken) {
    slider.taken = taken;
    slider.reset.hidden = !taken;
    if (!taken) clearTimeout(slider.timer);
    if (!taken) slider.timer = undefined;
    slider.show();
  }

  #planSend(slider) {
    const wait = slider.sentAt + SEND_MS - performance.now();
    const send = () => {
      slider.timer = undefined;
      slider.sentAt = performance.now();
      this.emit('change', { name: slider.name, value: Number(slider.input.value), transition: DRAG_TRANSITION_S });
    };
    if (wait <= 0) send();
    else slider.timer ??= setTimeout(send, wait);
  }

  #seasonRow() {
    const group = el('div', { class: 'seasons', role: 'radiogroup', 'aria-label': 'Season' });
    for (const [value, label] of SEASONS) {
      const input = el('input', { type: 'radio', name: 'season', value, on: { change: () => {
        this.#takeSeason(value);
        this.emit('change', { name: 'season', value, transition: JUMP_TRANSITION_S });
      } } });
      this.#seasons.set(value, input);
      group.append(el('label', {}, input, el('span', {}, label)));
    }
    this.#seasonReset = this.#resetButton('Give the season back to your words', () => {
      this.#takeSeason(undefined);
      this.emit('change', { name: 'season', value: null, transition: JUMP_TRANSITION_S });
    });
    return el('div', { class: 'row season-row' }, el('span', { class: 'row-name' }, 'Season'), this.#seasonReset, group);
  }

  #takeSeason(value) {
    for (const [name, input] of this.#seasons) input.checked = name === value;
    this.#seasonReset.hidden = value === undefined;
  }

  #resetButton(label, run) {
    return el('button', { type: 'button', class: 'reset', title: label, 'aria-label': label, hidden: true,
      on: { click: run } }, icon('undo'));
  }
}
