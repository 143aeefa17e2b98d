// The places for words around the stage: the clock and the seed, the sentence under it, and the line that a screen reader
// is told. What writes the last two is sentences.js.

import { h, setText } from './dom.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Sentences } from './sentences.js' */

/** The rate beside the clock is read, not watched: it may change so often, milliseconds. */
const RATE_EVERY_MS = 250;

export class Caption {
  sentence = h('p', { class: 'sentence', part: 'caption' });
  live = h('p', { class: 'unseen', 'aria-live': 'polite', role: 'status' });
  /** What writes into these two; comes after the first picture. @type {Sentences | null} */
  sentences = null;
  #time = h('span', { class: 'time' });
  #rate = h('span', { class: 'rate' });
  #seed = h('span', { class: 'seed' });
  #rateAt = -Infinity;
  #ms = -1; // the time that is shown, and in which language
  /** @type {Words | null} */
  #words = null;

  constructor() {
    this.element = h('div', { class: 'caption' }, this.sentence, this.live);
    this.clock = h('p', { class: 'clock', part: 'clock' }, this.#rate, this.#seed, this.#time);
  }

  /** Forgets the last run. */
  clear() {
    this.sentences?.clear();
    this.sentence.textContent = '\u00a0';
  }

  /** Writes all again, in another language. @param {Words} words */
  rewrite(words) {
    this.#rateAt = -Infinity;
    this.sentences?.rewrite(words);
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
    if (!this.sentences?.begun && !playing) setText(this.sentence, words.text('ui.ready'));
    if (nowMs - this.#rateAt < RATE_EVERY_MS && playing) return;
    this.#rateAt = nowMs;
    const text = playing ? words.text(`clock.${pace}`, { rate: short(rate) }) : words.text('clock.paused');
    setText(this.#rate, text);
    setText(this.#seed, words.text('clock.seed', { seed }));
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
