// The brokers: links, discs, rings that run down, votes. Their labels are in broker-labels.js. A role differs in shape as well as in word and colour:
//   leader     crown, second ring outside       follower   plain ring
//   candidate  broken ring, its votes above     down       flat, grey, crossed out
//                                               starting   flat, grey, a thin dotted rim
//                                               paused     the same, and two bars (link-faults.js)
// drawBrokers draws what changes with the state; drawTimers what changes with every frame.

import { BROKER, BROKER_STATE, HEAD, ROLE, TIMER } from '../frame.js';
import { drawLabel, drawTimerText } from './broker-labels.js';
import { hovers } from './hit.js';
import { brokerName } from './names.js';
import { termColour } from './palette.js';
import { ROUND, SOLID, box, circle, dash, fill, line, shape, stroke, write } from './pen.js';
import { crown, paper } from './shapes.js';
import { font, textWidth, wordsWith } from './text.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {CanvasRenderingContext2D} Ctx
 */

const TOP = -Math.PI / 2;
const SLASH = [1, -1, -1, 1];
const BACKSLASH = [-1, -1, 1, 1];

/** Thickness of the ring. @param {number} r */
const ringWidth = (r) => Math.max(3, r * 0.12);

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawBrokers(ctx, frame, layout, look) {
  drawLinks(ctx, frame, layout, look);
  look.lab?.drawLinks(ctx, frame, layout, look);
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    if (look.focus === i) drawFocus(ctx, layout, look, i);
    const state = frame[at + BROKER.STATE];
    if (state !== BROKER_STATE.UP) drawAway(ctx, layout, look, i, state === BROKER_STATE.DEAD);
    else drawLiving(ctx, frame, at, layout, look, i);
    look.lab?.drawBroker(ctx, frame, layout, look, i);
    drawLabel(ctx, frame, at, layout, look, i);
  }
}

/**
 * Who could talk to whom, faintly; who follows whom, in the term's hue.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
function drawLinks(ctx, frame, layout, look) {
  const { brokers } = layout;
  const at = frame[HEAD.BROKERS_AT];
  ctx.beginPath();
  for (let i = 0; i < brokers.length; i++) {
    for (let j = i + 1; j < brokers.length; j++) {
      // In a large group only neighbours are joined: all the lines would be a net that hides the messages.
      if (brokers.length > 5 && j - i !== 1 && j - i !== brokers.length - 1) continue;
      ctx.moveTo(brokers[i].x, brokers[i].y);
      ctx.lineTo(brokers[j].x, brokers[j].y);
    }
  }
  stroke(ctx, look.palette.faint, Math.max(1, layout.u));
  for (let i = 0; i < brokers.length; i++) {
    const me = at + i * BROKER.STRIDE;
    const leader = frame[me + BROKER.LEADER_ID];
    if (frame[me + BROKER.STATE] !== BROKER_STATE.UP || leader < 0 || leader === i) continue;
    if (frame[at + leader * BROKER.STRIDE + BROKER.STATE] !== BROKER_STATE.UP) continue;
    ctx.globalAlpha = 0.25;
    line(ctx, brokers[i].x, brokers[i].y, brokers[leader].x, brokers[leader].y);
    stroke(ctx, termColour(look.palette, frame[me + BROKER.TERM]), Math.max(1.5, 2 * layout.u));
  }
  ctx.globalAlpha = 1;
}

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
function drawLiving(ctx, frame, at, layout, look, i) {
  const { x, y, r } = layout.brokers[i];
  const { palette } = look;
  const role = frame[at + BROKER.ROLE];
  const hue = termColour(palette, frame[at + BROKER.TERM]);
  const width = ringWidth(r);
  const hovered = hovers(look, i);

  if (role === ROLE.LEADER) {
    circle(ctx, x, y, r + width * 1.25);
    fill(ctx, palette.paper);
    circle(ctx, x, y, r + width * 0.95);
    stroke(ctx, hue, Math.max(1.5, width * 0.4));
    crown(ctx, x, y - r - width * 1.25 - r * 0.05, Math.max(7, r * 0.27), hue);
  }
  circle(ctx, x, y, r);
  fill(ctx, hovered ? palette.band : palette.card);
  ctx.strokeStyle = palette.faint;
  ctx.lineWidth = width;
  if (role === ROLE.CANDIDATE) ctx.setLineDash(brokenRing(r));
  // From the top and against the clock, as the arc over it is drawn: so the gaps of both are in the same places.
  ctx.beginPath();
  ctx.arc(x, y, r - width / 2, TOP, TOP - ROUND, true);
  ctx.stroke();
  ctx.setLineDash(SOLID);

  write(ctx, brokerName(i), x, y - r * 0.16, font(layout.type.name, 650), palette.ink);
  ctx.fillStyle = hue;
  ctx.font = font(layout.type.term, 650);
  // In a small disc only the letter and the number of a term can be read.
  const term = r < 31 ? 'stage.term.short' : 'stage.term';
  ctx.fillText(wordsWith(look.words, term, 'term', frame[at + BROKER.TERM]), x, y + r * 0.42);

  if (role === ROLE.CANDIDATE) {
    drawVotes(ctx, frame, at, layout, look, i, hue);
  }
}

/** @type {Map<number, number[]>} */
const dashes = new Map();

