// Whether what is in the air tells anything new. Paced time gives news its full length and hurries what has been seen
// before: heartbeats that only say "still here", commit pushes of what is known, knocking at a dead broker's door.
// Pure: a frame in, yes or no out.

import { BROKER, BROKER_STATE, FLIGHT, HEAD, KIND, ROLE } from './frame.js';

/** So many refusals of a dead broker are news. */
const PATIENCE = 2;

export class Watch {
  /** Refusals of each broker since it was last seen alive. */
  #refusals = new Int32Array(16);
  /** The latest of them that has been counted. */
  #latest = new Float64Array(16);

  constructor() {
    this.clear();
  }

  /** For a new run. */
  clear() {
    this.#refusals.fill(0);
    this.#latest.fill(-1);
  }

  /**
   * Whether nothing that flies is news. Asked at every event and every frame: it allocates nothing.
   * @param {Float64Array} frame
   */
  dull(frame) {
    for (let b = 0; b < frame[HEAD.BROKERS]; b++) {
      if (broker(frame, b, BROKER.STATE) !== BROKER_STATE.DEAD) this.#refusals[b] = 0;
    }
    let dull = true;
    let at = frame[HEAD.FLIGHTS_AT];
    for (const end = at + frame[HEAD.FLIGHTS] * FLIGHT.STRIDE; at < end; at += FLIGHT.STRIDE) {
      const from = frame[at + FLIGHT.FROM];
      if (frame[at + FLIGHT.KIND] === KIND.REFUSED && frame[at + FLIGHT.ID] > this.#latest[from]) {
        this.#latest[from] = frame[at + FLIGHT.ID];
        this.#refusals[from]++;
      }
      dull = dull && this.#known(frame, at, from, frame[at + FLIGHT.TO]);
    }
    return dull;
  }

  /** @param {Float64Array} frame @param {number} at @param {number} from @param {number} to */
  #known(frame, at, from, to) {
    // What the client sends and gets is always news.
    if (from < 0 || to < 0) return false;
    const kind = frame[at + FLIGHT.KIND];
    if (kind === KIND.REFUSED) return this.#refusals[from] > PATIENCE;
    if (broker(frame, to, BROKER.STATE) === BROKER_STATE.DEAD) return this.#refusals[to] >= PATIENCE;
    if (frame[at + FLIGHT.OK] < 0) return false;
    switch (kind) {
      case KIND.HEARTBEAT_REQUEST:
        return follows(frame, to, from, frame[at + FLIGHT.TERM]);
      case KIND.HEARTBEAT_RESPONSE:
        return follows(frame, from, to, frame[at + FLIGHT.TERM]);
      case KIND.COMMIT_REQUEST:
        return frame[at + FLIGHT.INDEX] <= broker(frame, to, BROKER.COMMITTED_INDEX);
      case KIND.COMMIT_RESPONSE:
        return true;
      default:
        return false;
    }
  }
}

/** @param {Float64Array} frame @param {number} number @param {number} what */
const broker = (frame, number, what) => frame[frame[HEAD.BROKERS_AT] + number * BROKER.STRIDE + what];

/**
 * Whether a broker follows that leader already, in that term; -1: the message does not speak of one.
 * @param {Float64Array} frame @param {number} number @param {number} leader @param {number} term
 */
const follows = (frame, number, leader, term) =>
  broker(frame, number, BROKER.ROLE) === ROLE.FOLLOWER &&
  broker(frame, number, BROKER.LEADER_ID) === leader &&
  (term < 0 || broker(frame, number, BROKER.TERM) === term);
