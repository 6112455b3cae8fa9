// What is typed is what is seen, and keys walk through it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  difference, lacks, leave, look, openPage, openWorld, stage, state, thumbnail, until, watches,
} from './harness.mjs';

const { server, browser } = await stage(['--max-sessions', '8']);

const words = (page) => page.locator('#understood').innerText();
const press = async (page, key, ms) => {
  await page.keyboard.down(key);
  await page.waitForTimeout(ms);
  await page.keyboard.up(key);
};

test('the box has the focus, and what is typed there plays', async () => {
  const page = await openPage(browser, `${server.url}/`);
  await watches(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'prompt-text');
  await page.keyboard.type('a desert at noon with a dragon');
  await until(async () => (await page.locator('#understood .chip').count()) > 0, 'a look ahead at the words');
  await page.keyboard.press('Enter');
  await until(async () => /desert/.test(await words(page)), 'the page says that it understood "desert"');
  assert.match(await page.locator('#understood .ignored').innerText(), /dragon/);
  await until(async () => {
    const { ground, light } = await look(page);
    return ground.r > ground.b + 40 && light > 100;
  }, 'a bright, yellowish desert');
  assert.equal(await page.evaluate(() => document.body.dataset.view), 'live');
  assert.match(await page.evaluate(() => location.hash), /prompt=a\+desert.*seed=\d+/);
  // A build without WebRTC refuses the offer, which the browser reports.
  const missing = await lacks(server, 'whep') ? /status of 400/ : /^$/;
  assert.deepEqual(page.faults.filter((fault) => !missing.test(fault)), []);
  await leave(server, page);
});

test('night is dark, snow is white or bluish, and a change of words shows', async () => {
  const page = await openWorld(browser, server, { prompt: 'snowy tundra at noon', seed: 3 });
  const day = await until(async () => {
    const seen = await look(page);
    return seen.ground.b > seen.ground.r - 15 && seen.light > 100 && seen;
  }, 'bright snow that is not yellowish');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('snowy tundra at night');
  await page.keyboard.press('Enter');
  await until(async () => (await look(page)).light < day.light * 0.6, 'the night is darker than the noon');
  await until(async () => /night/.test(await words(page)), 'the page says "night"');
  assert.equal((await state(server, page)).prompt, 'snowy tundra at night');
  await leave(server, page);
});

test('W walks forward, arrows turn, and the picture follows', async () => {
  const page = await openWorld(browser, server, { prompt: 'green hills at noon', seed: 5 });
  await page.keyboard.press('p'); // the camera stands still
  await page.locator('#stage').focus();
  const before = await until(async () => (await state(server, page)).camera, 'the server says where the camera is');
  const still = await thumbnail(page);
  await press(page, 'w', 800);
  const walked = await until(async () => {
    const { camera } = await state(server, page);
    const way = Math.hypot(camera.x - before.x, camera.z - before.z);
    return way > 2 && { camera, way };
  }, 'the camera has moved on the server');
  const ahead = (walked.camera.x - before.x) * Math.cos(before.yaw) + (walked.camera.z - before.z) * Math.sin(before.yaw);
  assert.ok(ahead > 0.8 * walked.way, `W goes where the camera looks: ${ahead} of ${walked.way} m`);
  await press(page, 'ArrowRight', 500);
  await until(async () => Math.abs((await state(server, page)).camera.yaw - walked.camera.yaw) > 0.2, 'the camera has turned');
  await until(async () => difference(await thumbnail(page), still) > 8, 'the picture has changed');
  await leave(server, page);
});

test('dragging looks around', async () => {
  const page = await openWorld(browser, server, { prompt: 'green hills at noon', seed: 5 });
  const before = (await state(server, page)).camera;
  await page.mouse.move(900, 300);
  await page.mouse.down();
  await page.mouse.move(300, 300, { steps: 12 });
  await page.mouse.up();
  await until(async () => (await state(server, page)).camera.yaw > before.yaw + 0.3,
    'a drag to the left turns the view to the right');
  await leave(server, page);
});

test('the slider of the hour brings the night and gives it back', async () => {
  const page = await openWorld(browser, server, { prompt: 'a desert at noon', seed: 2 });
  const day = await until(async () => {
    const seen = await look(page);
    return seen.light > 90 && seen;
  }, 'the day');
  await page.locator('#panel-button').click();
  await page.locator('#w-time').fill('0.5');
  await until(async () => (await look(page)).light < day.light * 0.6, 'the night');
  assert.match(await page.locator('.row[data-name="time"] output').innerText(), /00:30/);
  await page.locator('.row[data-name="time"] .reset').click();
  await until(async () => (await look(page)).light > day.light * 0.8, 'the day again');
  await leave(server, page);
});

test('pause stops the pictures, and a new seed is another place', async () => {
  const page = await openWorld(browser, server, { prompt: 'mountains at noon', seed: 1 });
  await page.locator('#stage').focus();
  await page.keyboard.press('Space');
  await until(async () => (await state(server, page)).state === 'paused', 'the server pauses');
  await until(async () => (await page.locator('#line-text').innerText()) === 'Paused', 'the page says so');
  await page.keyboard.press('Space');
  const old = await thumbnail(page);
  await page.keyboard.press('n');
  await until(async () => difference(await thumbnail(page), old) > 12, 'another place');
  assert.notEqual((await state(server, page)).seed, 1);
  await leave(server, page);
});

test('the figures are filled with measurements', async () => {
  const page = await openPage(browser, `${server.url}/`);
  await watches(page);
  await page.keyboard.type('islands at noon');
  await page.keyboard.press('Enter');
  const figures = () => page.locator('#hud').innerText();
  await until(async () => /First picture\s+\d+ ms/.test(await figures()), 'time to the first picture');
  await page.keyboard.down('d');
  await until(async () => /Key to picture\s+\d+ ms\s*95 % in \d+ ms/.test(await figures()), 'key to picture');
  await page.keyboard.up('d');
  await until(async () => /Pictures\s+[1-9]\d*\s*of 24/.test(await figures()), 'pictures a second');
  await until(async () => /painter\s+\d+\.\d/.test(await figures()), 'the stages');
  await leave(server, page);
});
