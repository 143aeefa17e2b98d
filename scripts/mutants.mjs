/**
 * `node scripts/mutants.mjs 0 1`: changes store, ledger and broker in one place after the other, and says which changes
 * no test notices. docs/correctness-mutants.md has what came of it.
 *
 * All changes are dealt out into 24 slices, each with a share of every file; the arguments say which slices. The unit
 * tests run first; whatever they do not notice meets the quick ones of the integration tests.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { at } from './lib/project.mjs';
import { ask, run } from './lib/run.mjs';
import { Missing, StepFailed, heading, note, script } from './lib/say.mjs';

const SLICES = 24;
const INTEGRATION = [
  'dledger_suite',
  'export',
  'faults',
  'fuzz_corpus',
  'inspect',
  'retries',
  'store_golden',
  'stories',
  'trouble',
];
const OUTCOMES = /** @type {const} */ (['caught', 'timeout', 'missed', 'unviable']);

/** @typedef {Record<(typeof OUTCOMES)[number], string[]>} Outcomes names of mutants: file, line, column, change */

await script(async () => {
  const slices = process.argv.slice(2).map(Number);
  if (slices.length === 0 || slices.some((k) => !Number.isInteger(k) || k < 0 || k >= SLICES)) {
    throw new Missing('Which slices?', [`one or more numbers from 0 to ${SLICES - 1}`]);
  }
  if (ask('cargo', ['mutants', '--version']) === null) {
    throw new Missing('cargo-mutants is missing.', ['cargo install cargo-mutants@27.1.0']);
  }
  /** @type {Outcomes} */
  const all = { caught: [], timeout: [], missed: [], unviable: [] };
  for (const k of slices) {
    heading(`slice ${k} of ${SLICES}`);
    const units = await mutate(`${k}-units`, ['--lib'], ['--sharding=round-robin', `--shard=${k}/${SLICES}`]);
    const later = await again(k, units.missed);
    for (const outcome of OUTCOMES) {
      const before = outcome === 'missed' ? [] : units[outcome];
      all[outcome].push(...before, ...later[outcome]);
    }
  }
  summary(all);
});

/** The mutants of these names, before the integration tests. @param {number} k @param {string[]} names */
async function again(k, names) {
  /** @type {Outcomes} */
  const found = { caught: [], timeout: [], missed: [], unviable: [] };
  if (names.length === 0) return found;
  const files = [...new Set(names.map((name) => name.slice(0, name.indexOf(':'))))];
  const tests = INTEGRATION.map((test) => `--test=${test}`);
  const outcomes = await mutate(`${k}-integration`, tests, [
    ...files.map((file) => `--file=${file}`),
    ...names.map((name) => `--re=^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`),
  ]);
  // cargo-mutants lets its `delete field` mutants past --re.
  for (const outcome of OUTCOMES) {
    found[outcome] = outcomes[outcome].filter((name) => names.includes(name));
  }
  return found;
}

/**
 * @param {string} name of the folder in target/mutants
 * @param {string[]} tests which of cargo's targets
 * @param {string[]} mutants which
 * @returns {Promise<Outcomes>}
 */
async function mutate(name, tests, mutants) {
  const folder = at('target', 'mutants', name);
  mkdirSync(folder, { recursive: true });
  const targets = tests.map((test) => `--cargo-arg=${test}`);
  const code = await run('cargo', ['mutants', `--output=${folder}`, ...targets, ...mutants]);
  // 0, or 2 and 3 with mutants missed or caught by time; else something is wrong with the tests themselves.
  if (![0, 2, 3].includes(code)) throw new StepFailed('cargo mutants');
  /** @param {string} outcome */
  const names = (outcome) => {
    const file = `${folder}/mutants.out/${outcome}.txt`;
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  };
  return {
    caught: names('caught'),
    timeout: names('timeout'),
    missed: names('missed'),
    unviable: names('unviable'),
  };
}

/** @param {Outcomes} all */
function summary(all) {
  heading('summary');
  const caught = all.caught.length + all.timeout.length;
  const viable = caught + all.missed.length;
  const share = viable === 0 ? '' : `, ${((100 * caught) / viable).toFixed(1)} %`;
  note(
    `${viable} viable: ${caught} caught${share}, of them ${all.timeout.length} by time; ${all.unviable.length} do not compile`,
  );
  for (const name of all.missed) note(`missed: ${name}`);
}
