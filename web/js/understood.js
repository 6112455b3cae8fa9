// What the server took from the words, said to people.
import { el } from './dom.js';

const THINGS = {
  conifer: 'conifers', broadleaf: 'leafy trees', palm: 'palms', cactus: 'cacti', rock: 'rocks', crystal: 'crystals',
  house: 'houses', tower: 'towers',
};

const COLOURS = {
  red: '#e5484d', orange: '#f58536', yellow: '#f2c94c', green: '#4caf6a', teal: '#2fb5a5', blue: '#4a8cf0',
  purple: '#9a6cf0', pink: '#f08cc0', white: '#f5f5f2', grey: '#9a9ca3', black: '#16171c', brown: '#8a5f3c',
};

const WORDS = {
  weather: { fog: 'fog', rain: 'rain', snow: 'snowfall', clear: 'clear sky', cloudy: 'clouds' },
  relief: { flat: 'flat land', rugged: 'rugged land' },
  water: { much: 'much water', dry: 'no water' },
  density: { sparse: 'few things', dense: 'many things' },
  mist: { hazy: 'haze', clear: 'clear air' },
};

// {label, group, colour} of one attribute, for instance "no rocks" in the group "things".
export function describe({ attribute, value }) {
  const [group, part] = attribute.split('.');
  if (group === 'things') {
    const name = THINGS[part] ?? part;
    return { group, label: value === 'none' ? `no ${name}` : name };
  }
  if (group === 'colour') return { group, label: `${value} ${part}`, colour: COLOURS[value] };
  return { group, label: WORDS[group]?.[value] ?? String(value) };
}

// One sentence for a screen reader.
export function spoken({ understood = [], ignored = [] }) {
  const names = understood.map((one) => describe(one).label);
  const first = names.length > 0 ? `Understood: ${names.join(', ')}.` : 'Nothing was understood.';
  return ignored.length > 0 ? `${first} Not known yet: ${ignored.join(', ')}.` : first;
}

// The chips in two groups: what was understood, then what was left out.
export function chips({ understood = [], ignored = [] }) {
  const known = understood.map((one) => {
    const { label, group, colour } = describe(one);
    const chip = el('span', { class: 'chip', data: { group },
      title: one.words ? `from “${one.words}”` : '' }, el('span', { class: 'dot' }), label);
    if (colour) chip.firstChild.style.background = colour;
    return chip;
  });
  const unknown = ignored.map((words) => el('span', { class: 'chip ignored',
    title: `“${words}” is not something this model has learned yet; it was left out.` }, el('s', {}, words)));
  const group = (words, members) => el('span', { class: 'chips' }, el('span', { class: 'chips-head' }, words), ...members);
  const rows = [];
  if (known.length > 0) rows.push(group('Understood', known));
  if (unknown.length > 0) rows.push(group(known.length > 0 ? 'Left out' : 'Nothing understood, left out', unknown));
  return rows;
}

// Shows the chips in `box` and says them in `voice`, an aria-live element (if given).
export function showUnderstood(box, voice, answer) {
  box.replaceChildren(...chips(answer));
  if (voice) {
    const words = spoken(answer);
    if (voice.textContent !== words) voice.textContent = words;
  }
}
