// The straight lane that a message takes from rim to rim. No canvas.

/** @typedef {{x0: number, y0: number, x1: number, y1: number, ux: number, uy: number, length: number}} Lane */

/** @type {WeakMap<import('./layout.js').Layout, Lane[]>} */
const lanesOf = new WeakMap();

/**
 * The lane from one place to another, rim to rim. It keeps to the right of the line between the centres, so that two
 * messages that cross do not collide.
 * @param {import('./layout.js').Layout} layout
 * @param {number} from  broker, or -1 for the producer
 * @param {number} to
 * @returns {Lane}
 */
export function lane(layout, from, to) {
  let lanes = lanesOf.get(layout);
  if (lanes === undefined) {
    lanes = [];
    lanesOf.set(layout, lanes);
  }
  const key = (from + 1) * (layout.brokers.length + 1) + to + 1;
  return (lanes[key] ??= makeLane(layout, from, to));
}

/**
 * @param {import('./layout.js').Layout} layout
 * @param {number} from
 * @param {number} to
 * @returns {Lane}
 */
function makeLane(layout, from, to) {
  const a = centre(layout, from);
  const b = centre(layout, to);
  const distance = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const ux = (b.x - a.x) / distance;
  const uy = (b.y - a.y) / distance;
  // On a screen, where y grows downwards, (-uy, ux) is the right-hand side of travel.
  // The producer's box is low: a lane may not pass above or below it.
  const widest = from < 0 || to < 0 ? layout.producer.h * 0.36 : distance / 4;
  const side = Math.min(layout.lane, widest);
  const start = toRim(layout, from, side, ux, uy);
  const end = toRim(layout, to, side, -ux, -uy, true);
  const x0 = a.x - uy * side + ux * start;
  const y0 = a.y + ux * side + uy * start;
  const x1 = b.x - uy * side - ux * end;
  const y1 = b.y + ux * side - uy * end;
  return { x0, y0, x1, y1, ux, uy, length: Math.hypot(x1 - x0, y1 - y0) };
}

/**
 * @param {import('./layout.js').Layout} layout
 * @param {number} place
 */
function centre({ brokers, producer }, place) {
  return place >= 0 ? brokers[place] : { x: producer.x + producer.w / 2, y: producer.y + producer.h / 2 };
}

/**
 * How far along (ux, uy) the rim is from the point beside the centre.
 * @param {import('./layout.js').Layout} layout
 * @param {number} place
 * @param {number} side
 * @param {number} ux
 * @param {number} uy
 * @param {boolean} [arriving]  then the offset is to the left of (ux, uy)
 */
function toRim({ brokers, producer }, place, side, ux, uy, arriving = false) {
  if (place >= 0) {
    const r = brokers[place].r;
    return Math.sqrt(Math.max(0, r * r - side * side));
  }
  const sign = arriving ? -1 : 1;
  const ox = -uy * side * sign;
  const oy = ux * side * sign;
  const tx = ux === 0 ? Infinity : (producer.w / 2 - ox * Math.sign(ux)) / Math.abs(ux);
  const ty = uy === 0 ? Infinity : (producer.h / 2 - oy * Math.sign(uy)) / Math.abs(uy);
  return Math.max(0, Math.min(tx, ty));
}
