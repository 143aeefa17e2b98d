// A line drawn through the picture cuts the links that it crosses. Pure geometry, and what commands that makes.

import { groupsOf, listed } from './world.js';

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{pairs: [number, number][], groups: number[][] | null, commands: Record<string, unknown>[]}} Plan  groups: the
 *   brokers are then parted into these, and nothing else is cut
 */

/** Twice the area of a triangle, with a sign. @param {Point} a @param {Point} b @param {Point} c */
const turn = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

/** @param {Point} a @param {Point} b @param {Point} c @param {Point} d */
const meet = (a, b, c, d) => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

/**
 * The links that a line crosses. One that begins on a broker and ends on another means the link between these two.
 * @param {readonly {x: number, y: number, r: number}[]} brokers
 * @param {Point} from
 * @param {Point} to
 * @returns {[number, number][]}
 */
export function crossed(brokers, from, to) {
  const on = (/** @type {Point} */ p) =>
    brokers.findIndex(({ x, y, r }) => Math.hypot(p.x - x, p.y - y) <= r);
  const start = on(from);
  const end = on(to);
  if (start >= 0 && end >= 0) return start === end ? [] : [[Math.min(start, end), Math.max(start, end)]];
  /** @type {[number, number][]} */
  const pairs = [];
  for (let i = 0; i < brokers.length; i++) {
    for (let j = i + 1; j < brokers.length; j++) {
      // A line from the middle of a disc would cross all that begins there.
      if (i === start || j === start || i === end || j === end) continue;
      if (meet(from, to, brokers[i], brokers[j])) pairs.push([i, j]);
    }
  }
  return pairs;
}

/**
 * What to order for these links to be cut beside those that are. Where that parts the brokers into groups it is one command.
 * @param {number} brokers
 * @param {(from: number, to: number) => boolean} isCut
 * @param {[number, number][]} pairs
 * @returns {Plan}
 */
export function planCut(brokers, isCut, pairs) {
  const fresh = pairs.filter(([a, b]) => !(isCut(a, b) && isCut(b, a)));
  if (fresh.length === 0) return { pairs, groups: null, commands: [] };
  const crosses = (/** @type {number} */ i, /** @type {number} */ j) =>
    pairs.some(([a, b]) => (a === i && b === j) || (a === j && b === i));
  const parts = groupsOf(brokers, (i, j) => isCut(i, j) || crosses(i, j));
  const groups = parts && listed(parts);
  if (groups) return { pairs, groups, commands: [{ do: 'partition', groups }] };
  return {
    pairs,
    groups: null,
    commands: fresh.flatMap(([a, b]) => [
      { do: 'cut', from: a, to: b },
      { do: 'cut', from: b, to: a },
    ]),
  };
}
