/**
 * `npm run size`: what the page and the embed in dist/ weigh gzipped, by file, against their budgets.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from './lib/project.mjs';
import { Missing, StepFailed, bold, script } from './lib/say.mjs';
import { hasModule, weigh } from './lib/weigh.mjs';

const KB = 1024;

/** All that a visitor downloads before the first frame, the first wasm module included. */
const BUDGETS = [
  { page: 'index.html', name: 'the page', kilobytes: 90, goal: 90 },
  { page: 'embed.html', name: 'the embed alone', kilobytes: 84, goal: 75 },
];

/** The panel for breaking things: the second module, the panel, the search. On the page it comes after the first picture. */
const LAB = { kilobytes: 188 };

/** @param {number} bytes */
const kb = (bytes) => `${(bytes / KB).toFixed(1).padStart(7)} KB`;

await script(async () => {
  const present = BUDGETS.filter(({ page }) => existsSync(join(dist, page)));
  if (present.length === 0) throw new Missing('There is nothing in dist/ to weigh.', ['npm run build']);
  console.log(`Downloaded before the first frame, gzipped (1 KB = ${KB} bytes)`);
  let over = false;
  for (const { page, name, kilobytes, goal } of present) {
    const { first, later, lab, total } = weigh(dist, page);
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
    const second = lab.reduce((sum, { gzipped }) => sum + gzipped, 0);
    const light = second <= LAB.kilobytes * KB;
    over ||= !light;
    console.log(
      `${kb(second)}  of ${LAB.kilobytes} KB${light ? '' : ': OVER ITS BUDGET'}, for breaking things, ` +
        `loaded later or when asked for: ${lab.map(({ file, gzipped }) => `${file}${kb(gzipped)}`).join(', ')}`,
    );
    if (!hasModule(first)) {
      console.log(
        '  the wasm module is not among these files: either the page does not use it, or this script misses it',
      );
      over = true;
    }
  }
  if (over) throw new StepFailed('The size check');
});
