// The arithmetic of bench/live: which key sent what, which picture shows it first, where the time went.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../../bench/live/options.mjs';
import { table, verdicts } from '../../../bench/live/report.mjs';
import {
  firstShowing, gained, histogramOf, rateOf, samplesOf, stagesOf, summary,
} from '../../../bench/live/samples.mjs';

const FRAME_US = 41667;
const rtp = (frame) => Math.floor((frame * FRAME_US * 9) / 100);
const shown = (frame, at) => ({ rtp: rtp(frame), received: at - 12, decodeMs: 3, ready: at - 7, at, count: frame, now: at - 2 });
const receipt = (id, frame, outcome = 'applied') => ({ type: 'receipt', id, outcome, frame, ptsUs: frame * FRAME_US, now: 0 });
const key = (event, at) => ({ event, code: 'KeyW', at, now: at + 1 });

test('a summary gives percentiles by nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  assert.deepEqual(summary(values), { p50: 100, p95: 190, p99: 198, max: 200, mean: 100.5, count: 200 });
  assert.deepEqual(summary([7]), { p50: 7, p95: 7, p99: 7, max: 7, mean: 7, count: 1 });
  assert.equal(summary([]), undefined);
});

test('a key lasts until the first picture from which its receipt counts, part by part', () => {
  const log = { keys: [key('keydown', 1000)], sent: [{ type: 'move', id: 'a', now: 1003 }], heard: [receipt('a', 10)],
    shown: [shown(9, 1040), shown(10, 1080), shown(11, 1120)] };
  const { samples, unanswered, unseen } = samplesOf(log, 'move');
  assert.deepEqual([unanswered, unseen], [0, 0]);
  assert.deepEqual(samples, [{ ms: 80, page: 3, way: 65, buffer: 2, decode: 3, show: 7, ttffMs: undefined }]);
});

test('a picture that was left out is made up for by the next one', () => {
  const log = { keys: [key('keydown', 1000)], sent: [{ type: 'move', id: 'a', now: 1003 }], heard: [receipt('a', 10)],
    shown: [shown(8, 1040), shown(12, 1150)] };
  assert.equal(samplesOf(log, 'move').samples[0].ms, 150);
});

test('letting go, what no key sent, and a click that the browser makes itself count for nothing', () => {
  const log = {
    keys: [key('keydown', 1000), { event: 'click', code: '', at: 1001, now: 1001 }, key('keyup', 1200)],
    sent: [{ type: 'prompt', id: 'a', now: 1003 }, { type: 'prompt', id: 'b', now: 1201 }, { type: 'prompt', id: 'c', now: 5000 }],
    heard: [receipt('a', 10), receipt('b', 11), receipt('c', 12)], shown: [shown(10, 1080), shown(12, 5050)],
  };
  assert.deepEqual(samplesOf(log, 'prompt').samples.map(({ ms }) => ms), [80]);
});

test('what had no effect and what was never seen are counted', () => {
  const log = {
    keys: [key('keydown', 1000), key('keydown', 2000), key('keydown', 3000)],
    sent: ['a', 'b', 'c'].map((id, i) => ({ type: 'move', id, now: 1000 * (i + 1) + 2 })),
    heard: [receipt('a', 10, 'superseded'), receipt('c', 90)], shown: [shown(30, 2500)],
  };
  const { samples, unanswered, unseen } = samplesOf(log, 'move');
  assert.deepEqual([samples.length, unanswered, unseen], [0, 2, 1]);
});

test('pictures of a canvas are known by their presentation time, across the wrap of RTP too', () => {
  const late = Math.ceil((2 ** 32 * 100) / 9); // the first one after the wrap
  const pictures = [{ ptsUs: late - FRAME_US, now: 10 }, { ptsUs: late, now: 50 }, { ptsUs: late + FRAME_US, now: 90 }];
  assert.equal(firstShowing(pictures, { ptsUs: late }, 0).now, 50);
  assert.equal(firstShowing(pictures, { ptsUs: late - FRAME_US }, 20).now, 50);
});

test('the stages add up to the mean', () => {
  const samples = [{ ms: 80, page: 3, way: 65, buffer: 2, decode: 3, show: 7 }, { ms: 100, page: 5, way: 75, buffer: 4, decode: 5, show: 11 }];
  for (const means of [{ control: 60, making: 25, encoding: 8 }, { control: 60 }]) {
    const stages = stagesOf(samples, means);
    assert.equal(stages.reduce((sum, { ms }) => sum + ms, 0), 90);
    assert.equal(stages.find(({ name }) => name.startsWith('network')).ms, 10);
  }
});

test('histograms are read from the text for Prometheus', () => {
  const text = (sum, count) => `# TYPE f histogram\nf_bucket{part="making",le="1"} 3\nf_sum{part="making"} ${sum}\nf_count{part="making"} ${count}\n` +
    `f_sum{part="encoding"} 9\nf_count{part="encoding"} 3\nplain_sum 1.5\nplain_count 3\n`;
  assert.deepEqual(histogramOf(text(0.5, 10), 'f', 'part="making"'), { sum: 0.5, count: 10 });
  assert.deepEqual(histogramOf(text(0, 0), 'plain'), { sum: 1.5, count: 3 });
  assert.equal(gained(text(0.5, 10), text(0.9, 20), 'f', 'part="making"').toFixed(3), '40.000');
  assert.equal(gained(text(0.5, 10), text(0.9, 20), 'f', 'part="encoding"'), undefined);
});

test('the rate counts presented pictures of which the page was not told', () => {
  const pictures = [0, 1, 2, 5].map((frame) => shown(frame, frame * 40));
  assert.deepEqual(rateOf({ shown: pictures }), { fps: 25, missed: 2 });
  assert.deepEqual(rateOf({ shown: [] }), { fps: 0, missed: 0 });
});

test('the command line is read strictly', () => {
  assert.deepEqual(readOptions([]).ways, ['webrtc', 'socket']);
  const { ways, rounds, program } = readOptions(['some/vitascope', '--transport', 'socket', '--rounds', '7']);
  assert.deepEqual([ways, rounds], [['socket'], 7]);
  assert.match(program, /some\/vitascope$/);
  assert.throws(() => readOptions(['--rounds', '0']), /--rounds: found "0", expected a whole number from 1 to 1000/);
  assert.throws(() => readOptions(['--transport', 'udp']), /found "udp", expected webrtc, socket or both/);
  assert.throws(() => readOptions(['a', 'b']), /found the argument "b"/);
});

test('a target that was missed, or not measured, is said so', () => {
  const phase = (found) => ({ latency_ms: found, stages_ms: [{ name: 'decoding', ms: 5 }], fps: 24, unseen: 1 });
  const runs = [{ transport: 'socket', new_world: phase(summary([140])), new_words: phase(undefined), key: phase(summary([101])),
    cold_connect_ms: { presented: summary([900]) }, faults: [] }];
  const targets = verdicts(runs);
  assert.deepEqual(targets.map(({ met }) => met), [true, false]);
  const text = table({ machine: { cpu: 'c', cores: 2, browser: '1', program: 'p' }, runs, targets });
  assert.match(text, /met +prompt to presented, a new world, socket: p99 140 ms/);
  assert.match(text, /MISSED key to presented, socket: p95 101 ms, wanted below 100 ms/);
  assert.match(text, /1 never seen/);
});
