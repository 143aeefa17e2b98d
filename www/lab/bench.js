// Where the panel and the element meet: runs in the second module, what the panel is told of them, and what its wishes
// come to. Fetched when it is first needed (door.js).

import { HEAD } from '../frame.js';
import { describe } from '../options.js';
import { LabRun, loadLabEngine } from './engine.js';
import { handOver } from './handover.js';
import { Panel } from './panel.js';
import { Searching } from './searching.js';

/** @import { PlainRun, Run } from '../engine.js' */
/** @import { Words } from '../i18n/index.js' */
/** @import { View } from '../view.js' */
/** @import { LabEngine } from './engine.js' */
/** @import { Details, LabState, SearchOptions, Violation } from './panel.js' */
/** @import { LinkState } from './world.js' */

/**
 * What it needs of the element.
 * @typedef {object} Host
 * @property {View} view
 * @property {ShadowRoot} root
 * @property {() => Run | null} run
 * @property {(run: LabRun) => void} take         goes on with this run, which is at the same moment the same as the present one
 * @property {(scenario: unknown) => void} open   begins a run of that scenario, and plays it
 * @property {(command: Record<string, unknown>) => void} command
 * @property {() => string} link
 * @property {() => void} pause
 * @property {() => void} changed                 to be drawn again
 * @property {(error: unknown) => void} refuse    says what cannot be done, and why
 */

/** Numbers are read, not watched, milliseconds. */
const EVERY_MS = 250;

/** Of a frame's 16 ms, for a run that nobody watches. */
const PIECE_MS = 6;
/** Who skips ahead sees this much of what leads to the end, simulated microseconds: a round of votes, or of copies. */
const BEFORE_US = 30_000;
/** Longer than any run that is known to break something, simulated microseconds. */
const LONGEST_US = 1200e6;

/** @param {Host} host */
export async function openBench(host) {
  const bench = new Bench(host, await loadLabEngine());
  await bench.adopt();
  return bench;
}

