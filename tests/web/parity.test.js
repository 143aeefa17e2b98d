// The same scenario, seed and commands give the same run in both wasm modules as natively: simulated minutes with kills,
// restarts and sends in each, and minutes with all faults and clients in the second, compared by the hash of all events.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Lab, initSync as initLab } from '../../www/pkg-lab/lab.js';
import { Handle, initSync } from '../../www/pkg/ledgerscope.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SEEDS = 50;
const MINUTE_US = 60_000_000;

initSync({ module: readFileSync(`${root}/www/pkg/ledgerscope_bg.wasm`) });
initLab({ module: readFileSync(`${root}/www/pkg-lab/lab_bg.wasm`) });

const args = ['run', '--quiet', '--release', '--example', 'parity', '--', String(SEEDS)];
const lines = execFileSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
const runs = lines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** Goes on in pieces, as the page does. */
function play(run, commands, obey) {
  for (const { at_us, command } of commands) {
    run.advance(at_us, Infinity);
    obey(command);
  }
  while (run.advance(MINUTE_US, 5) < MINUTE_US);
}

function same(run, { scenario, hash }) {
  assert.equal(run.trace_hash().toString(16).padStart(16, '0'), hash, `seed ${scenario.seed}`);
}

test(`${SEEDS} runs end in the same trace hash natively and in the first module`, () => {
  assert.equal(runs.length, SEEDS);
  for (const { plain } of runs) {
    const { seed, brokers, producers } = plain.scenario;
    const run = new Handle(seed, brokers, producers[0].every_ms);
    const obey = (command) => {
      if (command.do === 'send') run.send();
      else assert.ok(run[command.do](command.broker));
    };
    play(run, plain.commands, obey);
    assert.equal(run.events().length, plain.events, `events of seed ${seed}`);
    same(run, plain);
    run.free();
  }
});

test(`${SEEDS} runs end in the same trace hash natively and in the second module`, () => {
  for (const { plain } of runs) {
    const run = new Lab(plain.scenario);
    play(run, plain.commands, (command) => run.command(command));
    same(run, plain);
    run.free();
  }
});

test(`${SEEDS} runs with all faults do too, and are watched as closely`, () => {
  const faults = new Set();
  for (const { troubled } of runs) {
    const run = new Lab(troubled.scenario);
    play(run, [], () => {});
    same(run, troubled);
    assert.equal(run.violation() ?? null, null);
    const checks = run.guarantees().reduce((sum, { checked }) => sum + checked, 0);
    assert.equal(checks, troubled.checks, `checks of seed ${troubled.scenario.seed}`);
    for (const command of troubled.scenario.commands) faults.add(command.do);
    run.free();
  }
  for (const fault of ['kill', 'pause', 'partition', 'cut', 'network', 'clock', 'disk']) {
    assert.ok(faults.has(fault), fault);
  }
});

test('a run with all that was done to it written down is the same run, and so is its scenario', () => {
  for (const { plain } of runs.slice(0, 10)) {
    const run = new Lab(plain.scenario);
    play(run, plain.commands, (command) => run.command(command));
    const again = new Lab(run.scenario());
    play(again, [], () => {});
    assert.equal(again.trace_hash(), run.trace_hash());
    assert.deepEqual(again.scenario(), run.scenario());
    run.free();
    again.free();
  }
});
