// How far simulated time goes while the wall clock goes on. Pure: no clock, no engine, no page.
//
// Paced time keeps DLedger's real constants watchable. While a message flies, time runs so that a typical flight takes
// FLIGHT_MS, or DULL_MS when all that flies has been seen before (news.js). While nothing flies, it speeds up exponentially from that rate and slows down again in time for the next
// event, so a wait takes about as long as the logarithm of its length: 10 ms about 0.4 s, 2 s about 1 s, 6 s a little
// more. The solutions are in closed form and can be cut anywhere, so progress does not depend on the display's frame
// rate, and an event is never run over: whatever flies from there on is seen from its start.

/** Wall milliseconds for a typical flight at speed 1. */
export const FLIGHT_MS = 700;

/** The same for flights that tell nothing new. */
export const DULL_MS = 350;

/** Growth of the rate while waiting, per wall millisecond: e-fold in 56 ms. */
const GROWTH = 0.018;

/** Longest wall time that one frame may make good, milliseconds: after a pause of the page time goes on, not ahead. */
export const LONGEST_FRAME_MS = 100;

/** @typedef {'paced' | 'linear'} Mode */

/**
 * Where the clock stands. `us` has fractions: at slow rates a frame is a few microseconds.
 * @typedef {object} Pacer
 * @property {number} us       simulated time
 * @property {number} idleUs   when the present wait began: the last time something flew
 */

/** @param {number} us @returns {Pacer} */
export function pacer(us) {
  return { us, idleUs: us };
}

/**
 * @typedef {object} World
 * @property {boolean} flying    a message is in the air
 * @property {boolean} dull      and none that flies is news
 * @property {number} nextUs     next event; -1: never
 * @property {number} flightUs   typical duration of a flight
 */

/**
 * Moves the clock by at most `wallMs` of wall time, and no farther than the next event. Gives the wall time used.
 * @param {Pacer} clock  changed in place: this runs on every frame
 * @param {World} world
 * @param {Mode} mode
 * @param {number} wallMs  already multiplied by the speed
 */
export function advance(clock, world, mode, wallMs) {
  if (mode === 'linear') {
    clock.us += wallMs * 1000;
    clock.idleUs = clock.us;
    return wallMs;
  }
  if (world.flying) return fly(clock, world, wallMs);
  // Nothing will ever happen: the clock has nothing to run towards.
  if (world.nextUs < 0) return wallMs;
  return wait(clock, world, wallMs);
}

/** @param {Pacer} clock @param {World} world @param {number} wallMs */
function fly(clock, world, wallMs) {
  const rate = world.flightUs / (world.dull ? DULL_MS : FLIGHT_MS);
  const room = world.nextUs < 0 ? Infinity : Math.max(0, world.nextUs - clock.us);
  const used = Math.min(wallMs, room / rate);
  clock.us = used < wallMs ? world.nextUs : clock.us + used * rate;
  clock.idleUs = clock.us;
  return used;
}

/** @param {Pacer} clock @param {World} world @param {number} wallMs */
function wait(clock, world, wallMs) {
  // The rate is GROWTH * (distance to the nearer end + start), so it begins and ends as fast as a flight.
  const start = world.flightUs / FLIGHT_MS / GROWTH;
  const middle = (clock.idleUs + world.nextUs) / 2;
  let left = wallMs;
  if (clock.us < middle) {
    const from = clock.us - clock.idleUs + start;
    const toMiddle = Math.log((middle - clock.idleUs + start) / from) / GROWTH;
    if (left < toMiddle) {
      clock.us = clock.idleUs - start + from * Math.exp(GROWTH * left);
      return wallMs;
    }
    clock.us = middle;
    left -= toMiddle;
  }
  const from = Math.max(0, world.nextUs - clock.us) + start;
  const toEvent = Math.log(from / start) / GROWTH;
  if (left < toEvent) {
    clock.us = world.nextUs + start - from * Math.exp(-GROWTH * left);
    return wallMs;
  }
  clock.us = world.nextUs;
  return wallMs - left + toEvent;
}
