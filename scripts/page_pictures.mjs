// Takes the pictures of the page for docs/page.md: node scripts/page_pictures.mjs [PROGRAM] [FOLDER]
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DESKTOP, PHONE, leave, openPage, openStage, until, watches, whyNot } from '../tests/web/e2e/harness.mjs';

const BYTES_MAX = 200 * 1024;
const folder = process.argv[3] ?? 'docs/pictures';
process.env.VITASCOPE = resolve(process.argv[2] ?? 'build/vitascope');

const reason = await whyNot();
if (reason) throw new Error(reason);
const { server, browser, close } = await openStage(['--max-sessions', '4']);

async function save(page, name) {
  const path = join(folder, `${name}.jpg`);
  await page.screenshot({ path, type: 'jpeg', quality: 82, scale: 'css' });
  const { size } = statSync(path);
  if (size > BYTES_MAX) throw new Error(`${path}: found ${size} bytes, expected ${BYTES_MAX} at most`);
  console.log(`${path}  ${Math.round(size / 1024)} KiB`);
}

// Types words as a person does and waits until the page shows them.
async function say(page, words, keys) {
  await page.locator('#prompt-text').fill(words);
  await page.waitForTimeout(500);
  await page.keyboard.press(keys);
  await until(() => page.locator('#understood:not([data-preview]) .chip').count(), 'what was understood');
}

// Walks a little, so that the figures have something to say.
async function walk(page) {
  await page.locator('#stage').focus();
  for (const key of ['w', 'd', 'w', 'ArrowRight', 'w', 'a']) {
    await page.keyboard.down(key);
    await page.waitForTimeout(350);
    await page.keyboard.up(key);
  }
}

const WORLD = 'snowy mountains at sunset with pines, a lake and a dragon';

async function greeting() {
  const page = await openPage(browser, `${server.url}/`, DESKTOP);
  await watches(page);
  await page.waitForTimeout(3000);
  await save(page, 'page');
  await leave(server, page);
}

async function figures() {
  const page = await openPage(browser, `${server.url}/#prompt=green+hills&seed=3`, DESKTOP);
  await watches(page);
  await say(page, WORLD, 'Shift+Enter');
  await page.waitForTimeout(2500);
  await walk(page);
  await page.locator('#panel-button').click();
  await page.waitForTimeout(2500);
  await page.locator('#stage').focus();
  await page.mouse.move(640, 300);
  await page.waitForTimeout(400); // the words under the button go away
  await save(page, 'page_hud');
  await leave(server, page);
}

async function phone() {
  const page = await openPage(browser, `${server.url}/#prompt=green+hills&seed=3`, PHONE);
  await watches(page);
  await say(page, 'a canyon with a river at noon and a castle', 'Shift+Enter');
  await page.waitForTimeout(2500);
  await save(page, 'page_phone');
  await leave(server, page);
}

try {
  await greeting();
  await figures();
  await phone();
} finally {
  await close();
}
