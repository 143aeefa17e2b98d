// The simulator in WebAssembly: loaded once per page, one handle per run. Gives plain JavaScript: a run, its frame as a
// view of wasm memory, its events. Knows nothing of wall time and nothing of the page.
// This is the first of two modules: a group of brokers and what can be done by a click on one. lab/engine.js is the second.

import { HEAD } from './frame.js';
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
 * @property {(command: Record<string, unknown>) => boolean} command  false: this needs the second module
 * @property {() => string} traceHash
 * @property {() => Record<string, any>} scenario  with all commands given so far
 * @property {() => void} free
 */
/** @typedef {{create: (scenario: Plain) => Run, freshSeed: () => number}} Engine */
/** @typedef {{version: number, seed: number, brokers: number, message_every_ms: number}} Plain */

/** @type {Promise<Engine> | null} */
let loading = null;

/** @returns {Promise<Engine>} */
export function loadEngine() {
  loading ??= compile(wasmUrl).then(
    (module) => {
      initSync({ module });
      return { create: (scenario) => new PlainRun(scenario), freshSeed };
    },
    (error) => {
      loading = null; // a lost connection may be back the next time
      throw error;
    },
  );
  return loading;
}

/** @param {string} url */
export async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}: ${response.url}`);
  // Compiled while it arrives, if the server calls it what it is.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** @typedef {Pick<Handle, 'advance' | 'step' | 'frame' | 'frame_ptr' | 'events' | 'trace_hash' | 'free'>} Core */
/** @typedef {{memory: () => WebAssembly.Memory, lastPanic: () => string | undefined}} Host  the module that it is in */

/**
 * What the handles of both modules can do.
 * @template {Core} T
 */
export class WasmRun {
  handle;
  #host;
  #view = new Float64Array(0);
  #address = -1;
  #dead = false;

  /** @param {() => T} create @param {Host} host */
  constructor(create, host) {
    this.#host = host;
    this.handle = this.guarded(create);
  }

  /** @param {number} untilUs @param {number} budgetMs */
  advance(untilUs, budgetMs) {
    // Called many times a frame: no closure here.
    try {
      return this.handle.advance(untilUs, budgetMs);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  step() {
    return this.guarded(() => this.handle.step());
  }

  frame() {
    try {
      const length = this.handle.frame();
      const address = this.handle.frame_ptr();
      const { buffer } = this.#host.memory();
      // The view only ever grows: every reader finds its way by the numbers in the head, not by the view's length.
      if (this.#view.buffer !== buffer || this.#address !== address || this.#view.length < length) {
        this.#view = new Float64Array(buffer, address, length);
        this.#address = address;
      }
      return this.#view;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** @returns {CoreEvent[]} */
  events() {
    return this.guarded(() => this.handle.events());
  }

  traceHash() {
    return this.guarded(() => this.handle.trace_hash())
      .toString(16)
      .padStart(16, '0');
  }

  free() {
    // A handle that trapped is still marked as borrowed and cannot be freed; its memory is lost until the page goes.
    if (!this.#dead) this.handle.free();
    this.#dead = true;
  }

  /** @template R @param {() => R} work @returns {R} */
  guarded(work) {
    try {
      return work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * A trap leaves its handle unusable and says little by itself; the panic's own words were kept by the hook.
   * @param {unknown} error
   */
  #explain(error) {
    if (!(error instanceof WebAssembly.RuntimeError)) return error;
    this.#dead = true;
    return Object.assign(new Error(this.#host.lastPanic() ?? error.message, { cause: error }), {
      code: 'panic',
    });
  }
}

/**
 * @extends {WasmRun<Handle>}
 * @implements {Run}
 */
export class PlainRun extends WasmRun {
  #plain;
  /** Those given so far, as a scenario has them. @type {Record<string, any>[]} */
  commands = [];

  /** @param {Plain} plain */
  constructor(plain) {
    super(() => new Handle(plain.seed, plain.brokers, plain.message_every_ms), { memory, lastPanic });
    this.#plain = plain;
  }

  get timeUs() {
    return this.frame()[HEAD.TIME_US];
  }

  /** @param {Record<string, unknown>} command */
  command(command) {
    const { do: what, broker, ...more } = command;
    if (Object.keys(more).length > 0) return false;
    const done = this.guarded(() => this.#carryOut(what, broker));
    if (done) this.commands.push({ at_us: this.timeUs, ...command });
    return done;
  }

  /** @param {unknown} what @param {unknown} broker */
  #carryOut(what, broker) {
    if (what === 'send' && broker === undefined) {
      this.handle.send();
      return true;
    }
    if (typeof broker !== 'number' || !(broker in [0, 1, 2, 3, 4, 5, 6, 7, 8])) return false;
    return what === 'kill' ? this.handle.kill(broker) : what === 'restart' && this.handle.restart(broker);
  }

  scenario() {
    return { ...this.#plain, commands: this.commands };
  }
}
