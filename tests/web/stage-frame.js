// Builds frames by hand for tests of the stage: brokers, logs, queues and messages as plain objects.

import { BROKER, CELL, ENTRY, FLIGHT, HEAD, QUEUE, ROLE, TIMER, UNIT } from '../../www/frame.js';

/**
 * @typedef {object} BrokerSketch
 * @property {boolean} [dead]
 * @property {keyof typeof ROLE} [role]
 * @property {number} [term]
 * @property {number} [votedFor]
 * @property {number} [votes]
 * @property {number} [leader]
 * @property {number[]} [log]    terms of its entries
 * @property {number} [committed]
 *
 * @typedef {Partial<Record<keyof typeof FLIGHT, number>>} FlightSketch
 */

/**
 * @param {BrokerSketch[]} brokers
 * @param {FlightSketch[]} [flights]
 * @returns {Float64Array}
 */
export function frameOf(brokers, flights = []) {
  const columns = 16;
  const queues = 2;
  const units = 6;
  const queueStride = QUEUE.LENGTH + units * UNIT.STRIDE;
  const brokersAt = HEAD.LENGTH;
  const cellsAt = brokersAt + brokers.length * BROKER.STRIDE;
  const queuesAt = cellsAt + brokers.length * columns * CELL.STRIDE;
  const linksAt = queuesAt + brokers.length * queues * queueStride;
  const flightsAt = linksAt + brokers.length ** 2;
  const frame = new Float64Array(flightsAt + flights.length * FLIGHT.STRIDE);
  frame[HEAD.TIME_US] = 1_000_000;
  frame[HEAD.BROKERS] = brokers.length;
  frame[HEAD.FLIGHTS] = flights.length;
  frame[HEAD.BROKERS_AT] = brokersAt;
  frame[HEAD.FLIGHTS_AT] = flightsAt;
  frame[HEAD.CELLS_AT] = cellsAt;
  frame[HEAD.QUEUES_AT] = queuesAt;
  frame[HEAD.LINKS_AT] = linksAt;
  frame[HEAD.COLUMNS] = columns;
  frame[HEAD.QUEUES] = queues;
  frame[HEAD.UNITS] = units;
  frame[HEAD.PRODUCER_LAST] = -1;
  frame[HEAD.PRODUCER_TO] = brokers.findIndex((broker) => broker.role === 'LEADER' && !broker.dead);
  frame[HEAD.QUORUM] = Math.floor(brokers.length / 2) + 1;
  brokers.forEach((broker, i) => {
    const at = brokersAt + i * BROKER.STRIDE;
    const log = broker.log ?? [];
    frame[at + BROKER.STATE] = broker.dead ? 0 : 1;
    frame[at + BROKER.ROLE] = ROLE[broker.role ?? 'FOLLOWER'];
    frame[at + BROKER.TERM] = broker.term ?? 0;
    frame[at + BROKER.VOTED_FOR] = broker.votedFor ?? -1;
    frame[at + BROKER.LEADER_ID] = broker.leader ?? -1;
    frame[at + BROKER.BROKER_ID] = -1;
    frame[at + BROKER.MASTER] = broker.role === 'LEADER' ? 1 : 0;
    frame[at + BROKER.END_INDEX] = log.length - 1;
    frame[at + BROKER.COMMITTED_INDEX] = broker.committed ?? -1;
    frame[at + BROKER.TIMER] = TIMER.ELECTION;
    frame[at + BROKER.TIMER_START_US] = 0;
    frame[at + BROKER.TIMER_END_US] = 6_000_000;
    frame[at + BROKER.VOTES] = broker.votes ?? -1;
    frame[at + BROKER.CLOCK_PERMILLE] = 1000;
    for (let column = 0; column < columns; column++) {
      const cell = cellsAt + (i * columns + column) * CELL.STRIDE;
      frame[cell + CELL.TERM] = log[column] ?? -1;
      frame[cell + CELL.ENTRY] = column < log.length ? ENTRY.MESSAGE : ENTRY.NONE;
      frame[cell + CELL.MESSAGE] = column < log.length ? column : -1;
    }
    const queue = queuesAt + i * queues * queueStride;
    frame[queue + QUEUE.MAX] = frame[queue + QUEUE.SHOWN] = Math.min(1, log.length);
    frame[queue + QUEUE.LENGTH + UNIT.TERM] = log[0] ?? 0;
  });
  flights.forEach((flight, i) => {
    const at = flightsAt + i * FLIGHT.STRIDE;
    const numbers = { ID: i, PROGRESS: 0.5, TERM: 0, INDEX: -1, ENTRY_TERM: -1, MESSAGE: -1, ...flight };
    for (const [name, value] of Object.entries(numbers)) {
      frame[at + FLIGHT[/** @type {keyof typeof FLIGHT} */ (name)]] = value;
    }
  });
  return frame;
}

/**
 * A canvas context that draws nothing and remembers everything: calls with their arguments and the styles in force.
 * @returns {any}
 */
export function recorder() {
  /** @type {{name: string, args: any[], alpha: number, fill: string, stroke: string}[]} */
  const calls = [];
  /** @type {Record<string, any>} */
  const state = { canvas: { width: 1280, height: 600 }, globalAlpha: 1, calls };
  state.measureText = (/** @type {string} */ text) => ({ width: text.length * 6 });
  return new Proxy(state, {
    get(target, name) {
      if (typeof name !== 'string' || name in target) return target[/** @type {string} */ (name)];
      return (/** @type {any[]} */ ...args) => {
        const { globalAlpha: alpha, fillStyle: fill, strokeStyle: stroke } = target;
        calls.push({ name, args, alpha, fill, stroke });
      };
    },
  });
}
