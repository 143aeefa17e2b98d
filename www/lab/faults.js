// What can be done to one broker: it is chosen here, or by pointing at it in the picture. What is not possible now is grey and
// says why.

import { HEAD } from '../frame.js';
import { h, setAttribute, setText } from '../panels/dom.js';
import { brokerName } from '../stage/names.js';
import { Slider, button, setButton } from './pieces.js';
import { brokerOf } from './world.js';

/** @import { LabWishes, Shown } from './panel.js' */
/** @import { BrokerFaults } from './world.js' */
/** @import { Say } from './words.js' */

/** Milliseconds that a write waits. */
const SLOW = [0, 1, 5, 10, 50, 100, 500, 1000, 3000, 10000];

/** Thousandths of the true speed. */
const RATES = [100, 250, 500, 800, 900, 1000, 1100, 1250, 1500, 2000, 3000, 4000];

export class Faults {
  #wishes;
  /** @type {Say | null} */
  #say = null;
  #chosen = 0;
  #title = h('h4');
  #choice = h('div', { class: 'segments', role: 'radiogroup' });
  /** @type {{input: HTMLInputElement, name: Element, state: Element, segment: HTMLElement}[]} */
  #brokers = [];
  #now = /** @type {BrokerFaults | null} */ (null);
  /** What was last set here, if nobody says what is. */
  #slowest = 0;
  #key = '';

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    const order = (/** @type {string} */ name) => () => this.#order(name);
    this.kill = button('kill', () => this.#order(this.#now?.state === 'dead' ? 'restart' : 'kill'));
    this.pause = button('pause', () => this.#order(this.#now?.state === 'paused' ? 'resume' : 'pause'));
    this.isolate = button('isolate', order('isolate'));
    this.power = button('power', order('power_loss'));
    const words = (/** @type {string} */ key) => (/** @type {number} */ n) =>
      this.#say?.text(key, { n }) ?? '';
    this.slow = new Slider('slow', SLOW, waits(words), (slow_ms) => {
      this.#slowest = slow_ms;
      this.#order('disk', { slow_ms });
    });
    this.clock = new Slider(
      'clock',
      RATES,
      (rate) => words('lab.times')(rate / 1000),
      (rate_permille) => this.#order('clock', { rate_permille }),
    );
    this.full = h('input', {
      type: 'checkbox',
      role: 'switch',
      'data-lab': 'full',
      onchange: () => this.#order('disk', { full: this.full.checked }),
    });
    this.#fullName = h('span', { class: 'name' });
    this.element = h(
      'div',
      { class: 'block' },
      h('div', { class: 'row' }, this.#title, this.#choice),
      h('div', { class: 'row actions' }, this.kill, this.pause, this.isolate, this.power),
      this.slow.element,
      this.clock.element,
      h('label', { class: 'switch' }, this.full, this.#fullName),
    );
  }
  #fullName;

  /** @param {string} name @param {Record<string, unknown>} [more] */
  #order(name, more) {
    this.#wishes.command({ do: name, broker: this.#chosen, ...more });
  }

  /** The broker that the actions are about. */
  get chosen() {
    return this.#chosen;
  }

  /** @param {number} broker */
  choose(broker) {
    if (broker === this.#chosen || broker >= this.#brokers.length) return;
    this.#chosen = broker;
    this.#wishes.changed();
  }

  /** @param {Say} say @param {Shown} state */
  update(say, { frame, ready, details, wishes }) {
    this.#say = say;
    this.#place(frame[HEAD.BROKERS]);
    const all = this.#brokers.map((_, i) => brokerOf(frame, i));
    const slow = details?.disk(this.#chosen).slow_ms ?? (all[this.#chosen].slow ? this.#slowest : 0);
    const key = `${say.lang} ${wishes} ${ready} ${this.#chosen} ${slow} ${all.map((one) => Object.values(one).join()).join(' ')}`;
    if (key === this.#key) return;
    this.#key = key;
    const t = say.text;
    setText(this.#title, t('lab.broker'));
    setAttribute(this.#choice, 'aria-label', t('lab.broker'));
    all.forEach((one, i) => {
      const { input, state, segment } = this.#brokers[i];
      input.checked = i === this.#chosen;
      setText(state, t(one.state === 'up' ? `lab.role.${one.role}` : `lab.state.${one.state}`));
      setAttribute(segment, 'data-state', one.state);
    });
    const b = brokerName(this.#chosen);
    const now = (this.#now = all[this.#chosen]);
    const dead = now.state === 'dead';
    const stopped = ready ? '' : t('lab.why.stopped');
    const unless = (/** @type {string} */ why, /** @type {string} */ title) => stopped || why || t(title);
    const down = dead ? t('lab.why.dead', { b }) : '';
    const kill = dead ? 'restart' : 'kill';
    const pause = now.state === 'paused' ? 'resume' : 'pause';
    setButton(this.kill, t(`lab.${kill}`), unless('', `lab.${kill}.title`), ready);
    setButton(this.pause, t(`lab.${pause}`), unless(down, `lab.${pause}.title`), ready && !dead);
    setButton(this.isolate, t('lab.isolate'), unless('', 'lab.isolate.title'), ready);
    setButton(this.power, t('lab.power'), unless(down, 'lab.power.title'), ready && !dead);
    this.slow.update(t('lab.disk.slow'), slow, ready);
    this.clock.update(t('lab.clock'), now.clock || 1000, ready);
    setText(this.#fullName, t('lab.disk.full'));
    this.full.checked = now.full;
    this.full.disabled = !ready;
    this.full.title = t('lab.disk.full.title');
  }

  /** @param {number} brokers */
  #place(brokers) {
    if (this.#brokers.length === brokers) return;
    this.#brokers = Array.from({ length: brokers }, (_, i) => {
      const input = h('input', {
        type: 'radio',
        name: 'lab-broker',
        'data-lab': `broker-${brokerName(i)}`,
        onchange: () => this.choose(i),
      });
      const name = h('b', {}, brokerName(i));
      const state = h('span', { class: 'state' });
      return { input, name, state, segment: h('label', { class: 'segment' }, input, name, state) };
    });
    this.#choice.replaceChildren(...this.#brokers.map(({ segment }) => segment));
    this.#choice.toggleAttribute('data-many', brokers > 5);
    this.#chosen = Math.min(this.#chosen, brokers - 1);
    this.#key = '';
  }
}

/**
 * Words for a wait in milliseconds; 0 is none.
 * @param {(key: string) => (n: number) => string} words
 */
export const waits = (words) => (/** @type {number} */ ms) =>
  ms === 0 ? words('lab.none')(0) : ms < 1000 ? words('lab.ms')(ms) : words('lab.s')(ms / 1000);
