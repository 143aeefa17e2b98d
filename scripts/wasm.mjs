/**
 * `npm run wasm`: www/pkg/ and www/pkg-lab/ as they are published.
 */

import { ensurePackages } from './lib/npm.mjs';
import { script } from './lib/say.mjs';
import { ensureWasm } from './lib/wasm.mjs';

await script(async () => {
  await ensurePackages();
  await ensureWasm({ optimise: true });
});
