// How long it takes until a person sees it: serves, opens the page in headless Chromium and measures at the pictures
// that the browser presents. docs/benchmarks.md, "Live", says what the figures mean; --help lists the options.
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { openStage, whyNot } from '../../tests/web/e2e/harness.mjs';
import { HELP, readOptions } from './options.mjs';
import { table, verdicts } from './report.mjs';
import { measure } from './scenes.mjs';

function machine(program, browser) {
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { cpu: cpus()[0].model, cores: cpus().length, memory_bytes: totalmem(), kernel: release(), browser: browser.version(),
    program: version };
}

async function main() {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`live_bench: ${error.message}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  process.env.VITASCOPE = options.program;
  const reason = await whyNot();
  if (reason) {
    process.stderr.write(`live_bench: ${reason}\n`);
    return 1;
  }
  const { server, browser, close } = await openStage(['--max-sessions', '4']);
  try {
    const runs = [];
    for (const transport of options.ways) runs.push(await measure({ server, browser, transport }, options));
    const report = { machine: machine(options.program, browser), runs, targets: verdicts(runs) };
    process.stdout.write(`${options.json ? JSON.stringify(report, undefined, 2) : table(report)}\n`);
  } finally {
    await close();
  }
  return 0;
}

process.exitCode = await main();
