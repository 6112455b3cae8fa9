import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyTracker, RateMeter, percentile } from '../../../web/js/latency.js';

const FRAME_US = 41667;
const receipt = (id, frame, outcome = 'applied') => ({ id, outcome, frame, pts_us: frame * FRAME_US });
const rtp = (frame) => Math.floor((frame * FRAME_US * 9) / 100);

function tracker() {
  const samples = [];
  return { samples, latency: new LatencyTracker((sample) => samples.push(sample)) };
}

test('percentiles by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(values, 0.5), 50);
  assert.equal(percentile(values, 0.95), 95);
  assert.equal(percentile(values, 0.99), 99);
  assert.equal(percentile(values, 1), 100);
  assert.equal(percentile([3], 0.01), 3);
  assert.equal(percentile([], 0.5), undefined);
});

test('a control lasts until the first frame that shows it', () => {
  const { latency, samples } = tracker();
  latency.sent('a', 'move', 1000);
  latency.receipt(receipt('a', 10));
  latency.presented(rtp(9), 1030);
  assert.deepEqual(samples, []);
  latency.presented(rtp(10), 1072);
  assert.deepEqual(samples, [{ id: 'a', kind: 'move', ms: 72, frame: 10 }]);
  latency.presented(rtp(11), 1110);
  assert.equal(samples.length, 1);
});

test('a frame that was left out is made up for by the next one', () => {
  const { latency, samples } = tracker();
  latency.sent('a', 'move', 1000);
  latency.receipt(receipt('a', 10));
  latency.presented(rtp(12), 1150);
  assert.equal(samples[0].ms, 150);
});

test('a receipt may come after its picture', () => {
  const { latency, samples } = tracker();
  latency.sent('a', 'prompt', 1000);
  latency.presented(rtp(10), 1080);
  latency.presented(rtp(11), 1120);
  latency.receipt(receipt('a', 10));
  assert.equal(samples[0].ms, 80);
});

test('a picture from before the control does not count for it', () => {
  const { latency, samples } = tracker();
  latency.presented(rtp(500), 900);
  latency.sent('a', 'prompt', 1000);
  latency.receipt(receipt('a', 10));
  assert.deepEqual(samples, []);
});

test('controls without an effect are forgotten', () => {
  const { latency, samples } = tracker();
  latency.sent('a', 'move', 1000);
  latency.sent('b', 'move', 1001);
  latency.receipt(receipt('a', 10, 'superseded'));
  latency.receipt(receipt('b', 10, 'refused'));
  latency.presented(rtp(10), 1050);
  assert.deepEqual(samples, []);
});

test('too many open controls are dropped, oldest first, and counted', () => {
  const { latency, samples } = tracker();
  for (let i = 0; i < 300; i += 1) latency.sent(`c${i}`, 'move', i);
  assert.equal(latency.lost, 44);
  latency.receipt(receipt('c0', 1));
  latency.receipt(receipt('c299', 1));
  latency.presented(rtp(1), 400);
  assert.deepEqual(samples.map(({ id }) => id), ['c299']);
});

test('a browser that does not say which frame it shows measures nothing', () => {
  const { latency, samples } = tracker();
  latency.sent('a', 'move', 1000);
  latency.receipt(receipt('a', 10));
  latency.presented(undefined, 1050);
  assert.deepEqual(samples, []);
});

test('kinds are summed up apart, and clear() forgets what waits', () => {
  const { latency, samples } = tracker();
  for (const [id, kind, at] of [['a', 'move', 1000], ['b', 'prompt', 1010]]) {
    latency.sent(id, kind, at);
    latency.receipt(receipt(id, 10));
  }
  latency.presented(rtp(10), 1050);
  assert.deepEqual(latency.summary('move'), { p50: 50, p95: 50, count: 1, last: 50 });
  assert.equal(latency.summary('prompt').last, 40);
  latency.sent('c', 'move', 1100);
  latency.clear();
  latency.receipt(receipt('c', 11));
  latency.presented(rtp(11), 1150);
  assert.equal(samples.length, 2);
});

test('the rate is what came in the last second', () => {
  const rate = new RateMeter();
  for (let at = 0; at < 2000; at += 50) rate.add(at);
  assert.equal(rate.rate(1950), 20);
  assert.equal(rate.rate(2450), 10);
  assert.equal(rate.rate(9000), 0);
});
