import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gamepadAxes } from '../../../web/js/gamepad.js';
import { axesOf, commandOf, keepsKey } from '../../../web/js/keys.js';
import { padVector } from '../../../web/js/pads.js';
import { Steering, joinAxes } from '../../../web/js/steering.js';

// A clock that stands still until it is told.
class FakeClock {
  #now = 0;
  #timers = [];

  now() {
    return this.#now;
  }

  after(ms, run) {
    this.#timers.push({ at: this.#now + ms, run });
    return this.#timers.length;
  }

  advance(ms) {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

function steering() {
  const clock = new FakeClock();
  const sent = [];
  const out = { move: (axes) => sent.push({ move: axes }), look: (yaw, pitch) => sent.push({ look: [yaw, pitch] }) };
  return { clock, sent, steering: new Steering(out, clock) };
}

test('movements add up within -1 to 1', () => {
  assert.equal(joinAxes([{ forward: 1 }, { forward: 0.5, right: -1 }]).forward, 1);
  assert.equal(joinAxes([{ forward: 1 }, { forward: -1 }]).forward, 0);
  assert.equal(joinAxes([{ right: -1 }, { right: -1 }]).right, -1);
  assert.ok(Object.is(joinAxes([{ yaw: -0.001 }]).yaw, 0), 'no minus zero');
});

test('a key is sent at once, and only what is not at rest', () => {
  const { sent, steering: s } = steering();
  s.hold('keys', { forward: 1 });
  assert.deepEqual(sent, [{ move: { forward: 1 } }]);
  assert.equal(s.moving, true);
});

test('letting go stops everything', () => {
  const { clock, sent, steering: s } = steering();
  s.hold('keys', { forward: 1, right: 1 });
  clock.advance(100);
  s.hold('keys', undefined);
  assert.deepEqual(sent.at(-1), { move: {} });
  assert.equal(s.moving, false);
});

test('a stick that keeps moving is sent no more often than pictures are made', () => {
  const { clock, sent, steering: s } = steering();
  for (let i = 0; i < 10; i += 1) {
    s.hold('pad', { forward: i / 10 });
    clock.advance(1);
  }
  assert.equal(sent.length, 1, 'from rest to 0.1 at once, then quiet');
  clock.advance(20);
  assert.equal(sent.length, 2);
  assert.equal(sent[1].move.forward, 0.9);
});

test('the same movement is not sent twice', () => {
  const { clock, sent, steering: s } = steering();
  s.hold('keys', { forward: 1 });
  clock.advance(50);
  s.hold('pad', { forward: 1 });
  clock.advance(50);
  assert.equal(sent.length, 1);
});

test('turns that come quicker than they are sent add up and lose nothing', () => {
  const { clock, sent, steering: s } = steering();
  s.look(0.1, 0);
  s.look(0.2, 0.05);
  s.look(0.3, -0.02);
  clock.advance(16);
  const total = sent.reduce((sum, { look }) => sum + look[0], 0);
  assert.equal(sent.length, 2);
  assert.ok(Math.abs(total - 0.6) < 1e-9);
  assert.ok(Math.abs(sent[1].look[1] - 0.03) < 1e-9);
});

test('release lets go of every source', () => {
  const { clock, sent, steering: s } = steering();
  s.hold('keys', { forward: 1 });
  s.hold('pad', { right: 0.5 });
  clock.advance(20);
  s.release();
  clock.advance(20);
  assert.deepEqual(sent.at(-1), { move: {} });
});

test('held keys become axes; opposite ones cancel; Shift is slow', () => {
  assert.deepEqual(axesOf(['KeyW', 'KeyD'], false), { forward: 1, right: 1 });
  assert.deepEqual(axesOf(['KeyW', 'KeyS'], false), { forward: 0 });
  assert.ok(Math.abs(axesOf(['ArrowLeft'], true).yaw) < 0.5);
  assert.deepEqual(axesOf(['KeyZ'], false), {});
});

test('commands go by the place of the key, and ? is help everywhere', () => {
  assert.equal(commandOf({ code: 'Space', key: ' ' }), 'pause');
  assert.equal(commandOf({ code: 'Minus', key: '?' }), 'help');
  assert.equal(commandOf({ code: 'KeyZ', key: 'z' }), undefined);
});

test('keys belong to the box while one writes, arrows to a slider, Space to a focused button', () => {
  // An element that matches this selector and no other.
  const inside = (selector) => ({ closest: (list) => list === selector || list.split(', ').includes(selector) || null });
  assert.equal(keepsKey(inside('textarea'), 'KeyW'), true);
  assert.equal(keepsKey(inside('dialog[open]'), 'KeyW'), true);
  assert.equal(keepsKey(inside('input'), 'KeyW'), false, 'one may walk on after moving a slider');
  assert.equal(keepsKey(inside('input'), 'ArrowLeft'), true);
  assert.equal(keepsKey(inside('button'), 'Space'), true);
  assert.equal(keepsKey(inside('button'), 'KeyW'), false);
  assert.equal(keepsKey({}, 'KeyW'), false);
});

test('a pad is dead in its middle, whole at its rim, and points upwards for forward', () => {
  assert.deepEqual(padVector(3, -2, 60), { x: 0, y: 0 });
  assert.equal(padVector(0, -60, 60).y, 1);
  assert.equal(padVector(-600, 0, 60).x, -1);
  const half = padVector(33, 0, 60).x;
  assert.ok(half > 0 && half < 0.5, 'gentle at first');
});

test('a game pad in the standard layout', () => {
  const buttons = Array.from({ length: 8 }, () => ({ value: 0 }));
  buttons[7].value = 0.5;
  const axes = gamepadAxes({ axes: [0.05, -1, 0.4, 0.5], buttons });
  assert.deepEqual(axes, { right: 0, forward: 1, yaw: 0.4, pitch: -0.5, up: 0.5 });
});
