// The custom element <ledger-scope>: attributes and properties in, methods, events out. Owns one run and one player.
// define.js registers it; what it shows is view.js, how time goes player.js, what is done to the run present.js, what runs
// engine.js.

import { loadEngine } from './engine.js';
import { SILENT, langOf, loadWords, words } from './i18n/index.js';
import { shortcut } from './keys.js';
import { linkTo, linked } from './link.js';
import { NAMES, RULES, badValue, defaults, describe, readOption, unknownOption } from './options.js';
import { Player, pageLoop, unwatchSight, watchSight } from './player.js';
import { Present } from './present.js';
import { Reflecting } from './reflecting.js';
import { isDead, readState } from './state.js';
import { langAround } from './surroundings.js';
import { View } from './view.js';

/** @import { Problem } from './options.js' */
/** @import { After } from './view.js' */

/** Options that a run is made of: another value means another run. */
const OF_THE_RUN = ['brokers', 'seed', 'message-every'];

/**
 * Time waits for what draws the messages that fly, so that none goes unseen; but not longer than this, milliseconds.
 */
const PATIENCE_MS = 1500;

export class LedgerScope extends Reflecting {
  static observedAttributes = NAMES;
  /** Where the simulator comes from; may be replaced before the first element is connected. */
  static load = loadEngine;

