// The box for words: suggestions, a look ahead at what will be understood, and what Enter does.
import { Emitter } from './emitter.js';
import { el, byId } from './dom.js';
import { SUGGESTIONS } from './suggestions.js';

const PREVIEW_MS = 160;
const PREVIEW_REST_MS = 5000; // after the server asked for rest

// Events: submit {text, seed, mode: 'morph' | 'new'}, preview (answer of understand, or undefined).
export class PromptBox extends Emitter {
  #input = byId('prompt-text');
  #form = byId('prompt');
  #understand;
  #timer;
  #request;
  #restUntil = 0;

  // understand(text, signal) asks the server what it would take from the words.
  constructor(understand) {
    super();
    this.#understand = understand;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(this.#input.value, undefined, this.mode);
    });
    this.#input.addEventListener('input', () => this.#planPreview());
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.shiftKey) {
        event.preventDefault();
        this.#submit(this.#input.value, undefined, 'new');
      }
      if (event.key === 'Escape') this.#input.blur();
    });
    byId('suggestions').replaceChildren(...SUGGESTIONS.map((one) => this.#card(one)));
  }

  get mode() {
    return this.#form.elements.mode.value;
  }

  get text() {
    return this.#input.value.trim();
  }

  set text(value) {
    this.#input.value = value;
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  busy(on) {
    this.#form.classList.toggle('busy', on);
    byId('go').disabled = on;
  }

  #submit(value, seed, mode) {
    const text = value.trim();
    if (text === '') {
      this.#form.classList.remove('empty');
      void this.#form.offsetWidth; // lets the animation begin anew
      this.#form.classList.add('empty');
      this.#input.focus();
      return;
    }
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.emit('submit', { text, seed, mode });
  }

  #card({ name, picture, prompt, seed }) {
    const choose = () => {
      this.text = prompt;
      this.#submit(prompt, seed, 'new');
    };
    return el('button', { type: 'button', class: 'suggestion', title: prompt, on: { click: choose } },
      el('img', { src: `/pictures/${picture}.jpg`, alt: '', width: 320, height: 180, decoding: 'async' }),
      el('span', { class: 'suggestion-name' }, name), el('span', { class: 'sr' }, `: ${prompt}`));
  }

  #planPreview() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    const { text } = this;
    if (text.length < 3) {
      this.emit('preview', undefined);
      return;
    }
    const wait = Math.max(PREVIEW_MS, this.#restUntil - performance.now());
    this.#timer = setTimeout(() => this.#preview(text), wait);
  }

  async #preview(text) {
    this.#request = new AbortController();
    const { signal } = this.#request;
    try {
      const answer = await this.#understand(text, signal);
      if (!signal.aborted && answer) this.emit('preview', answer);
    } catch (error) {
      // A look ahead is a kindness, not a need: without it the words are simply sent.
      if (error.status === 429) this.#restUntil = performance.now() + PREVIEW_REST_MS;
    }
  }
}
