// Finds a key and a world to show: the one that the address names, the one that this tab had, one that was
// left a moment ago, or a new one.
import { worldLink } from './share.js';

const KEY = 'vitascope.key';
const TAB = 'vitascope.session'; // in the tab's own storage: a reload comes back to the same world
const LEFT = 'vitascope.left'; // in the browser's storage: a world whose tab was closed
const LEFT_MS = 100000; // a little less than the server keeps a world that nobody watches

// A Storage, or one that forgets everything where the browser forbids it.
export function openStorage(get) {
  const none = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  try {
    return get() ?? none;
  } catch {
    return none;
  }
}

function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name)) ?? undefined;
  } catch {
    return undefined; // somebody else's value
  }
}

function write(storage, name, value) {
  try {
    if (value === undefined) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(value));
  } catch {
    // Full: the page works without.
  }
}

// A seed that is short enough to be read out.
export const anySeed = (random = Math.random()) => Math.floor(random * 1e6);

export class Opening {
  #api;
  #tab;
  #browser;

  // tab, browser: Storage of this tab and of this browser.
  constructor({ api, tab, browser }) {
    this.#api = api;
    this.#tab = tab;
    this.#browser = browser;
  }

  // Gives the Api the key of this tab or of this machine; false if there is none.
  async findKey() {
    this.#api.key = read(this.#tab, KEY) ?? (await this.#api.pageKey());
    return this.#api.key !== undefined;
  }

  keepKey(key) {
    this.#api.key = key;
    write(this.#tab, KEY, key);
  }

  forgetKey() {
    this.#api.key = undefined;
    write(this.#tab, KEY, undefined);
  }

  // What is known of the session that the address names. A token that was renewed in this tab is newer.
  joined({ session, token }) {
    const kept = read(this.#tab, TAB);
    return { id: session, token: kept?.id === session ? kept.token : token };
  }

  // The session that this tab had, if it still runs and the address (its fragment) is still its own.
  async resumed(hash) {
    const kept = read(this.#tab, TAB);
    if (!kept?.id || kept.hash !== hash) return undefined;
    if (read(this.#browser, LEFT)?.id === kept.id) write(this.#browser, LEFT, undefined);
    return this.#alive(kept);
  }

  // A session whose tab was closed a moment ago and that nobody watches: it saves making another.
  async inherited(now = Date.now()) {
    const left = read(this.#browser, LEFT);
    write(this.#browser, LEFT, undefined);
    if (!left?.id || now - left.at > LEFT_MS || left.host !== globalThis.location?.host) return undefined;
    const info = await this.#alive(left);
    return info && !info.viewers ? info : undefined;
  }

  // For resumed() after a reload. `hash` is the fragment of the address that belongs to it.
  keep({ id, token }, hash) {
    write(this.#tab, TAB, { id, token, hash });
  }

  forget() {
    write(this.#tab, TAB, undefined);
  }

  // For inherited(), when the page goes away.
  leave({ id, token }, now = Date.now()) {
    write(this.#browser, LEFT, { id, token, at: now, host: globalThis.location?.host });
  }

  async #alive({ id, token }) {
    try {
      return { ...(await this.#api.session(id, token)), id, token };
    } catch {
      return undefined; // it ended, or its token ran out
    }
  }
}

// The fragment that opens the same world again.
export const worldHash = (world) => new URL(worldLink('http://x', world)).hash;
