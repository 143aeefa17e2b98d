// Faults as they are seen on the stage: links that are cut, lossy or slow; brokers that stand still, are cut off, or whose clock
// or disk is wrong. Quiet line work in the greys of the drawing; only what stops messages altogether is red.
//   cut both ways   the line is broken, two strokes across its middle       lossy   dotted, the sparser the more is lost
//   cut one way     a bar across the lane of that direction                  slow    its milliseconds in the middle
//   paused          grey, two bars in place of the term                      cut off a dashed circle around it

import { BROKER, BROKER_STATE, DISK, HEAD, LINK } from '../frame.js';
import { flawsOf, isCut, isIsolated, sameLinks, tellsLinks } from '../lab/world.js';
import { lane } from './lanes.js';
import { brokerName } from './names.js';
import { box, circle, dash, fill, line, stroke, write } from './pen.js';
import { font, textWidth } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {import('../lab/words.js').Say} Say
 * @typedef {import('../lab/world.js').LinkState} LinkState
 * @typedef {import('../lab/panel.js').Details} Details
 */

/** A message that takes longer than this is on a slow link, microseconds. */
const SLOW_US = 20_000;

/** Between two things that are said of a link. */
const GAP = ' · ';

/** In a large group only neighbours are joined. @param {number} n @param {number} i @param {number} j */
const isDrawn = (n, i, j) => n <= 5 || j - i === 1 || j - i === n - 1;

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Say} say
 * @param {Details | undefined} details
 */
export function drawLinkFaults(ctx, frame, layout, look, say, details) {
  if (!tellsLinks(frame)) return;
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  const alike = n > 1 && details !== undefined && flawed(frame, n) && allAlike(n, details);
  if (alike) drawNote(ctx, layout, look, parts(say, details.link(0, 1)));
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (!isDrawn(n, i, j)) continue;
      const there = flawsOf(frame, i, j);
      const back = flawsOf(frame, j, i);
      if (there & back & LINK.CUT) {
        drawCut(ctx, layout, look, i, j);
        continue;
      }
      if ((there | back) & LINK.LOSSY) drawLossy(ctx, layout, look, i, j, details);
      if (!alike && (there | back) > LINK.CUT) drawWords(ctx, layout, look, i, j, worst(say, i, j, details));
      if (there & LINK.CUT) drawBarrier(ctx, layout, look, i, j);
      if (back & LINK.CUT) drawBarrier(ctx, layout, look, j, i);
    }
  }
}

/** Whether any link loses or delays. @param {Float64Array} frame @param {number} n */
function flawed(frame, n) {
  for (let k = 0; k < n * n; k++) if (frame[frame[HEAD.LINKS_AT] + k] > LINK.CUT) return true;
  return false;
}

/** @param {number} n @param {Details} details */
function allAlike(n, { link }) {
  const first = link(0, 1);
  for (let from = 0; from < n; from++) {
    for (let to = 0; to < n; to++) if (from !== to && !sameLinks(first, link(from, to))) return false;
  }
  return true;
}

/** @param {Layout} layout @param {number} i @param {number} j */
function between({ brokers }, i, j) {
  const a = brokers[i];
  const b = brokers[j];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return {
    a,
    b,
    ux: (b.x - a.x) / length,
    uy: (b.y - a.y) / length,
    mx: (a.x + b.x) / 2,
    my: (a.y + b.y) / 2,
  };
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
  const s = 9 * u;
  const x = (path.x0 + path.x1) / 2;
  const y = (path.y0 + path.y1) / 2;
  ctx.lineCap = 'round';
  line(ctx, path.x0, path.y0, x - path.ux * 3 * u, y - path.uy * 3 * u);
  stroke(ctx, look.palette.line, Math.max(1.2, 1.4 * u));
  line(ctx, x + path.uy * s, y - path.ux * s, x - path.uy * s, y + path.ux * s);
  stroke(ctx, look.palette.bad, Math.max(2, 2.4 * u));
  ctx.lineCap = 'butt';
}

/**
 * Dots, the sparser the more is lost.
 * @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {number} i @param {number} j
 * @param {Details | undefined} details
 */
function drawLossy(ctx, layout, look, i, j, details) {
  const { a, b } = between(layout, i, j);
  const loss = details ? Math.max(details.link(i, j).loss_permille, details.link(j, i).loss_permille) : 200;
  wipe(ctx, layout, look, i, j);
  line(ctx, a.x, a.y, b.x, b.y);
  ctx.lineCap = 'round';
  const width = Math.max(1.6, 2 * layout.u);
  dash(ctx, look.palette.line, width, 0.01, width * (2 + loss / 120));
  ctx.lineCap = 'butt';
}

/** In the middle of a link. @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {number} i @param {number} j @param {string} text */
function drawWords(ctx, layout, look, i, j, text) {
  if (text === '') return;
  const { mx, my } = between(layout, i, j);
  const { small } = layout.type;
  const type = font(small);
  const w = textWidth(ctx, text, type);
  ctx.fillStyle = look.palette.paper;
  ctx.fillRect(mx - w / 2 - 3, my - small * 0.65, w + 6, small * 1.3);
  write(ctx, text, mx, my, type, look.palette.soft);
}

