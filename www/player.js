// Wall time to simulated time. One animation loop, one IntersectionObserver and one visibility listener serve every
// player of a page; a player that is paused and drawn, off screen or in a hidden tab costs nothing.
// What is drawn is the element's affair: it hands in `paint`.

import { FLIGHT, HEAD } from './frame.js';
import { LONGEST_FRAME_MS, advance, pacer } from './pacing.js';

/** @import { Run } from './engine.js' */
/** @import { Watch } from './news.js' */
/** @import { Mode } from './pacing.js' */

/** Real time that one player may spend on simulating per frame, milliseconds. */
const BUDGET_MS = 8;

/** All that flies takes so many times longer than is usual: then that is what a flight is measured by. */
const SLOW = 4;

/**
 * How long a flight takes at present: as usual, unless all that flies was sent over slow links or held up. Else nobody would
 * see it arrive.
 * @param {Float64Array} frame
 * @param {number} usual  microseconds
 */
export function flightTime(frame, usual) {
  let shortest = Infinity;
  let at = frame[HEAD.FLIGHTS_AT];
  for (const end = at + frame[HEAD.FLIGHTS] * FLIGHT.STRIDE; at < end; at += FLIGHT.STRIDE) {
    shortest = Math.min(shortest, frame[at + FLIGHT.ARRIVES_US] - frame[at + FLIGHT.SENT_US]);
  }
  return shortest > SLOW * usual && shortest < Infinity ? shortest : usual;
}

/** Events reached one by one within a frame in paced time; more than this and the frame ends early. */
const HOPS = 200;

/**
 * What the loop asks of the browser; tests hand in their own.
 * @typedef {object} Ticker
 * @property {(tick: (nowMs: number) => void) => number} request
 * @property {(id: number) => void} cancel
 */

export class Loop {
  /** @type {Set<Player>} */
  #players = new Set();
  #request = 0;
  #hidden = false;

  /** @param {Ticker} ticker */
  constructor(ticker) {
    this.ticker = ticker;
  }

  /** @param {Player} player */
  add(player) {
    this.#players.add(player);
    this.wake();
  }

