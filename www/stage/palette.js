// Every colour of the stage, light and dark, and the hue of a term. The panels around the stage take the same
// colours through cssVariables(). No drawing here.
//
// Terms share a cycle of five hues in which neighbours stay apart for red-green colour blindness too, and on each of
// which, and in each of which, text reads with a contrast of at least 4.5. Green and red are not in the cycle: they say
// 'agrees' and 'refuses', and never without a check or a cross.

/**
 * @typedef {object} Palette
 * @property {boolean} dark
 * @property {string} paper     background of the stage
 * @property {string} card      inside of brokers, boxes and messages
 * @property {string} ink       names, headings, the committed bar
 * @property {string} soft      second lines, labels
 * @property {string} line      outlines of quiet things
 * @property {string} faint     empty slots, links, what a ring has run down
 * @property {string} band      background of a highlighted row
 * @property {string} ok        agrees, SEND_OK
 * @property {string} bad       refuses, fails
 * @property {string} warn      a rule that is taken away
 * @property {string} dead      a broker that is down
 * @property {string} deadDisc  its disc
 * @property {string} focus     keyboard focus
 * @property {string} onHue     text on a term's hue, on ok and on bad
 * @property {readonly string[]} hues      term hues, in cycle order
 * @property {string} noTerm    in place of a hue where there is no term
 */

/** @type {Palette} */
const LIGHT = {
  dark: false,
  paper: '#fcfcfa',
  card: '#ffffff',
  ink: '#1b2430',
  soft: '#5c6675',
  line: '#aab2bd',
  faint: '#dde1e6',
  band: '#f1f3f4',
  ok: '#177245',
  bad: '#b3261e',
  warn: '#8a5600',
  dead: '#69727e',
  deadDisc: '#e9ebee',
  focus: '#1b2430',
  onHue: '#ffffff',
  hues: ['#2563a8', '#b35900', '#8f3a84', '#6b6400', '#00747f'],
  noTerm: '#5c6675',
};

/** @type {Palette} */
const DARK = {
  dark: true,
  paper: '#12171d',
  card: '#1b222b',
  ink: '#eef1f4',
  soft: '#a3adb9',
  line: '#5b6673',
  faint: '#2c353f',
  band: '#181e26',
  ok: '#5fd39c',
  bad: '#ff8d80',
  warn: '#e3b15f',
  dead: '#8a94a0',
  deadDisc: '#222932',
  focus: '#eef1f4',
  onHue: '#10151b',
  hues: ['#74b0f2', '#f0a94e', '#e79ad2', '#d3c95a', '#55c4c4'],
  noTerm: '#a3adb9',
};

/**
 * @param {boolean} dark
 * @returns {Palette}
 */
export function palette(dark) {
  return dark ? DARK : LIGHT;
}

/** How many terms have a hue of their own before the cycle begins anew. */
export const TERM_HUES = LIGHT.hues.length;

/**
 * Where in the cycle a term is: 0 to TERM_HUES - 1, or -1 without a term.
 * @param {number} term
 */
export function termHue(term) {
  return term < 0 ? -1 : term % TERM_HUES;
}

/**
 * @param {Palette} colours
 * @param {number} term  -1: none
 */
export function termColour(colours, term) {
  return term < 0 ? colours.noTerm : colours.hues[term % TERM_HUES];
}

/**
 * The colours as CSS custom properties: --ls-paper, --ls-ink, ..., --ls-term-0 to --ls-term-4.
 * @param {Palette} colours
 * @returns {Record<string, string>}
 */
export function cssVariables(colours) {
  /** @type {Record<string, string>} */
  const variables = {};
  for (const [name, value] of Object.entries(colours)) {
    if (typeof value === 'string') {
      variables[`--ls-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`] = value;
    }
  }
  colours.hues.forEach((hue, i) => {
    variables[`--ls-term-${i}`] = hue;
  });
  return variables;
}
