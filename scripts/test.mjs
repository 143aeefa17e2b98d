/**
 * `npm test`: sets up what tests need and runs every test there is. A failure does not keep later parts from running,
 * unless they build on the part that failed: one run tells everything.
 */

import { parseArgs } from 'node:util';
import { ensurePackages } from './lib/npm.mjs';
import { parts } from './lib/parts.mjs';
import { ensureCargo } from './lib/rust.mjs';
import { Missing, bold, explain, heading, script, seconds } from './lib/say.mjs';
import { sum } from './lib/tally.mjs';

/** @typedef {import('./lib/parts.mjs').Part} Part */
/** @typedef {import('./lib/tally.mjs').Tally} Tally */
/** @typedef {{ part: Part, state: 'ok' | 'FAILED' | 'skipped' | 'not run', took: string, about: string, tally: Tally }} Result */

const HELP = `npm test                       runs all parts, in this order
npm test -- --only web,e2e     runs these parts, and the parts that they need

${parts.map(({ name, title, needs }) => `  ${name.padEnd(10)}${title}${needs ? ` (needs ${needs.join(', ')})` : ''}`).join('\n')}

The last line, "N passed, N failed", counts the tests of cargo, Node and Playwright. A part that fails without a failed
test of its own (a compile error, a file that is not formatted) counts as one that failed.`;

await script(async () => {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const chosen = values.only === undefined ? parts : choose(values.only.split(','));
  ensureCargo();
  await ensurePackages();

  /** @type {Result[]} */
  const results = [];
  for (const part of chosen) {
    heading(part.title);
    results.push(await attempt(part, results));
  }
  process.exitCode = summary(results);
});

/** @param {string[]} names @returns {Part[]} these parts and those that they need */
function choose(names) {
  const wanted = new Set();
  /** @param {string} name */
  const add = (name) => {
    const part = parts.find((candidate) => candidate.name === name);
    if (!part) {
      const known = parts.map((candidate) => candidate.name).join(', ');
      throw new Missing(`--only ${name}: there is no such part.`, [`choose from ${known}`]);
    }
    wanted.add(part);
    part.needs?.forEach(add);
  };
  names.forEach(add);
  return parts.filter((part) => wanted.has(part));
}

/** @param {Part} part @param {Result[]} before @returns {Promise<Result>} */
async function attempt(part, before) {
  const none = { passed: 0, failed: 0 };
  const broken = before.filter(
    (result) => part.needs?.includes(result.part.name) && ['FAILED', 'not run'].includes(result.state),
  );
  if (broken.length > 0) {
    const about = `needs ${broken.map((result) => result.part.name).join(', ')}`;
    console.log(`not run: ${about}`);
    return { part, state: 'not run', took: '', about, tally: none };
  }
  const start = performance.now();
  /** @type {import('./lib/parts.mjs').Outcome} */
  let outcome;
  try {
    outcome = await part.run();
  } catch (error) {
    console.error(explain(error));
    outcome = { ok: false };
  }
  const took = seconds(start);
  console.log(
    bold(`-- ${part.name}: ${outcome.ok ? (outcome.skipped ? 'skipped' : 'ok') : 'FAILED'}, ${took}`),
  );
  if (outcome.skipped) return { part, state: 'skipped', took, about: outcome.skipped, tally: none };
  const tally = outcome.tally ?? none;
  const about = outcome.tally ? `${tally.passed} passed, ${tally.failed} failed` : '';
  if (outcome.ok && tally.failed === 0) return { part, state: 'ok', took, about, tally };
  return { part, state: 'FAILED', took, about, tally: { ...tally, failed: Math.max(1, tally.failed) } };
}

/** @param {Result[]} results @returns {number} exit code */
function summary(results) {
  heading('summary');
  for (const { part, state, took, about } of results) {
    console.log(`${state.padEnd(8)} ${part.name.padEnd(9)} ${took.padStart(8)}  ${about}`.trimEnd());
  }
  const total = sum(results.map(({ tally }) => tally));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}