  /** @param {Player} player */
  remove(player) {
    this.#players.delete(player);
    if (this.#players.size === 0) this.#stop();
  }

  /** @param {boolean} hidden  the whole page cannot be seen */
  setHidden(hidden) {
    this.#hidden = hidden;
    if (hidden) this.#stop();
    else this.wake();
  }

  /** A player has something to do again. */
  wake() {
    if (this.#request || this.#hidden) return;
    for (const player of this.#players) {
      if (player.busy) {
        this.#request = this.ticker.request(this.#tick);
        return;
      }
    }
  }

  /** Whether a frame has been asked for. */
  get running() {
    return this.#request !== 0;
  }

  #stop() {
    if (this.#request) this.ticker.cancel(this.#request);
    this.#request = 0;
    for (const player of this.#players) player.sleep();
  }

  #tick = (/** @type {number} */ nowMs) => {
    this.#request = 0;
    for (const player of this.#players) {
      if (player.busy) player.tick(nowMs);
      else player.sleep();
    }
    this.wake();
  };
}

/**
 * @typedef {object} PlayerOptions
 * @property {Loop} loop
 * @property {(nowMs: number, atOnce: boolean) => boolean} paint  draws; true while something still moves by itself
 * @property {(error: unknown) => void} fail  the engine threw; the run is over
 */

export class Player {
  /** @type {Run | null} */
  #run = null;
  /** @type {Mode} */
  pace = 'paced';
  speed = 1;
  /** Simulated microseconds per wall microsecond of the last frame: the number beside the clock. */
  rate = 0;
  #playing = false;
  #visible = true;
  #dirty = false;
  #animating = false;
  #stepped = false;
  #last = -1;
  #clock = pacer(0);
  #usualUs = 2000;
  #world = { flying: false, dull: false, nextUs: -1, flightUs: 2000 };
  /** It plays, but time does not go on yet. */
  held = false;
  /** Tells news from what has been seen before; until it is there (after.js), all is news. @type {Watch | null} */
  watch = null;

  /** @param {PlayerOptions} options */
  constructor({ loop, paint, fail }) {
    this.loop = loop;
    this.paint = paint;
    this.fail = fail;
  }

  /**
   * Puts a run on, or takes it off.
   * @param {Run | null} run
   * @param {number} [flightUs]  typical duration of a flight in this run
   */
  setRun(run, flightUs = 2000) {
    this.#run = run;
    this.#usualUs = flightUs;
    this.watch?.clear();
    this.#clock = pacer(run ? run.frame()[HEAD.TIME_US] : 0);
    this.rate = 0;
    this.invalidate();
  }

  /** Goes on with another run that is, at this moment, the same. @param {Run} run */
  swap(run) {
    this.#run = run;
    this.invalidate();
  }

  get playing() {
    return this.#playing;
  }

  /** Whether it wants the next frame. */
  get busy() {
    return (
      this.#run !== null &&
      this.#visible &&
      (this.#playing || this.#dirty || this.#animating || this.#stepped)
    );
  }

  play() {
    this.#playing = true;
    this.#last = -1;
    this.invalidate();
  }

  pause() {
    this.#playing = false;
    this.rate = 0;
    this.invalidate();
  }

  /** To the next event that can be seen, and stops there. */
  step() {
    this.#playing = false;
    this.rate = 0;
    try {
      if (this.#run) this.#clock = pacer(this.#run.step());
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#stepped = true;
    this.invalidate();
  }

  /** Something to be drawn has changed. */
  invalidate() {
    this.#dirty = true;
    this.loop.wake();
  }

  /** @param {boolean} visible */
  setVisible(visible) {
    this.#visible = visible;
    if (visible) this.loop.wake();
    else this.sleep();
  }

  /** The loop has stopped for a while: that time is not made good. */
  sleep() {
    this.#last = -1;
  }

  /** @param {number} nowMs */
  tick(nowMs) {
    const wall = this.#last < 0 ? 0 : Math.min(nowMs - this.#last, LONGEST_FRAME_MS);
    this.#last = nowMs;
    try {
      const moved = this.#playing && !this.held && wall > 0 && this.#advance(wall);
      if (!moved && !this.#dirty && !this.#animating) return;
      const atOnce = this.#stepped;
      this.#dirty = false;
      this.#stepped = false;
      this.#animating = this.paint(nowMs, atOnce);
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * @param {number} wallMs
   * @returns {boolean} whether time went on
   */
  #advance(wallMs) {
    const run = /** @type {Run} */ (this.#run);
    const clock = this.#clock;
    const world = this.#world;
    const from = clock.us;
    let left = wallMs * this.speed;
    for (let hops = 0; left > 1e-9 && hops < HOPS; hops++) {
      const frame = run.frame();
      world.flying = frame[HEAD.FLIGHTS] > 0;
      world.dull = world.flying && this.watch !== null && this.watch.dull(frame);
      world.nextUs = frame[HEAD.NEXT_EVENT_US];
      world.flightUs = flightTime(frame, this.#usualUs);
      left -= advance(clock, world, this.pace, left);
      const until = Math.floor(clock.us);
      if (until <= frame[HEAD.TIME_US] && until < world.nextUs) break; // less than a microsecond
      const reached = run.advance(until, BUDGET_MS);
      // Out of budget: what could not be simulated in time is left undone, or the next frame would be later still.
      if (reached < until) {
        clock.us = reached;
        break;
      }
    }
    this.rate = (clock.us - from) / (wallMs * 1000);
    return clock.us > from;
  }
}

/** @type {Loop | null} */
let shared = null;
/** @type {IntersectionObserver | null} */
let sight = null;
/** @type {WeakMap<Element, Player>} */
const players = new WeakMap();

/** The one loop of this page. */
export function pageLoop() {
  if (!shared) {
    const loop = new Loop({
      request: (tick) => requestAnimationFrame(tick),
      cancel: (id) => cancelAnimationFrame(id),
    });
    document.addEventListener('visibilitychange', () => loop.setHidden(document.hidden));
    loop.setHidden(document.hidden);
    shared = loop;
  }
  return shared;
}

/**
 * Lets a player know whether its element can be seen.
 * @param {Element} element
 * @param {Player} player
 */
export function watchSight(element, player) {
  sight ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) players.get(entry.target)?.setVisible(entry.isIntersecting);
    },
    { rootMargin: '64px' }, // drawn before it scrolls in
  );
  players.set(element, player);
  sight.observe(element);
}

/** @param {Element} element */
export function unwatchSight(element) {
  players.delete(element);
  sight?.unobserve(element);
}
