// The figures: how quick everything is, as this page measures it, and where the server's time goes.
import { el } from './dom.js';
import { Sparkline } from './sparkline.js';

const STAGES = [['advance', 'world'], ['projector', 'projector'], ['painter', 'painter'], ['encode', 'encoder']];
const TIERS = [['auto', 'Automatic'], ['full', 'Full'], ['three_quarters', 'Three quarters'], ['half', 'Half']];
const TIERS_NOW = { full: 'now full', three_quarters: 'now ¾', half: 'now ½' };

export const milliseconds = (value) => (value === undefined ? '–' : `${Math.round(value)} ms`);

export function bitrate(kbps) {
  if (kbps === undefined) return '–';
  return kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${Math.round(kbps)} kbit/s`;
}

// Widths in per cent of the stages in a frame's time, at most 100 in all: [{name, label, ms, share}].
export function stageShares(stages, frameMs) {
  const known = STAGES.filter(([name]) => Number.isFinite(stages?.[name]));
  const sum = known.reduce((total, [name]) => total + stages[name], 0);
  const whole = Math.max(frameMs, sum);
  return known.map(([name, label]) => ({ name, label, ms: stages[name], share: (100 * stages[name]) / whole }));
}

// Large figures: name, label, hint.
const TILES = [
  ['first', 'First picture', 'From Enter to the first picture on this screen'],
  ['key', 'Key to picture', 'From a key to the picture that shows it: the median, and what 95 of 100 stay within'],
  ['fps', 'Pictures', 'Shown here each second, of those that the server makes'],
];
const ROWS = [
  ['prompt', 'Words to picture', 'From Enter to the first picture that shows the new words'],
  ['rtt', 'Round trip', 'To the server and back'],
  ['bitrate', 'Bit rate', ''],
  ['dropped', 'Dropped here', 'Pictures that came and were not shown'],
  ['late', 'Late, skipped', 'Pictures that the server made late or left out'],
];

const figure = ([, label, hint], value) => el('div', { title: hint }, el('dt', {}, label), value);

export class Hud {
  #values = {};
  #keys;
  #stages = el('ul', { class: 'stages', 'aria-label': 'Work for each picture' });
  #tier;
  #fps = 24;

  // onTier(value) when another quality is chosen; without it none can be chosen.
  constructor(box, onTier) {
    const list = (className, figures) => el('dl', { class: className }, ...figures.map((one) => {
      this.#values[one[0]] = el('dd', {}, '–');
      return figure(one, this.#values[one[0]]);
    }));
    const chart = el('canvas', { class: 'keys-chart', role: 'img', 'aria-label': 'No keys yet' });
    this.#keys = new Sparkline(chart);
    this.#tier = el('select', { id: 'tier', on: { change: () => onTier?.(this.#tier.value) } },
      ...TIERS.map(([value, label]) => el('option', { value }, label)));
    this.#values.tier = el('span', { class: 'tier-now' });
    box.replaceChildren(el('h2', { class: 'sr' }, 'Figures'), list('tiles', TILES), chart, list('figures', ROWS),
      el('h3', {}, 'Work for each picture'), this.#stages,
      el('label', { class: 'tier steer-only', for: 'tier' }, el('span', {}, 'Quality'), this.#tier, this.#values.tier));
  }

  setFps(fps) {
    this.#fps = fps || 24;
  }

  // facts: {firstMs, key, prompt}, the last two being summaries of LatencyTracker; what is left out stays.
  latencies({ firstMs, key, prompt }) {
    if (firstMs !== undefined) this.#set('first', milliseconds(firstMs));
    if (key?.count) this.#set('key', milliseconds(key.p50), `95 % in ${milliseconds(key.p95)}`);
    if (prompt?.count) this.#set('prompt', milliseconds(prompt.last));
  }

  // One more key's latency.
  key(ms) {
    this.#keys.add(ms);
  }

  // What this receiver saw in the last second.
  report({ fps, rttMs, bitrateKbps, dropped }) {
    this.#set('fps', String(fps), `of ${this.#fps} /s`);
    this.#set('rtt', rttMs === undefined ? '–' : `${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms`);
    this.#set('bitrate', bitrate(bitrateKbps));
    this.#set('dropped', String(dropped));
  }

  // The server's stats message.
  stats(stats) {
    if (stats.tier) this.#values.tier.textContent = TIERS_NOW[stats.tier] ?? stats.tier;
    this.#set('late', `${stats.late ?? 0}, ${stats.skipped ?? 0}`);
    this.#stages.replaceChildren(...stageShares(stats.stages_ms, 1000 / this.#fps).map(({ name, label, ms, share }) => {
      const bar = el('i', { class: 'bar' });
      bar.style.setProperty('--share', `${share}%`);
      return el('li', { data: { stage: name } }, el('span', {}, label), bar, el('b', {}, `${ms.toFixed(1)} ms`));
    }));
  }

  #set(name, text, more = '') {
    const value = this.#values[name];
    if (value.textContent === text + more) return;
    value.replaceChildren(text, more ? el('small', {}, more) : '');
  }
}
