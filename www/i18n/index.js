// The words of one language: looks a key up and fills its template. Which language is spoken is decided by the element.

import { words as stage } from '../stage/words.js';
import { en } from './en.js';
import { zh } from './zh.js';
import { parts, plain } from './template.js';

/** @import { Arg, Part } from './template.js' */

/** @typedef {'en' | 'zh'} Lang */

/** @type {Record<Lang, Record<string, string>>} */
export const tables = { en: { ...stage.en, ...en }, zh: { ...stage.zh, ...zh } };

/**
 * `text` gives a string, `parts` the pieces of a sentence with their hues.
 * @typedef {{lang: Lang, text: (key: string, args?: Record<string, Arg>) => string,
 *   parts: (key: string, args?: Record<string, Arg>) => Part[]}} Words
 */

/** @param {Lang} lang @returns {Words} */
function speak(lang) {
  const table = tables[lang];
  return {
    lang,
    // A key that is missing shows itself: ugly enough to be noticed, and never an exception in a visitor's page.
    text: (key, args) => plain(table[key] ?? key, args),
    parts: (key, args) => parts(table[key] ?? key, args),
  };
}

const spoken = { en: speak('en'), zh: speak('zh') };

/** The words of a language, the same object each time. @param {Lang} lang */
export function words(lang) {
  return spoken[lang];
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
