// Tabs as the ARIA practices have them: one is in the tab order, arrows go from one to the next, Home and End to the ends.

import { h, setAttribute, setText } from '../panels/dom.js';

export class Tabs {
  list = h('div', { role: 'tablist', class: 'tabs' });
  panels = h('div', { class: 'panes' });
  /** @type {{name: string, tab: HTMLButtonElement, pane: HTMLElement}[]} */
  #all;
  #chosen = '';

  /** @param {{name: string, element: HTMLElement}[]} parts  the first is shown */
  constructor(parts) {
    // Ids are the shadow root's own: several panels on a page do not meet.
    this.#all = parts.map(({ name, element }) => ({
      name,
      tab: h('button', {
        type: 'button',
        role: 'tab',
        id: `lab-tab-${name}`,
        'aria-controls': `lab-${name}`,
        'data-lab': `tab-${name}`,
        onclick: () => this.choose(name),
        onkeydown: (event) => this.#key(/** @type {KeyboardEvent} */ (event)),
      }),
      pane: h(
        'div',
        { role: 'tabpanel', id: `lab-${name}`, 'aria-labelledby': `lab-tab-${name}`, class: 'pane' },
        element,
      ),
    }));
    this.list.append(...this.#all.map(({ tab }) => tab));
    this.panels.append(...this.#all.map(({ pane }) => pane));
    this.choose(parts[0].name);
  }

  get chosen() {
    return this.#chosen;
  }

  /** @param {string} name */
  choose(name) {
    this.#chosen = name;
    for (const one of this.#all) {
      const on = one.name === name;
      setAttribute(one.tab, 'aria-selected', String(on));
      one.tab.tabIndex = on ? 0 : -1;
      one.pane.hidden = !on;
    }
  }

  /** @param {string} name @param {string} text */
  label(name, text) {
    const one = this.#all.find((it) => it.name === name);
    if (one) setText(one.tab, text);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#all.findIndex(({ name }) => name === this.#chosen);
    const last = this.#all.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(this.#all[to].name);
    this.#all[to].tab.focus();
  }
}
