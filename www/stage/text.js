// Fonts and text on the canvas: one font string per size and weight, measured widths remembered, words with a number in
// them remembered. Asking the canvas or the dictionary again on every frame would cost more than the drawing.

/** @typedef {(key: string, args?: Record<string, string | number>) => string} Words */

const FAMILY =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** @type {Map<number, string>} */
const fonts = new Map();

/**
 * @param {number} size  CSS pixels
 * @param {number} [weight]
 */
export function font(size, weight = 400) {
  const key = Math.round(size * 4) * 1000 + weight;
  let value = fonts.get(key);
  if (value === undefined) {
    value = `${weight} ${Math.round(size * 4) / 4}px ${FAMILY}`;
    fonts.set(key, value);
  }
  return value;
}

/** @type {Map<string, Map<string, number>>} */
const widths = new Map();
const WIDTHS_KEPT = 2000;

/**
 * Width of a text in CSS pixels. Sets the context's font.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} text
 * @param {string} fontOfText  from font()
 */
export function textWidth(ctx, text, fontOfText) {
  let known = widths.get(fontOfText);
  if (known === undefined) {
    known = new Map();
    widths.set(fontOfText, known);
  }
  let width = known.get(text);
  if (width === undefined) {
    ctx.font = fontOfText;
    width = ctx.measureText(text).width;
    if (known.size > WIDTHS_KEPT) known.clear();
    known.set(text, width);
  }
  return width;
}

/** @type {WeakMap<Words, Map<string, Map<number, string>>>} */
const spoken = new WeakMap();

/**
 * The words of a key with one number in them, remembered.
 * @param {Words} words
 * @param {string} key
 * @param {string} name   of the argument
 * @param {number} value
 * @param {number} [digits]  after the decimal point
 */
export function wordsWith(words, key, name, value, digits = 0) {
  let byKey = spoken.get(words);
  if (byKey === undefined) {
    byKey = new Map();
    spoken.set(words, byKey);
  }
  let byValue = byKey.get(key);
  if (byValue === undefined) {
    byValue = new Map();
    byKey.set(key, byValue);
  }
  let text = byValue.get(value);
  if (text === undefined) {
    text = words(key, { [name]: digits > 0 ? value.toFixed(digits) : value });
    if (byValue.size > WIDTHS_KEPT) byValue.clear();
    byValue.set(value, text);
  }
  return text;
}

/** @type {string[]} */
const numbers = [];

/**
 * A small whole number as text, without making a new string each time.
 * @param {number} n
 */
export function digits(n) {
  if (n < 0 || n > 9999) return String(n);
  return (numbers[n] ??= String(n));
}
