// The second module of the simulator: runs of any scenario, all commands, and the watch over what must hold.

import { WasmRun, compile } from '../engine.js';
import { Lab, initSync, last_panic as lastPanic, memory } from '../pkg-lab/lab.js';
import wasmUrl from '../pkg-lab/lab_bg.wasm?url';

/** @import { Run } from '../engine.js' */
/** @import { CoreEvent } from '../panels/story.js' */
/** @import { Violation } from './panel.js' */
/** @import { LinkState } from './world.js' */

/** @typedef {{create: (scenario: unknown) => LabRun, module: WebAssembly.Module}} LabEngine  module: for a worker */

/** @type {Promise<LabEngine> | null} */
let loading = null;

/** @returns {Promise<LabEngine>} */
export function loadLabEngine() {
  loading ??= compile(wasmUrl).then(
    (module) => {
      initSync({ module });
      return { create: (scenario) => new LabRun(scenario), module };
    },
    (error) => {
      loading = null; // a lost connection may be back the next time
      throw error;
    },
  );
  return loading;
}

/**
 * @extends {WasmRun<Lab>}
 * @implements {Run}
 */
export class LabRun extends WasmRun {
  /** @type {CoreEvent[]} */
  #earlier = [];

  /** @param {unknown} scenario */
  constructor(scenario) {
    super(() => new Lab(scenario), { memory, lastPanic });
  }

  /** @param {Record<string, unknown>} command */
  command(command) {
    this.guarded(() => this.handle.command(command));
    return true;
  }

  /** @returns {CoreEvent[]} */
  events() {
    const earlier = this.#earlier;
    this.#earlier = [];
    return [...earlier, ...super.events()];
  }

  /** Lets all events so far go, but for those. @param {CoreEvent[]} [kept] */
  forget(kept = []) {
    this.guarded(() => this.handle.forget_events());
    this.#earlier = kept;
  }

  /** @returns {Record<string, any>} */
  scenario() {
    return this.guarded(() => this.handle.scenario());
  }

  /** @returns {{name: string, checked: number}[]} */
  guarantees() {
    return this.guarded(() => this.handle.guarantees());
  }

  /** What was broken first. @returns {Violation | null} */
  violation() {
    return /** @type {Violation | undefined} */ (this.guarded(() => this.handle.violation())) ?? null;
  }

  /** What there is to know of a message in flight. @param {number} id @returns {Record<string, any> | null} */
  message(id) {
    return this.guarded(() => this.handle.message(id)) ?? null;
  }

  /** @returns {{name: string, kept: boolean}[]} */
  rules() {
    return this.guarded(() => this.handle.rules());
  }

  /** @param {number} from @param {number} to @returns {LinkState} */
  link(from, to) {
    return this.guarded(() => this.handle.link(from, to));
  }

  /** @param {number} broker @returns {{slow_ms: number, full: boolean}} */
  disk(broker) {
    return this.guarded(() => this.handle.disk(broker));
  }
}
