// Dialogs: the key, the list of keys, sharing. All are <dialog>, so the browser keeps the focus inside.
import { byId, el, icon } from './dom.js';

const KEYS = [
  ['W A S D', 'Move'], ['E  Q', 'Rise and sink'], ['Arrows', 'Look around'], ['Shift', 'Slowly, with any of these'],
  ['Drag', 'Look around with the mouse'], ['L', 'Lock the mouse (or double click); Esc frees it'],
  ['Enter', 'Write a prompt'], ['Shift Enter', 'In the prompt: open it as a new world'],
  ['Space', 'Pause'], ['P', 'Autopilot'], ['N', 'Another world of the same words'], ['G', 'Light and weather'],
  ['R', 'Record'], ['C', 'Save a picture'], ['U', 'Share'], ['I', 'Figures'], ['F', 'Full screen'], ['H', 'This list'],
];

// Opens a dialog with a title and content; closing it (Esc, cross, beside it) removes it.
export function openDialog(title, className, ...content) {
  const dialog = el('dialog', { class: `card ${className}`, 'aria-label': title, tabIndex: -1 });
  const close = el('button', { type: 'button', class: 'dialog-close', 'aria-label': 'Close',
    on: { click: () => dialog.close() } }, icon('close'));
  dialog.append(el('h2', {}, title), close, ...content);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop belongs to the dialog itself
  });
  byId('dialogs').append(dialog);
  dialog.showModal();
  dialog.focus(); // not its first button: a reader begins with the title
  return dialog;
}

export function showHelp() {
  const list = el('dl', { class: 'keys' });
  for (const [keys, what] of KEYS) {
    const caps = keys.split(' ').filter(Boolean).map((key) => el('kbd', {}, key));
    list.append(el('div', {}, el('dt', {}, ...caps), el('dd', {}, what)));
  }
  const pad = 'A game pad works, too: left stick moves, right stick looks, triggers rise and sink. On a touch screen ' +
    'there are two pads.';
  return openDialog('Keys', 'help', list, el('p', { class: 'quiet' }, pad));
}

// Asks for the API key until one is given; resolves with it.
export function askForKey(problem) {
  return new Promise((resolve) => {
    const input = el('input', { type: 'password', id: 'key', required: true, autocomplete: 'current-password',
      spellcheck: false });
    const words = 'This server gives worlds to holders of a key. It is kept in this tab only and forgotten when you ' +
      'close it.';
    const form = el('form', { method: 'dialog', class: 'key-form' },
      el('p', {}, words), problem ? el('p', { class: 'problem', role: 'alert' }, problem) : undefined,
      el('label', { for: 'key' }, 'API key'), input,
      el('button', { type: 'submit', class: 'primary' }, 'Continue'));
    const dialog = el('dialog', { class: 'card key-dialog', 'aria-label': 'API key' }, el('h2', {}, 'Your key, please'), form);
    dialog.addEventListener('cancel', (event) => event.preventDefault()); // nothing works without it
    form.addEventListener('submit', () => {
      const key = input.value.trim();
      dialog.remove();
      resolve(key);
    });
    byId('dialogs').append(dialog);
    dialog.showModal();
  });
}
