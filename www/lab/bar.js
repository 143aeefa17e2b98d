// The line in the caption's place: the message in flight that was chosen, with what can be done to it; or what was broken.
// Nothing below it moves when it comes.

import { h, setAttribute, setText } from '../panels/dom.js';
import { CopyLink } from './copy-link.js';
import { described, flightOf, inFlight } from './flights.js';
import { button, setButton, sign } from './pieces.js';

/** @import { LabState, LabWishes } from './panel.js' */
/** @import { Say } from './words.js' */

/** Delays on offer, milliseconds: longer than a heartbeat is apart, and longer than followers wait for one. */
const DELAYS = [100, 5000];

export class Bar {
  #wishes;
  #closed;
  /** Id of the message that is chosen; -1: none. */
  selected = -1;
  #kind = h('b', { class: 'kind' });
  #way = h('span', { class: 'way' });
  #fields = h('span', { class: 'fields' });
  #place = h('span', { class: 'place' });
  #time = h('span', { class: 'when' });
  #sentence = h('span', {});
  /** Told politely: what was broken, and what was chosen. */
  live = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  #told = '';
  #key = '';

  /** @param {LabWishes} wishes @param {(back: boolean) => void} closed  back: the focus was in here */
  constructor(wishes, closed) {
    this.#wishes = wishes;
    this.#closed = closed;
    const order = (/** @type {Record<string, unknown>} */ command) => () =>
      wishes.command({ ...command, message: this.selected });
    this.drop = button('drop', order({ do: 'drop' }));
    this.delays = DELAYS.map((ms) => button(`hold-${ms}`, order({ do: 'hold', ms })));
    this.duplicate = button('duplicate', order({ do: 'duplicate' }));
    this.previous = button('previous', () => this.#step(-1), 'quiet');
    this.next = button('next', () => this.#step(1), 'quiet');
    this.close = button('close', () => closed(true), 'quiet close');
    this.again = button('again', wishes.again, 'main');
    this.copy = new CopyLink('copy', 'lab.copy', wishes.copyLink);
    this.message = h(
      'div',
      { class: 'inspector', role: 'group' },
      h('div', { class: 'row steps' }, this.previous, this.#place, this.next),
      h('p', { class: 'what' }, this.#kind, this.#way, this.#fields),
      h('div', { class: 'row actions' }, this.drop, ...this.delays, this.duplicate),
      this.close,
    );
    this.breach = h(
      'div',
      { class: 'breach', role: 'group' },
      sign('broken'),
      h('p', { class: 'what' }, this.#time, this.#sentence),
      h('div', { class: 'row actions' }, this.again, this.copy.button),
    );
    this.element = h('div', { class: 'bar', hidden: true }, this.message, this.breach);
  }

  /** @param {1 | -1} by */
  #step(by) {
    const frame = this.#wishes.frame();
    if (!frame) return;
    const all = inFlight(frame);
    const at = all.indexOf(this.selected);
    this.selected = all.length === 0 ? -1 : all[at < 0 ? 0 : (at + by + all.length) % all.length];
    this.#wishes.changed();
  }

  /** To the next message in flight. @returns {boolean} whether there is one */
  forward() {
    this.#step(1);
    return this.selected >= 0;
  }

  /** @param {Say} say @param {LabState} state */
  update(say, { frame, violation, ready }) {
    const at = this.selected < 0 ? -1 : flightOf(frame, this.selected);
    if (at < 0) this.selected = -1;
    const shown = at >= 0 ? 'message' : violation ? 'breach' : '';
    const gone = [this.message, this.breach].find((one) => !one.hidden && one.matches(':focus-within'));
    this.element.hidden = shown === '';
    this.element.parentElement?.toggleAttribute('data-taken', shown !== '');
    this.message.hidden = shown !== 'message';
    this.breach.hidden = shown !== 'breach';
    // With it went what the keyboard was on.
    if (gone?.hidden) this.#closed(true);
    if (shown === 'message') this.#showMessage(say, frame, at, ready);
    else if (shown === 'breach' && violation) this.#showBreach(say, violation);
    else this.#tell('');
  }

  /** @param {Say} say @param {Float64Array} frame @param {number} at @param {boolean} ready */
  #showMessage(say, frame, at, ready) {
    const t = say.text;
    const { kind, way, fields, refuses } = described(frame, at, say);
    const all = inFlight(frame);
    const key = [say.lang, this.selected, ready, all.length, all.indexOf(this.selected), ...fields].join();
    if (key === this.#key) return;
    this.#key = key;
    setText(this.#kind, kind);
    setText(this.#way, way);
    setText(this.#fields, fields.join(' · '));
    setText(this.#place, t('msg.of', { n: all.indexOf(this.selected) + 1, of: all.length }));
    this.message.toggleAttribute('data-refuses', refuses);
    setAttribute(this.message, 'aria-label', t('msg.label'));
    const why = ready ? '' : t('lab.why.stopped');
    setButton(this.drop, t('msg.drop'), why, ready);
    this.delays.forEach((one, i) => {
      const s = DELAYS[i] < 1000 ? t('lab.ms', { n: DELAYS[i] }) : t('lab.s', { n: DELAYS[i] / 1000 });
      setButton(one, t('msg.delay', { s }), why || t('msg.delay.title'), ready);
    });
    setButton(this.duplicate, t('msg.duplicate'), why, ready);
    named(this.previous, '‹', t('msg.previous'), all.length > 1);
    named(this.next, '›', t('msg.next'), all.length > 1);
    named(this.close, '×', t('msg.close'), true);
    this.#tell(`${kind}, ${way}, ${fields.slice(0, -1).join(', ')}`);
  }

  /** @param {Say} say @param {import('./panel.js').Violation} violation */
  #showBreach(say, violation) {
    const t = say.text;
    const key = `${say.lang} ${violation.invariant} ${violation.at_us}`;
    if (key === this.#key) return;
    this.#key = key;
    const time = t('broken.at', { s: (Math.floor(violation.at_us / 1000) / 1000).toFixed(3) });
    setText(this.#time, time);
    setText(this.#sentence, say.broken(violation));
    setButton(this.again, t('lab.again'), '', true);
    this.copy.label(say);
    setAttribute(this.breach, 'aria-label', t('lab.broken', { name: t(`holds.${violation.invariant}`) }));
    this.#tell(
      `${t('lab.broken', { name: t(`holds.${violation.invariant}`) })}. ${time}: ${say.broken(violation)}`,
    );
  }

  /** @param {string} text */
  #tell(text) {
    if (text === '') this.#key = '';
    if (text === this.#told) return;
    this.#told = text;
    this.live.textContent = text;
  }
}

/** A button with a sign for a face. @param {HTMLButtonElement} element @param {string} face @param {string} name @param {boolean} possible */
function named(element, face, name, possible) {
  setButton(element, face, name, possible);
  setAttribute(element, 'aria-label', name);
}
