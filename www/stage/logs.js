// The logs: CommitLog cells in aligned columns, the bar behind the last committed entry, ConsumeQueue units under them.
//   committed    solid in the term's hue       no-op      lower, with its word
//   uncommitted  hollow, dashed outline        no entry   a faint slot
// The log of a broker that is down or starting is dimmed, not gone: its disk stays. What of it is committed nobody knows then, so
// its cells are neither solid nor dashed.

import { BROKER, BROKER_STATE, CELL, ENTRY, HEAD, QUEUE, ROLE, UNIT } from '../frame.js';
import { firstIndexShown } from './geometry.js';
import { hovers } from './hit.js';
import { brokerName } from './names.js';
import { termColour } from './palette.js';
import { box, circle, dash, fill, stroke, write } from './pen.js';
import { crown, cross } from './shapes.js';
import { digits, font, textWidth, wordsWith } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 */

const DIMMED = 0.42;

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawLogs(ctx, frame, layout, look) {
  const first = firstIndexShown(frame, layout.columns);
  drawHeading(ctx, layout, look);
  const n = Math.min(frame[HEAD.BROKERS], layout.rows.length);
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    drawRow(ctx, frame, at, i, first, layout, look);
    drawQueues(ctx, frame, i, layout, look);
    ctx.globalAlpha = 1;
  }
}

