// A server and a browser for the tests, and eyes for what the page shows.
//   VITASCOPE: the program. CHROMIUM: the browser, /usr/bin/chromium if it is not set.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WAIT_MS = 20000; // how long anything may take before the test gives up
const LOOK_MS = 50;

export const WATCHES = 'body[data-line="live"][data-picture]';

// Why nothing can be played here; undefined if it can.
export async function whyNot() {
  if (!process.env.VITASCOPE) return 'VITASCOPE does not name the program';
  if (spawnSync(process.env.VITASCOPE, ['serve', '--help']).status !== 0) return 'this program has no command "serve"';
  if (!existsSync(CHROMIUM)) return `there is no Chromium at ${CHROMIUM} (scripts/setup.sh installs it)`;
  try {
    await import('playwright-core');
  } catch {
    return 'playwright-core is not installed (scripts/setup.sh, or npm ci in tests/web)';
  }
  return undefined;
}

// Waits until look() gives something true, and returns it.
export async function until(look, what, ms = WAIT_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) assert.fail(`waited ${ms / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

// `vitascope serve` on a free port. more: further options of the program.
export class Server {
  #process;
  #folder = mkdtempSync(join(tmpdir(), 'vitascope-web-'));
  said = '';

  static async start(more = []) {
    const server = new Server();
    await server.#start(more);
    return server;
  }

  async #start(more) {
    const options = ['serve', '--port', '0', '--web', join(ROOT, 'web'), '--data', this.#folder,
      '--model', join(ROOT, 'models/world'), ...more];
    this.#process = spawn(process.env.VITASCOPE, options, { cwd: ROOT });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (text) => { this.said += text; });
    }
    this.url = await until(() => {
      assert.equal(this.#process.exitCode, null, `the server ended at once: ${this.said}`);
      return this.said.match(/http:\/\/[0-9.:]+/)?.[0];
    }, 'the server says its address');
    await until(async () => (await fetch(`${this.url}/readyz`)).ok, 'the server is ready');
  }

  // As an API client: the JSON of the answer.
  async call(method, path, body) {
    const { text } = await this.#ask(method, path, 'application/json', body && JSON.stringify(body));
    return text ? JSON.parse(text) : {};
  }

  // {status, text} of a call whose body, if it needs one, is an offer that nobody can accept.
  probe(path, method) {
    return this.#ask(method, path, 'application/sdp', path.endsWith('whep') ? 'v=0\r\n' : undefined);
  }

  async #ask(method, path, type, body) {
    const { key } = await (await fetch(`${this.url}/v1/page-key`)).json();
    const headers = { Authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'Content-Type': type }) };
    const response = await fetch(this.url + path, { method, headers, body });
    return { status: response.status, text: await response.text() };
  }

  async stop() {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 10000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

// Why this build cannot do what a call asks for: "whep", "recording" or "log" of a session; undefined if it can.
export async function lacks(server, what) {
  const { id, ...refused } = await server.call('POST', '/v1/sessions', { prompt: 'hills', paused: true });
  assert.ok(id, JSON.stringify(refused));
  const answer = await server.probe(`/v1/sessions/${id}/${what}`, what === 'log' ? 'GET' : 'POST');
  if (what === 'recording' && answer.status === 201) await server.probe(`/v1/sessions/${id}/recording`, 'DELETE');
  await server.call('DELETE', `/v1/sessions/${id}`);
  const absent = answer.status === 404 || /not in this build/.test(answer.text);
  return absent ? `this build has no ${what}: ${answer.text}` : undefined;
}

export async function startBrowser(args = []) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args });
}

export const DESKTOP = { viewport: { width: 1280, height: 720 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

// A page that collects its faults in `page.faults`. script: a file that runs in it before its own scripts.
export async function openPage(browser, url, options = DESKTOP, script = undefined) {
  const context = await browser.newContext({ ...options, acceptDownloads: true });
  if (script) await context.addInitScript({ path: script });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error.stack)));
  page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
  await page.goto(url);
  return page;
}

export async function openWorld(browser, server, { prompt, seed = 1, query = '' }, options) {
  const fragment = new URLSearchParams({ prompt, seed: String(seed) });
  const page = await openPage(browser, `${server.url}/${query}#${fragment}`, options);
  await watches(page);
  return page;
}

export const watches = (page) => until(() => page.locator(WATCHES).count(), 'the page shows a live picture');

// Mean colours of what is on the screen: {r, g, b, light, ground: {r, g, b}} in 0..255, ground: the lower half.
export function look(page) {
  return page.evaluate(() => {
    const video = document.getElementById('video');
    const shown = video.hidden ? document.getElementById('canvas') : video;
    const small = document.createElement('canvas');
    small.width = 64;
    small.height = 36;
    const context = small.getContext('2d', { willReadFrequently: true });
    context.drawImage(shown, 0, 0, 64, 36);
    const mean = (top, rows) => {
      const { data } = context.getImageData(0, top, 64, rows);
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c += 1) sum[c] += data[i + c];
      const [r, g, b] = sum.map((value) => value / (data.length / 4));
      return { r, g, b };
    };
    const all = mean(0, 36);
    return { ...all, light: 0.3 * all.r + 0.59 * all.g + 0.11 * all.b, ground: mean(18, 18) };
  });
}

// The picture as 32x18 grey values, to tell whether two differ.
export function thumbnail(page) {
  return page.evaluate(() => {
    const video = document.getElementById('video');
    const small = document.createElement('canvas');
    small.width = 32;
    small.height = 18;
    const context = small.getContext('2d', { willReadFrequently: true });
    context.drawImage(video.hidden ? document.getElementById('canvas') : video, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    return Array.from({ length: 32 * 18 }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3);
  });
}

export const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

// The id of the session that a page shows.
export const sessionOf = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem('vitascope.session'))?.id);

// Ends the page and its session, which would go on painting beside the next test.
export async function leave(server, page) {
  const id = await sessionOf(page).catch(() => undefined);
  await page.context().close();
  if (id) await server.call('DELETE', `/v1/sessions/${id}`);
}

// A server, a browser and what ends both: {server, browser, close}. more: further options of the program.
export async function openStage(more) {
  const server = await Server.start(more);
  try {
    const browser = await startBrowser();
    const close = async () => {
      await browser.close();
      await server.stop();
    };
    return { server, browser, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

// What a file of tests plays on: {server, browser}, ended after the last test. Where nothing can be tested it says why, in
// the words that ctest takes for skipped, and ends the file.
export async function stage(more) {
  const reason = await whyNot();
  if (reason) {
    console.log(`SKIPPED: ${reason}`);
    process.exit(0);
  }
  const { server, browser, close } = await openStage(more);
  after(close);
  return { server, browser };
}

export const state = async (server, page) => server.call('GET', `/v1/sessions/${await sessionOf(page)}`);
