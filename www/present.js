// The present run: how it begins, what is done to it, what of it is drawn next, how it ends. The element hands in what it is
// begun with and tells the page what becomes of it; how time goes is player.js.

import { Door } from './door.js';
import { HEAD } from './frame.js';
import { describe } from './options.js';
import { sayProblem } from './problems.js';

/** @import { Engine, Run } from './engine.js' */
/** @import { Words } from './i18n/index.js' */
/** @import { Bench } from './lab/bench.js' */
/** @import { Violation } from './lab/panel.js' */
/** @import { Options } from './options.js' */
/** @import { CoreEvent } from './panels/story.js' */
/** @import { Player } from './player.js' */
/** @import { View } from './view.js' */

/**
 * What it needs of the element.
 * @typedef {object} Place
 * @property {View} view
 * @property {Player} player
 * @property {ShadowRoot} root
 * @property {Options} options
 * @property {() => Words} words
 * @property {() => boolean} connected
 * @property {() => string} link
 * @property {() => void} changed  what the controls show has
 * @property {(name: string, detail: unknown) => void} emit
 */

/** @type {CoreEvent[]} */
const NO_EVENTS = [];

export class Present {
  #place;
  /** @type {Run | null} */
  run = null;
  seed = 0;
  /** @type {Engine | null} */
  engine = null;
  #seen = 0; // events of the run that have been shown
  #plays = false; // it played when something ended the run, so the next run does

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    const { view, player, root } = place;
    this.door = new Door({
      view,
      root,
      run: () => this.run,
      take: (run) => {
        this.run?.free();
        this.run = run;
        player.swap(run);
      },
      open: (scenario) => {
        this.#plays = true;
        this.open(scenario);
      },
      begin: (scenario, bench) => this.#beginScenario(scenario, bench),
      command: (command) => this.command(command),
      link: place.link,
      pause: () => {
        player.pause();
        place.changed();
      },
      changed: () => player.invalidate(),
      refuse: (error) => this.refuse(error),
      missing: (error) => this.refuse(error, { key: 'problem.lab' }),
    });
  }

  /** What was broken in it: there it ended. */
  get violation() {
    return this.door.bench?.violation ?? null;
  }

  /** The same from its beginning, unless another one is about to begin. */
  again() {
    this.#plays = true;
    if (!this.door.wanted) this.door.bench?.again();
  }

  /** A run of brokers and a producer, as the options say. @param {number | null} seed  null: a fresh one */
  begin(seed) {
    if (!this.engine) return;
    const { bench } = this.door;
    const { brokers, messageEvery: message_every_ms } = this.#place.options;
    this.seed = seed ?? this.engine.freshSeed();
    const plain = { version: 1, seed: this.seed, brokers, message_every_ms };
    this.takeOff();
    try {
      this.#put(bench ? bench.create({ ...plain, ...bench.rules }) : this.engine.create(plain));
    } catch (error) {
      this.fail(error);
    }
  }

  /** A run of a scenario, as soon as there is what can read it. @param {unknown} scenario */
  open(scenario) {
    this.door.wanted = { scenario };
    if (this.engine) this.door.proceed();
  }

  /** The first run: what is wanted, or one as the options say. */
  start() {
    if (this.door.wanted) this.door.proceed();
    else this.begin(this.#place.options.seed);
  }

  /** @param {unknown} scenario @param {Bench | null} bench  null: it could not be had, and that was said */
  #beginScenario(scenario, bench) {
    const { connected, options } = this.#place;
    if (!connected()) return;
    try {
      if (bench) {
        const run = bench.create(scenario);
        ({ seed: this.seed, brokers: options.brokers } = run.scenario());
        this.takeOff();
        this.#put(run);
        this.#place.view.notices.clear('scenario');
      }
    } catch (error) {
      this.refuse(error, { subject: 'scenario' });
    }
    // Without one, there shall be some run.
    if (!this.run) this.begin(options.seed);
  }

  takeOff() {
    this.#place.player.setRun(null);
    this.door.bench?.leave();
    this.run?.free();
    this.run = null;
  }

  /** @param {Run} run */
  #put(run) {
    const { view, player, changed, emit } = this.#place;
    view.notices.clear('run');
    view.notices.clear('command');
    this.run = run;
    this.#seen = 0;
    view.begin(run.frame()[HEAD.BROKERS]);
    this.door.bench?.begin(run);
    const { latency_min_us: least, latency_max_us: most } = run.scenario();
    player.setRun(run, (least + most) / 2 || undefined);
    if (this.#plays) player.play();
    this.#plays = false;
    changed();
    emit('ready', { seed: this.seed });
  }

  /** @param {Record<string, unknown>} command */
  command(command) {
    if (!this.run) return;
    const { view, player } = this.#place;
    try {
      if (this.violation) throw Object.assign(new Error('this run has ended'), { code: 'ended' });
      // What the first module does not know, or refuses, the second one knows, or says why not.
      if (!this.run.command(command)) {
        this.door.load().then((bench) => bench && this.command(command));
        return;
      }
      this.door.bench?.renew();
      view.notices.clear('command');
      player.invalidate();
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * What cannot be done is said, and why; the run goes on.
   * @param {unknown} error @param {{subject?: string, key?: string}} [told]  what it is about, what is said
   */
  refuse(error, { subject = 'command', key } = {}) {
    const detail = describe(error);
    if (detail.code === 'panic') return this.fail(error);
    this.#say(subject, error, key);
    this.#place.emit('error', detail);
  }

  /**
   * The run is over by an error that is not the visitor's: says so, keeps the seed, and can begin anew.
   * @param {unknown} error @param {string} [key]
   */
  fail(error, key) {
    this.takeOff();
    this.#interrupt();
    this.#say('run', error, key);
    this.#place.emit('error', describe(error));
  }

  /** @param {string} subject @param {unknown} error @param {string} [key] */
  #say(subject, error, key) {
    const { view, words } = this.#place;
    const said = sayProblem(error, this.seed);
    view.notices.show(subject, key ? { ...said, key } : said, words());
  }

  #interrupt() {
    const { player, changed } = this.#place;
    this.#plays ||= player.playing;
    player.pause();
    changed();
  }

  /**
   * What has happened since the last picture, and the frame for the next one.
   * @returns {{frame: Float64Array, events: CoreEvent[], broken: Violation | null}} broken: and that ended the run
   */
  look() {
    const run = /** @type {Run} */ (this.run);
    const { bench } = this.door;
    let events = NO_EVENTS;
    let frame = run.frame();
    if (frame[HEAD.EVENTS] !== this.#seen) {
      this.#seen = frame[HEAD.EVENTS];
      events = run.events();
    }
    const broken = bench?.look(this.#place.player.playing) ?? null;
    if (broken) this.#interrupt();
    frame = run.frame(); // all that was asked for may have moved wasm memory
    bench?.show(this.#place.words(), frame);
    return { frame, events, broken };
  }
}
