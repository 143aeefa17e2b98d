// Who is parted from whom: a table of brokers and groups, for keyboard and finger; what was cut by a line in the picture shows
// here too. Arrow keys go through a broker's groups, and what is chosen holds at once.

import { HEAD } from '../frame.js';
import { h, setAttribute, setText } from '../panels/dom.js';
import { brokerName } from '../stage/names.js';
import { button, setButton } from './pieces.js';
import { listed, partitionOf } from './world.js';

/** @import { LabWishes, Shown } from './panel.js' */
/** @import { Say } from './words.js' */

/** More groups than this say nothing new. */
const MOST = 4;

export class Partition {
  #wishes;
  #title = h('h4');
  #hint = h('p', { class: 'hint' });
  #table = h('table', { class: 'groups' });
  /** By group, then broker. @type {HTMLInputElement[][]} */
  #cells = [];
  #heads = /** @type {Element[]} */ ([]);
  /** The group of each broker, as the visitor numbered them. @type {number[]} */
  #groups = [];
  /** What is cut parts the brokers into these groups. */
  #parted = true;
  #key = '';

  /** @param {LabWishes} wishes @param {() => void} draw  a cut is to be drawn in the picture, or is not any more */
  constructor(wishes, draw) {
    this.#wishes = wishes;
    this.heal = button('heal', () => wishes.command({ do: 'heal_all' }));
    this.draw = button('draw', draw);
    this.element = h(
      'div',
      { class: 'block' },
      this.#title,
      this.#table,
      h('div', { class: 'row actions' }, this.draw, this.heal),
      this.#hint,
    );
  }

  /** @param {Say} say @param {Shown} state @param {boolean} drawing */
  update(say, { frame, ready, wishes }, drawing) {
    const present = partitionOf(frame);
    this.#parted = present !== null;
    const n = frame[HEAD.BROKERS];
    if (present && !sameParts(present, this.#groups)) this.#groups = present;
    const key = `${say.lang} ${wishes} ${ready} ${drawing} ${present === null} ${n} ${this.#groups.join('')}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#place(n);
    const t = say.text;
    setText(this.#title, t('lab.partition'));
    setAttribute(this.#table, 'aria-label', t('lab.partition'));
    this.#heads.forEach((head, g) => setText(head, t('lab.group', { n: g + 1 })));
    this.#cells.forEach((row, g) =>
      row.forEach((input, b) => {
        input.checked = present !== null && this.#groups[b] === g;
        input.disabled = !ready || n < 2;
        setAttribute(input, 'aria-label', t('lab.in', { b: brokerName(b), n: g + 1 }));
      }),
    );
    setButton(this.heal, t('lab.heal'), '', ready);
    setButton(
      this.draw,
      t(drawing ? 'lab.cut.cancel' : 'lab.cut.draw'),
      t('lab.partition.or'),
      ready && n > 1,
    );
    setAttribute(this.draw, 'aria-pressed', String(drawing));
    setText(
      this.#hint,
      t(present ? 'lab.partition.hint' : 'lab.partition.some') + gap(say) + t('lab.partition.or'),
    );
  }

  /** @param {number} broker @param {number} group */
  #choose(broker, group) {
    const groups = [...this.#groups];
    groups[broker] = group;
    const same = this.#parted && sameParts(groups, this.#groups);
    this.#groups = groups;
    // From one empty group to another: nobody is parted anew.
    if (same) return this.#wishes.changed();
    this.#wishes.command({ do: 'partition', groups: listed(groups) });
  }

  /** @param {number} n */
  #place(n) {
    const groups = Math.min(n, MOST);
    if (this.#cells.length === groups && this.#cells[0]?.length === n) return;
    this.#heads = Array.from({ length: groups }, () => h('th', { scope: 'row' }));
    this.#cells = this.#heads.map((_, g) =>
      Array.from({ length: n }, (_, b) =>
        h('input', {
          type: 'radio',
          name: `lab-group-${b}`,
          'data-lab': `group-${brokerName(b)}-${g + 1}`,
          onchange: () => this.#choose(b, g),
        }),
      ),
    );
    const names = this.#cells[0].map((_, b) => h('th', { scope: 'col' }, brokerName(b)));
    this.#table.replaceChildren(
      h('tr', {}, h('td'), ...names),
      ...this.#heads.map((head, g) =>
        h('tr', {}, head, ...this.#cells[g].map((input) => h('td', {}, input))),
      ),
    );
  }
}

/** Between two sentences. @param {Say} say */
const gap = (say) => (say.lang === 'zh' ? '' : ' ');

/**
 * Whether two numberings part the same brokers.
 * @param {readonly number[]} one
 * @param {readonly number[]} other
 */
export function sameParts(one, other) {
  return (
    one.length === other.length &&
    one.every((_, i) => one.every((_, j) => (one[i] === one[j]) === (other[i] === other[j])))
  );
}
