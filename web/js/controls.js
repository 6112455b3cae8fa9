// Everything that moves the camera: keys, mouse, touch, pads, game pads.
import { byId } from './dom.js';
import { listenToGamepad } from './gamepad.js';
import { listenToKeys } from './keys.js';
import { listenToHold, listenToPad } from './pads.js';
import { listenToPointer, lock } from './pointer.js';

// steering: Steering. active() says whether the camera may be moved, commandable() whether keys are commands;
// onCommand(name), onLock(locked), onTouch() when a finger is used.
export function wireControls({ steering, active, commandable, onCommand, onLock, onTouch }) {
  const stage = byId('stage');
  // Letting go is always heard, whatever has come between.
  const hold = (source, axes) => (active() || !axes) && steering.hold(source, axes);
  listenToKeys(globalThis.window, {
    active: commandable,
    onAxes: (axes) => hold('keys', axes),
    onCommand: (name) => (name === 'lock_mouse' ? active() && lock(stage) : onCommand(name)),
  });
  listenToPointer(stage, { active, onLock, onLook: (yaw, pitch) => steering.look(yaw, pitch) });
  stage.addEventListener('pointerdown', ({ pointerType }) => pointerType === 'touch' && onTouch());
  wirePads(hold);
  listenToGamepad((axes) => hold('gamepad', axes));
}

function wirePads(hold) {
  listenToPad(byId('pad-move'), (at) => hold('pad-move', at && { right: at.x, forward: at.y }));
  listenToPad(byId('pad-look'), (at) => hold('pad-look', at && { yaw: at.x, pitch: at.y }));
  for (const [id, up] of [['lift-up', 1], ['lift-down', -1]]) {
    listenToHold(byId(id), (held) => hold(id, held ? { up } : undefined));
  }
}
