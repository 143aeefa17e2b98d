// What a frame says about faults: links, and what is wrong with a broker. Pure: a frame in, plain values out.

import { BROKER, BROKER_STATE, HEAD, LINK, ROLE } from '../frame.js';

/**
 * @typedef {object} LinkState
 * @property {boolean} cut
 * @property {number} latencyUs
 * @property {number} jitterUs
 * @property {number} loss        permille
 * @property {number} duplicate
 * @property {number} reorder
 */

/** Whether the frame speaks of links at all. @param {Float64Array} frame */
export const tellsLinks = (frame) => frame[HEAD.LINKS_AT] > 0;

/** @param {Float64Array} frame @param {number} from @param {number} to */
const linkAt = (frame, from, to) => frame[HEAD.LINKS_AT] + (from * frame[HEAD.BROKERS] + to) * LINK.STRIDE;

/** @param {Float64Array} frame @param {number} from @param {number} to */
export const isCut = (frame, from, to) => tellsLinks(frame) && frame[linkAt(frame, from, to) + LINK.CUT] === 1;

/** @param {Float64Array} frame @param {number} from @param {number} to @returns {LinkState} */
export function linkOf(frame, from, to) {
  const at = linkAt(frame, from, to);
  return {
    cut: isCut(frame, from, to),
    latencyUs: frame[at + LINK.LATENCY_US],
    jitterUs: frame[at + LINK.JITTER_US],
    loss: frame[at + LINK.LOSS_PERMILLE],
    duplicate: frame[at + LINK.DUPLICATE_PERMILLE],
    reorder: frame[at + LINK.REORDER_PERMILLE],
  };
}

/**
 * Whether two links are the same but for being cut.
 * @param {Float64Array} frame
 * @param {number} a  number of one, from * brokers + to
 * @param {number} b  number of the other
 */
export function sameLinks(frame, a, b) {
  const one = frame[HEAD.LINKS_AT] + a * LINK.STRIDE;
  const other = frame[HEAD.LINKS_AT] + b * LINK.STRIDE;
  for (let k = LINK.CUT + 1; k < LINK.STRIDE; k++) if (frame[one + k] !== frame[other + k]) return false;
  return true;
}

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
 * @property {boolean} isolated
 * @property {number} clock     permille
 * @property {number} slowMs
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
        : frame[at + BROKER.PAUSED] === 1
          ? 'paused'
          : state === BROKER_STATE.BOOTING
            ? 'booting'
            : 'up',
    role: state === BROKER_STATE.UP ? frame[at + BROKER.ROLE] : ROLE.CANDIDATE,
    term: frame[at + BROKER.TERM],
    isolated: isIsolated(frame, broker),
    clock: frame[at + BROKER.CLOCK_PERMILLE],
    slowMs: frame[at + BROKER.DISK_SLOW_MS],
    full: frame[at + BROKER.DISK_FULL] === 1,
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
