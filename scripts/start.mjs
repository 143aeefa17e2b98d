/**
 * `npm start`: sets everything up and serves the page while it is worked on. A change of Rust code is compiled and
 * the page reloaded.
 */

import { existsSync, watch } from 'node:fs';
import { ensurePackages } from './lib/npm.mjs';
import { at } from './lib/project.mjs';
import { explain, note, script } from './lib/say.mjs';
import { ensureWasm } from './lib/wasm.mjs';

await script(async () => {
  await ensurePackages();
  await ensureWasm({ optimise: false });

  const { createServer } = await import('vite');
  const server = await createServer({ configFile: at('vite.config.js') });
  await server.listen();
  server.printUrls();

  watchRust(async () => {
    // Vite reloads by itself as soon as the first of the module's files changes; this is for the last one.
    if (await ensureWasm({ optimise: false })) server.ws.send({ type: 'full-reload' });
  });
});

/** @param {() => Promise<unknown>} rebuild */
function watchRust(rebuild) {
  let due = /** @type {NodeJS.Timeout | undefined} */ (undefined);
  let running = false;
  let again = false;

  async function build() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await rebuild().catch((error) => note(explain(error)));
    } while (again);
    running = false;
  }

  // An editor saves in several steps, and a formatter follows.
  const changed = () => {
    clearTimeout(due);
    due = setTimeout(build, 150);
  };
  watch(at('src'), { recursive: true }, (_, name) => {
    if (name === null || name.endsWith('.rs')) changed();
  });
  if (existsSync(at('Cargo.lock'))) watch(at('Cargo.lock'), changed);
}
