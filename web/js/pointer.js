// Looking around with the mouse or a finger: drag the picture, or lock the mouse and just move it.

const LOCKED_RADIANS_PER_PIXEL = 0.0022;
const VIEW_RADIANS = 1.4; // about what the picture shows from left to right

// onLook(yaw, pitch) in radians, relative; onLock(locked).
export function listenToPointer(stage, { onLook, onLock, active }) {
  let dragging; // the pointer that drags
  let at = { x: 0, y: 0 };

  stage.addEventListener('pointerdown', (event) => {
    if (!active() || event.button !== 0 || dragging !== undefined) return;
    dragging = event.pointerId;
    at = { x: event.clientX, y: event.clientY };
    stage.setPointerCapture(event.pointerId);
    stage.classList.add('dragging');
  });
  stage.addEventListener('pointermove', (event) => {
    if (document.pointerLockElement === stage) {
      onLook(event.movementX * LOCKED_RADIANS_PER_PIXEL, -event.movementY * LOCKED_RADIANS_PER_PIXEL);
      return;
    }
    if (event.pointerId !== dragging) return;
    // The picture follows the hand, so the view turns the other way.
    const scale = VIEW_RADIANS / stage.clientWidth;
    onLook((at.x - event.clientX) * scale, (event.clientY - at.y) * scale);
    at = { x: event.clientX, y: event.clientY };
  });
  const drop = (event) => {
    if (event.pointerId !== dragging) return;
    dragging = undefined;
    stage.classList.remove('dragging');
  };
  stage.addEventListener('pointerup', drop);
  stage.addEventListener('pointercancel', drop);
  stage.addEventListener('dblclick', () => active() && lock(stage));
  document.addEventListener('pointerlockchange', () => onLock(document.pointerLockElement === stage));
}

// Locks the mouse to the picture, or frees it. Browsers may refuse right after Escape; then nothing changes.
export function lock(stage) {
  if (document.pointerLockElement === stage) {
    document.exitPointerLock();
    return;
  }
  const request = stage.requestPointerLock?.();
  request?.catch?.(() => {});
}
