// What is done in the browser, again and again, while the probe writes down what happens.
import { fileURLToPath } from 'node:url';
import { DESKTOP, leave, openPage, sessionOf, until } from '../../tests/web/e2e/harness.mjs';
import { gained, rateOf, samplesOf, stagesOf, summary } from './samples.mjs';

const PROBE = fileURLToPath(new URL('probe.js', import.meta.url));
const PERIOD_MS = 1000 / 24;
const SETTLE_MS = 2500; // after a world was opened: land grows, the bit rate finds its place
const WORDS_MS = 900; // from one prompt to the next
const KEY_MS = 130; // how long a key is held
const COUNTED_MS = 1300; // the server publishes its stages once a second
const PINGS = 40;

const PROMPTS = [
  'snowy mountains at sunset with pines and a lake', 'a desert at noon', 'green hills with houses at dawn',
  'a canyon with a river at noon', 'volcano at night with crystals', 'islands at sunset', 'autumn forest in the rain',
  'a pink desert under a green sky', 'tundra at night in fog', 'mountains at noon in summer', 'a forest in winter',
  'hills in spring at dusk',
];
const KEYS = ['w', 'd', 's', 'a', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

// Evenly spread over a frame's time, the same in each run: when in it a key comes decides how long it waits.
export const phaseMs = (round) => ((round * 0.618034) % 1) * PERIOD_MS;

const take = (page) => page.evaluate(() => globalThis.vitaProbe.take());
const metrics = async (server) => (await server.probe('/metrics', 'GET')).text;

function address(server, transport, number) {
  const fragment = new URLSearchParams({ prompt: PROMPTS[number % PROMPTS.length], seed: String(number + 1) });
  return `${server.url}/?transport=${transport}#${fragment}`;
}

// One page that is navigated to in a fresh context, until its first picture is presented.
async function openCold({ server, browser, transport }, number) {
  const page = await openPage(browser, address(server, transport, number), DESKTOP, PROBE);
  await until(() => page.evaluate(() => globalThis.vitaProbe.shownCount() > 0), 'the first picture');
  return page;
}

// Cold connect: from the navigation to the first presented picture, and how far it was on the way.
export async function coldConnects(stage, count) {
  const at = { loaded: [], session: [], answer: [], received: [], presented: [] };
  for (let number = 0; number < count; number += 1) {
    const page = await openCold(stage, number);
    const marks = await page.evaluate(() => {
      const ends = (pattern) => performance.getEntriesByType('resource').find(({ name }) => pattern.test(name))?.responseEnd;
      return { loaded: performance.getEntriesByType('navigation')[0].domInteractive, session: ends(/\/v1\/sessions$/),
        answer: ends(/\/whep$/) };
    });
    const [first] = (await take(page)).shown;
    for (const [name, ms] of Object.entries({ ...marks, received: first.received, presented: first.at })) {
      if (ms !== undefined) at[name].push(ms);
    }
    await leave(stage.server, page);
  }
  return Object.fromEntries(Object.entries(at).map(([name, values]) => [name, summary(values)]));
}

// A new session on a page that is open: from the click on "Open it again" to its first presented picture.
export async function newSessions({ server }, page, count) {
  const values = [];
  for (let round = 0; round < count; round += 1) {
    await server.call('DELETE', `/v1/sessions/${await sessionOf(page)}`);
    const again = page.getByRole('button', { name: 'Open it again' });
    await again.waitFor();
    await page.waitForTimeout(300);
    await take(page);
    await again.click();
    await until(() => page.evaluate(() => globalThis.vitaProbe.shownCount() > 0), 'a picture of the new session');
    const { keys, shown } = await take(page);
    values.push(shown[0].at - keys.findLast(({ event }) => event === 'click').at);
    await page.waitForTimeout(500);
  }
  return summary(values);
}

// Does `act(round)` so many times and looks at what came of the messages of this type.
async function phase({ server }, page, { rounds, type, act }) {
  await page.waitForTimeout(COUNTED_MS);
  await take(page);
  const before = await metrics(server);
  for (let round = 0; round < rounds; round += 1) await act(round);
  await page.waitForTimeout(COUNTED_MS);
  const log = await take(page);
  const after = await metrics(server);
  const { samples, unanswered, unseen } = samplesOf(log, type);
  const part = (name) => gained(before, after, 'vitascope_frame_seconds', `part="${name}"`);
  const reset = type === 'reset';
  const histogram = reset ? 'vitascope_first_frame_seconds' : 'vitascope_control_seconds';
  const means = { control: gained(before, after, histogram) };
  if (!reset) Object.assign(means, { making: part('making'), encoding: part('encoding') });
  return { latency_ms: summary(samples.map(({ ms }) => ms)), unanswered, unseen, lost: log.lost,
    server_ms: means, stages_ms: samples.length > 0 ? stagesOf(samples, means) : [], ...rateOf(log) };
}

// Words are typed into the box and sent with the keys that send them.
function say(page, keys) {
  const box = page.locator('#prompt-text');
  return async (round) => {
    await box.fill(PROMPTS[(round + 1) % PROMPTS.length]);
    await page.waitForTimeout(WORDS_MS + phaseMs(round));
    await page.keyboard.press(keys);
  };
}

export const newWorlds = (stage, page, rounds) =>
  phase(stage, page, { rounds, type: 'reset', act: say(page, 'Shift+Enter') });
export const newWords = (stage, page, rounds) =>
  phase(stage, page, { rounds, type: 'prompt', act: say(page, 'Enter') });

export async function keyPresses(stage, page, rounds) {
  await page.locator('#stage').focus();
  return phase(stage, page, { rounds, type: 'move', act: async (round) => {
    const key = KEYS[round % KEYS.length];
    await page.keyboard.down(key);
    await page.waitForTimeout(KEY_MS);
    await page.keyboard.up(key);
    await page.waitForTimeout(KEY_MS + phaseMs(round));
  } });
}

// To the server and back on the line for control messages, while pictures play.
export async function roundTrips(page) {
  await take(page);
  for (let round = 0; round < PINGS; round += 1) {
    await page.evaluate(() => globalThis.vitaProbe.ping());
    await page.waitForTimeout(40 + phaseMs(round));
  }
  await page.waitForTimeout(200);
  const { heard } = await take(page);
  return summary(heard.filter(({ type }) => type === 'pong').map(({ now, t }) => now - t));
}

// Everything on one way to the server: 'webrtc' or 'socket'.
export async function measure(stage, { rounds, cold }) {
  const result = { transport: stage.transport, cold_connect_ms: await coldConnects(stage, cold) };
  const page = await openCold(stage, 0);
  await page.waitForTimeout(SETTLE_MS);
  result.new_world = await newWorlds(stage, page, rounds);
  result.new_words = await newWords(stage, page, rounds);
  await page.waitForTimeout(SETTLE_MS);
  result.key = await keyPresses(stage, page, 3 * rounds);
  result.round_trip_ms = await roundTrips(page);
  result.new_session_ms = await newSessions(stage, page, cold);
  result.faults = page.faults;
  await leave(stage.server, page);
  return result;
}
