// A button that copies the link to the present run, and says for a moment that it has, or could not.

import { button, setButton } from './pieces.js';

/** @import { Say } from './words.js' */

const SAYS = ['lab.copy.failed', '', 'lab.copied'];
const A_MOMENT_MS = 2500;

export class CopyLink {
  #face;
  #link;
  /** What came of it: 1 copied, -1 not; 0: nothing that would be worth saying any more. */
  #came = 0;
  /** @type {Say | null} */
  #say = null;

  /**
   * @param {string} name  for tests
   * @param {string} face  the key of what it says otherwise
   * @param {() => Promise<void>} link
   */
  constructor(name, face, link) {
    this.#face = face;
    this.#link = link;
    this.button = button(name, () => this.#copy());
  }

  /** @param {Say} say */
  label(say) {
    this.#say = say;
    setButton(this.button, say.text(SAYS[this.#came + 1] || this.#face), '', true);
  }

  async #copy() {
    const came = await this.#link().then(
      () => 1,
      () => -1,
    );
    // What it says for a moment must not move its neighbours.
    this.button.style.minWidth ||= `${this.button.offsetWidth}px`;
    this.#became(came);
    setTimeout(() => {
      this.button.style.minWidth = '';
      this.#became(0);
    }, A_MOMENT_MS);
  }

  /** @param {number} came */
  #became(came) {
    this.#came = came;
    if (this.#say) this.label(this.#say);
  }
}
