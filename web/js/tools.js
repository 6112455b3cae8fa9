// The row of tools: buttons and keys lead to the same commands.
import { byId } from './dom.js';

const BUTTONS = {
  pause: 'pause', autopilot: 'autopilot', 'new-seed': 'new_seed', 'panel-button': 'panel', record: 'record',
  screenshot: 'screenshot', share: 'share', 'hud-button': 'hud', fullscreen: 'fullscreen', help: 'help',
};
const SETTLE_MS = 1500; // the server's word on a switch that was just pressed is older than the press

// commands: {name: run}; a command without an entry does nothing (a watcher has fewer).
export function bindButtons(commands) {
  for (const [id, name] of Object.entries(BUTTONS)) byId(id).addEventListener('click', () => commands[name]?.());
}

// A button that stays pressed. `names` are its words when off and on.
export class Switch {
  #button;
  #names;
  #pressedAt = -Infinity;
  on = false;

  constructor(id, names) {
    this.#button = byId(id);
    this.#names = names;
  }

  // By a person.
  press(on) {
    this.#pressedAt = performance.now();
    this.#show(on);
  }

  // By the server.
  sync(on) {
    if (on !== this.on && performance.now() - this.#pressedAt > SETTLE_MS) this.#show(on);
  }

  #show(on) {
    this.on = on;
    this.#button.setAttribute('aria-pressed', String(on));
    if (!this.#names) return;
    const name = this.#names[Number(on)];
    this.#button.querySelector('.sr').textContent = name;
    this.#button.dataset.tip = `${name} · ${this.#button.getAttribute('aria-keyshortcuts')}`;
  }
}

// A panel that a button shows and hides.
export class Drawer {
  #button;
  #panel;

  constructor(buttonId, panelId) {
    this.#button = byId(buttonId);
    this.#panel = byId(panelId);
  }

  get open() {
    return !this.#panel.hidden;
  }

  toggle(open = !this.open) {
    this.#panel.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
  }
}

// The row's second half on narrow screens.
export function bindMore() {
  const more = byId('more');
  const show = (open) => {
    more.setAttribute('aria-expanded', String(open));
    document.body.toggleAttribute('data-more', open);
  };
  more.addEventListener('click', () => show(more.getAttribute('aria-expanded') !== 'true'));
  byId('more-tools').addEventListener('click', () => show(false));
  document.addEventListener('pointerdown', ({ target }) => target.closest('.tools') || show(false));
}

export function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {}); // not allowed in this frame
}

export function followFullscreen() {
  document.addEventListener('fullscreenchange', () =>
    byId('fullscreen').setAttribute('aria-pressed', String(Boolean(document.fullscreenElement))));
}
