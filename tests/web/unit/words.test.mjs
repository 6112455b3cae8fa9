import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slug } from '../../../web/js/dom.js';
import { ApiError, goodbyeWords, humanWords } from '../../../web/js/errors.js';
import { bitrate, stageShares } from '../../../web/js/hud.js';
import { Opening, openStorage, worldHash } from '../../../web/js/opening.js';
import { readAddress, watchLink, worldLink } from '../../../web/js/share.js';
import { clockOf } from '../../../web/js/time_words.js';
import { describe, spoken } from '../../../web/js/understood.js';
import { lineWords } from '../../../web/js/view.js';
import { clockTime } from '../../../web/js/world_panel.js';

const addressOf = (link) => readAddress(new URL(link));

test('a world link brings words and seed back, whatever is in them', () => {
  const world = { prompt: 'a “pink” desert & 100% sky #1 + ü', seed: 9007199254740991 };
  const { prompt, seed } = addressOf(worldLink('http://x', world));
  assert.deepEqual({ prompt, seed }, world);
});

test('words do not reach the server with the address', () => {
  const link = new URL(worldLink('http://x', { prompt: 'secret', seed: 1 }));
  assert.equal(link.search, '');
  assert.ok(!link.pathname.includes('secret'));
});

test('a watch link names session and token, on either page', () => {
  const { session, token } = addressOf(watchLink('http://x', '/player', 's_1', 'a.b+c/='));
  assert.deepEqual({ session, token }, { session: 's_1', token: 'a.b+c/=' });
});

test('the server\'s own watch address works, too', () => {
  const { session, token } = addressOf('http://x/player#session=s_1&token=t');
  assert.deepEqual({ session, token }, { session: 's_1', token: 't' });
});

test('bad addresses ask for nothing', () => {
  assert.equal(addressOf('http://x/?session=../../etc').session, undefined);
  for (const seed of ['-1', '1.5', '1e99', 'x', '']) {
    assert.equal(addressOf(`http://x/#prompt=a&seed=${seed}`).seed, undefined, `seed "${seed}"`);
  }
  assert.equal(addressOf('http://x/?transport=pigeon').transport, undefined);
  assert.equal(addressOf('http://x/?transport=socket').transport, 'socket');
});

test('what was understood, in words', () => {
  assert.equal(describe({ attribute: 'biome', value: 'mountains' }).label, 'mountains');
  assert.equal(describe({ attribute: 'things.conifer', value: 'some' }).label, 'conifers');
  assert.equal(describe({ attribute: 'things.rock', value: 'none' }).label, 'no rocks');
  assert.equal(describe({ attribute: 'weather', value: 'snow' }).label, 'snowfall');
  assert.deepEqual(describe({ attribute: 'colour.sky', value: 'green' }), { group: 'colour', label: 'green sky', colour: '#4caf6a' });
  const understood = [{ attribute: 'biome', value: 'desert' }];
  assert.equal(spoken({ understood, ignored: ['dragon'] }), 'Understood: desert. Not known yet: dragon.');
  assert.equal(spoken({}), 'Nothing was understood.');
});

test('faults are said in whole sentences', () => {
  assert.match(humanWords(new ApiError(503, 'busy', 'x')), /taken/);
  assert.equal(humanWords(new ApiError(400, 'bad_request', 'found 3 seeds, expected one')), 'Found 3 seeds, expected one.');
  assert.match(humanWords(new ApiError(502, 'failed', '')), /502/);
  assert.match(humanWords(new Error('')), /\.$/);
  assert.match(goodbyeWords('idle'), /nobody watched/);
  assert.match(goodbyeWords('other'), /\.$/);
});

test('the pill says what the line does', () => {
  assert.equal(lineWords({ phase: 'live', kind: 'webrtc', role: 'steer' }), 'Live · WebRTC');
  assert.equal(lineWords({ phase: 'live', kind: 'socket', role: 'watch', viewers: 3 }), 'Watching · WebSocket · 3 watch');
  assert.equal(lineWords({ phase: 'live', kind: 'webrtc', paused: true }), 'Paused · WebRTC');
  assert.equal(lineWords({ phase: 'waiting' }), 'Reconnecting');
});

