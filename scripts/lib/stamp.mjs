/**
 * Stamps: what a step's output was made from, so that a step whose inputs are the same is skipped.
 *
 * By content and not by date: a checkout or a copy changes dates.
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { at } from './project.mjs';

/** @param {string} path in the repository, a file or a folder @param {string[]} without @returns {string[]} its files, sorted */
function files(path, without) {
  if (without.includes(path) || !existsSync(at(path))) return [];
  if (statSync(at(path)).isFile()) return [path];
  return readdirSync(at(path))
    .sort()
    .flatMap((name) => files(`${path}/${name}`, without));
}

/**
 * @param {string[]} paths files and folders in the repository
 * @param {{ without: string[] }} but what is in them and does not count
 * @param {...string} more anything else that the output depends on
 */
export function fingerprint(paths, { without }, ...more) {
  const hash = createHash('sha256').update(JSON.stringify([...without, ...more]));
  for (const file of paths.flatMap((path) => files(path, without))) {
    hash.update(`\0${file}\0`).update(readFileSync(at(file)));
  }
  return hash.digest('hex');
}
