import { defineConfig } from 'vite';
import { frameNumbers } from './scripts/lib/frame-numbers.mjs';
import { ELEMENT, pages } from './scripts/lib/pages.mjs';
import { at } from './scripts/lib/project.mjs';

const VIRTUAL = 'virtual:ledger-scope';

/**
 * The published entry re-exports the module that registers the element. As a module of its own it is all that has a
 * name without a hash: the pages share the hashed chunk behind it, so that none of them can run a stale one.
 *
 * @returns {import('vite').Plugin}
 */
const publishedEntry = () => ({
  name: 'ledger-scope-entry',
  resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
  load: (id) => (id === `\0${VIRTUAL}` ? `export * from ${JSON.stringify(at(ELEMENT.source))};` : undefined),
});

/**
 * Vite wraps every import() in a loader that also fetches styles and imports of what is loaded. What is loaded here has no
 * styles, and imports only what is there by then.
 *
 * @returns {import('vite').Plugin}
 */
const plainImports = () => ({
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: (id) =>
    id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : undefined,
});

export default defineConfig({
  root: at(),
  // Relative addresses: dist/ works from any path of any host.
  base: './',
  publicDir: false,
  plugins: [publishedEntry(), frameNumbers(), plainImports()],
  server: {
    host: '127.0.0.1',
    watch: { ignored: ['**/target/**', '**/dist/**', '**/test-results/**'] },
  },
  // A module, as everything else is.
  worker: { format: 'es' },
  build: {
    manifest: true,
    // A data: address would break under a strict connect-src or img-src.
    assetsInlineLimit: 0,
    // Every browser that runs this knows modulepreload.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        [ELEMENT.name]: VIRTUAL,
        ...Object.fromEntries(pages().map((page) => [page.replace(/\.html$/, ''), at(page)])),
      },
      output: {
        entryFileNames: ({ name }) => (name === ELEMENT.name ? '[name].js' : 'assets/[name]-[hash].js'),
      },
      // What the published entry exports is for others: it must not be shaken off as unused.
      preserveEntrySignatures: 'exports-only',
    },
  },
});
