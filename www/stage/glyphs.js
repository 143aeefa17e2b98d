// What a message looks like: one shape per kind, never turned, so that numbers in it can be read. To change how a vote,
// a heartbeat or an entry in flight looks, or its colour, change it here. Where it flies is in flights.js.

import { FLIGHT, KIND } from '../frame.js';
import { termColour } from './palette.js';
import { box, circle, dash, fill, stroke, write } from './pen.js';
import { check, cross, crown, envelope, paper } from './shapes.js';
import { digits, font } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./palette.js').Palette} Palette
 */

/**
 * The colour of a message, also of its tail and arrowhead: a term's hue when it speaks of a term or carries an entry,
 * green or red when it is an answer, ink for the client's.
 * @param {Float64Array} frame
 * @param {number} at  where the flight starts
 * @param {Palette} palette
 */
export function messageColour(frame, at, palette) {
  const ok = frame[at + FLIGHT.OK];
  if (ok < 0) return palette.bad;
  switch (frame[at + FLIGHT.KIND]) {
    case KIND.VOTE_REQUEST:
    case KIND.HEARTBEAT_REQUEST:
    case KIND.HEARTBEAT_RESPONSE:
    case KIND.TRANSFER_REQUEST:
      return termColour(palette, frame[at + FLIGHT.TERM]);
    case KIND.COMPARE_REQUEST:
    case KIND.APPEND_REQUEST:
      return frame[at + FLIGHT.ENTRY_TERM] >= 0
        ? termColour(palette, frame[at + FLIGHT.ENTRY_TERM])
        : termColour(palette, frame[at + FLIGHT.TERM]);
    case KIND.TRUNCATE_REQUEST:
    case KIND.REFUSED:
      return palette.bad;
    case KIND.VOTE_RESPONSE:
    case KIND.COMPARE_RESPONSE:
    case KIND.TRUNCATE_RESPONSE:
    case KIND.APPEND_RESPONSE:
    case KIND.SEND_RESPONSE:
    case KIND.TRANSFER_RESPONSE:
      return palette.ok;
    default:
      return palette.ink;
  }
}

/** Half width and half height of each shape by KIND, in sizes, so that arrowhead and tail keep just clear of it. */
const HALF_WIDTH = [0.82, 0.82, 0.8, 0.6, 1.4, 0.85, 1.15, 0.72, 1.05, 0.9, 1.1, 0.3, 1.1, 1.3, 0.7];
const HALF_HEIGHT = [1, 1, 0.75, 0.55, 0.72, 0.85, 0.9, 0.72, 0.85, 0.9, 1.05, 0.6, 0.8, 1, 0.7];

/**
 * How far a shape reaches from its middle along the unit vector (ux, uy), in sizes.
 * @param {number} kind
 * @param {number} ux
 * @param {number} uy
 */
