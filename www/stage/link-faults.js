// Faults as they are seen on the stage: links that are cut, lossy or slow; brokers that stand still, are cut off, or whose clock
// or disk is wrong. Quiet line work in the greys of the drawing; only what stops messages altogether is red.
//   cut both ways   the line is broken, two strokes across its middle       lossy   dotted, the sparser the more is lost
//   cut one way     a bar across the lane of that direction                  slow    its milliseconds in the middle
//   paused          two bars in place of the ring's hand                     cut off a dashed circle around it

import { BROKER, BROKER_STATE, HEAD } from '../frame.js';
import { isCut, isIsolated, linkOf, sameLinks, tellsLinks } from '../lab/world.js';
import { lane } from './lanes.js';
import { box, circle, dash, fill, line, stroke, write } from './pen.js';
import { font, textWidth } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {import('../lab/words.js').Say} Say
 */

/** A message that takes longer than this is on a slow link, microseconds. */
const SLOW_US = 20_000;

/** @param {number} n @param {number} i @param {number} j */
const isDrawn = (n, i, j) => n <= 5 || j - i === 1 || j - i === n - 1;

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Say} say
 */
export function drawLinkFaults(ctx, frame, layout, look, say) {
  if (!tellsLinks(frame)) return;
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  const alike = n > 1 && allAlike(frame, n);
  if (alike) drawNote(ctx, frame, layout, look, say);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (!isDrawn(n, i, j)) continue;
      const there = isCut(frame, i, j);
      const back = isCut(frame, j, i);
      if (there && back) drawCut(ctx, layout, look, i, j);
      else {
        drawQuality(ctx, frame, layout, look, say, i, j, alike);
        if (there) drawBarrier(ctx, layout, look, i, j);
        if (back) drawBarrier(ctx, layout, look, j, i);
      }
    }
  }
}

/** @param {Float64Array} frame @param {number} n */
function allAlike(frame, n) {
  for (let k = 1; k < n * n; k++) {
    const from = Math.floor(k / n);
    if (from !== k % n && !sameLinks(frame, 1, k)) return false;
  }
  return true;
}

/** @param {Layout} layout @param {number} i @param {number} j */
function between({ brokers }, i, j) {
  const a = brokers[i];
  const b = brokers[j];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return { a, b, ux: (b.x - a.x) / length, uy: (b.y - a.y) / length, mx: (a.x + b.x) / 2, my: (a.y + b.y) / 2 };
}

/** The line between two brokers is wiped out, so that another can be drawn. @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {number} i @param {number} j */
function wipe(ctx, layout, look, i, j) {
  const { a, b } = between(layout, i, j);
  line(ctx, a.x, a.y, b.x, b.y);
  stroke(ctx, look.palette.paper, Math.max(3.5, 4 * layout.u));
}

/** @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {number} i @param {number} j */
function drawCut(ctx, layout, look, i, j) {
  const { u } = layout;
  const { palette } = look;
  const { a, b, ux, uy, mx, my } = between(layout, i, j);
  wipe(ctx, layout, look, i, j);
  line(ctx, a.x, a.y, b.x, b.y);
  dash(ctx, palette.line, Math.max(1, u), 2 * u, 5 * u);
  // Two strokes across, as a draughtsman breaks a line off.
  const s = 8 * u;
  circle(ctx, mx, my, s * 1.25);
  fill(ctx, palette.paper);
  ctx.lineCap = 'round';
  for (const shift of [-0.32, 0.32]) {
    const x = mx + ux * s * shift;
    const y = my + uy * s * shift;
    const dx = (-uy + ux * 0.5) * s * 0.8;
    const dy = (ux + uy * 0.5) * s * 0.8;
    line(ctx, x - dx, y - dy, x + dx, y + dy);
    stroke(ctx, palette.bad, Math.max(1.8, 2 * u));
  }
  ctx.lineCap = 'butt';
}

/** A bar across the lane of one direction. @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {number} from @param {number} to */
function drawBarrier(ctx, layout, look, from, to) {
  const path = lane(layout, from, to);
  const { u } = layout;
  const s = 7 * u;
  const x = (path.x0 + path.x1) / 2;
  const y = (path.y0 + path.y1) / 2;
  ctx.lineCap = 'round';
  line(ctx, x - path.ux * s * 2.4, y - path.uy * s * 2.4, x - path.ux * s * 0.5, y - path.uy * s * 0.5);
  stroke(ctx, look.palette.line, Math.max(1.2, 1.4 * u));
  line(ctx, x + path.uy * s, y - path.ux * s, x - path.uy * s, y + path.ux * s);
  stroke(ctx, look.palette.bad, Math.max(2, 2.4 * u));
  ctx.lineCap = 'butt';
}

/**
 * @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look @param {Say} say
 * @param {number} i @param {number} j @param {boolean} alike  all links are: words stand once, over the ring
 */
