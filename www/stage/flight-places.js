// Where messages in flight are on their lanes: shared by what draws them and by what finds the one under a pointer. No canvas.

import { FLIGHT, HEAD } from '../frame.js';
import { clamp } from './geometry.js';
import { reach } from './glyphs.js';
import { lane } from './lanes.js';

/** @typedef {import('./layout.js').Layout} Layout */

/** With more messages than this the tails become short and words would only hide the picture. */
export const CROWD = 40;
/** Messages get a little smaller as they get more. @param {number} count */
export const sizeAmong = (count) => clamp(1 - (count - 8) * 0.02, 0.75, 1);
/** Length of an arrowhead, in sizes. */
export const ARROW = 0.8;
/** With reduced motion messages stand still; those that share a lane stand side by side on it. */
const STANDING = [0.5, 0.3, 0.7, 0.4, 0.6];

/** What will not arrive gets this far. */
const LOST_AT = 0.5;

/** Whether a message will not arrive. @param {Float64Array} frame @param {number} at */
export const isLost = (frame, at) => frame[at + FLIGHT.LOST] === 1;

/** Whether it has come to where it is lost. @param {Float64Array} frame @param {number} at */
export const isGone = (frame, at) => isLost(frame, at) && frame[at + FLIGHT.PROGRESS] >= LOST_AT;

/** Of each message of this frame, as long as there is no crowd: how far along its lane, how far to the side of it. */
export const along = new Float64Array(CROWD);
export const aside = new Float64Array(CROWD);

/**
 * Whether both ends of a message are on the stage.
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Layout} layout
 */
export function placed(frame, at, layout) {
  const n = layout.brokers.length;
  return frame[at + FLIGHT.FROM] < n && frame[at + FLIGHT.TO] < n;
}

/**
 * Messages that would cover one another on the same lane move apart, the later one outward, by as much as they would
 * overlap: so it glides out and back while one overtakes the other.
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {{reducedMotion: boolean}} look
 * @param {number} first
 * @param {number} count
 * @param {number} size
 */
export function spread(frame, layout, look, first, count, size) {
  const near = size * 3.2;
  for (let i = 0; i < count; i++) {
    const at = first + i * FLIGHT.STRIDE;
    aside[i] = 0;
    if (!placed(frame, at, layout)) continue;
    const from = frame[at + FLIGHT.FROM];
    const to = frame[at + FLIGHT.TO];
    along[i] = distanceAlong(frame, at, lane(layout, from, to), size, look.reducedMotion);
    for (let k = 0; k < i; k++) {
      const other = first + k * FLIGHT.STRIDE;
      if (frame[other + FLIGHT.FROM] !== from || frame[other + FLIGHT.TO] !== to) continue;
      const overlap = 1 - Math.abs(along[i] - along[k]) / near;
      if (overlap > 0) aside[i] = Math.max(aside[i], aside[k] + size * 2.3 * Math.min(1, overlap * 2));
    }
  }
}

/**
 * How far from the start of its lane the middle of a message is. It starts and ends with the whole shape outside the
 * rims, arrowhead included.
 * @param {Float64Array} frame
 * @param {number} at
 * @param {import('./lanes.js').Lane} path
 * @param {number} size
 * @param {boolean} standing
 */
export function distanceAlong(frame, at, path, size, standing) {
  const { length } = path;
  const half = reach(frame[at + FLIGHT.KIND], path.ux, path.uy) * size;
  const progress = standing
    ? STANDING[frame[at + FLIGHT.ID] % STANDING.length]
    : Math.min(frame[at + FLIGHT.PROGRESS], isLost(frame, at) ? LOST_AT : 1);
  const room = length - 2 * half - ARROW * size;
  return room > 0 ? half + room * progress : length * progress;
}

/**
 * The message in flight that is nearest to a point, if it is near enough; -1: none.
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {{reducedMotion: boolean}} look
 * @param {number} x
 * @param {number} y
 * @param {number} within  CSS pixels
 * @returns {number} where it starts in the frame
 */
export function flightAt(frame, layout, look, x, y, within) {
  let best = within;
  let found = -1;
  eachFlight(frame, layout, look, (at, fx, fy) => {
    const distance = Math.hypot(x - fx, y - fy);
    if (distance > best) return;
    best = distance;
    found = at;
  });
  return found;
}

/**
 * Where each message is, in the order of the frame.
 * @param {Float64Array} frame
 * @param {Layout} layout
 * @param {{reducedMotion: boolean}} look
 * @param {(at: number, x: number, y: number, size: number) => void} see
 */
export function eachFlight(frame, layout, look, see) {
  const count = frame[HEAD.FLIGHTS];
  const first = frame[HEAD.FLIGHTS_AT];
  const size = layout.glyph * sizeAmong(count);
  const crowd = count > CROWD;
  if (!crowd) spread(frame, layout, look, first, count, size);
  for (let i = 0; i < count; i++) {
    const at = first + i * FLIGHT.STRIDE;
    if (!placed(frame, at, layout)) continue;
    const path = lane(layout, frame[at + FLIGHT.FROM], frame[at + FLIGHT.TO]);
    const far = crowd ? distanceAlong(frame, at, path, size, look.reducedMotion) : along[i];
    const side = crowd ? 0 : aside[i];
    see(at, path.x0 + path.ux * far - path.uy * side, path.y0 + path.uy * far + path.ux * side, size);
  }
}
