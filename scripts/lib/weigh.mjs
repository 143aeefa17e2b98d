/**
 * What a page of dist/ makes a visitor download before the first frame: the page, its styles, its scripts with all
 * that they import statically, and the wasm module.
 */

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * @typedef {object} Chunk an entry of Vite's manifest
 * @property {string} file
 * @property {string[]} [imports]
 * @property {string[]} [dynamicImports]
 * @property {string[]} [css]
 * @property {string[]} [assets]
 */

/** @typedef {{ file: string, gzipped: number }} Part */

/**
 * @param {string} dist the built folder
 * @param {string} page in it
 * @returns {{ first: Part[], later: Part[], lab: Part[], total: number }} bytes gzipped; later: what only a dynamic import
 *   asks for, and of that what belongs to the panel for breaking things
 */
export function weigh(dist, page) {
  /** @type {Record<string, Chunk>} */
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
  const first = new Set([page, ...references(dist, page)]);
  const later = new Set();
  const languages = new Set();

  for (const [key, chunk] of Object.entries(manifest)) if (first.has(chunk.file)) follow(key);

  /** @param {string} key */
  function follow(key, seen = new Set()) {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    for (const file of filesOf(chunk)) first.add(file);
    for (const next of chunk.imports ?? []) follow(next, seen);
    for (const next of chunk.dynamicImports ?? []) {
      // Nothing is drawn without the first module: what leads to it is waited for, however it is imported.
      const more = closure(manifest, next).filter((file) => !first.has(file));
      if (more.some(isModule)) follow(next, seen);
      else if (LANGUAGE.test(next)) more.forEach((file) => languages.add(file));
      else more.forEach((file) => later.add(file));
    }
  }

  // A visitor speaks one language, and nothing is shown before it is there: the heaviest stands for whichever it is.
  const spoken = [...languages]
    .map((file) => part(dist, file))
    .sort((one, other) => other.gzipped - one.gzipped);
  spoken.forEach(({ file }, i) => (i === 0 ? first : later).add(file));
  for (const file of first) later.delete(file);
  const parts = [...first].map((file) => part(dist, file));
  const lab = closure(manifest, LAB)
    // Each of the runs that it shows is fetched by itself, when it is asked for.
    .filter((file) => later.delete(file) && !file.endsWith('.json'))
    .map((file) => part(dist, file));
  return {
    first: parts.sort((one, other) => other.gzipped - one.gzipped),
    later: [...later].map((file) => part(dist, file)),
    lab: lab.sort((one, other) => other.gzipped - one.gzipped),
    total: parts.reduce((sum, { gzipped }) => sum + gzipped, 0),
  };
}

/** The words of one language, of which a page loads the one that is spoken. */
const LANGUAGE = /^www\/i18n\/[a-z]{2}\.js$/;

/** The panel for breaking things, with the second module. */
const LAB = 'www/lab/bench.js';

/** @param {Chunk} chunk */
const filesOf = (chunk) => [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])].filter(notHtml);

/** @param {string} file */
const notHtml = (file) => !file.endsWith('.html');

/**
 * @param {Record<string, Chunk>} manifest
 * @param {string} key
 * @param {Set<string>} [seen]
 * @returns {string[]} the files of a chunk and of all it imports statically
 */
function closure(manifest, key, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  return [...filesOf(chunk), ...(chunk.imports ?? []).flatMap((next) => closure(manifest, next, seen))];
}

/**
 * @param {string} dist
 * @param {string} page
 * @returns {string[]} the files of dist that the page's own tags load
 */
function references(dist, page) {
  const html = readFileSync(join(dist, page), 'utf8').replace(/<!--[^]*?-->/g, '');
  const tags = html.match(/<(?:script|link|img)\b[^>]*>/gi) ?? [];
  return tags
    .filter((tag) => !/^<link/i.test(tag) || /rel="?(?:stylesheet|modulepreload|preload|icon)\b/i.test(tag))
    .flatMap((tag) => /\s(?:src|href)="([^"]+)"/i.exec(tag)?.[1] ?? [])
    .filter((url) => !/^(?:[a-z]+:|\/\/)/i.test(url))
    .map((url) => posix.normalize(posix.join(dirname(page), url.split(/[?#]/, 1)[0])))
    .filter((file) => existsSync(join(dist, file)));
}

/** @param {string} dist @param {string} file @returns {Part} */
const part = (dist, file) => ({
  file,
  gzipped: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length,
});

/** The module that the first picture needs. @param {string} file */
const isModule = (file) => /^ledgerscope_bg.*\.wasm$/.test(basename(file));

/** @param {Part[]} parts @returns {boolean} whether there is that module among them */
export const hasModule = (parts) => parts.some(({ file }) => isModule(file));
