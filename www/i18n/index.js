// The words of one language: looks a key up and fills its template. Each language is two files that are loaded when it is
// spoken: words that the first picture needs, and all others, which come after it. Which language it is, the element
// decides.

import { parts, plain } from './template.js';

/** @import { Arg, Part } from './template.js' */

/** @typedef {'en' | 'zh'} Lang */

/**
 * @typedef {object} Words
 * @property {Lang} lang
 * @property {(key: string, args?: Record<string, Arg>) => string} text
 * @property {(key: string, args?: Record<string, Arg>) => Part[]} parts  the pieces of a sentence with their hues
 * @property {boolean} complete                   all are there, sentences and hints too
 * @property {() => Promise<unknown>} complement  fetches those that are not
 */

/** @typedef {() => Promise<{default: Record<string, string>}>} File */

/** @type {Record<Lang, File>} */
const FILES = { en: () => import('./en.js'), zh: () => import('./zh.js') };
/** @type {Record<Lang, File>} */
const SENTENCES = { en: () => import('./en-story.js'), zh: () => import('./zh-story.js') };

/** @type {Partial<Record<Lang, Words>>} */
const spoken = {};
/** @type {Partial<Record<Lang, Promise<Words>>>} */
const loading = {};

/** Before a language is there, and should none ever come: what brings words of its own still gets through. @type {Words} */
export const SILENT = {
  lang: 'en',
  text: (_, args) => String(args?.message ?? ''),
  parts: () => [],
  complete: false,
  complement: () => Promise.resolve(),
};

/** @param {Lang} lang @param {Record<string, string>} table @returns {Words} */
function speak(lang, table) {
  const words = {
    lang,
    ...from(table, false),
    // With functions of their own: what the first ones said of a key that had no words yet may be remembered.
    complement: async () => {
      Object.assign(words, from({ ...table, ...(await SENTENCES[lang]()).default }, true));
    },
  };
  return words;
}

/** @param {Record<string, string>} table @param {boolean} complete */
function from(table, complete) {
  // A key that is missing shows itself: ugly enough to be noticed, and never an exception in a visitor's page.
  const template = (/** @type {string} */ key) => table[key] ?? (complete ? key : '');
  /** @type {Pick<Words, 'text' | 'parts' | 'complete'>} */
  const said = {
    text: (key, args) => plain(template(key), args),
    parts: (key, args) => parts(template(key), args),
    complete,
  };
  return said;
}

/** The words of a language if they are there, the same object each time. @param {Lang} lang */
export const words = (lang) => spoken[lang];

/** @param {Lang} lang @returns {Promise<Words>} */
export function loadWords(lang) {
  return (loading[lang] ??= FILES[lang]().then(
    (file) => (spoken[lang] = speak(lang, file.default)),
    (error) => {
      delete loading[lang]; // a lost connection may be back the next time
      throw error;
    },
  ));
}

/**
 * The language for a tag as in `lang="zh-CN"`; null if it is neither of the two.
 * @param {string | null | undefined} tag
 * @returns {Lang | null}
 */
export function langOf(tag) {
  const primary = (tag ?? '').trim().toLowerCase().split(/[-_]/)[0];
  return primary === 'en' || primary === 'zh' ? primary : null;
}
