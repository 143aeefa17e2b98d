// The state of a run as plain values, read from a frame: for authors and tests. Nothing of it is needed to draw.

import { BROKER, BROKER_STATE, HEAD, QUEUE, UNIT } from './frame.js';
import { brokerName } from './stage/names.js';

const ROLES = /** @type {const} */ (['candidate', 'leader', 'follower']);

/**
 * @typedef {object} BrokerState
 * @property {string} name
 * @property {boolean} up
 * @property {boolean} starting       its process is coming up
 * @property {'candidate' | 'leader' | 'follower'} role
 * @property {number} term
 * @property {number} endIndex        -1: empty log
 * @property {number} committedIndex  -1: none known
 * @property {number[]} queues        of each ConsumeQueue: one past its highest queue offset
 *
 * @typedef {object} RunState
 * @property {number} timeUs
 * @property {number} seed
 * @property {string | null} leader  name of the living leader of the largest term
 * @property {number} flights        messages in the air
 * @property {number} nextEventUs    -1: never
 * @property {{sent: number, ok: number, failed: number, pending: number}} producer
 * @property {BrokerState[]} brokers
 */

/**
 * @param {Float64Array} frame
 * @param {number} seed
 * @returns {RunState}
 */
export function readState(frame, seed) {
  const queues = frame[HEAD.QUEUES];
  const queueStride = QUEUE.LENGTH + frame[HEAD.UNITS] * UNIT.STRIDE;
  const brokers = Array.from({ length: frame[HEAD.BROKERS] }, (_, b) => {
    const at = frame[HEAD.BROKERS_AT] + b * BROKER.STRIDE;
    const queuesAt = frame[HEAD.QUEUES_AT] + b * queues * queueStride;
    return {
      name: brokerName(b),
      up: frame[at + BROKER.STATE] === BROKER_STATE.UP,
      starting: frame[at + BROKER.STATE] === BROKER_STATE.BOOTING,
      role: ROLES[frame[at + BROKER.ROLE]],
      term: frame[at + BROKER.TERM],
      endIndex: frame[at + BROKER.END_INDEX],
      committedIndex: frame[at + BROKER.COMMITTED_INDEX],
      queues: Array.from({ length: queues }, (_, q) => frame[queuesAt + q * queueStride + QUEUE.MAX]),
    };
  });
  const leader = frame[HEAD.LEADER];
  return {
    timeUs: frame[HEAD.TIME_US],
    seed,
    leader: leader < 0 ? null : brokerName(leader),
    flights: frame[HEAD.FLIGHTS],
    nextEventUs: frame[HEAD.NEXT_EVENT_US],
    producer: {
      sent: frame[HEAD.PRODUCER_SENT],
      ok: frame[HEAD.PRODUCER_OK],
      failed: frame[HEAD.PRODUCER_FAILED],
      pending: frame[HEAD.PRODUCER_PENDING],
    },
    brokers,
  };
}

/**
 * Whether a broker is down, so that it can be restarted; one that is coming up is not.
 * @param {Float64Array} frame
 * @param {number} broker
 */
export function isDead(frame, broker) {
  const at = frame[HEAD.BROKERS_AT] + broker * BROKER.STRIDE;
  return broker < frame[HEAD.BROKERS] && frame[at + BROKER.STATE] === BROKER_STATE.DEAD;
}
