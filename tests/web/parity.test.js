// The same scenario, seed and commands give the same run in wasm as natively: 50 simulated minutes with kills,
// restarts and sends, compared by the hash of all their events.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Handle, initSync } from '../../www/pkg/ledgerscope.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SEEDS = 50;
const MINUTE_US = 60_000_000;

test(`${SEEDS} runs end in the same trace hash natively and in wasm`, () => {
  initSync({ module: readFileSync(`${root}/www/pkg/ledgerscope_bg.wasm`) });
  const args = ['run', '--quiet', '--release', '--example', 'parity', '--', String(SEEDS)];
  const lines = execFileSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const runs = lines.trim().split('\n');
  assert.equal(runs.length, SEEDS);
  for (const line of runs) {
    const { scenario, commands, events, hash } = JSON.parse(line);
    const handle = new Handle(scenario);
    for (const { at_us, command } of commands) {
      handle.advance(at_us, Infinity);
      handle.command(command);
    }
    handle.advance(MINUTE_US, Infinity);
    assert.equal(handle.events().length, events, `events of seed ${scenario.seed}`);
    assert.equal(handle.trace_hash(), hash, `seed ${scenario.seed}`);
    handle.free();
  }
});
