// The live benchmark itself, and that what it trusts is true: a receipt names the first frame that shows the control.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { firstShowing } from '../../../bench/live/samples.mjs';
import { DESKTOP, lacks, leave, openPage, stage, until, watches } from './harness.mjs';

const { server, browser } = await stage(['--max-sessions', '4']);
const FOLDER = fileURLToPath(new URL('../../../bench/live/', import.meta.url));

for (const transport of ['webrtc', 'socket']) {
  test(`the benchmark measures by ${transport}`, async (t) => {
    const why = transport === 'webrtc' && await lacks(server, 'whep');
    if (why) return t.skip(why);
    const args = [`${FOLDER}live_bench.mjs`, process.env.VITASCOPE, '--json', '--rounds', '2', '--cold', '1', '--transport', transport];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { runs: [run], targets, machine } = JSON.parse(stdout);
    assert.ok(machine.cores > 0 && machine.browser && machine.program, stdout);
    assert.deepEqual([run.transport, targets.length, run.faults], [transport, 2, []]);
    for (const [name, count] of [['new_world', 2], ['new_words', 2], ['key', 6]]) {
      const { latency_ms: found, stages_ms: stages, unanswered, unseen } = run[name];
      assert.ok(found, `${name}: nothing was measured, ${unanswered} without effect, ${unseen} never seen`);
      assert.equal(found.count + unanswered + unseen, count, name);
      assert.ok(found.p50 > 5 && found.p50 <= found.p99 && found.p99 < 10000, JSON.stringify(found));
      const sum = stages.reduce((all, { ms }) => all + ms, 0);
      assert.ok(Math.abs(sum - found.mean) < 0.1, `${name}: stages of ${sum} ms, a mean of ${found.mean}`);
    }
    for (const found of [run.round_trip_ms, run.new_session_ms, run.cold_connect_ms.presented]) assert.ok(found.p50 > 0);
    return undefined;
  });
}

test('the picture changes in the very frame that the receipt names', async (t) => {
  const why = await lacks(server, 'whep');
  if (why) return t.skip(why);
  const world = new URLSearchParams({ prompt: 'a desert at noon', seed: '2' });
  const page = await openPage(browser, `${server.url}/?transport=webrtc#${world}`, DESKTOP, `${FOLDER}probe.js`);
  await watches(page);
  await page.evaluate(() => {
    const small = new OffscreenCanvas(16, 9).getContext('2d', { willReadFrequently: true });
    const video = document.getElementById('video');
    globalThis.seen = [];
    const look = (_now, { rtpTimestamp }) => {
      small.drawImage(video, 0, 0, 16, 9);
      const { data } = small.getImageData(0, 0, 16, 9);
      globalThis.seen.push({ rtp: rtpTimestamp, now: performance.now(), light: data.reduce((sum, value) => sum + value, 0) / data.length });
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
  await page.locator('#prompt-text').fill('a desert at night');
  await page.waitForTimeout(500);
  await page.keyboard.press('Shift+Enter');
  await until(() => page.evaluate(() => globalThis.seen[0].light - globalThis.seen.at(-1).light > 25), 'the night');
  const seen = await page.evaluate(() => globalThis.seen);
  const { heard, sent } = await page.evaluate(() => globalThis.vitaProbe.take());
  const { id, now } = sent.find(({ type }) => type === 'reset');
  const named = firstShowing(seen, heard.find((one) => one.type === 'receipt' && one.id === id), now);
  const dark = seen.find(({ light, now: at }) => at > now && seen[0].light - light > 25);
  assert.equal(dark.rtp, named.rtp, JSON.stringify(seen.slice(-8)));
  await leave(server, page);
  return undefined;
});
