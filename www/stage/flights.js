// Messages in flight: where each is on its lane, its tail and arrowhead, so that a still picture shows where it comes
// from and goes to. Shapes are in glyphs.js, the words beside them in flight-labels.js.

import { FLIGHT, HEAD } from '../frame.js';
import { drawFlightLabels, noteGlyph, startLabels } from './flight-labels.js';
import {
  ARROW,
  CROWD,
  along,
  aside,
  distanceAlong,
  isGone,
  placed,
  sizeAmong,
  spread,
} from './flight-places.js';
import { drawGlyph, messageColour, reach } from './glyphs.js';
import { lane } from './lanes.js';
import { fill, line } from './pen.js';
import { cross } from './shapes.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 */

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawFlights(ctx, frame, layout, look) {
  const count = frame[HEAD.FLIGHTS];
  if (count === 0) return;
  const first = frame[HEAD.FLIGHTS_AT];
  if (count > CROWD) return drawCrowd(ctx, frame, layout, look, first, count);
  const size = layout.glyph * sizeAmong(count);
  spread(frame, layout, look, first, count, size);
  // Tails first: no tail crosses another message's number.
  for (let i = 0; i < count; i++) {
    const at = first + i * FLIGHT.STRIDE;
    if (placed(frame, at, layout)) drawTail(ctx, frame, at, layout, look, size, along[i], aside[i], false);
  }
  startLabels(layout);
  for (let i = 0; i < count; i++) {
    const at = first + i * FLIGHT.STRIDE;
    if (!placed(frame, at, layout)) continue;
    const path = lane(layout, frame[at + FLIGHT.FROM], frame[at + FLIGHT.TO]);
    const x = path.x0 + path.ux * along[i] - path.uy * aside[i];
    const y = path.y0 + path.uy * along[i] + path.ux * aside[i];
    drawMessage(ctx, frame, at, x, y, size, look);
    noteGlyph(x, y, size * 1.15);
    const tip = reach(frame[at + FLIGHT.KIND], path.ux, path.uy) * size + ARROW * size * 0.5;
    noteGlyph(x + path.ux * tip, y + path.uy * tip, ARROW * size * 0.5);
  }
  for (let i = 0; i < count; i++) {
    const at = first + i * FLIGHT.STRIDE;
    if (!placed(frame, at, layout)) continue;
    const path = lane(layout, frame[at + FLIGHT.FROM], frame[at + FLIGHT.TO]);
    const x = path.x0 + path.ux * along[i] - path.uy * aside[i];
    const y = path.y0 + path.uy * along[i] + path.ux * aside[i];
    drawFlightLabels(ctx, frame, at, path, x, y, size, layout, look);
  }
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} first
 * @param {number} count
 */
function drawCrowd(ctx, frame, layout, look, first, count) {
  const size = layout.glyph * sizeAmong(count);
  for (let at = first; at < first + count * FLIGHT.STRIDE; at += FLIGHT.STRIDE) {
    if (!placed(frame, at, layout)) continue;
    const path = lane(layout, frame[at + FLIGHT.FROM], frame[at + FLIGHT.TO]);
    const far = distanceAlong(frame, at, path, size, look.reducedMotion);
    drawTail(ctx, frame, at, layout, look, size, far, 0, true);
    drawMessage(ctx, frame, at, path.x0 + path.ux * far, path.y0 + path.uy * far, size, look);
  }
}

/**
 * What is lost is seen to be lost, and where: it stops half way, pale, under a cross.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {Look} look
 */
function drawMessage(ctx, frame, at, x, y, size, look) {
  const gone = isGone(frame, at);
  if (gone) ctx.globalAlpha = 0.4;
  drawGlyph(ctx, frame, at, x, y, size, messageColour(frame, at, look.palette), look.palette);
  if (!gone) return;
  ctx.globalAlpha = 1;
  cross(ctx, x, y, size * 0.9, look.palette.bad);
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} size
 * @param {number} far   along the lane
 * @param {number} side  to the right of it
 * @param {boolean} crowd
 */
function drawTail(ctx, frame, at, layout, look, size, far, side, crowd) {
  const path = lane(layout, frame[at + FLIGHT.FROM], frame[at + FLIGHT.TO]);
  const half = reach(frame[at + FLIGHT.KIND], path.ux, path.uy) * size;
  const colour = messageColour(frame, at, look.palette);
  const x = path.x0 - path.uy * side;
  const y = path.y0 + path.ux * side;
  const back = Math.max(0, far - half);
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(1.5, size * 0.17);
  if (!crowd) {
    // All the way it has come, faintly; with reduced motion all the way it goes, too.
    ctx.globalAlpha = 0.28;
    stretch(ctx, x, y, path, 0, look.reducedMotion ? path.length - size * ARROW : back);
  }
  ctx.globalAlpha = 0.8;
  if (!look.reducedMotion) stretch(ctx, x, y, path, Math.max(0, back - size * 2.6), back);
  ctx.globalAlpha = 1;
  const tip = look.reducedMotion ? path.length : Math.min(path.length, far + half + size * ARROW);
  arrowhead(ctx, x + path.ux * tip, y + path.uy * tip, path.ux, path.uy, size * ARROW, colour);
}

/**
 * @param {Ctx} ctx
 * @param {number} x  start of the lane
 * @param {number} y
 * @param {import('./lanes.js').Lane} path
 * @param {number} from
 * @param {number} to
 */
function stretch(ctx, x, y, path, from, to) {
  if (to <= from) return;
  line(ctx, x + path.ux * from, y + path.uy * from, x + path.ux * to, y + path.uy * to);
  ctx.stroke();
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
function arrowhead(ctx, x, y, ux, uy, s, colour) {
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - ux * s - uy * s * 0.55, y - uy * s + ux * s * 0.55);
  ctx.lineTo(x - ux * s * 0.72, y - uy * s * 0.72);
  ctx.lineTo(x - ux * s + uy * s * 0.55, y - uy * s - ux * s * 0.55);
  fill(ctx, colour);
}
