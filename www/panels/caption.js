// The words under the stage: the sentence about what has just happened, with terms in their hues, the clock and the
// seed; and the line a screen reader is told, at a listener's pace. What there is to say is story.js's affair.

import { termHue } from '../stage/palette.js';
import { h, setText } from './dom.js';
import { HEARD, Narrator } from './narrator.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Line } from './story.js' */

/** The rate beside the clock is read, not watched: it may change so often, milliseconds. */
const RATE_EVERY_MS = 250;

export class Caption {
  #shown = new Narrator();
  #told = new Narrator({ holdMs: 4000, interruptMs: 2500, leastWeight: HEARD });
  /** @type {Line | null} */
  #line = null;
  #sentence = h('p', { class: 'sentence', part: 'caption' });
  #live = h('p', { class: 'unseen', 'aria-live': 'polite', role: 'status' });
  #time = h('span', { class: 'time' });
  #rate = h('span', { class: 'rate' });
  #seed = h('span', { class: 'seed' });
  #rateAt = -Infinity;
  #ms = -1; // the time that is shown, and in which language
  /** @type {Words | null} */
  #words = null;

  constructor() {
    this.element = h('div', { class: 'caption' }, this.#sentence, this.#live);
    this.clock = h('p', { class: 'clock', part: 'clock' }, this.#rate, this.#seed, this.#time);
  }

  /** Forgets the last run. */
  clear() {
    this.#shown = new Narrator();
    this.#told = new Narrator({ holdMs: 4000, interruptMs: 2500, leastWeight: HEARD });
    this.#line = null;
    this.#sentence.textContent = '\u00a0';
  }

  /** @param {Line} line */
  offer(line) {
    this.#shown.offer(line);
    this.#told.offer(line);
  }

  /**
   * @param {Words} words
   * @param {number} nowMs
   * @param {boolean} atOnce
   * @returns {boolean} whether a sentence waits for its turn
   */
  update(words, nowMs, atOnce) {
    if (!words.complete) return false;
    const line = this.#shown.take(nowMs, atOnce);
    if (line) {
      this.#line = line;
      this.#write(words);
    }
    const told = this.#told.take(nowMs, atOnce);
    if (told) this.#live.textContent = words.text(told.key, told.args);
    return this.#shown.waiting || this.#told.waiting;
  }

  /** Writes the present sentence again, in another language. @param {Words} words */
  rewrite(words) {
    this.#rateAt = -Infinity;
    if (this.#line && words.complete) this.#write(words);
  }

  /**
   * @param {Words} words
   * @param {number} timeUs
   * @param {{seed: number, rate: number, pace: string, playing: boolean}} clock
   * @param {number} nowMs
   */
  setClock(words, timeUs, { seed, rate, pace, playing }, nowMs) {
    const ms = Math.floor(timeUs / 1000);
    if (ms !== this.#ms || words !== this.#words) {
      this.#ms = ms;
      this.#words = words;
      setText(this.#time, words.text('clock.time', { seconds: (ms / 1000).toFixed(3) }));
    }
    // Before anything has happened: how to make it happen.
    if (!this.#line && !playing) setText(this.#sentence, words.text('ui.ready'));
    if (nowMs - this.#rateAt < RATE_EVERY_MS && playing) return;
    this.#rateAt = nowMs;
    const text = playing ? words.text(`clock.${pace}`, { rate: short(rate) }) : words.text('clock.paused');
    setText(this.#rate, text);
    setText(this.#seed, words.text('clock.seed', { seed }));
  }

  /** @param {Words} words */
  #write(words) {
    const line = /** @type {Line} */ (this.#line);
    const parts = words.parts(line.key, line.args).map((part) => {
      if (part.term !== undefined) {
        return h('b', { class: `term-${termHue(part.term)}` }, part.text);
      }
      return part.strong ? h('b', {}, part.text) : part.text;
    });
    this.#sentence.replaceChildren(...parts);
  }
}

/**
 * A rate in two digits that count: 0.0043, 0.25, 1, 38.
 * @param {number} rate
 */
export function short(rate) {
  if (rate >= 10) return String(Math.round(rate));
  return String(Number(rate.toPrecision(2)));
}
