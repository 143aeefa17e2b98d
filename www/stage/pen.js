// The strokes that every file of the stage draws with: a path with its colour and width, a line of text. Text stands on
// its middle: draw.js sets that once for the whole stage.

/** @typedef {CanvasRenderingContext2D} Ctx */

export const ROUND = Math.PI * 2;

/** @type {number[]} */
export const SOLID = [];

/** Fills the path. @param {Ctx} ctx @param {string} colour */
export function fill(ctx, colour) {
  ctx.fillStyle = colour;
  ctx.fill();
}

/** Draws the path's outline. @param {Ctx} ctx @param {string} colour @param {number} width */
export function stroke(ctx, colour, width) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
}

/** One dash and one gap, reused. */
const DASH = [0, 0];

/**
 * Draws the path's outline in dashes.
 * @param {Ctx} ctx @param {string} colour @param {number} width @param {number} on @param {number} off
 */
export function dash(ctx, colour, width, on, off) {
  DASH[0] = on;
  DASH[1] = off;
  ctx.setLineDash(DASH);
  stroke(ctx, colour, width);
  ctx.setLineDash(SOLID);
}

/** A circle as the path. @param {Ctx} ctx @param {number} x @param {number} y @param {number} r */
export function circle(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, ROUND);
}

/**
 * A box with round corners as the path.
 * @param {Ctx} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {number} r
 */
export function box(ctx, x, y, w, h, r) {
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, r);
}

/**
 * A straight line as the path.
 * @param {Ctx} ctx @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
 */
export function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
}

/**
 * A polygon as the path, scaled by s around (x, y).
 * @param {Ctx} ctx @param {number} x @param {number} y @param {number} s
 * @param {readonly number[]} corners  x, y, x, y, ...
 * @param {boolean} [open]
 */
export function shape(ctx, x, y, s, corners, open) {
  ctx.beginPath();
  for (let i = 0; i < corners.length; i += 2) ctx.lineTo(x + s * corners[i], y + s * corners[i + 1]);
  if (!open) ctx.closePath();
}

/**
 * Words with their middle at y.
 * @param {Ctx} ctx @param {string} text @param {number} x @param {number} y
 * @param {string} font  from font()
 * @param {string} colour
 * @param {CanvasTextAlign} [align]
 */
export function write(ctx, text, x, y, font, colour, align = 'center') {
  ctx.font = font;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.fillText(text, x, y);
}
