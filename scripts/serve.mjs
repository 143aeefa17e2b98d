/**
 * Serves dist/ like a strict static host: `node scripts/serve.mjs [--port N] [--base /some/path/]`.
 */

import { parseArgs } from 'node:util';
import { dist } from './lib/project.mjs';
import { script } from './lib/say.mjs';
import { serve } from './lib/server.mjs';

await script(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4173' },
      base: { type: 'string', default: '/' },
    },
  });
  const { url } = await serve({ folder: dist, base: values.base, port: Number(values.port) });
  console.log(`dist/ at ${url}`);
});