/** A dash that closes evenly around the ring. @param {number} r */
function brokenRing(r) {
  let dash = dashes.get(r);
  if (dash === undefined) {
    const step = (ROUND * (r - ringWidth(r) / 2)) / 16;
    dash = [step * 0.68, step * 0.32];
    dashes.set(r, dash);
  }
  return dash;
}

/**
 * Votes of the open round, one ballot for each that is needed: those it has are filled.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 * @param {string} hue
 */
function drawVotes(ctx, frame, at, layout, look, i, hue) {
  const votes = frame[at + BROKER.VOTES];
  if (votes < 0) return;
  const { x, y, r } = layout.brokers[i];
  const needed = frame[HEAD.QUORUM];
  const size = Math.max(6, r * 0.2);
  const step = size * 1.35;
  const crowd = layout.brokers.length > 5;
  const short = layout.mode === 'wide' ? `${votes}/${needed}` : '';
  const words = crowd ? short : look.words('stage.votes', { votes, quorum: needed });
  const type = font(layout.type.small, 500);
  const textW = words === '' ? 0 : textWidth(ctx, words, type) + size * 0.6;
  let left = x - (needed * step - (step - size) + textW) / 2;
  const middle = y - r - Math.max(9, r * 0.26);
  ctx.lineWidth = Math.max(1.2, size * 0.13);
  ctx.strokeStyle = hue;
  ctx.fillStyle = hue;
  for (let k = 0; k < needed; k++, left += step) {
    box(ctx, left, middle - size / 2, size, size, size * 0.18);
    if (k < votes) ctx.fill();
    ctx.stroke();
  }
  if (textW > 0) {
    ctx.textAlign = 'left';
    ctx.font = type;
    ctx.fillText(words, left - (step - size) + size * 0.6, middle);
  }
}

/**
 * Whom it gave its vote in this term: a ballot with the name, at the disc's rim.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 * @param {string} hue
 */
function drawVotedFor(ctx, frame, at, layout, look, i, hue) {
  const votedFor = frame[at + BROKER.VOTED_FOR];
  if (votedFor < 0) return;
  const { x, y, r } = layout.brokers[i];
  const size = Math.max(7, r * 0.24);
  // On the outer side of the ring, where no message lands; at the top the votes are in that place.
  const ox = x - layout.ring.cx;
  const oy = y - layout.ring.cy;
  const out = Math.hypot(ox, oy);
  const top = Math.abs(ox) < r * 0.2 && oy <= 0;
  // A small disc would be half covered by it.
  const far = r * (r < 31 ? 1.22 : 1.02);
  const bx = x + far * (top ? 0.71 : ox / out);
  const by = y + far * (top ? -0.71 : oy / out);
  paper(ctx, bx, by, size, hue, look.palette.card);
  write(ctx, brokerName(votedFor), bx, by + size * 0.1, font(size * 1.15, 700), hue);
}

