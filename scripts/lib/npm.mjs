/**
 * npm packages: installed when they are missing or older than the lock file.
 *
 * The scripts import a package only after this, and dynamically: they start in a clone that has none.
 */

import { existsSync, statSync } from 'node:fs';
import { run } from './run.mjs';
import { at } from './project.mjs';
import { Missing, note } from './say.mjs';

/** Vite's own limit. */
const NODE = [20, 19];

/** npm as this process was started by, or else the one on the path. @returns {[string, string[], boolean]} */
function npm() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return [process.execPath, [script], false];
  return ['npm', [], process.platform === 'win32'];
}

function current() {
  // npm writes this file at the end of an installation.
  const installed = at('node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs;
}

export async function ensurePackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
    throw new Missing(`Node ${process.versions.node} is too old.`, [
      `install Node ${NODE.join('.')} or newer: https://nodejs.org`,
    ]);
  }
  if (current()) return;
  note('installing npm packages');
  const [program, args, shell] = npm();
  // `--include=dev`: everything here is a development dependency, and NODE_ENV=production would leave it out.
  const code = await run(program, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], { shell });
  if (code !== 0) {
    throw new Missing('The npm packages could not be installed.', [
      'see what npm says above; with a network that reaches its registry, `npm ci` has to work',
    ]);
  }
}

/**
 * The command line of an installed package.
 *
 * @param {string} file inside node_modules
 * @returns {[string, string]} program and first argument
 */
export const bin = (file) => [process.execPath, at('node_modules', ...file.split('/'))];
