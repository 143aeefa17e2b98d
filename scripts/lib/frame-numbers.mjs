/**
 * Where the numbers of a frame are, written into the published code as numbers: minifiers do not look into objects, and
 * `frame[3]` is both shorter and faster than `frame[HEAD.BROKERS_AT]`.
 */

import * as blocks from '../../www/frame.js';

/** @type {Record<string, Record<string, number>>} */
const NUMBERS = blocks;

/** @returns {import('vite').Plugin} */
export const frameNumbers = () => ({
  name: 'frame-numbers',
  apply: 'build',
  transform: {
    filter: { id: { include: /\/www\/.*\.js$/, exclude: /\/www\/(frame\.js|pkg\/|pkg-lab\/)/ } },
    handler: (code) => ({
      code: code.replace(
        /\b([A-Z_]+)\.([A-Z_]+)\b/g,
        (all, block, name) => `${NUMBERS[block]?.[name] ?? all}`,
      ),
      map: null,
    }),
  },
});
