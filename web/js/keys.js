// The keyboard: held keys move, others are commands. Keys are named by their place, so that WASD lies
// under the same fingers on every layout.

const HELD = {
  KeyW: ['forward', 1], KeyS: ['forward', -1], KeyD: ['right', 1], KeyA: ['right', -1],
  KeyE: ['up', 1], KeyQ: ['up', -1], PageUp: ['up', 1], PageDown: ['up', -1],
  ArrowRight: ['yaw', 1], ArrowLeft: ['yaw', -1], ArrowUp: ['pitch', 1], ArrowDown: ['pitch', -1],
};

const COMMANDS = {
  Space: 'pause', KeyP: 'autopilot', KeyN: 'new_seed', KeyR: 'record', KeyC: 'screenshot', KeyF: 'fullscreen',
  KeyL: 'lock_mouse', KeyH: 'help', Slash: 'prompt', Enter: 'prompt', KeyG: 'panel', KeyI: 'hud', KeyU: 'share',
};

const SLOW = 0.3; // with Shift

// The axes of the keys in `codes`.
export function axesOf(codes, slow) {
  const axes = {};
  for (const code of codes) {
    const [axis, value] = HELD[code] ?? [];
    if (axis) axes[axis] = (axes[axis] ?? 0) + value * (slow ? SLOW : 1);
  }
  return axes;
}

export function commandOf(event) {
  if (event.key === '?') return 'help';
  return COMMANDS[event.code];
}

const TYPES = 'input:not([type=range], [type=radio]), select, textarea, dialog[open], [contenteditable]';
const ADJUSTS = 'input'; // of those that are left: sliders and choices
const ADJUSTING = /^(Arrow|Page|Home|End|Space)/;
const PRESSES = 'button, a, summary, [role=button], [role=switch], [role=radio]';

// Whether the focused element needs this key for itself.
export function keepsKey(target, code) {
  if (!target?.closest) return false;
  if (target.closest(TYPES)) return true;
  if (target.closest(ADJUSTS)) return ADJUSTING.test(code);
  return (code === 'Space' || code === 'Enter') && Boolean(target.closest(PRESSES));
}

// onAxes(axes or undefined) when held keys change; onCommand(name, event) for the others.
export function listenToKeys(target, { onAxes, onCommand, active }) {
  const held = new Set();
  const tell = (slow) => onAxes(held.size > 0 ? axesOf(held, slow) : undefined);
  const release = () => {
    if (held.size === 0) return;
    held.clear();
    tell(false);
  };
  target.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !active() || keepsKey(event.target, event.code)) return;
    if (HELD[event.code]) {
      event.preventDefault();
      if (event.repeat) return;
      held.add(event.code);
      tell(event.shiftKey);
      return;
    }
    if (event.key === 'Shift') tell(true);
    const command = commandOf(event);
    if (!command || event.repeat) return;
    event.preventDefault();
    onCommand(command, event);
  });
  target.addEventListener('keyup', (event) => {
    if (held.delete(event.code)) tell(event.shiftKey);
    else if (event.key === 'Shift' && held.size > 0) tell(false);
  });
  target.addEventListener('blur', release);
  target.document?.addEventListener('visibilitychange', release);
  return { release };
}