/**
 * A broker that takes no part: down, or not yet up.
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 * @param {boolean} dead
 */
function drawAway(ctx, layout, look, i, dead) {
  const { x, y, r } = layout.brokers[i];
  const { palette } = look;
  const line = Math.max(2, r * 0.06);
  circle(ctx, x, y, r);
  fill(ctx, palette.deadDisc);
  if (dead) {
    shape(ctx, x, y, r * 0.7, SLASH, true);
    ctx.lineCap = 'round';
    stroke(ctx, palette.dead, line);
    shape(ctx, x, y, r * 0.7, BACKSLASH, true);
    stroke(ctx, palette.dead, line);
    // The cross passes behind the name, which must stay readable.
    circle(ctx, x, y, r * 0.38);
    fill(ctx, palette.deadDisc);
  } else {
    circle(ctx, x, y, r * 0.92);
    ctx.lineCap = 'round';
    dash(ctx, palette.dead, line, 0.01, (ROUND * r * 0.92) / 28);
  }
  ctx.lineCap = 'butt';
  write(ctx, brokerName(i), x, y, font(layout.type.name, 650), palette.dead);
}

/**
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
function drawFocus(ctx, layout, look, i) {
  const { x, y, r } = layout.brokers[i];
  circle(ctx, x, y, r + ringWidth(r) * 1.25 + 2.5 * layout.u);
  stroke(ctx, look.palette.focus, Math.max(2, 2.5 * layout.u));
}

/**
 * The rings' remaining arcs and, where there is room, what they run down to and when.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawTimers(ctx, frame, layout, look) {
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  const now = frame[HEAD.TIME_US];
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    const timer = frame[at + BROKER.TIMER];
    if (frame[at + BROKER.STATE] !== BROKER_STATE.UP) continue;
    const hue = termColour(look.palette, frame[at + BROKER.TERM]);
    const candidate = frame[at + BROKER.ROLE] === ROLE.CANDIDATE;
    const { x, y, r } = layout.brokers[i];
    const end = frame[at + BROKER.TIMER_END_US];
    const span = end - frame[at + BROKER.TIMER_START_US];
    const part = span > 0 ? Math.min(1, Math.max(0, (end - now) / span)) : 0;
    const width = ringWidth(r);
    if (part > 0 && timer !== TIMER.NONE) {
      ctx.strokeStyle = hue;
      ctx.lineWidth = width;
      if (candidate) ctx.setLineDash(brokenRing(r));
      ctx.beginPath();
      // What has run down opens clockwise from the top, as a clock's hand goes.
      ctx.arc(x, y, r - width / 2, TOP, TOP - part * ROUND, true);
      ctx.stroke();
      if (candidate) ctx.setLineDash(SOLID);
    }
    // On top of the ring that has just been drawn.
    if (candidate) drawVotedFor(ctx, frame, at, layout, look, i, hue);
    if (timer !== TIMER.NONE) drawTimerText(ctx, layout, look, i, timer, (end - now) / 1e6);
  }
}

/** The heading over the ring. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look */
export function drawGroupHeading(ctx, frame, layout, look) {
  const { heading, type } = layout;
  const { palette, words } = look;
  const title = words('stage.group');
  const bold = font(type.heading, 650);
  const left = heading.x + textWidth(ctx, title, bold) + 10 * layout.u;
  const majority = words('stage.majority', { quorum: frame[HEAD.QUORUM], brokers: frame[HEAD.BROKERS] });
  write(ctx, title, heading.x, heading.y, bold, palette.ink, 'left');
  write(ctx, majority, left, heading.y + 0.5, font(type.small), palette.soft, 'left');
}
