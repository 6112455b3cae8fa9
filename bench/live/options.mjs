// The command line of the live benchmark.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `usage: node bench/live/live_bench.mjs [PROGRAM] [options]

Measures, at the pictures that a browser presents, how long a prompt, a key, a connection and a message take.
PROGRAM is build/vitascope unless given; CHROMIUM names another browser than /usr/bin/chromium.

  --transport T   webrtc, socket, or both (both)
  --rounds N      prompts of each kind, three times as many keys (30; 1 to 1000)
  --cold N        cold connects, and as many new sessions on an open page (5; 1 to 100)
  --json          JSON instead of a table
  --help          this text

Exit code: 0, 1 if it could not be measured, 2 for a wrong option. A missed target is said and no failure.
`;

const OPTIONS = {
  transport: { type: 'string', default: 'both' }, rounds: { type: 'string', default: '30' },
  cold: { type: 'string', default: '5' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
};

function wholeNumber(name, text, most) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${name}: found "${text}", expected a whole number from 1 to ${most}`);
}

// The wishes of a command line; throws an Error that says what is wrong with it.
export function readOptions(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const ways = { webrtc: ['webrtc'], socket: ['socket'], both: ['webrtc', 'socket'] }[values.transport];
  if (!ways) throw new Error(`--transport: found "${values.transport}", expected webrtc, socket or both`);
  if (positionals.length > 1) throw new Error(`found the argument "${positionals[1]}", expected one program`);
  return { ...values, ways, rounds: wholeNumber('rounds', values.rounds, 1000), cold: wholeNumber('cold', values.cold, 100),
    program: resolve(positionals[0] ?? 'build/vitascope') };
}
