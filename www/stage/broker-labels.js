// The words beside a broker: its role, RocketMQ's role and id, and what its ring runs down to.

import { BROKER, BROKER_STATE, ROLE } from '../frame.js';
import { hovers } from './hit.js';
import { termColour } from './palette.js';
import { write } from './pen.js';
import { font, textWidth, wordsWith } from './text.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./draw.js').Look} Look
 * @typedef {CanvasRenderingContext2D} Ctx
 */

/** By BROKER_STATE; what is up is called by its role. */
const STATE_KEYS = ['stage.dead', '', 'stage.booting', 'stage.paused'];

/** By TIMER number. */
const TIMER_KEYS = [
  '',
  'stage.timer.election',
  'stage.timer.retry',
  'stage.timer.heartbeat',
  'stage.timer.round',
];

/**
 * Role, RocketMQ's role and id. The third line, the timer, is drawTimerText's except for a broker that is down or hovered.
 * @param {Ctx} ctx
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 */
export function drawLabel(ctx, frame, at, layout, look, i) {
  const { label } = layout.brokers[i];
  const { palette, words } = look;
  const { type } = layout;
  const away = frame[at + BROKER.STATE] !== BROKER_STATE.UP;
  const dead = frame[at + BROKER.STATE] === BROKER_STATE.DEAD;
  const role = frame[at + BROKER.ROLE];
  const hovered = hovers(look, i);
  const colour = away
    ? palette.dead
    : role === ROLE.LEADER
      ? termColour(palette, frame[at + BROKER.TERM])
      : palette.ink;
  const key = away
    ? STATE_KEYS[frame[at + BROKER.STATE]]
    : role === ROLE.LEADER
      ? 'stage.leader'
      : role === ROLE.CANDIDATE
        ? 'stage.candidate'
        : 'stage.follower';
  lineOfText(ctx, words(key), font(type.role, 700), colour, layout, label, 0, palette);
  if (label.lines < 2) return;
  const quiet = away ? palette.dead : palette.soft;
  const id = frame[at + BROKER.BROKER_ID];
  const second = away
    ? words(`${key}.disk`)
    : id < 0
      ? words('stage.noId')
      : wordsWith(words, frame[at + BROKER.MASTER] === 1 ? 'stage.master' : 'stage.slave', 'id', id);
  const hint = words(dead ? 'stage.hint.restart' : 'stage.hint.kill');
  const small = font(type.small);
  lineOfText(ctx, hovered && label.lines < 3 ? hint : second, small, quiet, layout, label, 1, palette);
  if (hovered && label.lines > 2) lineOfText(ctx, hint, small, quiet, layout, label, 2, palette);
}

/**
 * A line of a label, on a ground of its own so that no link runs through the words.
 * @param {Ctx} ctx
 * @param {string} text
 * @param {string} type
 * @param {string} colour
 * @param {Layout} layout
 * @param {import('./layout.js').Label} label
 * @param {number} line
 * @param {import('./palette.js').Palette} palette
 */
function lineOfText(ctx, text, type, colour, layout, label, line, palette) {
  const width = textWidth(ctx, text, type);
  const left =
    label.align === 'left' ? label.x : label.align === 'right' ? label.x - width : label.x - width / 2;
  const height = layout.type.line;
  const y = label.y + line * height;
  ctx.fillStyle = palette.paper;
  ctx.fillRect(left - 3, y - height / 2, width + 6, height);
  write(ctx, text, label.x, y, type, colour, label.align);
}

/**
 * The third line: what the ring runs down to, and in how many seconds of simulated time.
 * @param {Ctx} ctx
 * @param {Layout} layout
 * @param {Look} look
 * @param {number} i
 * @param {number} timer
 * @param {number} seconds
 */
export function drawTimerText(ctx, layout, look, i, timer, seconds) {
  const { label } = layout.brokers[i];
  const hovered = hovers(look, i);
  if (label.lines < 3 || hovered) return;
  const tenths = Math.max(0, Math.ceil(seconds * 10)) / 10;
  const text = wordsWith(look.words, TIMER_KEYS[timer], 's', tenths, 1);
  const y = label.y + 2 * layout.type.line;
  write(ctx, text, label.x, y, font(layout.type.small), look.palette.soft, label.align);
}
