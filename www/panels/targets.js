// Buttons over the brokers and the producer on the canvas: what can be clicked there can be reached with Tab, pressed
// with Enter, and is told to a screen reader. They are transparent; the canvas under them is what is seen.

import { BROKER, HEAD } from '../frame.js';
import { brokerName } from '../stage/names.js';
import { h, setAttribute } from './dom.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Hit } from '../stage/hit.js' */
/** @import { Layout } from '../stage/layout.js' */

/** By BROKER_STATE. */
const STATES = ['dead', 'up', 'booting', 'paused'];

/** A finger needs this much, CSS pixels. */
const FINGER = 44;

export class Targets {
  element = h('div', { class: 'targets' });
  /** @type {HTMLButtonElement[]} */
  #brokers = [];
  #producer;
  #act;
  /** What the pointer is over. @type {Hit} */
  hover = null;
  /** The broker that has the keyboard focus. @type {number | null} */
  focus = null;

  /**
   * @param {(broker: number) => void} act  a broker was pressed; -1: the producer
   * @param {() => void} changed  hover or focus has moved
   */
  constructor(act, changed) {
    this.#act = act;
    this.changed = changed;
    this.#producer = this.#button(-1);
    this.element.append(this.#producer);
  }

  /** @param {number} number */
  #button(number) {
    /** @type {Hit} */
    const what = number < 0 ? { what: 'producer' } : { what: 'broker', broker: number };
    const hover = (/** @type {Hit} */ hit) => () => {
      this.hover = hit;
      this.changed();
    };
    const focus = (/** @type {number | null} */ broker) => () => {
      // A click focuses too, but is no search for where one is.
      this.focus = button.matches(':focus-visible') ? broker : null;
      this.changed();
    };
    const button = h('button', {
      type: 'button',
      class: number < 0 ? 'target box' : 'target',
      'data-target': number < 0 ? 'producer' : brokerName(number),
      onclick: () => this.#act(number),
      onpointerenter: hover(what),
      onpointerleave: hover(null),
      onfocus: focus(number < 0 ? null : number),
      onblur: focus(null),
    });
    return button;
  }

  /** @param {Layout} layout */
  place(layout) {
    while (this.#brokers.length > layout.brokers.length) this.#brokers.pop()?.remove();
    while (this.#brokers.length < layout.brokers.length) {
      const button = this.#button(this.#brokers.length);
      this.#brokers.push(button);
      this.element.append(button);
    }
    this.#brokers.forEach((button, i) => {
      const { x, y, r } = layout.brokers[i];
      const size = Math.max(2 * r + 8, FINGER);
      put(button, x - size / 2, y - size / 2, size, size);
    });
    const { x, y, w, h: height } = layout.producer;
    put(this.#producer, x, y, w, height);
  }

  /**
   * What each of them is now, in words.
   * @param {Words} words
   * @param {Float64Array} frame
   */
  label(words, frame) {
    this.#brokers.forEach((button, i) => {
      const at = frame[HEAD.BROKERS_AT] + i * BROKER.STRIDE;
      const state = STATES[frame[at + BROKER.STATE]];
      const label = words.text(`target.${state}`, {
        b: brokerName(i),
        role: words.text(`role.${frame[at + BROKER.ROLE]}`),
        term: frame[at + BROKER.TERM],
        entries: frame[at + BROKER.END_INDEX] + 1,
        committed: frame[at + BROKER.COMMITTED_INDEX] + 1,
      });
      setAttribute(button, 'aria-label', label);
      setAttribute(button, 'data-state', state);
    });
    setAttribute(
      this.#producer,
      'aria-label',
      words.text('target.producer', { ok: frame[HEAD.PRODUCER_OK] }),
    );
  }
}

/** @param {HTMLElement} button @param {number} x @param {number} y @param {number} w @param {number} height */
function put(button, x, y, w, height) {
  button.style.cssText = `left:${x}px;top:${y}px;width:${w}px;height:${height}px`;
}
