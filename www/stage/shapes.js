// Shapes without meaning of their own, drawn at a place in a size and colour: crown, paper, heart, envelope, check,
// cross, arrowhead. What they stand for is decided in brokers.js and glyphs.js.

/** @typedef {CanvasRenderingContext2D} Ctx */

/**
 * A crown standing on (x, bottom), half as wide as 2 x size.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} bottom
 * @param {number} size
 * @param {string} colour
 */
export function crown(ctx, x, bottom, size, colour) {
  const h = size * 1.05;
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x - size * 0.82, bottom);
  ctx.lineTo(x - size, bottom - h * 0.86);
  ctx.lineTo(x - size * 0.45, bottom - h * 0.42);
  ctx.lineTo(x, bottom - h);
  ctx.lineTo(x + size * 0.45, bottom - h * 0.42);
  ctx.lineTo(x + size, bottom - h * 0.86);
  ctx.lineTo(x + size * 0.82, bottom);
  ctx.closePath();
  ctx.fill();
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
  const w = s * 0.82;
  const fold = s * 0.5;
  ctx.beginPath();
  ctx.moveTo(x - w, y - s);
  ctx.lineTo(x + w - fold, y - s);
  ctx.lineTo(x + w, y - s + fold);
  ctx.lineTo(x + w, y + s);
  ctx.lineTo(x - w, y + s);
  ctx.closePath();
  ctx.fillStyle = inside;
  ctx.fill();
  ctx.strokeStyle = outline;
  ctx.lineWidth = Math.max(1.4, s * 0.14);
  ctx.lineJoin = 'round';
  ctx.stroke();
}

/**
 * The outline of a heart as the current path.
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 */
export function heart(ctx, x, y, s) {
  ctx.beginPath();
  ctx.moveTo(x, y + s);
  ctx.bezierCurveTo(x - s * 1.5, y - s * 0.1, x - s * 0.95, y - s * 1.15, x, y - s * 0.4);
  ctx.bezierCurveTo(x + s * 0.95, y - s * 1.15, x + s * 1.5, y - s * 0.1, x, y + s);
  ctx.closePath();
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
  const h = s * 0.7;
  ctx.beginPath();
  ctx.roundRect(x - s, y - h, 2 * s, 2 * h, s * 0.16);
  ctx.fillStyle = inside;
  ctx.fill();
  ctx.strokeStyle = outline;
  ctx.lineWidth = Math.max(1.4, s * 0.14);
  ctx.lineJoin = 'round';
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - s * 0.92, y - h * 0.85);
  ctx.lineTo(x, y + h * 0.2);
  ctx.lineTo(x + s * 0.92, y - h * 0.85);
  ctx.stroke();
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {string} colour
 */
export function check(ctx, x, y, s, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(1.6, s * 0.34);
  ctx.lineJoin = 'round';
  ctx.lineCap = 'round';
  ctx.beginPath();
  ctx.moveTo(x - s * 0.85, y + s * 0.05);
  ctx.lineTo(x - s * 0.25, y + s * 0.7);
  ctx.lineTo(x + s * 0.9, y - s * 0.7);
  ctx.stroke();
  ctx.lineCap = 'butt';
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} s
 * @param {string} colour
 */
export function cross(ctx, x, y, s, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(1.6, s * 0.34);
  ctx.lineCap = 'round';
  ctx.beginPath();
  ctx.moveTo(x - s * 0.75, y - s * 0.75);
  ctx.lineTo(x + s * 0.75, y + s * 0.75);
  ctx.moveTo(x + s * 0.75, y - s * 0.75);
  ctx.lineTo(x - s * 0.75, y + s * 0.75);
  ctx.stroke();
  ctx.lineCap = 'butt';
}

/**
 * Its tip at (x, y), pointing along the unit vector (ux, uy).
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} ux
 * @param {number} uy
 * @param {number} s
 * @param {string} colour
 */
export function arrowhead(ctx, x, y, ux, uy, s, colour) {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - ux * s - uy * s * 0.55, y - uy * s + ux * s * 0.55);
  ctx.lineTo(x - ux * s * 0.72, y - uy * s * 0.72);
  ctx.lineTo(x - ux * s + uy * s * 0.55, y - uy * s - ux * s * 0.55);
  ctx.closePath();
  ctx.fill();
}
