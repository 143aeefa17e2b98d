// The brokers: links, discs, rings that run down, votes. Their labels are in broker-labels.js. A role differs in shape as well as in word and colour:
//   leader     crown, second ring outside       follower   plain ring
//   candidate  broken ring, its votes above     down       flat, grey, crossed out
// drawBrokers draws what changes with the state; drawTimers what changes with every frame.

import { BROKER, BROKER_STATE, HEAD, ROLE, TIMER } from '../frame.js';
import { drawLabel, drawTimerText } from './broker-labels.js';
import { brokerName } from './names.js';
import { termColour } from './palette.js';
import { crown, paper } from './shapes.js';
import { digits, font, textWidth, wordsWith } from './text.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {CanvasRenderingContext2D} Ctx
 */

const TOP = -Math.PI / 2;
const ROUND = Math.PI * 2;

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
  const n = Math.min(frame[HEAD.BROKERS], layout.brokers.length);
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    if (look.focus === i) drawFocus(ctx, layout, look, i);
    if (frame[at + BROKER.STATE] === BROKER_STATE.DEAD) drawDead(ctx, layout, look, i);
    else drawLiving(ctx, frame, at, layout, look, i);
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
  ctx.lineWidth = Math.max(1, layout.u);
  ctx.strokeStyle = look.palette.faint;
  ctx.beginPath();
  for (let i = 0; i < brokers.length; i++) {
    for (let j = i + 1; j < brokers.length; j++) {
      // In a large group only neighbours are joined: all the lines would be a net that hides the messages.
      if (brokers.length > 5 && j - i !== 1 && j - i !== brokers.length - 1) continue;
      ctx.moveTo(brokers[i].x, brokers[i].y);
      ctx.lineTo(brokers[j].x, brokers[j].y);
    }
  }
  ctx.stroke();
  ctx.lineWidth = Math.max(1.5, 2 * layout.u);
  for (let i = 0; i < brokers.length; i++) {
    const me = at + i * BROKER.STRIDE;
    const leader = frame[me + BROKER.LEADER_ID];
    if (frame[me + BROKER.STATE] === BROKER_STATE.DEAD || leader < 0 || leader === i) continue;
    if (frame[at + leader * BROKER.STRIDE + BROKER.STATE] === BROKER_STATE.DEAD) continue;
    ctx.strokeStyle = termColour(look.palette, frame[me + BROKER.TERM]);
    ctx.globalAlpha = 0.25;
    ctx.beginPath();
    ctx.moveTo(brokers[i].x, brokers[i].y);
    ctx.lineTo(brokers[leader].x, brokers[leader].y);
    ctx.stroke();
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
  const hovered = look.hover !== null && look.hover.what === 'broker' && look.hover.broker === i;

  if (role === ROLE.LEADER) {
    ctx.fillStyle = palette.paper;
    circle(ctx, x, y, r + width * 1.25);
    ctx.fill();
    ctx.strokeStyle = hue;
    ctx.lineWidth = Math.max(1.5, width * 0.4);
    circle(ctx, x, y, r + width * 0.95);
    ctx.stroke();
    crown(ctx, x, y - r - width * 1.25 - r * 0.05, Math.max(7, r * 0.27), hue);
  }
  ctx.fillStyle = hovered ? palette.band : palette.card;
  circle(ctx, x, y, r);
  ctx.fill();
  ctx.strokeStyle = palette.faint;
  ctx.lineWidth = width;
  if (role === ROLE.CANDIDATE) ctx.setLineDash(brokenRing(r));
  // From the top and against the clock, as the arc over it is drawn: so the gaps of both are in the same places.
  ctx.beginPath();
  ctx.arc(x, y, r - width / 2, TOP, TOP - ROUND, true);
  ctx.stroke();
  ctx.setLineDash(SOLID);

  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = palette.ink;
  ctx.font = font(layout.type.name, 650);
  ctx.fillText(brokerName(i), x, y - r * 0.16);
  ctx.fillStyle = hue;
  ctx.font = font(layout.type.term, 650);
  // In a small disc only the letter and the number of a term can be read.
  const term = r < 31 ? 'stage.term.short' : 'stage.term';
  ctx.fillText(wordsWith(look.words, term, 'term', frame[at + BROKER.TERM]), x, y + r * 0.42);

  if (role === ROLE.CANDIDATE) {
    drawVotes(ctx, frame, at, layout, look, i, hue);
  }
}

/** @type {number[]} */
const SOLID = [];
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
    ctx.beginPath();
    ctx.roundRect(left, middle - size / 2, size, size, size * 0.18);
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
  const bx = x + r * 1.02 * (top ? 0.71 : ox / out);
  const by = y + r * 1.02 * (top ? -0.71 : oy / out);
  paper(ctx, bx, by, size, hue, look.palette.card);
  ctx.fillStyle = hue;
  ctx.textAlign = 'center';
  ctx.font = font(size * 1.15, 700);
  ctx.fillText(brokerName(votedFor), bx, by + size * 0.1);
}

/**
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
function drawDead(ctx, layout, look, i) {
  const { x, y, r } = layout.brokers[i];
  const { palette } = look;
  ctx.fillStyle = palette.deadDisc;
  circle(ctx, x, y, r);
  ctx.fill();
  ctx.strokeStyle = palette.dead;
  ctx.lineWidth = Math.max(2, r * 0.06);
  ctx.lineCap = 'round';
  const a = r * 0.7;
  ctx.beginPath();
  ctx.moveTo(x - a, y - a);
  ctx.lineTo(x + a, y + a);
  ctx.moveTo(x + a, y - a);
  ctx.lineTo(x - a, y + a);
  ctx.stroke();
  ctx.lineCap = 'butt';
  // The cross passes behind the name, which must stay readable.
  ctx.beginPath();
  ctx.arc(x, y, r * 0.38, 0, ROUND);
  ctx.fillStyle = palette.deadDisc;
  ctx.fill();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = palette.dead;
  ctx.font = font(layout.type.name, 650);
  ctx.fillText(brokerName(i), x, y);
}

/**
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
function drawFocus(ctx, layout, look, i) {
  const { x, y, r } = layout.brokers[i];
  ctx.strokeStyle = look.palette.focus;
  ctx.lineWidth = Math.max(2, 2.5 * layout.u);
  circle(ctx, x, y, r + ringWidth(r) * 1.25 + 2.5 * layout.u);
  ctx.stroke();
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
  ctx.textBaseline = 'middle';
  for (let i = 0; i < n; i++) {
    const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
    const timer = frame[at + BROKER.TIMER];
    if (frame[at + BROKER.STATE] === BROKER_STATE.DEAD) continue;
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

/**
 * @param {Ctx} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function circle(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, ROUND);
}

/** The heading over the ring. @param {Ctx} ctx @param {Float64Array} frame @param {Layout} layout @param {Look} look */
export function drawGroupHeading(ctx, frame, layout, look) {
  const { heading, type } = layout;
  const title = look.words('stage.group');
  const bold = font(type.heading, 650);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = look.palette.ink;
  const width = textWidth(ctx, title, bold);
  ctx.font = bold;
  ctx.fillText(title, heading.x, heading.y);
  ctx.fillStyle = look.palette.soft;
  ctx.font = font(type.small);
  const majority = look.words('stage.majority', {
    quorum: frame[HEAD.QUORUM],
    brokers: digits(frame[HEAD.BROKERS]),
  });
  ctx.fillText(majority, heading.x + width + 10 * layout.u, heading.y + 0.5);
}
