// The panel for those who have no mouse, or a small screen, or take the element away while it works.

import { expect, test } from '@playwright/test';
import { open, settled, until } from './scope.js';

/** @import { Page } from '@playwright/test' */

/** Something of the panel by its name. @param {Page} page @param {string} name */
const lab = (page, name) => page.locator(`ledger-scope [data-lab="${name}"]`);

/** @param {Page} page @param {(scope: any) => void} what */
const ask = (page, what) => page.locator('ledger-scope').evaluate(what);

/** @param {Page} page @param {string} [query] */
async function openPanel(page, query = '') {
  await open(page, `lab=open&lang=en&seed=7&${query}`);
  await expect(lab(page, 'panel')).toBeVisible();
}

test('who searches by keyboard is never left without a focus', async ({ page }) => {
  await openPanel(page);
  await lab(page, 'tab-search').click();
  await lab(page, 'search').press('Enter');
  await expect(lab(page, 'cancel')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(lab(page, 'search')).toBeFocused();
  await lab(page, 'tab-rules').click();
  await lab(page, 'rule-majority_to_win').uncheck();
  await lab(page, 'tab-search').click();
  await lab(page, 'search').press('Enter');
  await expect(lab(page, 'play-found')).toBeFocused({ timeout: 60_000 });
});

test('when a message or a breach goes, the keyboard is on the picture', async ({ page }) => {
  await openPanel(page, 'pace=linear&speed=10');
  await until(page, settled);
  await ask(page, (scope) => {
    scope.pause();
    for (let i = 0; i < 500 && scope.state.flights === 0; i++) scope.step();
  });
  const stage = page.locator('ledger-scope .stage');
  await stage.press('m');
  await expect(lab(page, 'drop')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(stage).toBeFocused();
  await ask(page, (scope) => {
    scope.command({ do: 'rule', rule: 'majority_to_win', kept: false });
    scope.command({ do: 'partition', groups: [[0], [1], [2]] });
    scope.play();
  });
  await expect(lab(page, 'again')).toBeVisible({ timeout: 20_000 });
  await ask(page, (scope) => (scope.speed = 0.001));
  await lab(page, 'again').press('Enter');
  await expect(stage).toBeFocused();
});

test('an element that is taken away while it searches can search again when it is back', async ({ page }) => {
  await openPanel(page);
  await lab(page, 'tab-search').click();
  await lab(page, 'search').click();
  await expect(page.locator('ledger-scope .told')).not.toBeEmpty();
  await ask(page, async (scope) => {
    scope.remove();
    await new Promise((done) => setTimeout(done));
    document.body.append(scope);
  });
  await expect(page.locator('ledger-scope .told')).toContainText('Cancelled after');
  await expect(lab(page, 'search')).toBeVisible();
});

test('the panel comes into sight for who asks for it, and takes the chosen message along when it goes', async ({
  page,
}) => {
  await page.setViewportSize({ width: 375, height: 900 });
  await open(page, 'lang=en&seed=7&pace=linear&speed=10');
  await until(page, settled);
  const button = page.locator('ledger-scope').getByRole('button', { name: 'Break it' });
  await button.click();
  await expect(lab(page, 'tab-faults')).toBeInViewport();
  await ask(page, (scope) => {
    scope.pause();
    for (let i = 0; i < 500 && scope.state.flights === 0; i++) scope.step();
  });
  await page.locator('ledger-scope .stage').press('m');
  const inspector = page.locator('ledger-scope .inspector');
  await expect(inspector).toBeVisible();
  await button.click();
  await expect(lab(page, 'panel')).toBeHidden();
  await expect(inspector).toBeHidden();
});

test('who is shown a run can skip ahead to just before it breaks, and sees the same end', async ({
  page,
}) => {
  await openPanel(page, 'pace=linear&speed=0.01');
  await expect(lab(page, 'skip'), 'nobody knows of an end').toBeHidden();
  await lab(page, 'tab-rules').click();
  await lab(page, 'show-take_only_as_master').click();
  await lab(page, 'skip').press('Enter');
  await expect(page.locator('ledger-scope .stage')).toBeFocused();
  const state = await until(page, (s) => s.timeUs > 30e6);
  expect(state.brokers.every((/** @type {any} */ b) => b.endIndex > 100)).toBe(true);
  const breach = page.locator('ledger-scope .breach');
  await expect(breach).toBeVisible({ timeout: 20_000 });
  const end = await breach.locator('.what').textContent();
  await expect(lab(page, 'skip')).toBeHidden();
  // The same without skipping; and who sees it again may skip again.
  await ask(page, (scope) => (scope.speed = 20));
  await lab(page, 'again').click();
  await expect(lab(page, 'skip')).toBeVisible();
  await expect(breach).toBeVisible({ timeout: 20_000 });
  expect(await breach.locator('.what').textContent()).toBe(end);
  await ask(page, (scope) => scope.newRun(5));
  await expect(lab(page, 'skip')).toBeHidden();
});

test('the list of guarantees says whether it is open, at every width', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 900 });
  await openPanel(page);
  const list = page.locator('ledger-scope .guarantees .list');
  await expect(list).toBeHidden();
  await expect(lab(page, 'guarantees')).toHaveAttribute('aria-expanded', 'false');
  await page.setViewportSize({ width: 1280, height: 900 });
  await expect(list).toBeVisible();
  await expect(lab(page, 'guarantees')).toHaveAttribute('aria-expanded', 'true');
});

for (const width of [320, 375, 900, 1280]) {
  test(`nine brokers fit, at ${width} px: every group can be reached, and nothing covers anything`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await openPanel(page, 'brokers=9');
    const edge = await lab(page, 'group-I-4').evaluate((it) => it.getBoundingClientRect().right);
    expect(edge).toBeLessThanOrEqual(width);
    // A click that something else takes fails.
    await lab(page, 'group-I-4').check();
    await lab(page, 'tab-rules').click();
    const preset = await lab(page, 'preset').evaluate((it) => it.getBoundingClientRect().right);
    expect(preset).toBeLessThanOrEqual(width);
  });
}

test('where there is room the picture stays in sight while the panel goes by, and covers nothing that is used', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 1000 });
  await openPanel(page);
  await lab(page, 'tab-rules').click();
  const rule = lab(page, 'rule-take_only_as_master');
  await rule.focus();
  await page.keyboard.press('Space');
  await expect(rule).not.toBeChecked();
  const { top, bottom, at } = await ask(page, (scope) => {
    const find = (/** @type {string} */ css) => scope.shadowRoot.querySelector(css).getBoundingClientRect();
    return {
      top: find('.stage').top,
      bottom: find('.caption').bottom,
      at: find('[data-lab="rule-take_only_as_master"]').top,
    };
  });
  expect(top).toBe(0);
  expect(at).toBeGreaterThan(bottom);
  // There is no room for both in a lower window.
  await page.setViewportSize({ width: 1280, height: 720 });
  await rule.scrollIntoViewIfNeeded();
  expect(
    await ask(page, (scope) => scope.shadowRoot.querySelector('.stage').getBoundingClientRect().top),
  ).toBeLessThan(0);
});
