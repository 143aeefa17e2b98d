/**
 * `npm run build`: dist/, a folder that any static host can serve from any path.
 */

import { ensurePackages } from './lib/npm.mjs';
import { checkPolicy } from './lib/pages.mjs';
import { at } from './lib/project.mjs';
import { script } from './lib/say.mjs';
import { ensureWasm } from './lib/wasm.mjs';

await script(async () => {
  await ensurePackages();
  await ensureWasm({ optimise: true });
  const { build } = await import('vite');
  await build({ configFile: at('vite.config.js') });
  checkPolicy();
});
