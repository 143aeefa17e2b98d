/**
 * `npm run size`: what the page and the embed in dist/ weigh gzipped, by file, against their budgets.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from './lib/project.mjs';
import { Missing, StepFailed, bold, script } from './lib/say.mjs';
import { hasModule, weigh } from './lib/weigh.mjs';

const KB = 1024;

/**
 * All that a visitor downloads before the first frame, wasm included. What is allowed has been more than the goal ever
 * since the module knows consumers, name servers, transfers, faults and rules that can be taken away. It is to go down with a
 * second module, fetched after the first picture, for all that this picture does without.
 */
const BUDGETS = [
  { page: 'index.html', name: 'the page', kilobytes: 110, goal: 90 },
  { page: 'embed.html', name: 'the embed alone', kilobytes: 105, goal: 75 },
];

/** @param {number} bytes */
const kb = (bytes) => `${(bytes / KB).toFixed(1).padStart(7)} KB`;

await script(async () => {
  const present = BUDGETS.filter(({ page }) => existsSync(join(dist, page)));
  if (present.length === 0) throw new Missing('There is nothing in dist/ to weigh.', ['npm run build']);
  console.log(`Downloaded before the first frame, gzipped (1 KB = ${KB} bytes)`);
  let over = false;
  for (const { page, name, kilobytes, goal } of present) {
    const { first, later, total } = weigh(dist, page);
    console.log(`\n${bold(`${name} (${page})`)}`);
    for (const { file, gzipped } of first) console.log(`${kb(gzipped)}  ${file}`);
    const within = total <= kilobytes * KB;
    over ||= !within;
    const verdict = within
      ? total <= goal * KB
        ? ''
        : `, over the goal of ${goal} KB`
      : ': OVER ITS BUDGET';
    console.log(`${kb(total)}  of ${kilobytes} KB${verdict}`);
    if (later.length > 0) {
      console.log(
        `  not counted, loaded later: ${later.map(({ file, gzipped }) => `${file}${kb(gzipped)}`).join(', ')}`,
      );
    }
    if (!hasModule(first)) {
      console.log(
        '  the wasm module is not among these files: either the page does not use it, or this script misses it',
      );
      over = true;
    }
  }
  if (over) throw new StepFailed('The size check');
});
