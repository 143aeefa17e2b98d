// The producer: a box with what became of its last message, and a dotted line to the broker it sends to, which may
// be dead: it asks for another every 30 s.

import { HEAD } from '../frame.js';
import { envelope } from './shapes.js';
import { box, dash, fill, line, stroke, write } from './pen.js';
import { font, textWidth, wordsWith } from './text.js';

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
export function drawProducer(ctx, frame, layout, look) {
  const { x, y, w, h } = layout.producer;
  const { palette, words } = look;
  const u = layout.u;
  const to = layout.brokers[frame[HEAD.PRODUCER_TO]];
  if (to !== undefined) {
    ctx.lineCap = 'round';
    line(ctx, x + w / 2, y + h / 2, to.x, to.y);
    dash(ctx, palette.line, Math.max(1.5, 1.6 * u), 0.5, 5 * u);
    ctx.lineCap = 'butt';
  }
  const hovered = look.hover?.what === 'producer';
  box(ctx, x, y, w, h, 8 * u);
  fill(ctx, hovered ? palette.band : palette.card);
  stroke(ctx, hovered ? palette.ink : palette.line, Math.max(1.2, 1.4 * u));

  const title = words('stage.producer');
  const bold = font(Math.max(12, 13 * u), 650);
  const icon = 7.5 * u;
  const middle = x + w / 2;
  const beside = icon * 2 + 6 * u;
  const width = textWidth(ctx, title, bold);
  const room = width + beside <= w - 12 * u;
  const left = middle - (width + (room ? beside : 0)) / 2;
  if (room) envelope(ctx, left + icon, y + h * 0.33, icon, palette.ink, palette.card);
  write(ctx, title, left + (room ? beside : 0), y + h * 0.33, bold, palette.ink, 'left');

  const last = frame[HEAD.PRODUCER_LAST];
  const pending = frame[HEAD.PRODUCER_PENDING] > 0;
  const sent = frame[HEAD.PRODUCER_SENT];
  const ok = frame[HEAD.PRODUCER_LAST_OK] === 1;
  const type = font(layout.type.small, last >= 0 && !pending ? 600 : 400);
  const colour = pending || last < 0 ? palette.soft : ok ? palette.ok : palette.bad;
  const news = hovered
    ? words('stage.hint.send')
    : pending
      ? wordsWith(words, 'stage.producer.pending', 'message', sent - 1)
      : last < 0
        ? words('stage.producer.idle')
        : wordsWith(words, ok ? 'stage.producer.ok' : 'stage.producer.failed', 'message', last);
  write(ctx, news, middle, y + h * 0.71, type, colour);
}
