/**
 * Debian packages, where apt-get is there and this user may use it without being asked for a password.
 */

import { readFileSync } from 'node:fs';
import { ask, run } from './run.mjs';
import { note } from './say.mjs';

/** @returns {string[] | null} what to put before a command that needs root; null when there is no way */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return ask('sudo', ['-n', 'true']) === null ? null : ['sudo', '-n'];
}

export const canInstall = () =>
  process.platform === 'linux' && ask('apt-get', ['--version']) !== null && asRoot() !== null;

/** Debian itself: its children name packages alike and put other things into them (Ubuntu's chromium is a snap). */
export function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

let updated = false;

/**
 * @param {string[]} packages
 * @returns {Promise<boolean>} whether they are installed now
 */
export async function install(packages) {
  const prefix = asRoot();
  if (prefix === null) return false;
  // The lock is waited for, as another installation may be running. `--no-remove`: a conflict with something that
  // this machine has is an error, never a reason to take it away.
  const base = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  const [program, ...args] = [...base, '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  note(`installing Debian packages: ${packages.join(' ')}`);
  if (!updated) updated = (await run(program, [...args, 'update'])) === 0;
  return (
    (await run(program, [
      ...args,
      'install',
      '-y',
      '--no-install-recommends',
      '--no-remove',
      ...packages,
    ])) === 0
  );
}
