// The words beside messages in flight: which words, and where there is room for them. A label never covers a broker, its
// label, another message or another label; one that finds no room is left out. Messages of one sender that say the same
// share one label.

import { FLIGHT, HEAD, KIND } from '../frame.js';
import { CODES, KIND_KEYS, VOTE_LABELS } from './codes.js';
import { write } from './pen.js';
import { font, textWidth, wordsWith } from './text.js';

/**
 * @typedef {CanvasRenderingContext2D} Ctx
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 */

/** With more messages than this, what is said once is not said again of another sender's. */
const BUSY = 12;
const EVERYONE = -9;

/** Rectangles that are taken, as x, y, w, h: first those that stand still, then messages and labels of this frame. */
const taken = new Float64Array(4 * 256);
let takenCount = 0;
/** @type {Layout | null} */
let standingOf = null;
let standing = 0;
/** @type {string[]} */
const said = [];
const saidBy = new Int32Array(64);
let saidCount = 0;

/**
 * Begins a frame.
 * @param {Layout} layout
 */
export function startLabels(layout) {
  saidCount = 0;
  if (standingOf !== layout) {
    standingOf = layout;
    takenCount = 0;
    for (const { x, y, r, label } of layout.brokers) {
      take(x - r, y - r * 1.5, 2 * r, 2.5 * r);
      const w = layout.type.small * 7.4;
      const left = label.align === 'left' ? label.x : label.align === 'right' ? label.x - w : label.x - w / 2;
      take(left, label.y - layout.type.line / 2, w, layout.type.line * label.lines);
    }
    const { producer } = layout;
    take(producer.x, producer.y, producer.w, producer.h);
    take(0, 0, layout.width * 0.4, layout.heading.y * 1.7);
    standing = takenCount;
  }
  takenCount = standing;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} half
 */
export function noteGlyph(x, y, half) {
  take(x - half, y - half, 2 * half, 2 * half);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 */
function take(x, y, w, h) {
  if ((takenCount + 1) * 4 > taken.length) return;
  const at = takenCount++ * 4;
  taken[at] = x;
  taken[at + 1] = y;
  taken[at + 2] = w;
  taken[at + 3] = h;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 */
function free(x, y, w, h) {
  for (let at = 0; at < takenCount * 4; at += 4) {
    if (
      x < taken[at] + taken[at + 2] &&
      x + w > taken[at] &&
      y < taken[at + 1] + taken[at + 3] &&
      y + h > taken[at + 1]
    ) {
      return false;
    }
  }
  return true;
}

/**
 * Places for a label around its message, as steps across and down: the side on which it travels first, then the others.
 * By quadrant of that side: right, below, left, above.
 */
const RIGHT = [1, 0];
const BELOW = [0, 1];
const LEFT = [-1, 0];
const ABOVE = [0, -1];
const CORNERS = [
  [1, 0.7],
  [-1, 0.7],
  [1, -0.7],
  [-1, -0.7],
];
const PLACES = [
  [RIGHT, LEFT, BELOW, ABOVE, ...CORNERS],
  [BELOW, ABOVE, RIGHT, LEFT, ...CORNERS],
  [LEFT, RIGHT, ABOVE, BELOW, ...CORNERS],
  [ABOVE, BELOW, LEFT, RIGHT, ...CORNERS],
];

/**
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {import('./lanes.js').Lane} path
 * @param {number} x  middle of the message
 * @param {number} y
 * @param {number} size
 * @param {Layout} layout
 * @param {Look} look
 */
export function drawFlightLabels(ctx, frame, at, path, x, y, size, layout, look) {
  const text = flightWords(frame, at, look.words);
  if (text === '') return;
  const from = frame[HEAD.FLIGHTS] > BUSY ? EVERYONE : frame[at + FLIGHT.FROM];
  for (let i = 0; i < saidCount; i++) if (saidBy[i] === from && said[i] === text) return;

  const type = font(layout.type.small, 500);
  const w = textWidth(ctx, text, type);
  const h = layout.type.small * 1.15;
  const right = -path.uy;
  const side = Math.abs(right) > 0.4 ? (right > 0 ? 0 : 2) : path.ux > 0 ? 1 : 3;
  const edge = layout.mode === 'wide' ? layout.logs.left - 6 : layout.width - 2;
  const away = size * 1.5 + 3;
  for (const [across, down] of PLACES[side]) {
    const left = x + across * away - (across < 0 ? w : across > 0 ? 0 : w / 2);
    const top = y + down * (away + h / 2 - 2) - h / 2;
    if (left < 2 || left + w > edge || !free(left - 1, top, w + 2, h)) continue;
    take(left, top, w, h);
    if (saidCount < saidBy.length) {
      saidBy[saidCount] = from;
      said[saidCount++] = text;
    }
    ctx.globalAlpha = 0.82;
    ctx.fillStyle = look.palette.paper;
    ctx.fillRect(left - 2, top - 1, w + 4, h + 2);
    ctx.globalAlpha = 1;
    write(ctx, text, left, top + h / 2 + 0.5, type, labelColour(frame, at, look.palette), 'left');
    return;
  }
}

/**
 * @param {Float64Array} frame
 * @param {number} at
 * @param {import('./palette.js').Palette} palette
 */
function labelColour(frame, at, palette) {
  const kind = frame[at + FLIGHT.KIND];
  if (frame[at + FLIGHT.OK] < 0 || kind === KIND.REFUSED) return palette.bad;
  return frame[at + FLIGHT.OK] > 0 ? palette.ok : palette.soft;
}

/**
 * @param {Float64Array} frame
 * @param {number} at
 * @param {import('./text.js').Words} words
 */
export function flightWords(frame, at, words) {
  const kind = frame[at + FLIGHT.KIND];
  const result = frame[at + FLIGHT.RESULT];
  if (kind === KIND.VOTE_RESPONSE) return VOTE_LABELS[result] ?? VOTE_LABELS[0];
  const key = KIND_KEYS[kind];
  if (frame[at + FLIGHT.OK] < 0 && kind !== KIND.REFUSED) return CODES[result] ?? `code ${result}`;
  switch (kind) {
    case KIND.VOTE_REQUEST:
      return wordsWith(words, key, 'term', frame[at + FLIGHT.TERM]);
    case KIND.SEND_REQUEST:
    case KIND.SEND_RESPONSE:
      return wordsWith(words, key, 'message', frame[at + FLIGHT.MESSAGE]);
    default:
      return wordsWith(words, key, 'index', frame[at + FLIGHT.INDEX]);
  }
}
