// What must hold, one line each with a green mark, and how often it was looked at. When one is broken its line turns red and
// the summary names it; what exactly was broken is said in the bar under the picture.

import { h, setAttribute, setText } from '../panels/dom.js';
import { setSign, sign } from './pieces.js';

/** @import { LabState } from './panel.js' */
/** @import { Say } from './words.js' */

/** Counts are read, not watched: they change so often, milliseconds. */
const EVERY_MS = 500;

export class Guarantees {
  #sign = sign('holds');
  #title = h('span', { class: 'title' });
  #checks = h('span', { class: 'quiet-note' });
  #marks = h('span', { class: 'marks', 'aria-hidden': 'true' });
  #head = h('button', {
    type: 'button',
    class: 'head',
    'data-lab': 'guarantees',
    'aria-expanded': 'true',
    onclick: () => this.#toggle(),
  });
  #list = h('ul', { class: 'list', role: 'list' });
  /** @type {Map<string, {item: HTMLElement, sign: SVGElement, dot: SVGElement, name: Element, told: Element, count: Element}>} */
  #lines = new Map();
  #nextAt = -Infinity;
  #said = '';
  element = h('div', { class: 'guarantees', 'data-open': 'auto' });

  constructor() {
    this.#head.append(
      this.#sign,
      this.#title,
      this.#marks,
      this.#checks,
      h('span', { class: 'turn', 'aria-hidden': 'true' }),
    );
    this.element.append(h('h3', {}, this.#head), this.#list);
  }

  /** Open is what the width allows, until the visitor says otherwise. */
  #toggle() {
    setAttribute(this.element, 'data-open', this.#open ? 'no' : 'yes');
    setAttribute(this.#head, 'aria-expanded', String(this.#open));
  }

  get #open() {
    return getComputedStyle(this.#list).display !== 'none';
  }

  /** @param {Say} say @param {LabState} state @param {number} nowMs */
  update(say, { guarantees, violation }, nowMs) {
    const key = `${say.lang} ${guarantees.length} ${violation?.invariant ?? ''} ${violation?.at_us ?? ''}`;
    if (key === this.#said && nowMs < this.#nextAt) return;
    this.#nextAt = nowMs + EVERY_MS;
    const anew = key !== this.#said;
    this.#said = key;
    let checks = 0;
    for (const { name, checked } of guarantees) {
      checks += checked;
      const line = this.#lines.get(name) ?? this.#add(name);
      const count = say.count(checked);
      setText(line.count, count);
      if (!anew) continue;
      const broken = violation?.invariant === name;
      setSign(line.sign, broken ? 'broken' : 'holds');
      setSign(line.dot, broken ? 'broken' : 'holds');
      line.item.toggleAttribute('data-broken', broken);
      setText(line.name, say.text(`holds.${name}`));
      setText(line.told, say.text(broken ? 'lab.broken.mark' : 'lab.holds.mark'));
    }
    for (const { name, checked } of guarantees) {
      const line = this.#lines.get(name);
      if (line) line.count.setAttribute('title', say.text('lab.checked', { n: say.count(checked) }));
    }
    setText(this.#checks, say.text('lab.checks', { n: say.count(checks) }));
    // Another width may have opened or closed it.
    setAttribute(this.#head, 'aria-expanded', String(this.#open));
    if (!anew) return;
    for (const [name, line] of this.#lines) {
      if (guarantees.some((one) => one.name === name)) continue;
      line.item.remove();
      line.dot.remove();
      this.#lines.delete(name);
    }
    setSign(this.#sign, violation ? 'broken' : 'holds');
    this.element.toggleAttribute('data-broken', violation !== null);
    setText(
      this.#title,
      violation
        ? say.text('lab.broken', { name: say.text(`holds.${violation.invariant}`) })
        : say.text('lab.holds', { n: guarantees.length }),
    );
    setAttribute(this.#list, 'aria-label', say.text('lab.list'));
  }

  /** @param {string} name */
  #add(name) {
    const line = {
      item: h('li', { 'data-guarantee': name }),
      sign: sign('holds'),
      dot: sign('holds'),
      told: h('span', { class: 'unseen' }),
      name: h('span', { class: 'name' }),
      count: h('span', { class: 'count' }),
    };
    line.item.append(line.sign, line.told, line.name, line.count);
    this.#list.append(line.item);
    this.#marks.append(line.dot);
    this.#lines.set(name, line);
    return line;
  }
}
