// Messages about what could not be done: a wrong value, a command that makes no sense now, a simulator that stopped.
// One per subject; it stays until it is closed or the subject is set right.

import { h } from './dom.js';

/** @import { Words } from '../i18n/index.js' */
/** @typedef {{key: string, args: Record<string, string | number>}} Notice */

export class Notices {
  element = h('div', { class: 'notices', role: 'alert' });
  /** @type {Map<string, Notice>} */
  #notices = new Map();

  /**
   * @param {string} subject
   * @param {Notice} notice
   * @param {Words} words
   */
  show(subject, notice, words) {
    this.#notices.set(subject, notice);
    this.rewrite(words);
  }

  /** @param {string} subject */
  clear(subject) {
    if (!this.#notices.delete(subject)) return;
    for (const child of [...this.element.children]) {
      if (/** @type {HTMLElement} */ (child).dataset.subject === subject) child.remove();
    }
  }

  /** @param {Words} words */
  rewrite(words) {
    this.element.replaceChildren(
      ...[...this.#notices].flatMap(([subject, { key, args }]) => {
        const text = words.text(key, args);
        if (!text) return []; // no language is there yet
        const close = h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => this.clear(subject) },
          '×',
        );
        close.setAttribute('aria-label', words.text('ui.dismiss'));
        return h('p', { 'data-subject': subject }, h('span', {}, text), close);
      }),
    );
  }
}