/**
 * What the rows are and, at the right, what the cells mean.
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 */
function drawHeading(ctx, layout, look) {
  const { logs, type, u } = layout;
  const { palette, words } = look;
  const bold = font(type.heading, 650);
  const small = font(type.small);
  const title = words('stage.commitlog');
  let left = logs.left + textWidth(ctx, title, bold) + 10 * u;
  write(ctx, title, logs.left, logs.y, bold, palette.ink, 'left');

  const key = 11 * u;
  const legend = [words('stage.committed'), words('stage.uncommitted')];
  let width = -14 * u;
  for (const text of legend) width += textWidth(ctx, text, small) + key * 1.5 + 19 * u;
  const right = logs.x + logs.width;
  const note = words('stage.queues');
  if (logs.unit.mode !== 'none' && left + textWidth(ctx, note, small) + 20 * u < right - width) {
    write(ctx, note, left, logs.y + 0.5, small, palette.soft, 'left');
    left += textWidth(ctx, note, small) + 20 * u;
  }
  if (left > right - width) return;
  let x = right - width;
  legend.forEach((text, i) => {
    box(ctx, x, logs.y - key / 2, key * 1.5, key, 2.5 * u);
    if (i === 0) fill(ctx, palette.soft);
    else dash(ctx, palette.soft, Math.max(1.2, 1.3 * u), 3 * u, 2 * u);
    write(ctx, text, x + key * 1.5 + 5 * u, logs.y + 0.5, small, palette.soft, 'left');
    x += key * 1.5 + 19 * u + textWidth(ctx, text, small);
  });
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {number} i
 * @param {number} first
 * @param {Layout} layout
 * @param {Look} look
 */
function drawRow(ctx, frame, at, i, first, layout, look) {
  const { logs, rows, type, u } = layout;
  const { palette } = look;
  const { cell } = logs;
  const y = rows[i].cellY;
  const state = frame[at + BROKER.STATE];
  // What is paused still knows all it knew.
  const away = state !== BROKER_STATE.UP && state !== BROKER_STATE.PAUSED;
  const hovered = hovers(look, i);
  if (hovered || look.focus === i) {
    ctx.fillStyle = palette.band;
    box(
      ctx,
      logs.left - 6 * u,
      rows[i].y - 3 * u,
      logs.x + logs.width - logs.left + 10 * u,
      logs.rowHeight - 4 * u,
      8 * u,
    );
    ctx.fill();
  }
  const nameX = logs.left + type.cell * 0.6;
  const middle = y + cell.h / 2;
  if (state === BROKER_STATE.DEAD) {
    cross(ctx, nameX, middle, type.cell * 0.95, palette.line);
    circle(ctx, nameX, middle, type.cell * 0.68);
    fill(ctx, palette.paper);
  }
  write(ctx, brokerName(i), nameX, middle, font(type.cell * 1.2, 650), away ? palette.dead : palette.ink);
  const leads = !away && frame[at + BROKER.ROLE] === ROLE.LEADER;
  if (leads) {
    crown(
      ctx,
      nameX,
      middle - type.cell * 0.8,
      type.cell * 0.42,
      termColour(palette, frame[at + BROKER.TERM]),
    );
  }
  if (away) ctx.globalAlpha = DIMMED;
  const committed = frame[at + BROKER.COMMITTED_INDEX];
  const offered = frame[HEAD.COLUMNS];
  const step = cell.w + cell.gap;
  for (let column = 0; column < layout.columns; column++) {
    const x = logs.x + column * step;
    const k = first - frame[HEAD.FIRST_INDEX] + column;
    const from = frame[HEAD.CELLS_AT] + (i * offered + k) * CELL.STRIDE;
    // Columns past the last one that the frame offers are empty slots like any other.
    if (k >= offered || frame[from + CELL.TERM] < 0) drawSlot(ctx, x, y, layout, palette);
    else drawCell(ctx, frame, from, first + column, first + column <= committed, !away, x, y, layout, look);
  }
  const end = frame[at + BROKER.END_INDEX];
  if (end < first) {
    // No entry of its log is in the window: it has none, or it ends before the first column.
    const note = end < 0 ? look.words('stage.empty') : wordsWith(look.words, 'stage.before', 'index', end);
    const fits = Math.min(1, (cell.w - 5) / textWidth(ctx, note, font(type.small)));
    write(ctx, note, logs.x + cell.w / 2, middle, font(type.small * fits), palette.soft);
  }
  if (committed >= first && committed < first + layout.columns) {
    const bar = logs.x + (committed - first + 1) * step - cell.gap / 2;
    const width = Math.max(2, 2.6 * u);
    const over = Math.min(4 * u, cell.h * 0.14);
    ctx.fillStyle = palette.ink;
    ctx.fillRect(bar - width / 2, y - over, width, cell.h + 2 * over);
  }
}

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {Layout} layout
 * @param {import('./palette.js').Palette} palette
 */
function drawSlot(ctx, x, y, { logs: { cell }, u }, palette) {
  box(ctx, x + 0.5, y + 0.5, cell.w - 1, cell.h - 1, 4 * u);
  stroke(ctx, palette.faint, 1);
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} from  where the cell starts
 * @param {number} index
 * @param {boolean} committed
 * @param {boolean} alive
 * @param {number} x
 * @param {number} y
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawCell(ctx, frame, from, index, committed, alive, x, y, layout, look) {
  const { logs, type, u } = layout;
  const { palette } = look;
  const { w, h } = logs.cell;
  const hue = termColour(palette, frame[from + CELL.TERM]);
  const noop = frame[from + CELL.ENTRY] === ENTRY.NOOP;
  const inset = noop ? Math.round(h * 0.13) : 0;
  const line = committed ? 0 : Math.max(1.5, 1.8 * u);
  box(ctx, x + line / 2, y + inset + line / 2, w - line, h - 2 * inset - line, 4 * u);
  fill(ctx, committed ? hue : palette.card);
  // Dashes grow with the stage, else they would be dots on a projector.
  if (!committed) dash(ctx, hue, line, 4 * u, alive ? 2.6 * u : 0);
  const below = type.carried > 0 && (noop || frame[from + CELL.MESSAGE] >= 0);
  const colour = committed ? palette.onHue : hue;
  const middle = x + w / 2;
  const size = noop && below ? type.cell * 0.88 : type.cell;
  write(ctx, digits(index), middle, y + h * (below ? 0.36 : 0.52), font(size, 700), colour);
  if (!below) return;
  const carried = noop
    ? look.words('stage.noop')
    : wordsWith(look.words, 'stage.message', 'message', frame[from + CELL.MESSAGE]);
  write(ctx, carried, middle, y + h * (noop ? 0.68 : 0.74), font(type.carried, 500), colour);
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} i
 * @param {Layout} layout
 * @param {Look} look
 */
function drawQueues(ctx, frame, i, layout, look) {
  const { logs, rows, u } = layout;
  const small = font(layout.type.unit);
  const { unit } = logs;
  if (unit.mode === 'none') return;
  const { palette, words } = look;
  const stride = QUEUE.LENGTH + frame[HEAD.UNITS] * UNIT.STRIDE;
  const queues = Math.min(frame[HEAD.QUEUES], rows[i].queues.length);
  for (let q = 0; q < queues; q++) {
    const at = frame[HEAD.QUEUES_AT] + (i * frame[HEAD.QUEUES] + q) * stride;
    const { x, y } = rows[i].queues[q];
    const shown = frame[at + QUEUE.SHOWN];
    const count = Math.min(shown, unit.count);
    const name = wordsWith(words, 'stage.queue', 'queue', q);
    write(ctx, name, x, y + unit.h / 2, small, palette.soft, 'left');
    let left = x + unit.labelW;
    for (let k = shown - count; k < shown; k++, left += unit.w + unit.gap) {
      const from = at + QUEUE.LENGTH + k * UNIT.STRIDE;
      const hue = termColour(palette, frame[from + UNIT.TERM]);
      if (unit.mode === 'ticks') {
        ctx.fillStyle = hue;
        ctx.fillRect(left, y, unit.w, unit.h);
        continue;
      }
      box(ctx, left + 0.7, y + 0.7, unit.w - 1.4, unit.h - 1.4, 2.5 * u);
      stroke(ctx, hue, Math.max(1.2, 1.4 * u));
      // A unit may point where no entry is any more.
      const index = frame[from + UNIT.INDEX] < 0 ? '?' : digits(frame[from + UNIT.INDEX]);
      write(ctx, index, left + unit.w / 2, y + unit.h * 0.54, small, palette.soft);
    }
    if (shown === 0) {
      // An empty queue is a place where something will come, not a label without a thing.
      box(ctx, left + 0.5, y + 0.5, unit.w - 1, unit.h - 1, 2.5 * u);
      stroke(ctx, palette.faint, 1);
    }
  }
}
