// Shapes without meaning of their own, drawn at a place in a size and colour: crown, paper, envelope, check,
// cross. What they stand for is decided in brokers.js and glyphs.js.

import { box, fill, shape, stroke } from './pen.js';

/** @typedef {CanvasRenderingContext2D} Ctx */

// Corners, in sizes.
const CROWN = [-0.82, 0, -1, -0.9, -0.45, -0.44, 0, -1.05, 0.45, -0.44, 1, -0.9, 0.82, 0];
const PAPER = [-0.82, -1, 0.32, -1, 0.82, -0.5, 0.82, 1, -0.82, 1];
const FLAP = [-0.92, -0.6, 0, 0.14, 0.92, -0.6];
const CHECK = [-0.85, 0.05, -0.25, 0.7, 0.9, -0.7];
const SLASH = [0.75, -0.75, -0.75, 0.75];
const BACKSLASH = [-0.75, -0.75, 0.75, 0.75];

/**
 * A crown standing on (x, bottom), half as wide as 2 x size.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} bottom
 * @param {number} size
 * @param {string} colour
 */
export function crown(ctx, x, bottom, size, colour) {
  shape(ctx, x, bottom, size, CROWN);
  fill(ctx, colour);
}

/**
 * A sheet with its upper right corner folded: a ballot.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s  half its height
 * @param {string} outline
 * @param {string} inside
 */
export function paper(ctx, x, y, s, outline, inside) {
  ctx.lineJoin = 'round';
  shape(ctx, x, y, s, PAPER);
  fill(ctx, inside);
  stroke(ctx, outline, Math.max(1.4, s * 0.14));
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s  half its width
 * @param {string} outline
 * @param {string} inside
 */
export function envelope(ctx, x, y, s, outline, inside) {
  const width = Math.max(1.4, s * 0.14);
  ctx.lineJoin = 'round';
  box(ctx, x - s, y - s * 0.7, 2 * s, s * 1.4, s * 0.16);
  fill(ctx, inside);
  stroke(ctx, outline, width);
  shape(ctx, x, y, s, FLAP, true);
  stroke(ctx, outline, width);
}

/**
 * Strokes with round ends, one after the other.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {string} colour
 * @param {readonly number[]} first
 * @param {readonly number[]} [second]
 */
function sign(ctx, x, y, s, colour, first, second) {
  const width = Math.max(1.6, s * 0.34);
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  shape(ctx, x, y, s, first, true);
  stroke(ctx, colour, width);
  if (second) {
    shape(ctx, x, y, s, second, true);
    stroke(ctx, colour, width);
  }
  ctx.lineCap = 'butt';
}

/** @param {Ctx} ctx @param {number} x @param {number} y @param {number} s @param {string} colour */
export function check(ctx, x, y, s, colour) {
  sign(ctx, x, y, s, colour, CHECK);
}

/** @param {Ctx} ctx @param {number} x @param {number} y @param {number} s @param {string} colour */
export function cross(ctx, x, y, s, colour) {
  sign(ctx, x, y, s, colour, SLASH, BACKSLASH);
}
