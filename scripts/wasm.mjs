/**
 * `npm run wasm`: www/pkg/ as it is published.
 */

import { ensurePackages } from './lib/npm.mjs';
import { script } from './lib/say.mjs';
import { ensureWasm } from './lib/wasm.mjs';

await script(async () => {
  await ensurePackages();
  await ensureWasm({ optimise: true });
});