export function reach(kind, ux, uy) {
  const w = HALF_WIDTH[kind] ?? 1;
  const h = HALF_HEIGHT[kind] ?? 1;
  const across = Math.abs(ux) > 0.01 ? w / Math.abs(ux) : Infinity;
  const down = Math.abs(uy) > 0.01 ? h / Math.abs(uy) : Infinity;
  // The corner of a box reaches farther than its outline seems to; a little less looks even all around.
  return Math.min(across, down, Math.hypot(w, h) * 0.92) + 0.25;
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {number} x
 * @param {number} y
 * @param {number} s  size: about half the shape's height
 * @param {string} colour
 * @param {Palette} palette
 */
export function drawGlyph(ctx, frame, at, x, y, s, colour, palette) {
  const index = frame[at + FLIGHT.INDEX];
  const agrees = frame[at + FLIGHT.OK] >= 0;
  switch (frame[at + FLIGHT.KIND]) {
    case KIND.VOTE_REQUEST:
      paper(ctx, x, y, s, colour, palette.card);
      return label(ctx, '?', x, y + s * 0.08, s * 1.4, colour);
    case KIND.VOTE_RESPONSE:
      paper(ctx, x, y, s, colour, agrees ? colour : palette.card);
      return agrees ? check(ctx, x, y, s * 0.5, palette.onHue) : cross(ctx, x, y + s * 0.1, s * 0.46, colour);
    case KIND.HEARTBEAT_REQUEST:
      heart(ctx, x, y, s * 0.72);
      return fill(ctx, colour);
    case KIND.HEARTBEAT_RESPONSE:
      heart(ctx, x, y, s * 0.52);
      fill(ctx, palette.card);
      outline(ctx, s * 0.14, colour);
      return agrees ? undefined : cross(ctx, x, y, s * 0.55, colour);
    case KIND.COMPARE_REQUEST:
      // Two bars like an equals sign beside the index: is yours the same as mine?
      box(ctx, x - s * 1.4, y - s * 0.72, s * 2.8, s * 1.44, s * 0.72);
      fill(ctx, palette.card);
      outline(ctx, s * 0.14, colour);
      equals(ctx, x - s * 0.68, y, s * 0.34, colour, true);
      return index < 0 ? undefined : label(ctx, digits(index), x + s * 0.42, y, s * 1.05, colour);
    case KIND.COMPARE_RESPONSE:
      disc(ctx, x, y, s * 0.85, colour, palette.card);
      return equals(ctx, x, y, s * 0.42, colour, agrees);
    case KIND.TRUNCATE_REQUEST:
      carton(ctx, x, y, s, colour, palette.card, true);
      if (index >= 0) label(ctx, digits(index), x, y, s * 1.1, colour);
      disc(ctx, x + s * 1.05, y - s * 0.8, s * 0.5, palette.card, colour);
      return cross(ctx, x + s * 1.05, y - s * 0.8, s * 0.26, palette.onHue);
    case KIND.TRUNCATE_RESPONSE:
      disc(ctx, x, y, s * 0.72, colour, palette.card);
      return agrees ? check(ctx, x, y, s * 0.36, colour) : cross(ctx, x, y, s * 0.36, colour);
    case KIND.APPEND_REQUEST:
      carton(ctx, x, y, s, colour, palette.card, false);
      return index < 0 ? undefined : label(ctx, digits(index), x, y + s * 0.04, s * 1.15, colour);
    case KIND.APPEND_RESPONSE:
      disc(ctx, x, y, s * 0.9, colour, palette.card);
      return agrees ? check(ctx, x, y, s * 0.46, colour) : cross(ctx, x, y, s * 0.46, colour);
    case KIND.COMMIT_REQUEST:
      // The same bar as stands in the log behind the last committed entry.
      box(ctx, x - s * 1.1, y - s * 0.72, s * 1.9, s * 1.44, s * 0.2);
      fill(ctx, palette.card);
      outline(ctx, s * 0.1, palette.line);
      if (index >= 0) label(ctx, digits(index), x - s * 0.2, y + s * 0.04, s * 1.1, colour);
      ctx.fillStyle = colour;
      return ctx.fillRect(x + s * 0.72, y - s * 1.05, Math.max(2.5, s * 0.26), s * 2.1);
    case KIND.COMMIT_RESPONSE:
      ctx.fillStyle = colour;
      return ctx.fillRect(x - s * 0.12, y - s * 0.55, Math.max(2.5, s * 0.24), s * 1.1);
    case KIND.SEND_REQUEST:
      return envelope(ctx, x, y, s * 1.1, colour, palette.card);
    case KIND.SEND_RESPONSE:
      envelope(ctx, x, y, s * 1.1, colour, palette.card);
      disc(ctx, x + s * 0.95, y - s * 0.6, s * 0.55, palette.card, colour);
      return agrees
        ? check(ctx, x + s * 0.95, y - s * 0.6, s * 0.3, palette.onHue)
        : cross(ctx, x + s * 0.95, y - s * 0.6, s * 0.28, palette.onHue);
    case KIND.TRANSFER_REQUEST:
      return crown(ctx, x, y + s * 0.6, s, colour);
    case KIND.TRANSFER_RESPONSE:
      crown(ctx, x, y + s * 0.6, s * 0.8, colour);
      disc(ctx, x + s * 0.95, y - s * 0.6, s * 0.55, palette.card, colour);
      return agrees
        ? check(ctx, x + s * 0.95, y - s * 0.6, s * 0.3, palette.onHue)
        : cross(ctx, x + s * 0.95, y - s * 0.6, s * 0.28, palette.onHue);
    default:
      return cross(ctx, x, y, s * 0.85, colour);
  }
}

/**
 * @param {Ctx} ctx
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {string} colour
 */
function label(ctx, text, x, y, size, colour) {
  write(ctx, text, x, y, font(text.length > 2 ? size * 0.78 : size, 700), colour);
}

/**
 * @param {Ctx} ctx
 * @param {number} width
 * @param {string} colour
 */
function outline(ctx, width, colour) {
  stroke(ctx, colour, Math.max(1.4, width));
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {string} colour
 * @param {string} inside
 */
function disc(ctx, x, y, r, colour, inside) {
  circle(ctx, x, y, r);
  fill(ctx, inside);
  outline(ctx, r * 0.18, colour);
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {string} colour
 * @param {string} inside
 * @param {boolean} dashed
 */
function carton(ctx, x, y, s, colour, inside, dashed) {
  box(ctx, x - s * 1.05, y - s * 0.85, s * 2.1, s * 1.7, s * 0.25);
  fill(ctx, inside);
  if (dashed) dash(ctx, colour, Math.max(1.4, s * 0.18), s * 0.26, s * 0.2);
  else outline(ctx, s * 0.18, colour);
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {string} colour
 * @param {boolean} equal
 */
function equals(ctx, x, y, s, colour, equal) {
  ctx.lineCap = 'round';
  ctx.beginPath();
  ctx.moveTo(x - s, y - s * 0.45);
  ctx.lineTo(x + s, y - s * 0.45);
  ctx.moveTo(x - s, y + s * 0.45);
  ctx.lineTo(x + s, y + s * 0.45);
  if (!equal) {
    ctx.moveTo(x - s * 0.6, y + s * 1.2);
    ctx.lineTo(x + s * 0.6, y - s * 1.2);
  }
  outline(ctx, s * 0.35, colour);
  ctx.lineCap = 'butt';
}

/**
 * The outline of a heart as the current path.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 */
function heart(ctx, x, y, s) {
  ctx.beginPath();
  ctx.moveTo(x, y + s);
  ctx.bezierCurveTo(x - s * 1.5, y - s * 0.1, x - s * 0.95, y - s * 1.15, x, y - s * 0.4);
  ctx.bezierCurveTo(x + s * 0.95, y - s * 1.15, x + s * 1.5, y - s * 0.1, x, y + s);
}
