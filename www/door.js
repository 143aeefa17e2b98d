// The way to the second module and to the panel for breaking things (lab/bench.js), which are fetched when they are first
// needed; and the scenarios that wait for it, as only that module can read them.

/** @import { Bench, Host } from './lab/bench.js' */

/**
 * What it needs of the element.
 * @typedef {Host & {begin: (scenario: unknown, bench: Bench | null) => void, missing: (error: unknown) => void}} Hall
 */

export class Door {
  #hall;
  /** @type {Promise<Bench | null> | null} */
  #loading = null;
  /** @type {Bench | null} */
  bench = null;
  /** What is to be run next. @type {{scenario: unknown} | null} */
  wanted = null;

  /** @param {Hall} hall */
  constructor(hall) {
    this.#hall = hall;
  }

  /** Once it is there, the present run goes on in it. @returns {Promise<Bench | null>} null: it cannot be had, and that was said */
  load() {
    return (this.#loading ??= import('./lab/bench.js')
      .then(({ openBench }) => openBench(this.#hall))
      .then(
        (bench) => (this.bench = bench),
        (error) => {
          this.#loading = null; // a lost connection may be back the next time
          this.#hall.missing(error);
          return null;
        },
      ));
  }

  /** Begins what is wanted; only the last of several is. */
  async proceed() {
    const { wanted } = this;
    const bench = await this.load();
    if (!wanted || wanted !== this.wanted) return;
    this.wanted = null;
    this.#hall.begin(wanted.scenario, bench);
  }
}
