// Writes the sentence about what has just happened, with terms in their hues, and the line a screen reader is told, at a
// listener's pace. What there is to say is story.js's affair.

import { termHue } from '../stage/palette.js';
import { h } from './dom.js';
import { HEARD, Narrator } from './narrator.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Line } from './story.js' */

export class Sentences {
  #shown = new Narrator();
  #told = listener();
  /** @type {Line | null} */
  #line = null;
  #sentence;
  #live;

  /** @param {HTMLElement} sentence @param {HTMLElement} live */
  constructor(sentence, live) {
    this.#sentence = sentence;
    this.#live = live;
  }

  /** Whether something has been said of this run. */
  get begun() {
    return this.#line !== null;
  }

  /** Forgets the last run. */
  clear() {
    this.#shown = new Narrator();
    this.#told = listener();
    this.#line = null;
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
      this.#write(words, line);
    }
    const told = this.#told.take(nowMs, atOnce);
    if (told) this.#live.textContent = words.text(told.key, told.args);
    return this.#shown.waiting || this.#told.waiting;
  }

  /** Writes the present sentence again, in another language. @param {Words} words */
  rewrite(words) {
    if (this.#line && words.complete) this.#write(words, this.#line);
  }

  /** @param {Words} words @param {Line} line */
  #write(words, { key, args }) {
    const parts = words.parts(key, args).map((part) => {
      if (part.term !== undefined) {
        return h('b', { class: `term-${termHue(part.term)}` }, part.text);
      }
      return part.strong ? h('b', {}, part.text) : part.text;
    });
    this.#sentence.replaceChildren(...parts);
  }
}

const listener = () => new Narrator({ holdMs: 4000, interruptMs: 2500, leastWeight: HEARD });
