// What the end-to-end tests share: opening an element, waiting for a state of its run, acting as a visitor does.

import { expect } from '@playwright/test';

/** @import { Page } from '@playwright/test' */

/**
 * Opens the element alone, and fails the test on any error of the page.
 * @param {Page} page
 * @param {string} [query]
 * @param {string} [file]
 */
export async function open(page, query = '', file = 'embed.html') {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(query ? `${file}?${query}` : file);
  await until(page, (state) => state !== null);
}

/**
 * @param {Page} page
 * @param {string} [selector]
 */
export function stateOf(page, selector = 'ledger-scope') {
  return page.evaluate((css) => /** @type {any} */ (document.querySelector(css))?.state ?? null, selector);
}

/**
 * Waits until a state of the run holds, and gives that state.
 * @param {Page} page
 * @param {(state: any) => unknown} holds
 * @param {string} [selector]
 */
export async function until(page, holds, selector) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const state = await stateOf(page, selector);
    if (holds(state)) return state;
    if (Date.now() > deadline)
      throw new Error(`not within 20 s: ${holds}\n${JSON.stringify(state, null, 1)}`);
    await page.waitForTimeout(25);
  }
}

/** A living leader that all living brokers follow. */
export const settled = (/** @type {any} */ state) =>
  state !== null &&
  state.leader !== null &&
  state.brokers.every((/** @type {any} */ b) => !b.up || b.name === state.leader || b.role === 'follower');

/** @param {Page} page @param {string} name  of a broker, or 'producer' */
export function target(page, name) {
  return page.locator(`ledger-scope [data-target="${name}"]`);
}

/** Clicks with the mouse on the canvas, where the broker is drawn. @param {Page} page @param {string} name */
export async function clickOn(page, name) {
  const box = await target(page, name).boundingBox();
  expect(box).not.toBeNull();
  if (box) await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}
