/**
 * The parts of `npm test`, in the order in which they run.
 */

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChineseFont, ensureChromium } from './chromium.mjs';
import { at } from './project.mjs';
import { ask, run, watch } from './run.mjs';
import { note } from './say.mjs';
import { freePort } from './server.mjs';
import { ofCargo, ofNode, ofPlaywright } from './tally.mjs';

/**
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {import('./tally.mjs').Tally} [tally] for a part that is made of tests
 * @property {string} [skipped] why it did not run here
 */

/**
 * @typedef {object} Part
 * @property {string} name for --only
 * @property {string} title
 * @property {string[]} [needs] parts whose success this one builds on
 * @property {() => Promise<Outcome>} run
 */

/** Where reports and pictures of failed tests go. */
const results = at('test-results');

/** @param {string} program @param {string[]} args @returns {Promise<Outcome>} */
const succeeds = async (program, args) => ({ ok: (await run(program, args)) === 0 });

/** @param {string} file @param {...string} args */
const node = (file, ...args) => succeeds(process.execPath, [at('scripts', file), ...args]);

/** @param {string} component a cargo subcommand that rustup may have left out @param {string[]} args */
async function ifThere(component, args) {
  if (ask('cargo', [component, '--version']) !== null) return succeeds('cargo', [component, ...args]);
  return { ok: true, skipped: `cargo ${component} is not installed (rustup component add ${component})` };
}

/** @param {string} folder @param {string} ending @returns {string[]} */
function testFiles(folder, ending) {
  if (!existsSync(at(folder))) return [];
  const names = readdirSync(at(folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** @param {string} name */
function freshReport(name) {
  mkdirSync(results, { recursive: true });
  const file = join(results, name);
  rmSync(file, { force: true });
  return file;
}

/** @returns {Promise<Outcome>} */
async function cargoTest() {
  const color = process.stdout.isTTY ? ['--color', 'always'] : [];
  const { code, stdout } = await watch('cargo', ['test', '--no-fail-fast', ...color]);
  return { ok: code === 0, tally: ofCargo(stdout) };
}

/** @returns {Promise<Outcome>} */
async function webTest() {
  const files = testFiles('tests/web', '.test.js');
  if (files.length === 0) return { ok: true, skipped: 'no tests/web/*.test.js' };
  const report = freshReport('web.tap');
  const reporters = ['spec', 'stdout', 'tap', report].flatMap((value, index) => [
    index % 2 === 0 ? '--test-reporter' : '--test-reporter-destination',
    value,
  ]);
  const code = await run(process.execPath, ['--test', ...reporters, ...files]);
  return { ok: code === 0, tally: ofNode(report) };
}

/** @returns {Promise<Outcome>} */
async function endToEnd() {
  if (testFiles('e2e', '.spec.js').length === 0) return { ok: true, skipped: 'no e2e/*.spec.js' };
  const chromium = await ensureChromium();
  await ensureChineseFont();
  note(`with ${chromium}`);
  const report = freshReport('e2e.json');
  const cli = at('node_modules', '@playwright', 'test', 'cli.js');
  const code = await run(process.execPath, [cli, 'test'], {
    env: {
      LEDGERSCOPE_CHROMIUM: chromium,
      LEDGERSCOPE_PORT: String(await freePort()),
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    },
  });
  return { ok: code === 0, tally: ofPlaywright(report) };
}

/** @type {Part[]} */
export const parts = [
  { name: 'fmt', title: 'cargo fmt --check', run: () => ifThere('fmt', ['--all', '--check']) },
  {
    name: 'clippy',
    title: 'cargo clippy',
    run: () => ifThere('clippy', ['--all-targets', '--', '-D', 'warnings']),
  },
  { name: 'cargo', title: 'cargo test', run: cargoTest },
  { name: 'wasm', title: 'Rust to wasm', run: () => node('wasm.mjs') },
  { name: 'check', title: 'types of JavaScript (tsc)', needs: ['wasm'], run: () => node('check.mjs') },
  { name: 'prettier', title: 'Prettier', run: () => node('format.mjs', '--check') },
  { name: 'web', title: 'JavaScript unit tests', needs: ['wasm'], run: webTest },
  { name: 'build', title: 'npm run build', needs: ['wasm'], run: () => node('build.mjs') },
  { name: 'size', title: 'npm run size', needs: ['build'], run: () => node('size.mjs') },
  { name: 'e2e', title: 'end-to-end tests in Chromium', needs: ['build'], run: endToEnd },
];
