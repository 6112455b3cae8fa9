// The line: WebRTC where it goes, WebSockets where no UDP passes, and back again after it broke.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Server, lacks, leave, look, openPage, openWorld, sessionOf, stage, startBrowser, state, until, watches,
} from './harness.mjs';

const { server, browser } = await stage(['--max-sessions', '4']);

const lineOf = (page) => page.locator('#line').innerText();
const isLive = (page, way) => until(async () => (await lineOf(page)).includes(`Live · ${way}`), `the page is live by ${way}`);
const bright = (page) => until(async () => (await look(page)).light > 60, 'a bright picture');

// That pictures go on: the picture of a camera that flies changes.
async function keepsPlaying(page) {
  const count = () => page.evaluate(() => document.getElementById('hud').innerText.match(/(\d+)\s*of/)?.[1]);
  await until(async () => Number(await count()) > 0, 'pictures go on');
}

test('where UDP passes, WebRTC plays', async (t) => {
  const why = await lacks(server, 'whep');
  if (why) return t.skip(why);
  const page = await openWorld(browser, server, { prompt: 'a desert at noon' });
  await isLive(page, 'WebRTC');
  await bright(page);
  assert.equal(await page.locator('#video').isVisible(), true);
  assert.equal(await page.locator('#canvas').isVisible(), false);
  assert.deepEqual(page.faults, []);
  await leave(server, page);
  return undefined;
});

test('where UDP is blocked, the page falls back by itself and still steers', async () => {
  const blocked = await startBrowser(['--webrtc-ip-handling-policy=disable_non_proxied_udp']);
  try {
    const page = await openWorld(blocked, server, { prompt: 'a desert at noon' });
    await isLive(page, 'WebSocket');
    await bright(page);
    assert.equal(await page.locator('#canvas').isVisible(), true);
    const before = (await state(server, page)).camera;
    await page.keyboard.down('ArrowLeft');
    await until(async () => (await state(server, page)).camera.yaw < before.yaw - 0.2, 'the camera turns');
    await page.keyboard.up('ArrowLeft');
    await leave(server, page);
  } finally {
    await blocked.close();
  }
});

test('a reload comes back to the same world', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 4 });
  const session = await sessionOf(page);
  await page.reload();
  await watches(page);
  assert.equal(await sessionOf(page), session);
  await keepsPlaying(page);
  await leave(server, page);
});

test('a broken line mends itself', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 4, query: '?transport=socket' });
  const session = await sessionOf(page);
  await page.context().setOffline(true);
  await until(async () => /Reconnecting|Connecting/.test(await lineOf(page)), 'the page notices', 30000);
  await page.context().setOffline(false);
  await isLive(page, 'WebSocket');
  assert.equal(await sessionOf(page), session);
  await keepsPlaying(page);
  await leave(server, page);
});

test('a world that ended says so and can be opened again', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 4 });
  const session = await sessionOf(page);
  await server.call('DELETE', `/v1/sessions/${session}`);
  await page.getByText('This world has ended').waitFor();
  await page.getByRole('button', { name: 'Open it again' }).click();
  await until(async () => (await sessionOf(page)) && (await sessionOf(page)) !== session, 'another session');
  await watches(page);
  const again = await state(server, page);
  assert.deepEqual([again.prompt, again.seed], ['a desert at noon', 4]);
  await leave(server, page);
});

test('a full server is said in words, and its place is taken when there is one', async () => {
  const pages = [];
  for (let i = 0; i < 4; i += 1) {
    pages.push((await server.call('POST', '/v1/sessions', { prompt: 'hills', paused: true })).id);
  }
  const page = await openPage(browser, `${server.url}/`);
  await page.getByText('Every place is taken right now.').waitFor();
  await server.call('DELETE', `/v1/sessions/${pages[0]}`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await watches(page);
  for (const id of pages.slice(1)) await server.call('DELETE', `/v1/sessions/${id}`);
  await leave(server, page);
});

test('a server with a key asks for it, refuses a wrong one, and keeps a right one in this tab', async () => {
  const key = 'k'.repeat(32);
  const locked = await Server.start(['--api-key', key]);
  try {
    const page = await openPage(browser, `${locked.url}/`);
    await page.getByLabel('API key').last().fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The server did not accept your key.').waitFor();
    await page.locator('#key').fill(key);
    await page.keyboard.press('Enter');
    await watches(page);
    await page.reload();
    await watches(page);
    await page.context().close();
  } finally {
    await locked.stop();
  }
});
