/**
 * How many tests passed and failed, read from what the three test runners report.
 */

import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number }} Tally */

/** @param {Tally[]} tallies @returns {Tally} */
export const sum = (tallies) => ({
  passed: tallies.reduce((total, { passed }) => total + passed, 0),
  failed: tallies.reduce((total, { failed }) => total + failed, 0),
});

/** @param {string} output of `cargo test`: one line for each test binary and for the doc tests @returns {Tally} */
export function ofCargo(output) {
  const lines = stripVTControlCharacters(output).matchAll(
    /^test result: \w+\. (\d+) passed; (\d+) failed;/gm,
  );
  return sum([...lines].map(([, passed, failed]) => ({ passed: Number(passed), failed: Number(failed) })));
}

/** @param {string} file that the `tap` reporter of `node --test` wrote; its totals are its last lines @returns {Tally} */
export function ofNode(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  /** @param {string} word */
  const last = (word) => Number([...text.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return { passed: last('pass'), failed: last('fail') + last('cancelled') };
}

/** @param {string} file that Playwright's `json` reporter wrote @returns {Tally} */
export function ofPlaywright(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'));
  // Errors outside of any test: a file that does not load, a server that does not start.
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
}
