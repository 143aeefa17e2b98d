// A sentence template and how it becomes parts that can be shown. `{name}` stands for an argument, `*words*` are
// stressed. Nothing here knows HTML: a part's text is always put on the page as text.

/**
 * An argument: plain, or with the term whose hue its text wears.
 * @typedef {string | number | {text: string, term: number}} Arg
 * @typedef {{text: string, term?: number, strong?: boolean}} Part
 */

const TOKEN = /\{(\w+)\}|\*([^*]+)\*/g;

/**
 * @param {string} template
 * @param {Record<string, Arg>} [args]
 * @returns {Part[]}
 */
export function parts(template, args = {}) {
  /** @type {Part[]} */
  const out = [];
  let at = 0;
  for (const match of template.matchAll(TOKEN)) {
    if (match.index > at) out.push({ text: template.slice(at, match.index) });
    if (match[2] !== undefined) {
      out.push({ text: match[2], strong: true });
    } else {
      const arg = args[match[1]] ?? match[0];
      out.push(typeof arg === 'object' ? { text: arg.text, term: arg.term } : { text: String(arg) });
    }
    at = match.index + match[0].length;
  }
  if (at < template.length) out.push({ text: template.slice(at) });
  return out;
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
  return [...new Set([...template.matchAll(TOKEN)].flatMap((match) => match[1] ?? []))].sort();
}
