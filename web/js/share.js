// Sharing: a link that opens the same world, a link to watch this one, the log.
import { el, icon, saveAs, slug } from './dom.js';
import { openDialog } from './dialogs.js';
import { humanWords } from './errors.js';
import { toast } from './toasts.js';

// The address of a world: its words and seed, in the fragment, so that they do not reach any server's log.
export function worldLink(origin, { prompt, seed }) {
  const fragment = new URLSearchParams({ prompt, seed: String(seed) });
  return `${origin}/#${fragment}`;
}

// The address at which the holder of `token` watches a session; page: '/' or '/player'.
export function watchLink(origin, page, id, token) {
  return `${origin}${page}?session=${encodeURIComponent(id)}#token=${encodeURIComponent(token)}`;
}

// What an address asks for: {session, token} to join, {prompt, seed} to open, or nothing.
export function readAddress({ search, hash }) {
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  const transport = query.get('transport');
  const address = { transport: ['webrtc', 'socket'].includes(transport) ? transport : undefined };
  const session = query.get('session') ?? fragment.get('session');
  if (session && /^[A-Za-z0-9_-]{1,64}$/.test(session)) {
    return { ...address, session, token: fragment.get('token') ?? undefined };
  }
  const prompt = fragment.get('prompt')?.slice(0, 2000);
  const seed = Number(fragment.get('seed') || NaN);
  return { ...address, prompt: prompt || undefined, seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : undefined };
}

export class Share {
  #api;
  #session;

  // session() gives the present Session.
  constructor(api, session) {
    this.#api = api;
    this.#session = session;
  }

  open() {
    const { info } = this.#session();
    const world = this.#field('This world', 'Anybody with this link opens the same place: same words, same seed.',
      worldLink(location.origin, info));
    const watch = el('div', { class: 'share-row' });
    const make = el('button', { type: 'button', class: 'secondary', on: { click: () => this.#makeWatch(watch, make) } },
      icon('eye'), 'Make a watch link');
    watch.append(el('h3', {}, 'Watch along'),
      el('p', {}, 'Whoever has the link sees this very picture live and cannot steer. It opens for ten minutes.'), make);
    const log = el('div', { class: 'share-row' }, el('h3', {}, 'Session log'),
      el('p', {}, 'Every word and move with its frame: “vitascope replay” makes the video again from it, bit for bit.'),
      el('button', { type: 'button', class: 'secondary', id: 'save-log', on: { click: () => this.#saveLog() } },
        icon('download'), 'Download the log'));
    openDialog('Share', 'share', world, watch, log);
  }

  #field(title, text, url) {
    const input = el('input', { type: 'text', readOnly: true, value: url, 'aria-label': title,
      on: { focus: () => input.select() } });
    const copy = el('button', { type: 'button', class: 'secondary', on: { click: () => this.#copy(input) } },
      icon('copy'), 'Copy');
    return el('div', { class: 'share-row' }, el('h3', {}, title), el('p', {}, text),
      el('div', { class: 'link' }, input, copy));
  }

  async #copy(input) {
    try {
      await navigator.clipboard.writeText(input.value);
      toast('Copied.');
    } catch {
      input.select(); // no right to the clipboard: the person copies it by hand
      toast('Press Ctrl C to copy.');
    }
  }

  async #makeWatch(row, button) {
    const { info } = this.#session();
    button.disabled = true;
    try {
      const { token } = await this.#api.addViewer(info.id, info.token);
      const link = (title, text, page) => this.#field(title, text, watchLink(location.origin, page, info.id, token));
      row.replaceWith(link('Watch along', 'With figures and what was understood.', '/'),
        link('Only the picture', 'For a browser source in OBS.', '/player'));
    } catch (error) {
      button.disabled = false;
      toast(humanWords(error), 'fault');
    }
  }

  async #saveLog() {
    const { info } = this.#session();
    try {
      saveAs(await this.#api.log(info.id, info.token), `${slug(info.prompt ?? '')}.jsonl`);
    } catch (error) {
      toast(humanWords(error), 'fault');
    }
  }
}
