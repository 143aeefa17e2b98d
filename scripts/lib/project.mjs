/**
 * Where things are in this repository. All scripts work from here, whatever folder they are called in.
 */

import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {...string} parts a path inside the repository */
export const at = (...parts) => join(root, ...parts);

/** What wasm-bindgen writes and the page imports: the first module, and the second. */
export const pkg = at('www', 'pkg');
export const labPkg = at('www', 'pkg-lab');

/** What `npm run build` writes. */
export const dist = at('dist');
