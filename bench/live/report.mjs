// The figures as a table for people.

// What the project wants of itself: [name, path, percentile, ms].
export const TARGETS = [
  ['prompt to presented, a new world', 'new_world', 'p99', 150],
  ['key to presented', 'key', 'p95', 100],
];

const cell = (ms) => (ms === undefined ? '–' : String(Math.round(ms))).padStart(7);

function row(name, found) {
  const figures = ['p50', 'p95', 'p99', 'max', 'mean'].map((column) => cell(found?.[column]));
  return `  ${name.padEnd(40)}${figures.join('')}${String(found?.count ?? 0).padStart(7)}`;
}

function losses({ unanswered, unseen, lost, missed }) {
  const words = [[unanswered, 'without effect'], [unseen, 'never seen'], [lost, 'not written down'],
    [missed, 'pictures of which the page was not told']];
  return words.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(', ');
}

function phaseLines(name, phase) {
  const lines = [row(name, phase.latency_ms)];
  const whole = phase.latency_ms?.mean;
  for (const { name: stage, ms } of phase.stages_ms) {
    const share = `${Math.round((100 * ms) / whole)} %`;
    lines.push(`      ${stage.padEnd(46)}${ms.toFixed(1).padStart(8)} ms${share.padStart(6)}`);
  }
  const why = losses(phase);
  if (why) lines.push(`      ${why}`);
  return lines;
}

function transportLines(found) {
  const { cold_connect_ms: cold } = found;
  const lines = [`${found.transport === 'webrtc' ? 'WebRTC (WHEP)' : 'WebSocket and WebCodecs'}; ${found.key.fps.toFixed(1)} ` +
    'pictures a second presented while keys were pressed',
  `  ${'ms'.padEnd(40)}${['p50', 'p95', 'p99', 'max', 'mean', 'n'].map((name) => name.padStart(7)).join('')}`,
  ...phaseLines('prompt to presented, a new world', found.new_world),
  ...phaseLines('prompt to presented, other words', found.new_words), ...phaseLines('key to presented', found.key),
  row('round trip of a message', found.round_trip_ms), row('new session on an open page', found.new_session_ms),
  row('cold: navigation to presented', cold.presented)];
  for (const [name, label] of [['loaded', 'the page is there'], ['session', 'the session is open'],
    ['answer', 'WHEP has answered'], ['received', 'the first picture is received']]) {
    if (cold[name]) lines.push(row(`    ${label}`, cold[name]));
  }
  for (const fault of found.faults) lines.push(`  fault of the page: ${fault}`);
  return lines;
}

// [{name, transport, percentile, wanted, found, met}]
export function verdicts(runs) {
  return runs.flatMap((run) => TARGETS.map(([name, path, percentile, wanted]) => {
    const found = run[path].latency_ms?.[percentile];
    return { name, transport: run.transport, percentile, wanted, found, met: found !== undefined && found < wanted };
  }));
}

// report: {machine, runs, targets}
export function table({ machine, runs, targets }) {
  const lines = [`${machine.cpu}, ${machine.cores} processors; Chromium ${machine.browser}; ${machine.program}`];
  for (const run of runs) lines.push('', ...transportLines(run));
  lines.push('');
  for (const { name, transport, percentile, wanted, found, met } of targets) {
    const words = found === undefined ? 'not measured' : `${Math.round(found)} ms`;
    lines.push(`${met ? 'met   ' : 'MISSED'} ${name}, ${transport}: ${percentile} ${words}, wanted below ${wanted} ms`);
  }
  return lines.join('\n');
}
