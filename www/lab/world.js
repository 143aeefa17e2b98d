// What a frame says about faults: links, and what is wrong with a broker. Pure: a frame in, plain values out.

import { BROKER, BROKER_STATE, DISK, HEAD, LINK, ROLE } from '../frame.js';

/**
 * What a link is like, in the words of the command `network`.
 * @typedef {object} LinkState
 * @property {number} latency_us
 * @property {number} jitter_us
 * @property {number} loss_permille
 * @property {number} duplicate_permille
 * @property {number} reorder_permille
 */

/** Whether the frame speaks of links at all. @param {Float64Array} frame */
export const tellsLinks = (frame) => frame[HEAD.LINKS_AT] > 0;

/**
 * What is wrong with a link: LINK, added up.
 * @param {Float64Array} frame @param {number} from @param {number} to
 */
export const flawsOf = (frame, from, to) =>
  tellsLinks(frame) ? frame[frame[HEAD.LINKS_AT] + from * frame[HEAD.BROKERS] + to] : LINK.FINE;

/** @param {Float64Array} frame @param {number} from @param {number} to */
export const isCut = (frame, from, to) => (flawsOf(frame, from, to) & LINK.CUT) !== 0;

/** @param {LinkState} one @param {LinkState} other */
export const sameLinks = (one, other) =>
  one.latency_us === other.latency_us &&
  one.jitter_us === other.jitter_us &&
  one.loss_permille === other.loss_permille &&
  one.duplicate_permille === other.duplicate_permille &&
  one.reorder_permille === other.reorder_permille;

/** No link to or from another broker is whole. @param {Float64Array} frame @param {number} broker */
export function isIsolated(frame, broker) {
  const n = frame[HEAD.BROKERS];
  if (n < 2 || !tellsLinks(frame)) return false;
  for (let other = 0; other < n; other++) {
    if (other !== broker && !(isCut(frame, broker, other) && isCut(frame, other, broker))) return false;
  }
  return true;
}

/**
 * @typedef {object} BrokerFaults
 * @property {'up' | 'dead' | 'booting' | 'paused'} state
 * @property {number} role
 * @property {number} term
 * @property {number} clock     permille
 * @property {boolean} slow   its disk is
 * @property {boolean} full
 */

/** @param {Float64Array} frame @param {number} broker @returns {BrokerFaults} */
export function brokerOf(frame, broker) {
  const at = frame[HEAD.BROKERS_AT] + broker * BROKER.STRIDE;
  const state = frame[at + BROKER.STATE];
  return {
    state:
      state === BROKER_STATE.DEAD
        ? 'dead'
        : state === BROKER_STATE.PAUSED
          ? 'paused'
          : state === BROKER_STATE.BOOTING
            ? 'booting'
            : 'up',
    role: state === BROKER_STATE.UP ? frame[at + BROKER.ROLE] : ROLE.CANDIDATE,
    term: frame[at + BROKER.TERM],
    clock: frame[at + BROKER.CLOCK_PERMILLE],
    slow: (frame[at + BROKER.DISK] & DISK.SLOW) !== 0,
    full: (frame[at + BROKER.DISK] & DISK.FULL) !== 0,
  };
}

/**
 * The groups that cuts part the brokers into: of each broker the number of its group, which is that of its first member's
 * turn. null: the cuts are not just between groups.
 * @param {number} brokers
 * @param {(from: number, to: number) => boolean} cut
 * @returns {number[] | null}
 */
export function groupsOf(brokers, cut) {
  /** @type {number[]} */
  const group = [];
  let next = 0;
  for (let i = 0; i < brokers; i++) {
    const mate = group.findIndex((_, j) => !cut(i, j) && !cut(j, i));
    group.push(mate < 0 ? next++ : group[mate]);
  }
  for (let i = 0; i < brokers; i++) {
    for (let j = 0; j < brokers; j++) {
      if (i !== j && cut(i, j) !== (group[i] !== group[j])) return null;
    }
  }
  return group;
}

/** The groups of the present cuts. @param {Float64Array} frame */
export const partitionOf = (frame) => groupsOf(frame[HEAD.BROKERS], (from, to) => isCut(frame, from, to));

/**
 * Numbers of groups as lists of brokers: [0, 0, 1] as [[0, 1], [2]].
 * @param {readonly number[]} group
 */
export function listed(group) {
  /** @type {number[][]} */
  const lists = [];
  group.forEach((g, broker) => (lists[g] ??= []).push(broker));
  return lists.filter((list) => list !== undefined);
}
