// Draws one frame of the stage onto a canvas. The caller sizes the canvas (layout.width x layout.height CSS pixels times
// the device pixel ratio); everything else is here and in the files it calls:
//   brokers.js  producer.js  logs.js        what changes with the state
//   brokers.js (timers)  flights.js  draw-marks.js   what changes with every frame
//   sheet.js                                         that what stays is not drawn again

import { drawBrokers, drawGroupHeading, drawTimers } from './brokers.js';
import { drawLogs } from './logs.js';
import { drawProducer } from './producer.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 *
 * @typedef {object} Look
 * @property {import('./palette.js').Palette} palette
 * @property {import('./text.js').Words} words        one function per language, kept: what it said is remembered
 * @property {boolean} reducedMotion
 * @property {import('./marks.js').Marks | null} marks
 * @property {Pick<typeof import('../after.js'), 'drawSheet' | 'drawMarks' | 'drawFlights'> | null} later  fetched after the
 *   first picture, in which nothing flies yet
 * @property {import('../lab/stage.js').LabStage | null} [lab]  comes with the panel for breaking things
 * @property {number | null} focus                    broker that has the keyboard focus
 * @property {import('./hit.js').Hit} hover           what the pointer is over
 * @property {number} nowMs                           wall time, for marks
 */

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawStage(ctx, frame, layout, look) {
  const scale = ctx.canvas.width / layout.width;
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  if (!look.later?.drawSheet(ctx, scale, frame, layout, look, drawState)) drawState(ctx, frame, layout, look);
  ctx.textBaseline = 'middle';
  drawTimers(ctx, frame, layout, look);
  look.later?.drawMarks(ctx, frame, layout, look);
  look.later?.drawFlights(ctx, frame, layout, look);
  look.lab?.drawOver(ctx, frame, layout, look);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
function drawState(ctx, frame, layout, look) {
  ctx.globalAlpha = 1;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = look.palette.paper;
  ctx.fillRect(0, 0, layout.width, layout.height + 1);
  drawGroupHeading(ctx, frame, layout, look);
  drawProducer(ctx, frame, layout, look);
  drawBrokers(ctx, frame, layout, look);
  drawLogs(ctx, frame, layout, look);
}
