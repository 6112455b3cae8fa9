// The figures: how quick everything is, as this page measures it, and where the server's time goes.
import { el } from './dom.js';

const STAGES = [['advance', 'world'], ['projector', 'projector'], ['painter', 'painter'], ['encode', 'encoder']];
const TIERS = [['auto', 'Automatic'], ['full', 'Full'], ['three_quarters', 'Three quarters'], ['half', 'Half']];

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

export class Hud {
  #rows = {};
  #bar = el('div', { class: 'stages', role: 'img' });
  #legend = el('ul', { class: 'legend' });
  #tier;
  #fps = 24;
  #facts = {};

  // onTier(value) when another quality is chosen; without it none can be chosen.
  constructor(box, onTier) {
    const list = el('dl', { class: 'figures' });
    for (const [name, label, hint] of [
      ['first', 'First picture', 'From Enter to the first picture on this screen'],
      ['key', 'Key to picture', 'From a key to the picture that shows it: median and 95th percentile'],
      ['prompt', 'Words to picture', 'From Enter to the first picture that shows the new words'],
      ['fps', 'Pictures', 'Shown here each second, of those that the server makes'],
      ['rtt', 'Round trip', 'To the server and back'],
      ['bitrate', 'Bit rate', ''],
      ['dropped', 'Dropped', 'Pictures that were not shown here; on the server: late and skipped'],
    ]) {
      const value = el('dd', {}, '–');
      this.#rows[name] = value;
      list.append(el('div', { title: hint }, el('dt', {}, label), value));
    }
    this.#tier = el('select', { id: 'tier', on: { change: () => onTier?.(this.#tier.value) } },
      ...TIERS.map(([value, label]) => el('option', { value }, label)));
    const now = el('span', { class: 'tier-now' });
    this.#rows.tier = now;
    box.replaceChildren(el('h2', { class: 'sr' }, 'Figures'), list, this.#bar, this.#legend,
      el('label', { class: 'tier steer-only', for: 'tier' }, el('span', {}, 'Quality'), this.#tier, now));
  }

  setFps(fps) {
    this.#fps = fps || 24;
  }

  // facts: {firstMs, serverFirstMs, key, prompt (summaries of LatencyTracker)}
  latencies(facts) {
    Object.assign(this.#facts, facts);
    const { firstMs, key, prompt } = this.#facts;
    this.#set('first', milliseconds(firstMs));
    this.#set('key', key?.count ? `${milliseconds(key.p50)} · ${milliseconds(key.p95)}` : '–');
    this.#set('prompt', milliseconds(prompt?.last));
  }

  // What this receiver saw in the last second.
  report({ fps, rttMs, bitrateKbps, dropped }) {
    this.#set('fps', `${fps} of ${this.#fps} /s`);
    this.#set('rtt', rttMs === undefined ? '–' : `${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms`);
    this.#set('bitrate', bitrate(bitrateKbps));
    this.#facts.dropped = dropped;
    this.#drops();
  }

  // The server's stats message.
  stats(stats) {
    if (stats.tier) this.#rows.tier.textContent = TIERS.find(([value]) => value === stats.tier)?.[1] ?? stats.tier;
    Object.assign(this.#facts, { late: stats.late, skipped: stats.skipped });
    this.#drops();
    const frameMs = 1000 / this.#fps;
    const shares = stageShares(stats.stages_ms, frameMs);
    this.#bar.replaceChildren(...shares.map(({ name, share }) => {
      const part = el('span', { data: { stage: name } });
      part.style.width = `${share}%`;
      return part;
    }));
    this.#legend.replaceChildren(...shares.map(({ name, label, ms }) =>
      el('li', { data: { stage: name } }, label, el('b', {}, ms.toFixed(1)))));
    const words = shares.map(({ label, ms }) => `${label} ${ms.toFixed(1)} ms`).join(', ');
    this.#bar.setAttribute('aria-label', `Work for each picture: ${words}`);
  }

  #drops() {
    const { dropped = 0, late = 0, skipped = 0 } = this.#facts;
    this.#set('dropped', `${dropped} · late ${late} · skipped ${skipped}`);
  }

  #set(name, text) {
    if (this.#rows[name].textContent !== text) this.#rows[name].textContent = text;
  }
}
