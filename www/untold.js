// Events of a run that wait for who tells what they mean; that is fetched after the first picture (after.js). Should it be
// long in coming, or never come, a page that plays on must not fill up with them.

/** @import { CoreEvent } from './panels/story.js' */

/** As many wait: minutes of a run at the usual pace. */
export const MOST = 5000;

export class Untold {
  /** @type {CoreEvent[] | null} null: let go. Without its beginning the rest of a run would be told wrongly. */
  #events = [];

  /** @param {readonly CoreEvent[]} events */
  add(events) {
    if (this.size + events.length > MOST) this.giveUp();
    this.#events?.push(...events);
  }

  get size() {
    return this.#events?.length ?? 0;
  }

  giveUp() {
    this.#events = null;
  }

  /** All that wait, which then wait no longer; null: this run cannot be told. */
  take() {
    return this.#events?.splice(0) ?? null;
  }
}
