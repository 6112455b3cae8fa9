import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePicture, rtpOf, rtpReached } from '../../../web/js/wire.js';

// A message as docs/live.md describes it.
function message({ flags = 1, sequence = 7, frame = 42n, ptsUs = 1750000n, bytes = [0, 0, 0, 1, 0x67] } = {}) {
  const buffer = new ArrayBuffer(24 + bytes.length);
  const view = new DataView(buffer);
  view.setUint8(0, 'V'.charCodeAt(0));
  view.setUint8(1, '1'.charCodeAt(0));
  view.setUint8(2, flags);
  view.setUint32(4, sequence, true);
  view.setBigUint64(8, frame, true);
  view.setBigUint64(16, ptsUs, true);
  new Uint8Array(buffer, 24).set(bytes);
  return buffer;
}

test('a picture is taken apart', () => {
  const picture = parsePicture(message());
  assert.equal(picture.key, true);
  assert.equal(picture.sequence, 7);
  assert.equal(picture.frame, 42);
  assert.equal(picture.ptsUs, 1750000);
  assert.deepEqual([...picture.data], [0, 0, 0, 1, 0x67]);
});

test('only bit 0 of the flags says key frame', () => {
  assert.equal(parsePicture(message({ flags: 0xfe })).key, false);
  assert.equal(parsePicture(message({ flags: 3 })).key, true);
});

test('sequence numbers use all 32 bits', () => {
  assert.equal(parsePicture(message({ sequence: 0xffffffff })).sequence, 4294967295);
});

test('a message without a picture is refused with its length', () => {
  assert.throws(() => parsePicture(message({ bytes: [] })), /24 bytes/);
});

test('a message of somebody else is refused', () => {
  const buffer = message();
  new DataView(buffer).setUint8(1, 0x32);
  assert.throws(() => parsePicture(buffer), /V1/);
});

test('time stamps run at 90 kHz and wrap at 2^32', () => {
  assert.equal(rtpOf(1000000), 90000);
  assert.equal(rtpOf(41667), 3750);
  const wrapUs = Math.ceil((2 ** 32 * 100) / 9);
  assert.equal(rtpOf(wrapUs), 0);
  assert.equal(rtpOf(wrapUs + 1000000), 90000);
});

test('a frame is reached by itself and by later ones, not by earlier ones', () => {
  assert.equal(rtpReached(90000, 90000), true);
  assert.equal(rtpReached(93750, 90000), true);
  assert.equal(rtpReached(86250, 90000), false);
});

test('rounding to the next tick does not hide a frame', () => {
  assert.equal(rtpReached(89999, 90000), true);
});

test('a frame after the wrap is later than one before it', () => {
  assert.equal(rtpReached(1000, 2 ** 32 - 1000), true);
  assert.equal(rtpReached(2 ** 32 - 1000, 1000), false);
});
