// A search in a worker, as the panel shows it. Only reports cross over from there, a few each second.

/** @import { SearchOptions, SearchState } from './panel.js' */
/** @import { Order, Report } from './search.worker.js' */

/** @typedef {{brokers: number, preset: string, rules: Record<string, boolean>}} Group */

export class Searching {
  /** @type {SearchState | null} */
  state = null;
  #changed;
  /** @type {Worker | null} */
  #worker = null;
  /** One that waits for a search: a browser takes a moment to start it, in which it does nothing else. @type {Worker | null} */
  #spare = null;
  #prepared = false;
  /** What was looked for last, and the first seed that was not looked at. */
  #subject = '';
  #next = 0;

  /** @param {() => void} changed  there is something new in `state` */
  constructor(changed) {
    this.#changed = changed;
  }

  /** There may be a search soon. */
  prepare() {
    if (this.#prepared) return;
    this.#prepared = true;
    try {
      const worker = newWorker();
      this.#spare = worker;
      // Whoever searches will be told, by the next one.
      worker.onerror = () => (this.#spare = null);
    } catch {
      // The same.
    }
  }

  /**
   * Begins a search; one after the other through the same kind of runs goes on where the last one ended.
   * @param {WebAssembly.Module} module
   * @param {Group} group
   * @param {SearchOptions} options
   */
  start(module, group, { brokers, minutes, seeds }) {
    this.stop();
    this.#prepared = true;
    const scenario = { ...group, brokers };
    const subject = JSON.stringify([scenario, minutes]);
    if (subject !== this.#subject) this.#next = 0;
    this.#subject = subject;
    this.#tell({ is: 'running', tried: 0, of: seeds, perSecond: 0 });
    try {
      const worker = this.#spare ?? newWorker();
      this.#spare = null;
      this.#worker = worker;
      worker.onmessage = ({ data }) => this.#take(data, seeds);
      worker.onerror = ({ message }) => this.#fail(message);
      /** @type {Order} */
      const order = { module, scenario, minutes, first: this.#next, seeds };
      worker.postMessage(order);
    } catch (error) {
      this.#fail(String(error));
    }
  }

  /** @param {Report} report @param {number} of */
  #take({ tried, ms, done, shrunk, scenario, violation, failed }, of) {
    if (failed !== undefined) return this.#fail(failed);
    if (done) {
      this.stop();
      this.#next += tried;
    }
    if (scenario && violation) {
      this.#tell({ is: done ? 'found' : 'shrinking', tried, shrunk, violation, scenario });
    } else if (done) this.#tell({ is: 'nothing', tried });
    else this.#tell({ is: 'running', tried, of, perSecond: (1000 * tried) / ms });
  }

  /** Ends the search; what was found by then stays. */
  cancel() {
    const { state } = this;
    if (!state || !this.#worker) return;
    this.stop();
    if (state.is === 'shrinking') {
      this.#next += state.tried;
      this.#tell({ ...state, is: 'found' });
    } else if (state.is === 'running') this.#tell({ is: 'cancelled', tried: state.tried });
  }

  /** Ends the worker, without a word. */
  stop() {
    this.#worker?.terminate();
    if (this.#worker) this.#prepared = false;
    this.#worker = null;
  }

  /** There will be no other search for now. */
  close() {
    this.cancel();
    this.#spare?.terminate();
    this.#spare = null;
    this.#prepared = false;
  }

  /** @param {string} message */
  #fail(message) {
    this.stop();
    this.#tell({ is: 'failed', message });
  }

  /** @param {SearchState} state */
  #tell(state) {
    this.state = state;
    this.#changed();
  }
}

const newWorker = () => new Worker(new URL('./search.worker.js', import.meta.url), { type: 'module' });