function drawQuality(ctx, frame, layout, look, say, i, j, alike) {
  const there = linkOf(frame, i, j);
  const back = linkOf(frame, j, i);
  const loss = Math.max(there.loss, back.loss);
  const { a, b, mx, my } = between(layout, i, j);
  const { u, type } = layout;
  if (loss > 0) {
    wipe(ctx, layout, look, i, j);
    line(ctx, a.x, a.y, b.x, b.y);
    ctx.lineCap = 'round';
    const width = Math.max(1.6, 2 * u);
    dash(ctx, look.palette.line, width, 0.01, width * (2 + loss / 120));
    ctx.lineCap = 'butt';
  }
  if (alike) return;
  const worse = there.latencyUs + there.jitterUs + there.loss >= back.latencyUs + back.jitterUs + back.loss;
  const text = words(say, worse ? there : back);
  if (text === '') return;
  const small = font(type.small);
  const w = textWidth(ctx, text, small);
  ctx.fillStyle = look.palette.paper;
  ctx.fillRect(mx - w / 2 - 3, my - type.small * 0.65, w + 6, type.small * 1.3);
  write(ctx, text, mx, my, small, look.palette.soft);
}

/** What all links are like, once, beside the heading. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look @param {Say} say */
function drawNote(ctx, frame, layout, look, say) {
  const text = words(say, linkOf(frame, 0, 1));
  if (text === '') return;
  const { heading, type } = layout;
  write(ctx, text, heading.x, heading.y + type.heading * 1.45, font(type.small), look.palette.soft, 'left');
}

/** What is worth saying of a link. @param {Say} say @param {import('../lab/world.js').LinkState} link */
export function words(say, link) {
  const t = say.text;
  const parts = [];
  if (link.latencyUs + link.jitterUs > SLOW_US) {
    const ms = (/** @type {number} */ us) => Math.round(us / 1000);
    const from = ms(link.latencyUs);
    const to = ms(link.latencyUs + link.jitterUs);
    parts.push(t('lab.ms', { n: from === to ? from : `${from}–${to}` }));
  }
  for (const [field, permille] of /** @type {const} */ ([
    ['loss', link.loss],
    ['duplicate', link.duplicate],
    ['reorder', link.reorder],
  ])) {
    if (permille > 0) parts.push(`${t(`lab.net.${field}`)} ${t('lab.percent', { n: permille / 10 })}`);
  }
  return parts.join(' · ');
}

/**
 * What is wrong with a broker, on top of its disc.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 * @param {Say} say
 */
export function drawBrokerFaults(ctx, frame, layout, look, i, say) {
  const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
  const { x, y, r } = layout.brokers[i];
  const { palette } = look;
  const { u } = layout;
  if (isIsolated(frame, i)) {
    circle(ctx, x, y, r * 1.3);
    dash(ctx, palette.bad, Math.max(1.2, 1.5 * u), 5 * u, 5 * u);
  }
  if (frame[at + BROKER.STATE] === BROKER_STATE.DEAD) return;
  const paused = frame[at + BROKER.PAUSED] === 1;
  if (paused) {
    // Grey glass over the disc: it is all still there, and nothing in it moves.
    ctx.globalAlpha = 0.62;
    circle(ctx, x, y, r);
    fill(ctx, palette.deadDisc);
    ctx.globalAlpha = 1;
    circle(ctx, x, y, r - Math.max(3, r * 0.12) / 2);
    stroke(ctx, palette.dead, Math.max(1.5, r * 0.05));
    const w = r * 0.17;
    const h = r * 0.62;
    for (const side of [-1, 1]) {
      box(ctx, x + side * r * 0.2 - w / 2, y - h / 2, w, h, w * 0.25);
      fill(ctx, palette.ink);
      stroke(ctx, palette.card, Math.max(1, r * 0.03));
    }
  }
  const text = ailments(frame, at, say, r < 31 * u);
  if (text !== '') drawPill(ctx, text, x, y + r, layout, look);
}

/** @param {Float64Array} frame @param {number} at @param {Say} say @param {boolean} tight */
function ailments(frame, at, say, tight) {
  const parts = [];
  const rate = frame[at + BROKER.CLOCK_PERMILLE];
  if (rate > 0 && rate !== 1000) parts.push(say.text('lab.times', { n: rate / 1000 }));
  const slow = frame[at + BROKER.DISK_SLOW_MS];
  if (frame[at + BROKER.DISK_FULL] === 1) parts.push(say.text('lab.disk.full'));
  else if (slow > 0) parts.push(slow < 1000 ? say.text('lab.ms', { n: slow }) : say.text('lab.s', { n: slow / 1000 }));
  return tight ? (parts[0] ?? '') : parts.join(' · ');
}

/** @param {Ctx} ctx @param {string} text @param {number} x @param {number} y @param {Layout} layout @param {Look} look */
function drawPill(ctx, text, x, y, layout, look) {
  const size = layout.type.small * 0.95;
  const type = font(size, 600);
  const w = textWidth(ctx, text, type) + size * 1.1;
  const h = size * 1.5;
  box(ctx, x - w / 2, y - h / 2, w, h, h / 2);
  fill(ctx, look.palette.card);
  stroke(ctx, look.palette.dead, Math.max(1, layout.u));
  write(ctx, text, x, y + 0.5, type, look.palette.ink);
}
