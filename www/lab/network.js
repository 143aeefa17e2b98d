// What links are like: all of them, or those of one broker. Where they differ from one another the first of them is shown.

import { HEAD, LINK } from '../frame.js';
import { h, setAttribute, setText } from '../panels/dom.js';
import { brokerName } from '../stage/names.js';
import { waits } from './faults.js';
import { Slider, button, setButton } from './pieces.js';
import { flawsOf, sameLinks } from './world.js';

/** @import { Details, LabWishes, Shown } from './panel.js' */
/** @import { LinkState } from './world.js' */
/** @import { Say } from './words.js' */

/** Microseconds. */
const LATENCY = [100, 500, 1000, 2000, 5000, 10e3, 20e3, 50e3, 100e3, 200e3, 500e3, 1e6, 2e6, 5e6, 10e6];
const JITTER = [0, ...LATENCY];
/** Permille. */
const CHANCE = [0, 1, 5, 10, 20, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000];

/** A link with nothing wrong, as a run begins. @type {LinkState} */
export const USUAL = {
  latency_us: 1000,
  jitter_us: 2000,
  loss_permille: 0,
  duplicate_permille: 0,
  reorder_permille: 0,
};

export class Network {
  #wishes;
  /** @type {Say | null} */
  #say = null;
  /** The broker whose links these are; -1: all. */
  #whose = -1;
  #label = h('span', { class: 'name' });
  #select = h('select', { 'data-lab': 'links', onchange: () => this.#choose(Number(this.#select.value)) });
  #differ = h('p', { class: 'hint' });
  /** What was last set here, if nobody says what is. */
  #last = USUAL;
  #key = '';

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    const words = (/** @type {string} */ key) => (/** @type {number} */ n) =>
      this.#say?.text(key, { n }) ?? '';
    const time = (/** @type {number} */ us) => waits(words)(us / 1000);
    const chance = (/** @type {number} */ permille) => words('lab.percent')(permille / 10);
    const wish = (/** @type {string} */ field) => (/** @type {number} */ value) =>
      this.#set({ [field]: value });
    this.latency = new Slider('latency', LATENCY, time, wish('latency_us'));
    this.jitter = new Slider('jitter', JITTER, time, wish('jitter_us'));
    this.loss = new Slider('loss', CHANCE, chance, wish('loss_permille'));
    this.duplicate = new Slider('duplicate', CHANCE, chance, wish('duplicate_permille'));
    this.reorder = new Slider('reorder', CHANCE, chance, wish('reorder_permille'));
    this.heal = button('heal-links', () => wishes.command({ do: 'heal_all' }));
    this.element = h(
      'div',
      { class: 'network' },
      h('div', { class: 'row' }, h('label', { class: 'field' }, this.#label, this.#select), this.heal),
      h(
        'div',
        { class: 'sliders' },
        this.latency.element,
        this.jitter.element,
        this.loss.element,
        this.duplicate.element,
        this.reorder.element,
      ),
      this.#differ,
    );
  }

  /** @param {Record<string, number>} change */
  #set(change) {
    this.#last = { ...this.#last, ...change };
    if (this.#whose < 0) return this.#wishes.command({ do: 'network', ...change });
    this.#wishes.command({ do: 'network', from: this.#whose, ...change });
    this.#wishes.command({ do: 'network', to: this.#whose, ...change });
  }

  /** @param {number} whose */
  #choose(whose) {
    this.#whose = whose;
    this.#key = '';
    this.#wishes.changed();
  }

  /** @param {Say} say @param {Shown} state */
  update(say, { frame, ready, details, wishes }) {
    this.#say = say;
    const n = frame[HEAD.BROKERS];
    if (this.#whose >= n) this.#whose = -1;
    const first = Math.max(0, this.#whose);
    const other = first === 0 ? 1 : 0;
    const known = n > 1 ? details : undefined;
    // Where nobody tells: all is as usual again as soon as no link has a flaw.
    if (!known && !flawed(frame)) this.#last = USUAL;
    const link = known?.link(first, other) ?? this.#last;
    const differ = known !== undefined && this.#differs(n, link, known);
    const key = `${say.lang} ${wishes} ${ready} ${n} ${this.#whose} ${differ} ${Object.values(link).join()}`;
    if (key === this.#key) return;
    this.#key = key;
    const t = say.text;
    setText(this.#label, t('lab.links'));
    this.#options(say, n);
    setButton(this.heal, t('lab.heal'), '', ready);
    this.latency.update(t('lab.net.latency'), link.latency_us, ready);
    this.jitter.update(t('lab.net.jitter'), link.jitter_us, ready);
    this.loss.update(t('lab.net.loss'), link.loss_permille, ready);
    this.duplicate.update(t('lab.net.duplicate'), link.duplicate_permille, ready);
    this.reorder.update(t('lab.net.reorder'), link.reorder_permille, ready);
    // Its place is kept, so that the sliders' neighbours do not jump.
    setText(
      this.#differ,
      differ ? t('lab.net.differ', { a: brokerName(first), b: brokerName(other) }) : '\u00a0',
    );
  }

  /** @param {number} n @param {LinkState} first @param {Details} details */
  #differs(n, first, { link }) {
    for (let from = 0; from < n; from++) {
      for (let to = 0; to < n; to++) {
        if (from === to || (this.#whose >= 0 && from !== this.#whose && to !== this.#whose)) continue;
        if (!sameLinks(first, link(from, to))) return true;
      }
    }
    return false;
  }

  /** @param {Say} say @param {number} n */
  #options(say, n) {
    const key = `${say.lang} ${n}`;
    if (this.#select.dataset.options !== key) {
      this.#select.dataset.options = key;
      const brokers = Array.from({ length: n }, (_, b) =>
        h('option', { value: b }, say.text('lab.links.of', { b: brokerName(b) })),
      );
      this.#select.replaceChildren(h('option', { value: -1 }, say.text('lab.links.all')), ...brokers);
    }
    setAttribute(this.#select, 'aria-label', say.text('lab.links'));
    this.#select.value = String(this.#whose);
  }
}

/** Whether any link loses or delays. @param {Float64Array} frame */
function flawed(frame) {
  const n = frame[HEAD.BROKERS];
  for (let k = 0; k < n * n; k++) if (flawsOf(frame, Math.floor(k / n), k % n) > LINK.CUT) return true;
  return false;
}
