/**
 * `npm run check`: the types in JavaScript, which are JSDoc comments.
 */

import { ensurePackages, bin } from './lib/npm.mjs';
import { must } from './lib/run.mjs';
import { script } from './lib/say.mjs';
import { ensureWasm } from './lib/wasm.mjs';

await script(async () => {
  await ensurePackages();
  // The module's own types are made with it.
  await ensureWasm({ optimise: false });
  // Twice, because code for the browser must not see Node's globals, nor the other way round.
  for (const project of ['tsconfig.json', 'scripts/tsconfig.json']) {
    const [program, tsc] = bin('typescript/bin/tsc');
    await must(`Type checking by ${project}`, program, [tsc, '--project', project]);
  }
});
