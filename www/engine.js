// The simulator in WebAssembly: loaded once per page, one handle per run. Gives plain JavaScript: a run, its frame as a
// view of wasm memory, its events. Knows nothing of wall time and nothing of the page.

import {
  Handle,
  fresh_seed as freshSeed,
  initSync,
  last_panic as lastPanic,
  memory,
} from './pkg/ledgerscope.js';
import wasmUrl from './pkg/ledgerscope_bg.wasm?url';

/** @import { CoreEvent } from './panels/story.js' */

/**
 * @typedef {object} Run
 * @property {(untilUs: number, budgetMs: number) => number} advance
 * @property {() => number} step
 * @property {() => Float64Array} frame  the frame of the present time; good until the next call of anything here
 * @property {() => CoreEvent[]} events  those since the last call
 * @property {(command: Record<string, unknown>) => void} command
 * @property {() => string} traceHash
 * @property {() => Record<string, any>} scenario
 * @property {() => void} free
 */
/** @typedef {{create: (scenario: Record<string, unknown>) => Run, freshSeed: () => number}} Engine */

/** @type {Promise<Engine> | null} */
let loading = null;

/** @returns {Promise<Engine>} */
export function loadEngine() {
  loading ??= compile().then(
    (module) => {
      initSync({ module });
      return { create: (scenario) => new WasmRun(scenario, memory()), freshSeed };
    },
    (error) => {
      loading = null; // a lost connection may be back the next time
      throw error;
    },
  );
  return loading;
}

async function compile() {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}: ${response.url}`);
  // Compiled while it arrives, if the server calls it what it is.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * A trap leaves its handle unusable and says little by itself; the panic's own words were kept by the hook.
 * @param {unknown} error
 */
function explain(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return error;
  return Object.assign(new Error(lastPanic() ?? error.message, { cause: error }), { code: 'panic' });
}

/** @template T @param {() => T} work @returns {T} */
function guarded(work) {
  try {
    return work();
  } catch (error) {
    throw explain(error);
  }
}

/** @implements {Run} */
class WasmRun {
  #handle;
  #memory;
  #view = new Float64Array(0);
  #address = -1;
  #dead = false;

  /** @param {Record<string, unknown>} scenario @param {WebAssembly.Memory} memory */
  constructor(scenario, memory) {
    this.#handle = guarded(() => new Handle(scenario));
    this.#memory = memory;
  }

  /** @param {number} untilUs @param {number} budgetMs */
  advance(untilUs, budgetMs) {
    // Called many times a frame: no closure here.
    try {
      return this.#handle.advance(untilUs, budgetMs);
    } catch (error) {
      throw this.#died(error);
    }
  }

  step() {
    try {
      return this.#handle.step();
    } catch (error) {
      throw this.#died(error);
    }
  }

  frame() {
    try {
      const length = this.#handle.frame();
      const address = this.#handle.frame_ptr();
      const { buffer } = this.#memory;
      // The view only ever grows: every reader finds its way by the numbers in the head, not by the view's length.
      if (this.#view.buffer !== buffer || this.#address !== address || this.#view.length < length) {
        this.#view = new Float64Array(buffer, address, length);
        this.#address = address;
      }
      return this.#view;
    } catch (error) {
      throw this.#died(error);
    }
  }

  /** @returns {CoreEvent[]} */
  events() {
    return guarded(() => this.#handle.events());
  }

  /** @param {Record<string, unknown>} command */
  command(command) {
    try {
      this.#handle.command(command);
    } catch (error) {
      throw this.#died(error);
    }
  }

  traceHash() {
    return guarded(() => this.#handle.trace_hash());
  }

  scenario() {
    return guarded(() => this.#handle.scenario());
  }

  free() {
    // A handle that trapped is still marked as borrowed and cannot be freed; its memory is lost until the page goes.
    if (!this.#dead) this.#handle.free();
    this.#dead = true;
  }

  /** @param {unknown} error */
  #died(error) {
    if (error instanceof WebAssembly.RuntimeError) this.#dead = true;
    return explain(error);
  }
}
