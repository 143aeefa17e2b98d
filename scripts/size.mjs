/**
 * `npm run size`: what the page and the embed in dist/ weigh gzipped, by file, against their budgets.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from './lib/project.mjs';
import { Missing, StepFailed, bold, script } from './lib/say.mjs';
import { hasModule, weigh } from './lib/weigh.mjs';

const KB = 1024;

/** All that a visitor downloads before the first frame, wasm included. */
const BUDGETS = [
  { page: 'index.html', name: 'the page', kilobytes: 90 },
  { page: 'embed.html', name: 'the embed alone', kilobytes: 75 },
];

/** @param {number} bytes */
const kb = (bytes) => `${(bytes / KB).toFixed(1).padStart(7)} KB`;

await script(async () => {
  const present = BUDGETS.filter(({ page }) => existsSync(join(dist, page)));
  if (present.length === 0) throw new Missing('There is nothing in dist/ to weigh.', ['npm run build']);
  console.log(`Downloaded before the first frame, gzipped (1 KB = ${KB} bytes)`);
  let over = false;
  for (const { page, name, kilobytes } of present) {
    const { first, later, total } = weigh(dist, page);
    console.log(`\n${bold(`${name} (${page})`)}`);
    for (const { file, gzipped } of first) console.log(`${kb(gzipped)}  ${file}`);
    const within = total <= kilobytes * KB;
    over ||= !within;
    console.log(`${kb(total)}  of ${kilobytes} KB${within ? '' : ': OVER ITS BUDGET'}`);
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
