// Draws marks: rings that widen at a broker, cells that fill or fall, an X where a connection was refused. With reduced
// motion the same things stand still and vanish.

import { BROKER, CELL, HEAD, QUEUE, UNIT } from '../frame.js';
import { firstIndexShown } from './geometry.js';
import { lane } from './lanes.js';
import { drawCell } from './logs.js';
import { termColour } from './palette.js';
import { box, circle, fill, line, stroke, write } from './pen.js';
import { cross } from './shapes.js';
import { digits, font } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {import('./marks.js').Mark} Mark
 */

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawMarks(ctx, frame, layout, look) {
  const living = look.marks?.at(look.nowMs) ?? [];
  if (living.length === 0) return;
  const first = firstIndexShown(frame, layout.columns);
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  for (const mark of living) {
    if (mark.broker >= n || mark.start > look.nowMs) continue;
    // Marks start fast and come to rest.
    const p = (look.nowMs - mark.start) / (mark.until - mark.start);
    const eased = look.reducedMotion ? 0.4 : 1 - (1 - p) ** 2;
    drawMark(ctx, frame, layout, look, mark, eased, first);
    ctx.globalAlpha = 1;
  }
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Mark} mark
 * @param {number} p  0 to 1
 * @param {number} first
 */
function drawMark(ctx, frame, layout, look, mark, p, first) {
  const { palette } = look;
  switch (mark.what) {
    case 'appended':
      return outlineCell(ctx, frame, layout, look, mark, p, first);
    case 'committed':
      return sweep(ctx, frame, layout, look, mark, p, first);
    case 'truncated':
      return ghosts(ctx, layout, look, mark, p, first);
    case 'dispatched':
      return outlineUnit(ctx, frame, layout, look, mark, p);
    case 'put': {
      const { x, y, w, h } = layout.producer;
      const grow = p * 5 * layout.u;
      ctx.globalAlpha = 1 - p;
      box(ctx, x - grow, y - grow, w + 2 * grow, h + 2 * grow, 8 * layout.u + grow);
      stroke(ctx, mark.ok ? palette.ok : palette.bad, 2.5 * layout.u);
      if (mark.ok) return;
      // Why it failed, in RocketMQ's own word, on the side of the box that is away from the ring.
      const { line } = layout.type;
      const above = y > layout.heading.y + 3 * line;
      ctx.globalAlpha = 1;
      return write(
        ctx,
        mark.text,
        x,
        above ? y - line * 0.8 : y + h + line * 0.8,
        font(layout.type.small, 600),
        palette.bad,
        'left',
      );
    }
    case 'refused': {
      if (mark.broker < 0) return;
      const path = lane(layout, mark.from, mark.broker);
      const s = layout.glyph;
      ctx.globalAlpha = Math.min(1, 2 - 2 * p);
      return cross(ctx, path.x1 - path.ux * s * 1.1, path.y1 - path.uy * s * 1.1, s * 0.8, palette.bad);
    }
    default: {
      const hue = termColour(
        palette,
        frame[frame[HEAD.BROKERS_AT] + mark.broker * BROKER.STRIDE + BROKER.TERM],
      );
      const colour =
        mark.what === 'role' || mark.what === 'started' ? hue : mark.ok ? palette.ok : palette.bad;
      const { x, y, r } = layout.brokers[mark.broker];
      // The answer in flight says why; at the broker a refusal is only hinted at.
      const hint = mark.what === 'refusedVote';
      ctx.globalAlpha = (1 - p) * (hint ? 0.55 : 1);
      circle(ctx, x, y, r * (1.14 + 0.2 * p));
      return stroke(ctx, colour, Math.max(1.5, r * (hint ? 0.03 : 0.06)));
    }
  }
}

/**
 * Left edge of an entry's cell; NaN when it is outside the window.
 * @param {Layout} layout
 * @param {number} index
 * @param {number} first
 */
function cellX(layout, index, first) {
  const column = index - first;
  const { cell, x } = layout.logs;
  return column >= 0 && column < layout.columns ? x + column * (cell.w + cell.gap) : NaN;
}

/**
 * An entry that was just appended.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Mark} mark
 * @param {number} p
 * @param {number} first
 */
function outlineCell(ctx, frame, layout, look, mark, p, first) {
  const x = cellX(layout, mark.index, first);
  const from = cellAt(frame, mark.broker, mark.index);
  if (Number.isNaN(x) || from < 0) return;
  const { cell } = layout.logs;
  const grow = (1 + p * 4) * layout.u;
  ctx.globalAlpha = 1 - p;
  box(
    ctx,
    x - grow,
    layout.rows[mark.broker].cellY - grow,
    cell.w + 2 * grow,
    cell.h + 2 * grow,
    4 * layout.u + grow,
  );
  stroke(ctx, termColour(look.palette, frame[from + CELL.TERM]), 2.5 * layout.u);
}

