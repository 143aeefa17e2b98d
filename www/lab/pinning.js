// Where a window has room for both, the picture and what is said of it stay in sight while the panel goes by under them.

/** The panel needs this much to be used, CSS pixels. */
const PANEL = 300;

export class Pinning {
  #scope;
  /** Of the picture and of the caption. */
  #heights = new Map();
  /** Whether the window is high enough: asked on every frame, so it must not make the browser lay out. */
  #room = /** @type {MediaQueryList | null} */ (null);
  #pinned = false;

  /** @param {HTMLElement} scope @param {HTMLElement} stage @param {HTMLElement} caption */
  constructor(scope, stage, caption) {
    this.#scope = scope;
    const sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        this.#heights.set(target, /** @type {HTMLElement} */ (target).offsetHeight);
      }
      scope.style.setProperty('--ls-stage-height', `${this.#heights.get(stage)}px`);
      let needed = PANEL;
      for (const height of this.#heights.values()) needed += height;
      this.#room = window.matchMedia(`(min-height: ${needed}px)`);
    });
    sizes.observe(stage);
    sizes.observe(caption);
  }

  /** @param {boolean} shown  the panel is */
  update(shown) {
    const pinned = shown && this.#room !== null && this.#room.matches;
    if (pinned === this.#pinned) return;
    this.#pinned = pinned;
    this.#scope.toggleAttribute('data-pinned', pinned);
  }
}
