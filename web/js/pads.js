// Two pads for thumbs on screens without a keyboard, and two small buttons for up and down.

const DEAD = 0.12; // of the pad's radius: a thumb is never quite still

// Where a thumb at (x, y) from the middle of a pad of this radius points: {x, y} in -1..1, x to the right and
// y upwards, growing gently at first.
export function padVector(x, y, radius) {
  const length = Math.hypot(x, y) / radius;
  if (length < DEAD) return { x: 0, y: 0 };
  const reach = Math.min(1, (length - DEAD) / (1 - DEAD));
  const strength = reach * (0.5 + 0.5 * reach);
  return { x: (x / (length * radius)) * strength, y: (-y / (length * radius)) * strength };
}

// pad: an element with a child .knob. onVector({x, y}) while it is touched, onVector(undefined) at the end.
export function listenToPad(pad, onVector) {
  const knob = pad.querySelector('.knob');
  let pointer;
  const move = (event) => {
    const box = pad.getBoundingClientRect();
    const radius = box.width / 2;
    const x = event.clientX - box.left - radius;
    const y = event.clientY - box.top - radius;
    const scale = Math.min(1, radius / Math.max(1, Math.hypot(x, y)));
    knob.style.translate = `${x * scale * 0.62}px ${y * scale * 0.62}px`;
    onVector(padVector(x, y, radius));
  };
  const end = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = undefined;
    knob.style.translate = '';
    pad.classList.remove('held');
    onVector(undefined);
  };
  pad.addEventListener('pointerdown', (event) => {
    if (pointer !== undefined) return;
    event.preventDefault();
    pointer = event.pointerId;
    pad.setPointerCapture(pointer);
    pad.classList.add('held');
    move(event);
  });
  pad.addEventListener('pointermove', (event) => event.pointerId === pointer && move(event));
  pad.addEventListener('pointerup', end);
  pad.addEventListener('pointercancel', end);
}

// A button that acts as long as it is held: onHold(true or false).
export function listenToHold(button, onHold) {
  button.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    button.setPointerCapture(event.pointerId);
    onHold(true);
  });
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    button.addEventListener(name, () => onHold(false));
  }
}
