// A sentence template and how it becomes parts that can be shown. `{name}` stands for an argument, `*words*` are
// stressed. Nothing here knows HTML: a part's text is always put on the page as text.

/**
 * An argument: plain, or with the term whose hue its text wears.
 * @typedef {string | number | {text: string, term: number}} Arg
 * @typedef {{text: string, term?: number, strong?: boolean}} Part
 */

const TOKEN = /\{(\w+)\}|\*([^*]+)\*/g;

/**
 * Templates taken apart: pieces that stay, and names of arguments. The clock asks on every frame; there are as many as
 * there are sentences.
 * @type {Map<string, (Part | string)[]>}
 */
const known = new Map();

/** @param {string} template */
function pieces(template) {
  let list = known.get(template);
  if (list) return list;
  list = [];
  let at = 0;
  for (const match of template.matchAll(TOKEN)) {
    if (match.index > at) list.push({ text: template.slice(at, match.index) });
    list.push(match[2] === undefined ? match[1] : { text: match[2], strong: true });
    at = match.index + match[0].length;
  }
  if (at < template.length) list.push({ text: template.slice(at) });
  known.set(template, list);
  return list;
}

/**
 * @param {string | undefined} template  without one nothing is said: words that lack must not end a visitor's run
 * @param {Record<string, Arg>} [args]
 * @returns {Part[]}
 */
export function parts(template = '', args = {}) {
  return pieces(template).map((piece) => {
    if (typeof piece !== 'string') return piece;
    const arg = args[piece] ?? `{${piece}}`;
    return typeof arg === 'object' ? { text: arg.text, term: arg.term } : { text: String(arg) };
  });
}

/**
 * @param {string} template
 * @param {Record<string, Arg>} [args]
 */
export function plain(template, args) {
  return parts(template, args)
    .map((part) => part.text)
    .join('');
}

/**
 * Names of the arguments a template uses, sorted.
 * @param {string} template
 */
export function placeholders(template) {
  return [...new Set(pieces(template).filter((piece) => typeof piece === 'string'))].sort();
}
