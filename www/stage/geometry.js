// Small geometry that several files of the stage need: clamping, and the window of log columns. No canvas.

import { BROKER, HEAD } from '../frame.js';

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Entry index of the first log column to show: the last entries, and free slots for what comes next. The window moves on
 * by several columns at once, so that most entries arrive in a free slot of a log that stands still.
 * @param {Float64Array} frame
 * @param {number} columns  that the layout has
 */
export function firstIndexShown(frame, columns) {
  let end = -1;
  for (let i = 0, at = frame[HEAD.BROKERS_AT]; i < frame[HEAD.BROKERS]; i++, at += BROKER.STRIDE) {
    end = Math.max(end, frame[at + BROKER.END_INDEX]);
  }
  const first = frame[HEAD.FIRST_INDEX];
  const free = columns > 5 ? 2 : 1;
  const beyond = end + 1 + free - columns;
  if (beyond <= 0) return first;
  const stride = Math.max(1, Math.floor(columns / 4));
  return Math.max(first, Math.ceil(beyond / stride) * stride);
}
