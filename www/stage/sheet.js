// What the state decides is drawn onto a sheet of its own, again only when one of its numbers changed; a frame in which
// only messages move then costs a copy of that sheet and the messages. The picture is the same as without it.

import { BROKER, CELL, HEAD, QUEUE, UNIT } from '../frame.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 *
 * @typedef {object} Sheet
 * @property {HTMLCanvasElement | OffscreenCanvas} canvas
 * @property {CanvasRenderingContext2D} ctx
 * @property {Float64Array} seen
 * @property {number} seenCount
 * @property {Layout | null} layout
 * @property {import('./palette.js').Palette | null} palette
 * @property {import('./text.js').Words | null} words
 * @property {number | null} focus
 * @property {number} hover
 * @property {unknown} say    who words what the panel for breaking things adds
 * @property {number} version  of what it adds
 */

/** @type {WeakMap<object, Sheet | null>} */
const sheets = new WeakMap();

/**
 * Puts the state's picture onto the canvas.
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} scale  device pixels per CSS pixel
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {(ctx: CanvasRenderingContext2D, frame: Float64Array, layout: Layout, look: Look) => void} drawState
 * @returns {boolean} false: there is no second canvas to be had
 */
export function drawSheet(ctx, scale, frame, layout, look, drawState) {
  const { canvas } = ctx;
  const sheet = sheetOf(canvas);
  if (sheet === null) return false;
  if (changed(sheet, canvas, frame, layout, look)) {
    sheet.ctx.setTransform(scale, 0, 0, scale, 0, 0);
    drawState(sheet.ctx, frame, layout, look);
  }
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.drawImage(sheet.canvas, 0, 0);
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  return true;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Sheet | null}  null where there is no second canvas to be had
 */
function sheetOf(canvas) {
  let sheet = sheets.get(canvas);
  if (sheet !== undefined) return sheet;
  sheet = null;
  const second =
    typeof document === 'undefined'
      ? typeof OffscreenCanvas === 'undefined'
        ? null
        : new OffscreenCanvas(1, 1)
      : document.createElement('canvas');
  // The paper covers everything, so no alpha is needed; the copy is cheaper without.
  const ctx = /** @type {CanvasRenderingContext2D | null | undefined} */ (
    second?.getContext('2d', { alpha: false })
  );
  if (second !== null && ctx) {
    sheet = {
      canvas: second,
      ctx,
      seen: new Float64Array(256),
      seenCount: -1,
      layout: null,
      palette: null,
      words: null,
      focus: null,
      hover: -2,
      say: null,
      version: 0,
    };
  }
  sheets.set(canvas, sheet);
  return sheet;
}

/**
 * Whether the sheet has to be drawn anew; remembers what it was drawn from.
 * @param {Sheet} sheet
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
function changed(sheet, canvas, frame, layout, look) {
  let differs = false;
  if (sheet.canvas.width !== canvas.width || sheet.canvas.height !== canvas.height) {
    sheet.canvas.width = canvas.width;
    sheet.canvas.height = canvas.height;
    differs = true;
  }
  const hover = look.hover === null ? -2 : look.hover.what === 'broker' ? look.hover.broker : -1;
  const say = look.lab?.say ?? null;
  const version = look.lab?.version ?? 0;
  if (
    sheet.layout !== layout ||
    sheet.palette !== look.palette ||
    sheet.words !== look.words ||
    sheet.focus !== look.focus ||
    sheet.hover !== hover ||
    sheet.say !== say ||
    sheet.version !== version
  ) {
    sheet.layout = layout;
    sheet.palette = look.palette;
    sheet.words = look.words;
    sheet.focus = look.focus;
    sheet.hover = hover;
    sheet.say = say;
    sheet.version = version;
    differs = true;
  }
  return numbersChanged(sheet, frame) || differs;
}

/**
 * Compares the numbers that the sheet shows with those it was drawn from. Time, timers and flights are not among them.
 * @param {Sheet} sheet
 * @param {Float64Array} frame
 */
function numbersChanged(sheet, frame) {
  const brokers = frame[HEAD.BROKERS];
  const cells = brokers * frame[HEAD.COLUMNS] * CELL.STRIDE;
  const queues = brokers * frame[HEAD.QUEUES] * (QUEUE.LENGTH + frame[HEAD.UNITS] * UNIT.STRIDE);
  const links = frame[HEAD.LINKS_AT] > 0 ? brokers * brokers : 0;
  const most = HEAD.LENGTH + brokers * BROKER.STRIDE + cells + queues + links;
  if (sheet.seen.length < most) sheet.seen = new Float64Array(most);
  const { seen } = sheet;
  let count = 0;
  let differs = false;
  const note = (/** @type {number} */ value) => {
    if (seen[count] !== value) {
      seen[count] = value;
      differs = true;
    }
    count++;
  };
  note(brokers);
  note(frame[HEAD.FIRST_INDEX]);
  note(frame[HEAD.COLUMNS]);
  for (let at = HEAD.PRODUCER_PENDING; at <= HEAD.QUORUM; at++) note(frame[at]);
  for (let i = 0; i < brokers; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    for (let k = 0; k < BROKER.STRIDE; k++) {
      if (k < BROKER.TIMER || k > BROKER.TIMER_END_US) note(frame[at + k]);
    }
  }
  for (let at = frame[HEAD.CELLS_AT], end = at + cells; at < end; at++) note(frame[at]);
  for (let at = frame[HEAD.QUEUES_AT], end = at + queues; at < end; at++) note(frame[at]);
  for (let at = frame[HEAD.LINKS_AT], end = at + links; at < end; at++) note(frame[at]);
  if (count !== sheet.seenCount) {
    sheet.seenCount = count;
    differs = true;
  }
  return differs;
}
