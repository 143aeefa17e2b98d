// Properties of <ledger-scope> that mirror its attributes. `lang` is not among them: every HTML element has it.

import { readOption } from './options.js';

const PROPERTIES = [
  'brokers',
  'seed',
  'pace',
  'speed',
  'autoplay',
  'theme',
  'controls',
  'messageEvery',
  'lab',
  'scenario',
  'link',
];

export class Reflecting extends HTMLElement {
  /** A property that was set before the class was known lies on the object itself and hides the accessor. */
  upgradeProperties() {
    const self = /** @type {any} */ (this);
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
  }

  /** Members of the group, 1 to 9. @returns {number} */
  get brokers() {
    return this.#read('brokers');
  }
  set brokers(value) {
    this.#write('brokers', value);
  }

  /** Seed of the runs; null: a fresh one for each. The seed of the present run is in `state`. @returns {number | null} */
  get seed() {
    return this.#read('seed');
  }
  set seed(value) {
    this.#write('seed', value);
  }

  /** @returns {'paced' | 'linear'} */
  get pace() {
    return this.#read('pace');
  }
  set pace(value) {
    this.#write('pace', value);
  }

  /** Multiplies time; in linear time 1 is real time. @returns {number} */
  get speed() {
    return this.#read('speed');
  }
  set speed(value) {
    this.#write('speed', value);
  }

  /** Whether the first run plays by itself. @returns {boolean} */
  get autoplay() {
    return this.#read('autoplay');
  }
  set autoplay(value) {
    this.#write('autoplay', value);
  }

  /** @returns {'auto' | 'light' | 'dark'} */
  get theme() {
    return this.#read('theme');
  }
  set theme(value) {
    this.#write('theme', value);
  }

  /** @returns {'full' | 'minimal' | 'none'} */
  get controls() {
    return this.#read('controls');
  }
  set controls(value) {
    this.#write('controls', value);
  }

  /** Milliseconds between messages of the producer; 0: only on command. @returns {number} */
  get messageEvery() {
    return this.#read('message-every');
  }
  set messageEvery(value) {
    this.#write('message-every', value);
  }

  /** The panel for breaking things: behind a button, open, or not there. @returns {'button' | 'open' | 'none'} */
  get lab() {
    return this.#read('lab');
  }
  set lab(value) {
    this.#write('lab', value);
  }

  /** @param {string} name */
  #read(name) {
    return readOption(name, this.getAttribute(name)).value;
  }

  /** @param {string} name @param {unknown} value  null and undefined take the attribute away */
  #write(name, value) {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }
}
