// What a broken guarantee is about, marked on the stage: brokers, entries, ConsumeQueue units. A red outline and an octagon with
// a cross, which nothing else wears: it is seen without colour too. And the message in flight that was chosen.

import { FLIGHT, HEAD, QUEUE, UNIT } from '../frame.js';
import { eachFlight } from './flight-places.js';
import { firstIndexShown } from './geometry.js';
import { box, circle, fill, shape, stroke } from './pen.js';
import { cross } from './shapes.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {import('../lab/panel.js').Violation} Violation
 */

const C = Math.SQRT2 - 1;
const OCTAGON = [-C, -1, C, -1, 1, -C, 1, C, C, 1, -C, 1, -1, C, -1, -C];

/** @param {Ctx} ctx @param {number} x @param {number} y @param {number} s @param {Look} look */
function badge(ctx, x, y, s, { palette }) {
  shape(ctx, x, y, s, OCTAGON);
  fill(ctx, palette.bad);
  stroke(ctx, palette.paper, Math.max(1.5, s * 0.18));
  cross(ctx, x, y, s * 0.52, palette.onHue);
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Violation} violation
 */
export function drawBreach(ctx, frame, layout, look, violation) {
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  const involved = violation.brokers.filter((b) => b < n);
  const { u } = layout;
  for (const b of involved) {
    const { x, y, r } = layout.brokers[b];
    circle(ctx, x, y, r * 1.15);
    stroke(ctx, look.palette.bad, Math.max(2, 2.4 * u));
    badge(ctx, x - r * 0.9, y - r * 0.9, Math.max(7, Math.min(r * 0.26, 12 * u)), look);
  }
  // Without a broker it is about an entry wherever it is.
  const rows = involved.length > 0 ? involved : Array.from({ length: n }, (_, b) => b);
  for (const b of rows) {
    if (violation.index !== undefined && violation.index >= 0)
      markCell(ctx, frame, layout, look, b, violation.index);
    if (violation.queue !== undefined && violation.queue_offset !== undefined) {
      markUnit(ctx, frame, layout, look, b, violation.queue, violation.queue_offset);
    }
  }
}

/** @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look @param {number} b @param {number} index */
function markCell(ctx, frame, layout, look, b, index) {
  const { cell, x } = layout.logs;
  const column = index - firstIndexShown(frame, layout.columns);
  if (column < 0 || column >= layout.columns) return;
  const left = x + column * (cell.w + cell.gap);
  outline(ctx, left, layout.rows[b].cellY, cell.w, cell.h, layout, look);
}

/**
 * @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look
 * @param {number} b @param {number} queue @param {number} offset
 */
function markUnit(ctx, frame, layout, look, b, queue, offset) {
  const { unit } = layout.logs;
  const place = layout.rows[b].queues[queue];
  if (unit.mode === 'none' || place === undefined || queue >= frame[HEAD.QUEUES]) return;
  const stride = QUEUE.LENGTH + frame[HEAD.UNITS] * UNIT.STRIDE;
  const at = frame[HEAD.QUEUES_AT] + (b * frame[HEAD.QUEUES] + queue) * stride;
  const shown = Math.min(frame[at + QUEUE.SHOWN], unit.count);
  const k = offset - (frame[at + QUEUE.MAX] - shown);
  if (k < 0 || k >= shown) return;
  outline(ctx, place.x + unit.labelW + k * (unit.w + unit.gap), place.y, unit.w, unit.h, layout, look);
}

/** @param {Ctx} ctx @param {number} x @param {number} y @param {number} w @param {number} h @param {Layout} layout @param {Look} look */
function outline(ctx, x, y, w, h, { u }, look) {
  const away = 2.5 * u;
  box(ctx, x - away, y - away, w + 2 * away, h + 2 * away, 6 * u);
  stroke(ctx, look.palette.bad, Math.max(2, 2.4 * u));
  badge(ctx, x + w, y, Math.max(5, Math.min(h * 0.24, 8 * u)), look);
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} id
 */
export function drawChosen(ctx, frame, layout, look, id) {
  eachFlight(frame, layout, look, (at, x, y, size) => {
    if (frame[at + FLIGHT.ID] !== id) return;
    // Within its own words, which begin a little farther out.
    circle(ctx, x, y, size * 1.55);
    stroke(ctx, look.palette.paper, Math.max(4, 5 * layout.u));
    stroke(ctx, look.palette.focus, Math.max(2, 2.2 * layout.u));
  });
}