  #options = defaults();
  #started = false;
  #due = false; // a new run is
  #reseed = false; // and with the seed of the attribute, not that of the present run
  #words = SILENT;
  /** What came after the first picture. @type {After | null} */
  #after = null;
  #pictured = false; // there has been a picture
  /** What the view is told beside the frame; one object, told anew on every frame. */
  #clock = { seed: 0, rate: 0, pace: 'paced', playing: false };
  #view;
  #player;
  #present;
  #size = new ResizeObserver((entries) => {
    this.#view.setWidth(entries[0].contentRect.width);
    this.#player.invalidate();
  });
  #queries = [
    window.matchMedia('(prefers-color-scheme: dark)'),
    window.matchMedia('(prefers-reduced-motion: reduce)'),
  ];

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.#player = new Player({
      loop: pageLoop(),
      paint: (nowMs, atOnce) => this.#paint(nowMs, atOnce),
      fail: (error) => this.#present.fail(error),
    });
    this.#view = new View(root, this.#words, {
      toggle: () => this.#togglePlay(),
      step: () => this.step(),
      send: () => this.send(),
      newRun: () => this.newRun(),
      seed: (text) => this.#typedSeed(text),
      option: (name, value) => this.setAttribute(name, value),
      target: (number) => (number < 0 ? this.send() : this.toggle(number)),
      changed: () => this.#player.invalidate(),
      complete: (after) => this.#complete(after),
    });
    this.#present = new Present({
      view: this.#view,
      player: this.#player,
      root,
      options: this.#options,
      words: () => this.#words,
      connected: () => this.isConnected,
      link: () => this.link ?? location.href,
      changed: () => this.#showControls(),
      emit: (name, detail) => this.#emit(name, detail),
    });
    root.addEventListener('keydown', (event) => this.#key(/** @type {KeyboardEvent} */ (event)));
  }

  connectedCallback() {
    this.upgradeProperties();
    this.#checkNames();
    this.#size.observe(this.#view.scope);
    pageLoop().add(this.#player);
    watchSight(this, this.#player);
    for (const query of this.#queries) query.addEventListener('change', this.#look);
    this.#look();
    if (!this.#started) this.#start();
  }

  /** @param {After | void} after  nothing: it could not be had */
  #complete(after) {
    this.#pictured = true;
    this.#look();
    this.#player.held = false;
    if (!after || this.#after) return;
    this.#after = after;
    this.#player.watch = new after.Watch();
    this.#checkNames();
  }

  #checkNames() {
    for (const name of this.#after?.misspelt(this.getAttributeNames()) ?? [])
      this.report(unknownOption(name));
  }

  disconnectedCallback() {
    this.#size.disconnect();
    pageLoop().remove(this.#player);
    unwatchSight(this);
    for (const query of this.#queries) query.removeEventListener('change', this.#look);
    // An element that is only moved is connected again at once and keeps its run.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#present.takeOff();
      this.#present.door.bench?.close();
      this.#started = false;
    });
  }

  /** @param {string} name @param {string | null} _before @param {string | null} text */
  attributeChangedCallback(name, _before, text) {
    const { value, problem } = readOption(name, text);
    /** @type {any} */ (this.#options)[RULES[name].key] = value;
    if (problem) this.report(problem);
    else this.#view.notices.clear(name);
    this.#player.pace = this.#options.pace;
    this.#player.speed = this.#options.speed;
    if (this.#started && OF_THE_RUN.includes(name)) this.#renew(name === 'seed');
    if (this.isConnected) this.#look();
  }

  /** Several attributes are often set together: one new run for all of them. @param {boolean} reseed */
  #renew(reseed) {
    this.#reseed ||= reseed;
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      const seed = this.#reseed ? this.#options.seed : this.#present.seed;
      this.#due = this.#reseed = false;
      if (this.isConnected) this.#begin(seed);
    });
  }

  // ---- what authors and visitors can do

  get playing() {
    return this.#player.playing;
  }

  /** A run that ended because something was broken begins again. */
  play() {
    if (this.#present.violation) return this.#present.again();
    this.#player.play();
    this.#showControls();
  }

  pause() {
    this.#player.pause();
    this.#showControls();
  }

  /** Goes to the next visible event and stops there. */
  step() {
    if (this.#present.violation) return;
    this.#player.step();
    this.#showControls();
  }

  /** The producer sends one message. */
  send() {
    this.command({ do: 'send' });
  }

  /**
   * Starts a new run.
   * @param {number | string} [seed]  without it a fresh one
   */
  newRun(seed) {
    if (seed === undefined) {
      this.#begin(null);
      return;
    }
    const { value, problem } = readOption('seed', String(seed));
    if (problem) this.report(problem);
    else this.#view.notices.clear('seed');
    this.#begin(value);
  }

  /** @param {number} broker  from 0 */
  kill(broker) {
    this.command({ do: 'kill', broker });
  }

  /** @param {number} broker  from 0 */
  restart(broker) {
    this.command({ do: 'restart', broker });
  }

  /** Kills a broker that is up or coming up, restarts a dead one. @param {number} broker  from 0 */
  toggle(broker) {
    const { run } = this.#present;
    if (run) this.command({ do: isDead(run.frame(), broker) ? 'restart' : 'kill', broker });
  }

  /**
   * Does something to the run: `{do: 'pause', broker: 0}` and whatever else a scenario has.
   * @param {Record<string, unknown>} command
   */
  command(command) {
    this.#present.command(command);
  }

  /** What the present run was begun with, and all commands given since; null until it is ready. */
  get scenario() {
    return this.#present.run?.scenario() ?? null;
  }

  /** Begins a run of a scenario. What it leaves out gets its default. @param {Record<string, any> | null} scenario */
  set scenario(scenario) {
    this.#present.open(scenario);
  }

  /** The address of this page with the present run in it; null until it is ready. */
  get link() {
    const { scenario } = this;
    return scenario && linkTo(location.href, this.#present.door.bench?.brief(scenario) ?? scenario);
  }

  /** Begins the run in an address, if there is one in it. */
  set link(url) {
    try {
      const scenario = linked(String(url));
      if (scenario !== undefined) this.#present.open(scenario);
    } catch (error) {
      this.#present.refuse(error, { subject: 'scenario', key: 'problem.link' });
    }
  }

  /** The run as plain values; null until it is ready. */
  get state() {
    const { run, seed } = this.#present;
    return run && readState(run.frame(), seed);
  }

  /** 16 hex digits that tell this run so far from every other; null until it is ready. */
  get traceHash() {
    return this.#present.run?.traceHash() ?? null;
  }

  /**
   * Shows a problem with an option and tells listeners of `error`.
   * @param {Problem} problem
   */
  report(problem) {
    const { field, value, allowed, used = '' } = problem;
    const key = problem.code === 'unknown_field' ? 'problem.unknown' : 'problem.value';
    this.#view.notices.show(field, { key, args: { field, value, allowed, used } }, this.#words);
    this.#emit('error', problem);
  }

  // ---- the run

  async #start() {
    this.#started = true;
    try {
      const load = /** @type {typeof LedgerScope} */ (this.constructor).load;
      // Its words come beside it. Should they not come at all, the picture still does.
      [this.#present.engine] = await Promise.all([load(), loadWords(this.#lang).catch(() => null)]);
    } catch (error) {
      this.#started = false;
      this.#present.fail(error, 'problem.load');
      return;
    }
    if (!this.isConnected) return;
    this.#present.start();
    this.#player.held = !this.#after;
    setTimeout(() => (this.#player.held = false), PATIENCE_MS);
    if (this.#options.autoplay) this.play();
  }

  /** @param {number | null} seed  null: a fresh one */
  #begin(seed) {
    if (this.#present.engine) this.#present.begin(seed);
    else if (!this.#started) this.#start();
  }

  // ---- what is shown

  /** @param {number} nowMs @param {boolean} atOnce */
  #paint(nowMs, atOnce) {
    const { frame, events, broken } = this.#present.look();
    const { playing } = this.#player;
    const clock = this.#clock;
    clock.seed = this.#present.seed;
    clock.rate = this.#player.rate;
    clock.pace = this.#player.pace;
    clock.playing = playing;
    const moving = this.#view.paint(frame, events, clock, nowMs, atOnce || !playing);
    // Last of all: a listener may kill a broker or begin a new run.
    for (const event of events) this.#emit('ledgerevent', event);
    if (broken) this.#emit('violation', broken);
    return moving;
  }

  /** Language, colours and motion as the attributes, the page and the visitor's system say. */
  #look = () => {
    const { theme, lab } = this.#options;
    const { door } = this.#present;
    const [dark, still] = this.#queries;
    const known = words(this.#lang);
    if (known) this.#words = known;
    else loadWords(this.#lang).then(this.#look, (error) => this.#speechless(error));
    this.#view.reducedMotion = still.matches;
    this.#view.setLook(this.#words, theme === 'auto' ? dark.matches : theme === 'dark', this.#options);
    this.#showControls();
    if (door.bench) door.bench.shown = lab === 'open';
    else if (lab === 'open' && this.#pictured) door.load().then((bench) => bench && this.#look());
    this.#player.invalidate();
  };

  /** The language to be spoken. */
  get #lang() {
    return this.#options.lang ?? langAround(this) ?? langOf(navigator.language) ?? 'en';
  }

  /** A language that cannot be had: the last one stays. @param {unknown} error */
  #speechless(error) {
    const { message } = describe(error);
    this.#view.notices.show('lang', { key: 'problem.words', args: { message } }, this.#words);
  }

  #togglePlay() {
    if (this.playing) this.pause();
    else this.play();
  }

  #showControls() {
    const { pace, speed, brokers, lab } = this.#options;
    const { run, seed, violation } = this.#present;
    this.#view.controls.update(this.#words, {
      playing: this.playing && run !== null,
      ready: run !== null,
      pace,
      speed,
      brokers,
      seed: run && seed,
      lab,
      ended: violation !== null,
    });
  }

  /** @param {string} text */
  #typedSeed(text) {
    const { problem } = readOption('seed', text);
    // A slip of the finger must not cost the visitor the run.
    if (problem) this.report({ ...badValue('seed', text), used: String(this.#present.seed) });
    else this.newRun(text);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const name = shortcut(event, event.target === this.#view.stage);
    if (!name) return;
    event.preventDefault();
    if (name === 'toggle') this.#togglePlay();
    else this[name]();
  }

  /** @param {string} name @param {unknown} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