test('figures', () => {
  assert.equal(bitrate(undefined), '–');
  assert.equal(bitrate(850.4), '850 kbit/s');
  assert.equal(bitrate(2500), '2.5 Mbit/s');
  const shares = stageShares({ advance: 1, projector: 4, painter: 5, encode: 10 }, 40);
  assert.deepEqual(shares.map(({ share }) => share), [2.5, 10, 12.5, 25]);
  const over = stageShares({ painter: 60, encode: 60 }, 40);
  assert.equal(over.reduce((sum, { share }) => sum + share, 0), 100);
  assert.deepEqual(stageShares(undefined, 40), []);
});

test('times', () => {
  assert.equal(clockOf(75.4), '1:15');
  assert.equal(clockOf(3723), '1:02:03');
  assert.equal(clockTime(17.5), '17:30');
  assert.equal(clockTime(24), '00:00');
  assert.equal(clockTime(-1), '23:00');
  assert.equal(clockTime(23.9999), '00:00');
});

test('file names from words', () => {
  assert.equal(slug('Snowy mountains, at DUSK!'), 'snowy-mountains-at-dusk');
  assert.equal(slug('沙漠'), 'vitascope');
  assert.ok(slug('a'.repeat(300)).length <= 48);
});

class FakeStorage extends Map {
  getItem(name) {
    return this.get(name) ?? null;
  }
  setItem(name, value) {
    this.set(name, value);
  }
  removeItem(name) {
    this.delete(name);
  }
}

function opening(sessions, pageKey) {
  const api = {
    session: async (id, token) => {
      if (sessions[id]?.token !== token) throw new ApiError(404, 'not_found', '');
      return { id, viewers: sessions[id].viewers ?? 0 };
    },
    pageKey: async () => pageKey,
  };
  const tab = new FakeStorage();
  const browser = new FakeStorage();
  return { api, tab, browser, opening: new Opening({ api, tab, browser }) };
}

test('a reload comes back to its session, unless the address asks for another world', async () => {
  const { opening: o } = opening({ s_1: { token: 't' } });
  const hash = worldHash({ prompt: 'a', seed: 1 });
  o.keep({ id: 's_1', token: 't' }, hash);
  assert.equal((await o.resumed(hash)).id, 's_1');
  assert.equal(await o.resumed(worldHash({ prompt: 'b', seed: 1 })), undefined);
  o.forget();
  assert.equal(await o.resumed(hash), undefined);
});

test('a session that ended meanwhile is not resumed', async () => {
  const { opening: o } = opening({});
  o.keep({ id: 's_1', token: 't' }, '');
  assert.equal(await o.resumed(''), undefined);
});

test('a session that was left is inherited once, soon, and only if nobody watches it', async () => {
  const { opening: o } = opening({ s_1: { token: 't' }, s_2: { token: 't', viewers: 1 } });
  o.leave({ id: 's_1', token: 't' }, 1000);
  assert.equal((await o.inherited(2000)).id, 's_1');
  assert.equal(await o.inherited(2000), undefined);
  o.leave({ id: 's_1', token: 't' }, 1000);
  assert.equal(await o.inherited(1000 + 110000), undefined);
  o.leave({ id: 's_2', token: 't' }, 1000);
  assert.equal(await o.inherited(2000), undefined);
});

test('a token that was renewed in this tab is used instead of the older one of the address', () => {
  const { opening: o } = opening({});
  o.keep({ id: 's_1', token: 'new' }, '');
  assert.deepEqual(o.joined({ session: 's_1', token: 'old' }), { id: 's_1', token: 'new' });
  assert.deepEqual(o.joined({ session: 's_2', token: 'old' }), { id: 's_2', token: 'old' });
});

test('the key of this tab wins over that of the machine, and none is said', async () => {
  const with1 = opening({}, 'page');
  assert.equal(await with1.opening.findKey(), true);
  assert.equal(with1.api.key, 'page');
  with1.opening.keepKey('mine');
  await with1.opening.findKey();
  assert.equal(with1.api.key, 'mine');
  with1.opening.forgetKey();
  await with1.opening.findKey();
  assert.equal(with1.api.key, 'page');
  assert.equal(await opening({}, undefined).opening.findKey(), false);
});

test('a browser that forbids storage gets one that forgets', () => {
  const storage = openStorage(() => { throw new Error('denied'); });
  storage.setItem('a', '1');
  assert.equal(storage.getItem('a'), null);
});