/**
 * What all links are like, once: under the heading, or, where the producer is there, line by line at the ring's right.
 * @param {Ctx} ctx @param {Layout} layout @param {Look} look @param {string[]} parts
 */
function drawNote(ctx, layout, look, parts) {
  const { heading, type, producer, mode, logs, width, u } = layout;
  const under = heading.y + type.heading * 1.45;
  if (producer.y > under + type.small)
    return write(ctx, parts.join(GAP), heading.x, under, font(type.small), look.palette.soft, 'left');
  const right = mode === 'wide' ? logs.left - 14 * u : width - heading.x;
  parts.forEach((part, k) =>
    write(ctx, part, right, heading.y + k * type.line, font(type.small), look.palette.soft, 'right'),
  );
}

/** Words for the worse of the two directions. @param {Say} say @param {number} i @param {number} j @param {Details | undefined} details */
function worst(say, i, j, details) {
  if (!details) return '';
  const [there, back] = [details.link(i, j), details.link(j, i)];
  const weight = (/** @type {LinkState} */ one) =>
    one.latency_us +
    one.jitter_us +
    1000 * (one.loss_permille + one.duplicate_permille + one.reorder_permille);
  return words(say, weight(there) >= weight(back) ? there : back);
}

/** What is worth saying of a link. @param {Say} say @param {LinkState} link */
export const words = (say, link) => parts(say, link).join(GAP);

/** @param {Say} say @param {LinkState} link */
function parts(say, link) {
  const t = say.text;
  const all = [];
  if (link.latency_us + link.jitter_us > SLOW_US) {
    const ms = (/** @type {number} */ us) => Math.round(us / 1000);
    const from = ms(link.latency_us);
    const to = ms(link.latency_us + link.jitter_us);
    all.push(t('lab.ms', { n: from === to ? from : `${from}–${to}` }));
  }
  for (const field of /** @type {const} */ (['loss', 'duplicate', 'reorder'])) {
    const permille = link[`${field}_permille`];
    if (permille > 0) all.push(`${t(`lab.net.${field}`)} ${t('lab.percent', { n: permille / 10 })}`);
  }
  return all;
}

/**
 * A broker that is cut off, or stands still.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
export function drawBrokerFaults(ctx, frame, layout, look, i) {
  const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
  const { x, y, r } = layout.brokers[i];
  const { palette } = look;
  const { type, u } = layout;
  if (isIsolated(frame, i)) {
    // Not through the votes that are counted above it.
    const gap = frame[at + BROKER.VOTES] < 0 ? 0 : 0.5;
    ctx.beginPath();
    ctx.arc(x, y, r * 1.22, gap - Math.PI / 2, 1.5 * Math.PI - gap);
    dash(ctx, palette.dead, Math.max(1.2, 1.5 * u), 5 * u, 5 * u);
  }
  if (frame[at + BROKER.STATE] === BROKER_STATE.PAUSED) {
    circle(ctx, x, y, r);
    fill(ctx, palette.deadDisc);
    stroke(ctx, palette.dead, Math.max(1.5, r * 0.05));
    write(ctx, brokerName(i), x, y - r * 0.2, font(type.name, 650), palette.dead);
    const w = r * 0.13;
    const h = r * 0.4;
    for (const side of [-1, 1]) {
      box(ctx, x + side * r * 0.15 - w / 2, y + r * 0.2, w, h, w * 0.25);
      fill(ctx, palette.ink);
    }
  }
}

/**
 * What is wrong with clocks and disks, in words at the discs' lower rims: over the rings that run down.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 * @param {Say} say
 * @param {Details | undefined} details
 */
export function drawAilments(ctx, frame, layout, look, say, details) {
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    if (frame[at + BROKER.STATE] === BROKER_STATE.DEAD) continue;
    const { x, y, r } = layout.brokers[i];
    const slow = frame[at + BROKER.DISK] & DISK.SLOW ? details?.disk(i).slow_ms : undefined;
    const text = ailments(frame, at, say, slow, r < 31 * layout.u);
    if (text !== '') drawPill(ctx, text, x, y + r, layout, look);
  }
}

/**
 * @param {Float64Array} frame @param {number} at @param {Say} say @param {number | undefined} slow  milliseconds
 * @param {boolean} tight  there is room for one only
 */
function ailments(frame, at, say, slow, tight) {
  const parts = [];
  const rate = frame[at + BROKER.CLOCK_PERMILLE];
  const disk = frame[at + BROKER.DISK];
  if (rate > 0 && rate !== 1000) parts.push(say.text('lab.times', { n: rate / 1000 }));
  if (disk & DISK.FULL) parts.push(say.text('lab.disk.full'));
  else if (disk & DISK.SLOW) {
    const s =
      slow === undefined
        ? ''
        : slow < 1000
          ? say.text('lab.ms', { n: slow })
          : say.text('lab.s', { n: slow / 1000 });
    parts.push(say.text('lab.disk.slow.short', { s }).trim());
  }
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