/**
 * Where an entry's cell is in the frame; -1: not there.
 * @param {Float64Array} frame
 * @param {number} broker
 * @param {number} index
 */
function cellAt(frame, broker, index) {
  const column = index - frame[HEAD.FIRST_INDEX];
  if (column < 0 || column >= frame[HEAD.COLUMNS]) return -1;
  const at = frame[HEAD.CELLS_AT] + (broker * frame[HEAD.COLUMNS] + column) * CELL.STRIDE;
  return frame[at + CELL.TERM] < 0 ? -1 : at;
}

/**
 * Committing fills the cells from left to right: what is not yet reached is still drawn hollow.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Mark} mark
 * @param {number} p
 * @param {number} first
 */
function sweep(ctx, frame, layout, look, mark, p, first) {
  if (look.reducedMotion) return outlineCell(ctx, frame, layout, look, mark, p, first);
  const { cell } = layout.logs;
  const y = layout.rows[mark.broker].cellY;
  const start = Math.max(mark.from, first);
  const reached = start + (mark.index + 1 - start) * p;
  for (let index = Math.floor(reached); index <= mark.index; index++) {
    const x = cellX(layout, index, first);
    const from = cellAt(frame, mark.broker, index);
    if (Number.isNaN(x) || from < 0) continue;
    const done = Math.max(0, reached - index) * cell.w;
    ctx.save();
    ctx.beginPath();
    ctx.rect(x + done, y - 1, cell.w - done, cell.h + 2);
    ctx.clip();
    ctx.fillStyle = look.palette.paper;
    ctx.fillRect(x + done, y, cell.w - done, cell.h);
    drawCell(ctx, frame, from, index, false, true, x, y, layout, look);
    ctx.restore();
  }
}

/**
 * Truncated cells sink, struck through, and fade.
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {Mark} mark
 * @param {number} p
 * @param {number} first
 */
function ghosts(ctx, layout, look, mark, p, first) {
  const { cell } = layout.logs;
  const { palette } = look;
  const fall = look.reducedMotion ? 0 : p * p * cell.h * 0.6;
  const y = layout.rows[mark.broker].cellY + fall;
  ctx.globalAlpha = look.reducedMotion ? 0.9 : Math.min(1, 1.6 * (1 - p));
  for (let k = 0; k < mark.terms.length; k++) {
    const x = cellX(layout, mark.from + k, first);
    if (Number.isNaN(x)) continue;
    const hue = termColour(palette, mark.terms[k]);
    box(ctx, x + 1, y + 1, cell.w - 2, cell.h - 2, 4 * layout.u);
    fill(ctx, palette.paper);
    stroke(ctx, hue, 1.5 * layout.u);
    write(ctx, digits(mark.from + k), x + cell.w / 2, y + cell.h / 2, font(layout.type.cell, 700), hue);
    line(ctx, x + 3, y + cell.h - 3, x + cell.w - 3, y + 3);
    stroke(ctx, palette.bad, 2 * layout.u);
  }
}

/**
 * A ConsumeQueue unit that was just written.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Mark} mark  from is the queue, index the entry
 * @param {number} p
 */
function outlineUnit(ctx, frame, layout, look, mark, p) {
  const { unit } = layout.logs;
  const place = layout.rows[mark.broker].queues[mark.from];
  if (unit.mode === 'none' || place === undefined || mark.from >= frame[HEAD.QUEUES]) return;
  const stride = QUEUE.LENGTH + frame[HEAD.UNITS] * UNIT.STRIDE;
  const at = frame[HEAD.QUEUES_AT] + (mark.broker * frame[HEAD.QUEUES] + mark.from) * stride;
  const shown = frame[at + QUEUE.SHOWN];
  const skipped = shown - Math.min(shown, unit.count);
  for (let k = shown - 1; k >= skipped; k--) {
    const from = at + QUEUE.LENGTH + k * UNIT.STRIDE;
    if (frame[from + UNIT.INDEX] !== mark.index) continue;
    const grow = p * 3 * layout.u;
    ctx.globalAlpha = 1 - p;
    ctx.strokeStyle = termColour(look.palette, frame[from + UNIT.TERM]);
    ctx.lineWidth = 2 * layout.u;
    ctx.beginPath();
    const x = place.x + unit.labelW + (k - skipped) * (unit.w + unit.gap);
    ctx.roundRect(x - grow, place.y - grow, unit.w + 2 * grow, unit.h + 2 * grow, 3 * layout.u + grow);
    return ctx.stroke();
  }
}