export class Bench {
  #host;
  #engine;
  #panel;
  #searching;
  /** The present run, if it is in the second module. @type {LabRun | null} */
  #run = null;
  /** What it was begun with. @type {Record<string, any>} */
  #scenario = {};
  /** What a scenario says if it says nothing. @type {Record<string, any>} */
  #usual;
  #nextAt = 0;
  /** Something was broken, and this was not shown yet. */
  #fresh = false;
  /** What is opened next is known to break something. */
  #breaks = false;
  /** What is opened next was played up to some time already. @type {{scenario: unknown, run: LabRun} | null} */
  #prepared = null;
  #state = /** @type {LabState} */ ({
    frame: new Float64Array(0),
    guarantees: [],
    violation: null,
    rules: [],
    preset: '',
    search: null,
    ready: false,
    breaks: false,
  });

  /** @param {Host} host @param {LabEngine} engine */
  constructor(host, engine) {
    this.#host = host;
    this.#engine = engine;
    const usual = engine.create({});
    this.#usual = usual.scenario();
    usual.free();
    const { changed, command, pause } = host;
    this.#searching = new Searching(changed);
    this.#panel = new Panel({
      command,
      pause,
      changed,
      setRule: (rule, kept) => command({ do: 'rule', rule, kept }),
      preset: (preset) => host.open({ ...this.#scenario, preset, rules: {} }),
      openRun: (run) => this.#openRun(run),
      again: () => this.again(),
      skip: () => this.#skip(),
      search: (options) => this.#search(options),
      prepare: () => this.#searching.prepare(),
      cancel: () => this.#searching.cancel(),
      copyLink: async () => navigator.clipboard.writeText(host.link()),
      frame: () => host.run()?.frame() ?? null,
    });
    this.#panel.mount(host.view, host.root);
  }

  /** Whether the panel is to be seen. @param {boolean} shown */
  set shown(shown) {
    this.#panel.shown = shown;
    // Nothing can be done to a message any more.
    if (!shown) this.#panel.bar.selected = -1;
  }

  /** What was broken in the present run. */
  get violation() {
    return this.#state.violation;
  }

  /**
   * A run of a scenario, which may leave things out, or be all wrong.
   * @param {unknown} scenario
   */
  create(scenario) {
    const prepared = this.#prepared;
    this.#prepared = null;
    if (prepared && prepared.scenario === scenario) return prepared.run;
    prepared?.run.free();
    return this.#engine.create(scenario);
  }

  /** The rules that were in force last, for a run to come; the one that they were in may be gone. */
  get rules() {
    const { preset } = this.#scenario;
    const { rules } = this.#state;
    if (rules.length === 0) return {};
    return { preset, rules: Object.fromEntries(rules.map(({ name, kept }) => [name, kept])) };
  }

  /** A run begins that is no continuation of the last one. @param {Run} run */
  begin(run) {
    this.#panel.begin();
    this.#state.breaks = this.#breaks;
    this.#breaks = false;
    this.#follow(run);
  }

  /** @param {Run} run */
  #follow(run) {
    this.#run = run instanceof LabRun ? run : null;
    this.#scenario = run.scenario();
    this.#state.violation = null;
    this.renew();
  }

  /** The present run, which began in the first module, goes on in this one. */
  async adopt() {
    const first = this.#host.run();
    if (!first || first instanceof LabRun) return;
    const stands = () => this.#host.run() === first;
    try {
      await handOver(this.#engine, /** @type {PlainRun} */ (first), stands, (run) => {
        this.#follow(run);
        this.#scenario.commands = [];
        this.#host.take(run);
      });
    } catch (error) {
      // It plays on where it is; the next one begins here.
      console.error('ledger-scope:', describe(error).message);
      this.#host.refuse(error);
    }
  }

  /** The present run is no more. */
  leave() {
    this.#run = null;
  }

  /** What is shown is no longer so. */
  renew() {
    this.#nextAt = 0;
    if (this.#run) this.#state.rules = this.#run.rules();
  }

  /**
   * Looks at what has happened in the present run.
   * @param {boolean} playing
   * @returns {Violation | null} what was broken just now
   */
  look(playing) {
    const run = this.#run;
    const state = this.#state;
    if (!run) return null;
    const before = state.violation;
    state.violation ??= run.violation();
    const nowMs = performance.now();
    if (!playing || nowMs >= this.#nextAt || state.violation !== before) {
      this.#nextAt = nowMs + EVERY_MS;
      state.guarantees = run.guarantees();
      state.rules = run.rules();
      state.details = this.#panel.shown ? details(run) : undefined;
    }
    this.#fresh = state.violation !== before;
    return this.#fresh ? state.violation : null;
  }

  /** @param {Words} words @param {Float64Array} frame */
  show(words, frame) {
    if (!this.#run) return;
    const state = this.#state;
    state.frame = frame;
    state.preset = this.#scenario.preset;
    state.search = this.#searching.state;
    state.ready = this.#panel.shown && state.violation === null;
    const { element } = this.#panel;
    const closed = element.hidden;
    this.#panel.update(words, state);
    if (closed && !element.hidden) this.#showPanel();
    if (this.#fresh && this.#panel.shown) this.#showEnd();
    this.#fresh = false;
  }

  /** Who has just asked for the panel must see that it came, and the picture no less than before if it can be. */
  #showPanel() {
    const { root, view } = this.#host;
    if (root.activeElement !== view.controls.lab) return;
    const { list } = this.#panel.tabs;
    list.scrollIntoView({ block: 'nearest', behavior: view.reducedMotion ? 'auto' : 'smooth' });
  }

  /** Why everything stopped must be seen by who is far below, and the picture with it. */
  #showEnd() {
    const { caption, reducedMotion } = this.#host.view;
    const { top, bottom } = caption.element.getBoundingClientRect();
    if (top >= 0 && bottom <= window.innerHeight) return;
    caption.element.scrollIntoView({ block: 'end', behavior: reducedMotion ? 'auto' : 'smooth' });
  }

  /** The present run from its beginning. */
  again() {
    this.#breaks = this.violation !== null;
    if (this.#run) this.#host.open(this.#run.scenario());
  }

  /** To just before the end of a run that is known to break something: in paced time that may be minutes away. */
  async #skip() {
    const present = this.#run;
    if (!present) return;
    const scenario = present.scenario();
    const stands = () => this.#run === present;
    this.#state.breaks = false;
    const whole = await this.#played(scenario, LONGEST_US, stands);
    const end = whole?.violation();
    whole?.free();
    if (!end) return;
    const run = await this.#played(scenario, end.at_us - BEFORE_US, stands);
    if (!run) return;
    this.#prepared = { scenario, run };
    this.#host.open(scenario);
  }

  /**
   * Another run of that scenario, up to a time or to what it breaks before; in pieces, so that the picture does not stop.
   * @param {unknown} scenario @param {number} untilUs
   * @param {() => boolean} stands  somebody still waits for it
   * @returns {Promise<LabRun | null>} null: nobody does
   */
  async #played(scenario, untilUs, stands) {
    const run = this.#engine.create(scenario);
    while (run.advance(untilUs, PIECE_MS) < untilUs && !run.violation()) {
      await new Promise((done) => setTimeout(done));
      if (stands()) continue;
      run.free();
      return null;
    }
    return run;
  }

  /** A scenario without what goes without saying. @param {Record<string, any>} scenario */
  brief(scenario) {
    const said = (/** @type {[string, unknown]} */ [name, value]) =>
      name === 'version' || name === 'seed' || JSON.stringify(value) !== JSON.stringify(this.#usual[name]);
    return Object.fromEntries(Object.entries(scenario).filter(said));
  }

  /** @param {string | Record<string, unknown>} run */
  async #openRun(run) {
    const { stage, reducedMotion } = this.#host.view;
    // What plays now is to be seen; the button for it may be far below.
    stage.scrollIntoView({ block: 'nearest', behavior: reducedMotion ? 'auto' : 'smooth' });
    try {
      const scenario = typeof run === 'string' ? await fetched(run) : run;
      this.#breaks = true;
      this.#host.open(scenario);
    } catch (error) {
      this.#host.refuse(error);
    }
  }

  /** @param {SearchOptions} options */
  #search(options) {
    this.#searching.start(this.#engine.module, /** @type {any} */ (this.rules), options);
  }

  /** The element is gone, perhaps for good. */
  close() {
    this.#searching.close();
  }
}

/** @param {string} url */
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}: ${response.url}`);
  return response.json();
}

/** Asked for all at once: what is asked for while it is drawn may move the frame that it is drawn from. @param {LabRun} run @returns {Details} */
function details(run) {
  const brokers = run.frame()[HEAD.BROKERS];
  const all = Array.from({ length: brokers }, (_, n) => n);
  /** @type {LinkState[][]} */
  const links = all.map((from) => all.map((to) => run.link(from, to)));
  const disks = all.map((broker) => run.disk(broker));
  return { link: (from, to) => links[from][to], disk: (broker) => disks[broker] };
}
