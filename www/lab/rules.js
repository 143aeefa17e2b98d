// Rules as switches, each with what it protects from, and the run that shows it. What is switched off is struck through and
// says so; all are listed in the order in which the group needs them.

import { h, setAttribute, setText } from '../panels/dom.js';
import { button, setButton } from './pieces.js';
import { RUNS } from './runs.js';
import { bySubject, takenAway } from './subjects.js';

/** @import { LabWishes, Shown } from './panel.js' */
/** @import { Say } from './words.js' */

export const PRESETS = ['intended', 'dledger-0.4', 'dledger-0.3.1'];

/** @typedef {{item: HTMLElement, input: HTMLInputElement, name: Element, off: Element, why: Element, show: HTMLButtonElement | null}} Line */

export class RuleList {
  #wishes;
  #label = h('span', { class: 'name' });
  #select = h('select', { 'data-lab': 'preset', onchange: () => this.#wishes.preset(this.#select.value) });
  #hint = h('p', { class: 'hint' });
  #groups = h('div', { class: 'rules' });
  /** @type {Map<string, Line>} */
  #lines = new Map();
  /** @type {[string, Element][]} */
  #heads = [];
  #key = '';

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.element = h(
      'div',
      {},
      h('div', { class: 'row' }, h('label', { class: 'field' }, this.#label, this.#select), this.#hint),
      this.#groups,
    );
  }

  /** @param {Say} say @param {Shown} state */
  update(say, { rules, preset, ready, wishes }) {
    const key = `${say.lang} ${wishes} ${preset} ${ready} ${rules.map((rule) => rule.name + Number(rule.kept)).join()}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#place(rules.map(({ name }) => name));
    const t = say.text;
    setText(this.#label, t('lab.preset'));
    setText(this.#hint, t('lab.rules.hint'));
    if (this.#select.dataset.options !== say.lang) {
      this.#select.dataset.options = say.lang;
      this.#select.replaceChildren(
        ...PRESETS.map((name) => h('option', { value: name }, t(`lab.preset.${name}`))),
      );
    }
    this.#select.value = preset;
    for (const [subject, head] of this.#heads) setText(head, t(`lab.rules.${subject}`));
    const away = takenAway(rules);
    for (const { name, kept } of rules) {
      const off = away.includes(name);
      const line = /** @type {Line} */ (this.#lines.get(name));
      line.input.checked = kept;
      line.input.disabled = !ready;
      line.item.toggleAttribute('data-off', off);
      setText(line.name, say.has(`rule.${name}`) ? t(`rule.${name}`) : name);
      setText(line.off, off ? t('lab.rule.off') : '');
      setText(line.why, say.has(`rule.${name}.why`) ? t(`rule.${name}.why`) : '');
      if (line.show) setButton(line.show, t('lab.rule.show'), t('lab.rule.show.title'), true);
    }
  }

  /** @param {string[]} names */
  #place(names) {
    if (this.#lines.size === names.length && names.every((name) => this.#lines.has(name))) return;
    this.#lines.clear();
    this.#heads = [];
    this.#groups.replaceChildren(
      ...bySubject(names).map(([subject, list]) => {
        const head = h('h4');
        this.#heads.push([subject, head]);
        return h('section', {}, head, h('ul', {}, ...list.map((name) => this.#line(name))));
      }),
    );
  }

  /** @param {string} name */
  #line(name) {
    const run = RUNS[name];
    const input = h('input', {
      type: 'checkbox',
      role: 'switch',
      id: `lab-rule-${name}`,
      'data-lab': `rule-${name}`,
      'aria-describedby': `lab-why-${name}`,
      onchange: () => this.#wishes.setRule(name, input.checked),
    });
    const title = h('span', { class: 'name' });
    const off = h('span', { class: 'off' });
    const why = h('p', { id: `lab-why-${name}`, class: 'why' });
    const show = run ? button(`show-${name}`, () => this.#wishes.openRun(run), 'link') : null;
    if (show) setAttribute(show, 'aria-describedby', `lab-rule-${name}`);
    const item = h('li', { 'data-rule': name }, h('label', { class: 'switch' }, input, title, off), why);
    if (show) item.append(show);
    this.#lines.set(name, { item, input, name: title, off, why, show });
    return item;
  }
}
