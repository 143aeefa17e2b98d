// The options of <ledger-scope>: names, what is allowed, defaults; and what was wrong with a value. Pure: texts in,
// values and problems out.

import { langOf } from './i18n/index.js';

/**
 * What is wrong, in the shape of the engine's own errors. `used` is what is taken instead.
 * @typedef {{code: string, field: string, value: string, allowed: string, used?: string, message: string}} Problem
 */

/**
 * @typedef {object} Options
 * @property {number} brokers
 * @property {number | null} seed  null: a fresh one for each run
 * @property {'en' | 'zh' | null} lang  null: as the page says
 * @property {'paced' | 'linear'} pace
 * @property {number} speed
 * @property {boolean} autoplay
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {'full' | 'minimal' | 'none'} controls
 * @property {number} messageEvery  milliseconds; 0: only on command
 * @property {'button' | 'open' | 'none'} lab  the panel for breaking things
 */

/** @typedef {{key: keyof Options, fallback: any, code: string, allowed: string, read: (text: string) => any}} Rule */

export const MAX_SEED = Number.MAX_SAFE_INTEGER;

/**
 * @param {keyof Options} key @param {any} fallback @param {number} min @param {number} max @param {string} [code]
 * @returns {Rule}
 */
function whole(key, fallback, min, max, code = 'bad_value') {
  const read = (/** @type {string} */ text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max ? number : undefined;
  };
  return { key, fallback, code, allowed: `${min}…${max}`, read };
}

/** @param {keyof Options} key @param {string[]} values @returns {Rule} the first value is the default */
function choice(key, values) {
  const read = (/** @type {string} */ text) => (values.includes(text) ? text : undefined);
  return { key, fallback: values[0], code: 'bad_value', allowed: values.join(', '), read };
}

/** Attribute names and their rules. @type {Readonly<Record<string, Rule>>} */
export const RULES = {
  brokers: whole('brokers', 3, 1, 9, 'brokers_out_of_range'),
  seed: whole('seed', null, 0, MAX_SEED, 'seed_out_of_range'),
  lang: {
    key: 'lang',
    fallback: null,
    code: 'bad_value',
    allowed: 'en, zh',
    read: (text) => langOf(text) ?? undefined,
  },
  pace: choice('pace', ['paced', 'linear']),
  speed: {
    key: 'speed',
    fallback: 1,
    code: 'bad_value',
    allowed: '0.0001…1000',
    read: (text) => {
      const number = /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
      return number >= 0.0001 && number <= 1000 ? number : undefined;
    },
  },
  autoplay: {
    key: 'autoplay',
    fallback: true,
    code: 'bad_value',
    allowed: 'true, false',
    // `autoplay` alone means yes, as on <video>.
    read: (text) => ({ '': true, true: true, false: false })[text],
  },
  theme: choice('theme', ['auto', 'light', 'dark']),
  controls: choice('controls', ['full', 'minimal', 'none']),
  'message-every': whole('messageEvery', 5000, 0, 600000),
  lab: choice('lab', ['button', 'open', 'none']),
};

export const NAMES = Object.keys(RULES);

/** @returns {Options} */
export function defaults() {
  return /** @type {any} */ (
    Object.fromEntries(Object.values(RULES).map(({ key, fallback }) => [key, fallback]))
  );
}

/** A value longer than this is cut where it is shown. */
const SHOWN = 40;

/**
 * Reads one option. The value is the default when the text is absent or not possible.
 * @param {string} name
 * @param {string | null} text
 * @returns {{value: any, problem: Problem | null}}
 */
export function readOption(name, text) {
  const rule = RULES[name];
  if (text === null) return { value: rule.fallback, problem: null };
  const value = rule.read(text.trim());
  if (value !== undefined) return { value, problem: null };
  return { value: rule.fallback, problem: badValue(name, text) };
}

/** @param {string} name @param {string} text @returns {Problem} */
export function badValue(name, text) {
  const { allowed, fallback, code } = RULES[name];
  const value = clip(text);
  const used = fallback === null ? (name === 'seed' ? 'random' : 'auto') : String(fallback);
  return {
    code,
    field: name,
    value,
    allowed,
    used,
    message: `${name} "${value}" is not possible; allowed: ${allowed}; used instead: ${used}`,
  };
}

/** @param {string} name @param {string} [value] @returns {Problem} */
export function unknownOption(name, value = '') {
  const field = clip(name);
  const allowed = NAMES.join(', ');
  return {
    code: 'unknown_field',
    field,
    value: clip(value),
    allowed,
    message: `"${field}" is not an option of ledger-scope; options: ${allowed}`,
  };
}

/** @param {string} text */
function clip(text) {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/**
 * An error in the shape that listeners of `error` get.
 * @param {unknown} error
 */
export function describe(error) {
  const { code = 'failed', field, value, allowed, message } = /** @type {any} */ (error ?? {});
  return { code, field, value, allowed, message: String(message ?? error) };
}
