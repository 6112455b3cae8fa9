// The bare player, for a browser source: a picture and nothing else. It joins the session of its address, or
// opens the world of its address (on the server's own machine), and comes back by itself whatever happens.
import { Api } from './api.js';
import { byId } from './dom.js';
import { ApiError, goodbyeWords, humanWords } from './errors.js';
import { Opening, anySeed, openStorage } from './opening.js';
import { Session } from './session.js';
import { readAddress } from './share.js';
import { SUGGESTIONS } from './suggestions.js';
import { TransportChoice, supportedTransports } from './transport_choice.js';

const AGAIN_MS = 5000;

const address = readAddress(location);
const api = new Api();
const browser = openStorage(() => localStorage);
const opening = new Opening({ api, browser, tab: openStorage(() => sessionStorage) });
const choice = new TransportChoice({ storage: browser, forced: address.transport, supported: supportedTransports() });
const surfaces = { video: byId('video'), canvas: byId('canvas') };

function say(text) {
  byId('message').textContent = text ?? '';
  byId('message').hidden = !text;
}

function again(text) {
  say(text);
  setTimeout(open, AGAIN_MS);
}

function show(info) {
  const session = new Session({ api, info, surfaces, choice });
  if (address.session) {
    session.on('token', () => opening.keep(session.info, location.hash));
    opening.keep(session.info, location.hash);
  }
  session.on('frame', () => say());
  session.on('state', ({ phase, attempt, error }) => phase === 'waiting' && attempt >= 2 && say(humanWords(error)));
  session.on('gone', (error) => again(humanWords(error)));
  session.on('bye', ({ reason }) => again(goodbyeWords(reason)));
  session.open();
  return session;
}

async function open() {
  try {
    if (address.session) {
      show(opening.joined(address));
      return;
    }
    if (!(await opening.findKey())) throw new ApiError(401, 'unauthorized', '');
    const first = SUGGESTIONS[0];
    const seed = address.seed ?? (address.prompt ? anySeed() : first.seed);
    const own = show(await api.createSession({ prompt: address.prompt ?? first.prompt, seed }));
    addEventListener('pagehide', () => own.close({ andDelete: true }), { once: true });
  } catch (error) {
    again(error.status === 401 ? 'This address needs a watch link: press Share on the page.' : humanWords(error));
  }
}

open();
