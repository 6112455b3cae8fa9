// Sharing: a second viewer, recordings, pictures, logs, and the bare player.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  PHONE, difference, lacks, leave, look, openPage, openWorld, stage, state, thumbnail, until, watches,
} from './harness.mjs';

const run = promisify(execFile);
const { server, browser } = await stage(['--max-sessions', '4']);

async function watchLink(page, label) {
  await page.locator('#share').click();
  await page.getByRole('button', { name: 'Make a watch link' }).click();
  const link = await page.getByLabel(label).inputValue();
  await page.keyboard.press('Escape');
  return link;
}

test('two watch one world; one steers, both see it, and the watcher cannot steer', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  await page.keyboard.press('p'); // the camera stands still
  const watcher = await openPage(browser, await watchLink(page, 'Watch along'));
  await watches(watcher);
  await until(async () => /2 watch/.test(await page.locator('#line').innerText()), 'the page counts two');
  assert.equal(await watcher.locator('#prompt').isVisible(), false);
  assert.equal(await watcher.locator('#record').isVisible(), false);
  const before = await thumbnail(watcher);
  const { camera } = await state(server, page);
  await watcher.keyboard.press('d');
  await page.locator('#stage').focus();
  await page.keyboard.down('ArrowRight');
  await until(async () => (await state(server, page)).camera.yaw > camera.yaw + 0.5, 'the one who steers turns');
  await page.keyboard.up('ArrowRight');
  await until(async () => difference(await thumbnail(watcher), before) > 6, 'the watcher sees it');
  await until(async () => difference(await thumbnail(watcher), await thumbnail(page)) < 6, 'both see the same');

  // A watcher who helps himself to the steering message is refused by the server.
  const refused = await watcher.evaluate(() => new Promise((resolve) => {
    const { id, token } = JSON.parse(sessionStorage.getItem('vitascope.session'));
    const url = `${location.origin.replace('http', 'ws')}/v1/sessions/${id}/control`;
    const socket = new WebSocket(url, ['vitascope.v1', `bearer.${token}`]);
    socket.onopen = () => socket.send(JSON.stringify({ v: 1, type: 'move', forward: 1, id: 'x' }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'error') resolve(message.code);
    };
  }));
  assert.equal(refused, 'forbidden');
  await watcher.context().close();
  await leave(server, page);
});

test('the bare player shows the picture and nothing else', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  const player = await openPage(browser, await watchLink(page, 'Only the picture'));
  await until(async () => (await look(player)).light > 60, 'the player shows the desert');
  assert.equal(await player.locator('#message').isVisible(), false);
  assert.equal((await player.locator('body').innerText()).trim(), '');
  await player.context().close();
  await leave(server, page);
});

test('a player with words of its own opens a world and closes it when it goes', async () => {
  const player = await openPage(browser, `${server.url}/player#prompt=a+desert+at+noon&seed=2`);
  await until(async () => (await look(player)).light > 60, 'the player shows the desert');
  assert.equal((await server.call('GET', '/v1/sessions')).sessions.length, 1);
  await player.goto('about:blank');
  await until(async () => (await server.call('GET', '/v1/sessions')).sessions.length === 0, 'its session ends');
  await player.context().close();
});

test('a recording is a video file that plays', async (t) => {
  const why = await lacks(server, 'recording');
  if (why) return t.skip(why);
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  await page.locator('#record').click();
  await until(async () => (await state(server, page)).recording === true, 'the server records');
  assert.match(await page.locator('#record-clock').innerText(), /^0:0\d$/);
  await page.waitForTimeout(2000);
  const coming = page.waitForEvent('download');
  await page.locator('#record').click();
  const download = await coming;
  assert.match(download.suggestedFilename(), /^a-desert-at-noon\.mp4$/);
  const path = await download.path();
  const { stdout } = await run('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries',
    'stream=codec_name,width,height,nb_read_frames', '-of', 'json', path]);
  const [stream] = JSON.parse(stdout).streams;
  assert.deepEqual([stream.codec_name, stream.width, stream.height], ['h264', 1280, 720]);
  assert.ok(Number(stream.nb_read_frames) > 10, `${stream.nb_read_frames} frames`);
  await leave(server, page);
  return undefined;
});

test('a saved picture is what was on the screen', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  await until(async () => (await look(page)).light > 60, 'a picture');
  await page.locator('#pause').click();
  const coming = page.waitForEvent('download');
  await page.locator('#screenshot').click();
  const bytes = await readFile(await (await coming).path());
  const saved = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: 'image/png' }));
    const small = new OffscreenCanvas(1, 1).getContext('2d');
    small.drawImage(bitmap, 0, 0, 1, 1);
    return { width: bitmap.width, height: bitmap.height, red: small.getImageData(0, 0, 1, 1).data[0] };
  }, bytes.toString('base64'));
  assert.deepEqual([saved.width, saved.height], [1280, 720]);
  assert.ok(saved.red > 60, 'it is not black');
  await leave(server, page);
});

test('the log of a session can be saved, and holds what was said', async (t) => {
  const why = await lacks(server, 'log');
  if (why) return t.skip(why);
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  await page.keyboard.press('u');
  const coming = page.waitForEvent('download');
  await page.locator('#save-log').click();
  const text = await readFile(await (await coming).path(), 'utf8');
  assert.match(text, /a desert at noon/);
  for (const line of text.trim().split('\n')) JSON.parse(line);
  await page.keyboard.press('Escape');
  await leave(server, page);
  return undefined;
});

test('a world link opens the same place', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 77 });
  await page.locator('#share').click();
  const link = await page.getByLabel('This world', { exact: true }).inputValue();
  const other = await openPage(browser, link);
  await watches(other);
  const [mine, theirs] = [await state(server, page), await state(server, other)];
  assert.deepEqual([theirs.prompt, theirs.seed], [mine.prompt, mine.seed]);
  await leave(server, other);
  await leave(server, page);
});

test('at a phone\'s width nothing sticks out, and the pads steer', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 }, PHONE);
  const outside = await page.evaluate(() => [...document.querySelectorAll('.top *, .prompt *, .pads *')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.sr, svg'))
    .map((element) => [element.id || element.className, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.left < -1 || box.right > innerWidth + 1))
    .map(([name]) => name));
  assert.deepEqual(outside, []);
  const pad = await page.locator('#pad-look').boundingBox();
  const { camera } = await state(server, page);
  await page.mouse.move(pad.x + pad.width / 2, pad.y + pad.height / 2);
  await page.mouse.down();
  await page.mouse.move(pad.x + pad.width - 4, pad.y + pad.height / 2, { steps: 4 });
  await until(async () => (await state(server, page)).camera.yaw > camera.yaw + 0.2, 'the pad turns the camera');
  await page.mouse.up();
  await leave(server, page);
});

test('every control has a name, and dialogs give the focus back', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  await page.locator('#panel-button').click();
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !(element.getAttribute('aria-label') || element.innerText.trim() || element.textContent.trim() ||
      element.labels?.length || element.closest('[aria-hidden="true"]')))
    .map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(nameless, []);
  await page.locator('#help').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await until(() => page.evaluate(() => document.activeElement.id === 'help'), 'the focus is back');
  await leave(server, page);
});
