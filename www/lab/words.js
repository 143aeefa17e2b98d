// The panel's own words: two more files, one of which is fetched with the panel. The rest of the page does not know them.

import { placeholders, plain } from '../i18n/template.js';
import { brokerName } from '../stage/names.js';

/** @import { Lang } from '../i18n/index.js' */
/** @import { Arg } from '../i18n/template.js' */
/** @import { Violation } from './panel.js' */

/**
 * @typedef {object} Say
 * @property {Lang} lang
 * @property {(key: string, args?: Record<string, Arg>) => string} text
 * @property {(key: string) => boolean} has
 * @property {(n: number) => string} count   a number for people: 1,204 or 1.2M
 * @property {(violation: Violation) => string} broken  one sentence on what was broken, by whom and where
 */

/** @type {Record<Lang, () => Promise<{default: Record<string, string>}>>} */
const FILES = { en: () => import('../i18n/en-lab.js'), zh: () => import('../i18n/zh-lab.js') };

/** @type {Partial<Record<Lang, Promise<Say>>>} */
const loading = {};

/** @param {Lang} lang @returns {Promise<Say>} */
export function loadLabWords(lang) {
  return (loading[lang] ??= FILES[lang]().then(
    (file) => say(lang, file.default),
    (error) => {
      delete loading[lang]; // a lost connection may be back the next time
      throw error;
    },
  ));
}

/** @param {Lang} lang @param {Record<string, string>} table @returns {Say} */
export function say(lang, table) {
  const exact = new Intl.NumberFormat(lang);
  const short = new Intl.NumberFormat(lang, { notation: 'compact', maximumSignificantDigits: 3 });
  const text = (/** @type {string} */ key, /** @type {Record<string, Arg> | undefined} */ args) =>
    plain(table[key] ?? key, args);
  return {
    lang,
    text,
    has: (key) => key in table,
    count: (n) => (n < 10_000 ? exact : short).format(n),
    broken: (violation) => sentence(table, violation),
  };
}

/**
 * What the parts of a violation are called in the templates.
 * @param {Violation} violation
 */
function argsOf({ brokers, ...fields }) {
  /** @type {Record<string, Arg>} */
  const args = {};
  for (const [name, value] of Object.entries(fields))
    if (value !== null && value !== undefined) args[name] = value;
  const names = (brokers ?? []).map(brokerName);
  if (names.length > 0) {
    args.a = names[0];
    args.last = names[names.length - 1];
    args.all = names.join(', ');
  }
  if (names.length > 1) args.b = names[1];
  return args;
}

/**
 * @param {Record<string, string>} table
 * @param {Violation} violation
 */
function sentence(table, violation) {
  const template = table[`broken.${violation.what}`];
  const args = argsOf(violation);
  if (template && placeholders(template).every((name) => name in args)) return plain(template, args);
  const name = table[`holds.${violation.invariant}`] ?? violation.invariant;
  return plain(table['broken.any'], { name });
}
