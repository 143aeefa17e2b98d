// Which sentence is shown now. Words wait for events, and events wait for nobody: in a busy moment the weightiest
// sentence is shown and stays long enough to be read. Knows nothing of the page.

/** @import { Line } from './story.js' */

/** Below this weight a listener is not bothered with a sentence. */
export const HEARD = 5;

export class Narrator {
  #shownAt = -Infinity;
  #weight = -1;
  /** @type {Line | null} */
  #next = null;

  /**
   * @param {object} [options]
   * @param {number} [options.holdMs]       a sentence stays at least so long
   * @param {number} [options.interruptMs]  or so long, if a weightier one waits
   * @param {number} [options.leastWeight]  lighter ones are not said at all
   */
  constructor({ holdMs = 1300, interruptMs = 500, leastWeight = 0 } = {}) {
    this.holdMs = holdMs;
    this.interruptMs = interruptMs;
    this.leastWeight = leastWeight;
  }

  /** @param {Line} line */
  offer(line) {
    if (line.weight < this.leastWeight) return;
    // Of equal weight the later one: it is nearer to what is to be seen.
    if (!this.#next || line.weight >= this.#next.weight) this.#next = line;
  }

  /**
   * The sentence to show from now on; null: leave what is there.
   * @param {number} nowMs  wall time
   * @param {boolean} [atOnce]  after a step the visitor waits for the sentence, not the other way round
   * @returns {Line | null}
   */
  take(nowMs, atOnce = false) {
    const next = this.#next;
    if (!next) return null;
    const hold = next.weight > this.#weight ? this.interruptMs : this.holdMs;
    if (!atOnce && nowMs - this.#shownAt < hold) return null;
    this.#shownAt = nowMs;
    this.#weight = next.weight;
    this.#next = null;
    return next;
  }

  /** Whether a sentence waits for its turn. */
  get waiting() {
    return this.#next !== null;
  }
}
