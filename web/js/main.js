// Opens the page: finds a key and a world, and opens another one when that ends.
import { Api } from './api.js';
import { App } from './app.js';
import { askForKey } from './dialogs.js';
import { goodbyeWords, humanWords } from './errors.js';
import { Opening, anySeed, openStorage, worldHash } from './opening.js';
import { Session } from './session.js';
import { readAddress } from './share.js';
import { SUGGESTIONS } from './suggestions.js';
import { TransportChoice, supportedTransports } from './transport_choice.js';
import { showLine } from './view.js';

const AGAIN_S = 5;

const address = readAddress(location);
const api = new Api();
const browser = openStorage(() => localStorage);
const opening = new Opening({ api, browser, tab: openStorage(() => sessionStorage) });
const choice = new TransportChoice({ storage: browser, forced: address.transport, supported: supportedTransports() });
const app = new App({ api, onWorld: remember });
const first = SUGGESTIONS[0];

// The address bar follows the world, so that it can be shared and reloaded. A joined session keeps its address.
function remember(world) {
  if (address.session) return;
  history.replaceState(undefined, '', worldHash(world));
  if (app.session) opening.keep(app.session.info, location.hash);
}

function show(info) {
  const session = new Session({ api, info, surfaces: app.surfaces, choice });
  session.on('token', () => opening.keep(session.info, location.hash));
  session.on('gone', (error) => ended(humanWords(error)));
  session.on('bye', ({ reason }) => ended(goodbyeWords(reason)));
  opening.keep(session.info, location.hash);
  app.attach(session);
}

function ended(text) {
  opening.forget();
  showLine({ phase: 'closed' });
  const { info } = app.session;
  app.detach();
  if (address.session && !api.key) {
    app.notice.show({ title: 'This world has ended', text });
    return;
  }
  const again = { prompt: info.prompt ?? first.prompt, seed: info.seed ?? anySeed() };
  app.notice.show({ title: 'This world has ended', text, action: { label: 'Open it again', run: () => create(again) } });
}

async function create({ prompt, seed }) {
  showLine({ phase: 'connecting' });
  try {
    show(await api.createSession({ prompt, seed }));
  } catch (error) {
    await refused(error, () => create({ prompt, seed }));
  }
}

async function refused(error, retry) {
  showLine({ phase: 'waiting' });
  if (error.status === 401) {
    opening.forgetKey();
    opening.keepKey(await askForKey(humanWords(error)));
    await retry();
    return;
  }
  const passing = error.status === 0 || error.status === 429 || error.status === 503;
  app.notice.show({ title: passing ? 'Not yet' : 'That did not work', text: humanWords(error),
    countdownS: passing ? (error.retryAfter ?? AGAIN_S) : undefined, action: { label: 'Try again', run: retry } });
}

async function open() {
  showLine({ phase: 'connecting' });
  if (address.session && address.token) {
    show(opening.joined(address));
    return;
  }
  try {
    if (!(await opening.findKey())) opening.keepKey(await askForKey());
    if (address.session) show({ id: address.session, ...(await api.renewToken(address.session)) });
    else await openWorld();
  } catch (error) {
    await refused(error, open);
  }
}

async function openWorld() {
  const resumed = await opening.resumed(location.hash);
  if (address.prompt) app.enter();
  if (resumed) {
    show(resumed);
    return;
  }
  const world = { prompt: address.prompt ?? first.prompt, seed: address.seed ?? (address.prompt ? anySeed() : first.seed) };
  const inherited = await opening.inherited();
  if (!inherited) {
    await create(world);
    return;
  }
  show(inherited);
  app.remake(world);
}

addEventListener('pagehide', () => app.session?.steers && !address.session && opening.leave(app.session.info));
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
addEventListener('online', () => app.session?.retryNow());
document.addEventListener('visibilitychange', () => document.hidden || app.session?.retryNow());
open();
