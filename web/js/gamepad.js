// A game pad in the browser's standard layout: left stick moves, right stick looks, triggers rise and sink.

const DEAD = 0.15;

// The axes of one state of a game pad.
export function gamepadAxes({ axes, buttons }) {
  const stick = (value) => (Math.abs(value ?? 0) < DEAD ? 0 : value);
  const held = (index) => buttons[index]?.value ?? 0;
  return { right: stick(axes[0]), forward: -stick(axes[1]), yaw: stick(axes[2]), pitch: -stick(axes[3]),
    up: held(7) - held(6) };
}

// Polls only while a game pad is there. onAxes(axes or undefined).
export function listenToGamepad(onAxes) {
  let running = false;
  const poll = () => {
    const pad = [...navigator.getGamepads()].find((one) => one?.connected);
    running = Boolean(pad);
    if (!pad) {
      onAxes(undefined);
      return;
    }
    const axes = gamepadAxes(pad);
    onAxes(Object.values(axes).some((value) => value !== 0) ? axes : undefined);
    requestAnimationFrame(poll);
  };
  globalThis.addEventListener('gamepadconnected', () => {
    if (!running) requestAnimationFrame(poll);
  });
}
