// What a visitor breaks, and what the page says to it, on the real simulator.

import { expect, test } from '@playwright/test';
import { settled, stateOf, target, until } from './scope.js';

/** @import { Page } from '@playwright/test' */

/** Opens the page and waits until the panel is there and the group has a leader. @param {Page} page */
async function openLab(page, query = 'lang=en') {
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(`index.html?${query}`);
  await expect(lab(page, 'panel')).toBeVisible();
  await page.evaluate(() => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    scope.pace = 'linear';
    scope.speed = 10;
  });
  return until(page, settled);
}

/** Something of the panel by its name. @param {Page} page @param {string} name */
const lab = (page, name) => page.locator(`ledger-scope [data-lab="${name}"]`);

/** The commands given so far. @param {Page} page @returns {Promise<any[]>} */
const commands = (page) =>
  page.evaluate(() => /** @type {any} */ (document.querySelector('ledger-scope')).scenario.commands ?? []);

/** @param {any[]} list @param {string} name */
const ordered = (list, name) => list.filter((command) => command.do === name);

/** Where a broker is on the screen. @param {Page} page @param {string} name */
async function middle(page, name) {
  await target(page, name).scrollIntoViewIfNeeded();
  const box = await target(page, name).boundingBox();
  if (!box) throw new Error(`no ${name}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, r: box.width / 2 };
}

/**
 * How long each task of the main thread took, milliseconds of its own: what else the machine is busy with does not count.
 * @param {Buffer} trace
 */
function tasksOf(trace) {
  /** @type {any[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const main = events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain');
  const threads = new Set(main.map((e) => `${e.pid} ${e.tid}`));
  return events
    .filter((e) => e.name === 'RunTask' && e.tdur !== undefined && threads.has(`${e.pid} ${e.tid}`))
    .map((e) => e.tdur / 1000);
}

const pause = (/** @type {Page} */ page) =>
  page.evaluate(() => /** @type {any} */ (document.querySelector('ledger-scope')).pause());

test('the page says from the start what holds, and how often it was looked at', async ({ page }) => {
  await openLab(page);
  const guarantees = page.locator('ledger-scope [data-guarantee]');
  await expect(guarantees).toHaveCount(15);
  await expect(lab(page, 'guarantees')).toContainText('All 15 guarantees hold');
  await expect
    .poll(() => page.locator('ledger-scope [data-guarantee=commit_index_sound] .count').textContent())
    .not.toBe('0');
});

test('a line drawn under the topmost broker parts it from the others; they go on without it', async ({
  page,
}) => {
  await openLab(page);
  const a = await middle(page, 'A');
  const y = a.y + a.r + 12;
  await page.mouse.move(a.x - 160, y);
  await page.mouse.down();
  // What it would cut so far is told while it is drawn.
  await page.mouse.move(a.x, y, { steps: 3 });
  await expect(page.locator('ledger-scope .cut-label')).toHaveText('cut A–C');
  await page.mouse.move(a.x + 160, y, { steps: 3 });
  await expect(page.locator('ledger-scope .cut-label')).toHaveText('A | B C');
  await page.mouse.up();
  expect(ordered(await commands(page), 'partition')).toMatchObject([{ groups: [[0], [1, 2]] }]);
  await expect(lab(page, 'group-A-1')).toBeChecked();
  await expect(lab(page, 'group-B-2')).toBeChecked();
  const state = await until(page, (s) => s.leader !== null && s.leader !== 'A');
  expect(state.brokers[0].up, 'drawing is no click').toBe(true);
  await expect(lab(page, 'guarantees')).toContainText('All 15 guarantees hold');
});

test('brokers are parted by keyboard, and healed again', async ({ page }) => {
  await openLab(page);
  await expect(lab(page, 'group-C-1')).toBeEnabled();
  await lab(page, 'group-C-1').focus();
  await page.keyboard.press('ArrowDown');
  await expect(lab(page, 'group-C-2')).toBeChecked();
  expect(ordered(await commands(page), 'partition').at(-1).groups).toEqual([[0, 1], [2]]);
  await lab(page, 'heal').press('Enter');
  await expect(lab(page, 'group-C-1')).toBeChecked();
  expect(ordered(await commands(page), 'heal_all')).toHaveLength(1);
});

test('what is set and taken back between two pictures is shown as taken back', async ({ page }) => {
  await openLab(page);
  const apart = lab(page, 'group-C-2');
  await expect(apart).toBeEnabled();
  await page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector('ledger-scope')).shadowRoot;
    for (const name of ['group-C-2', 'heal']) root.querySelector(`[data-lab="${name}"]`).click();
  });
  await expect(apart).not.toBeChecked();
  await expect(lab(page, 'group-C-1')).toBeChecked();
  await lab(page, 'tab-network').click();
  const loss = lab(page, 'loss');
  await expect(loss).toBeEnabled();
  await page.evaluate(() => {
    const root = /** @type {any} */ (document.querySelector('ledger-scope')).shadowRoot;
    const slider = root.querySelector('[data-lab="loss"]');
    slider.value = slider.max;
    slider.dispatchEvent(new Event('change'));
    root.querySelector('[data-lab="calm"]').click();
  });
  await expect(loss).toHaveValue('0');
});

test('the loss slider makes all links lose messages', async ({ page }) => {
  await openLab(page);
  await lab(page, 'tab-network').click();
  const loss = lab(page, 'loss');
  await expect(loss).toBeEnabled();
  await loss.focus();
  await page.keyboard.press('End');
  await expect(loss).toHaveAttribute('aria-valuetext', '100 %');
  expect(ordered(await commands(page), 'network').at(-1)).toMatchObject({ loss_permille: 1000 });
  // Nobody hears anybody: the leader steps down.
  await until(page, (s) => s.leader === null);
  await lab(page, 'calm').click();
  await expect(loss).toHaveAttribute('aria-valuetext', '0 %');
  await until(page, (s) => s.leader !== null);
});

test('a message in flight is clicked on the picture and dropped', async ({ page }) => {
  await openLab(page);
  await pause(page);
  // To a heartbeat that has just left; what is in the air already may have left long ago.
  await page.evaluate(() => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    for (let i = 0; i < 500 && scope.state.flights > 0; i++) scope.step();
    for (let i = 0; i < 500 && scope.state.flights === 0; i++) scope.step();
  });
  const { leader, flights } = await stateOf(page);
  expect(flights).toBeGreaterThan(0);
  const from = await middle(page, leader);
  // It is somewhere near its sender's rim: the pointer goes around it.
  let found = false;
  for (let step = 0; step < 60 && !found; step++) {
    const angle = (step / 60) * 2 * Math.PI;
    const at = { x: from.x + Math.cos(angle) * (from.r + 10), y: from.y + Math.sin(angle) * (from.r + 10) };
    await page.mouse.move(at.x, at.y);
    found = (await page.locator('ledger-scope .stage').getAttribute('data-over')) === 'thing';
    if (found) await page.mouse.click(at.x, at.y);
  }
  expect(found, 'a message under the pointer').toBe(true);
  await expect(page.locator('ledger-scope .inspector')).toContainText(new RegExp(`${leader} → `));
  await lab(page, 'drop').click();
  const [drop] = ordered(await commands(page), 'drop');
  expect(drop.message).toBeGreaterThanOrEqual(0);
  await expect.poll(async () => (await stateOf(page)).flights).toBe(flights - 1);
  await expect(page.locator('ledger-scope .inspector')).toBeHidden();
});

test('messages in flight are reached by keyboard, and delayed', async ({ page }) => {
  await openLab(page);
  await pause(page);
  await page.evaluate(() => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    for (let i = 0; i < 500 && scope.state.flights === 0; i++) scope.step();
  });
  await page.locator('ledger-scope .stage').focus();
  await page.keyboard.press('m');
  await expect(lab(page, 'drop')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(ordered(await commands(page), 'hold')).toMatchObject([{ ms: 100 }]);
  await page.keyboard.press('Escape');
  await expect(page.locator('ledger-scope .inspector')).toBeHidden();
  await expect(page.locator('ledger-scope .stage')).toBeFocused();
});

test('a paused broker is said to be paused, and goes on', async ({ page }) => {
  const { leader } = await openLab(page);
  await page.locator(`ledger-scope .segment:has([data-lab="broker-${leader}"])`).click();
  await lab(page, 'pause').click();
  await expect(target(page, leader)).toHaveAttribute('data-state', 'paused');
  await until(page, (s) => s.leader !== null && s.leader !== leader);
  await lab(page, 'pause').click();
  await expect(target(page, leader)).toHaveAttribute('data-state', 'up');
});

test('without a majority to win, parted brokers break a guarantee: it is said, marked, and can be seen again', async ({
  page,
}) => {
  test.slow(); // it is played twice
  await openLab(page);
  await lab(page, 'tab-rules').click();
  await lab(page, 'rule-majority_to_win').uncheck();
  await expect(lab(page, 'tab-rules')).toHaveText('Rules · 1 off');
  await lab(page, 'tab-faults').click();
  // Everybody alone: one vote of three is enough now, for all of them.
  await pause(page);
  await lab(page, 'group-B-2').check();
  await lab(page, 'group-C-3').check();
  await page.locator('ledger-scope').getByRole('button', { name: 'Play' }).click();
  const breach = page.locator('ledger-scope .breach');
  await expect(breach).toBeVisible({ timeout: 20_000 });
  await expect(breach).toContainText(/At \d+\.\d+ s.*[A-C]/);
  const broken = page.locator('ledger-scope [data-guarantee][data-broken]');
  await expect(broken).toHaveCount(1);
  await expect(lab(page, 'guarantees')).toContainText('Broken:');
  await expect(page.locator('ledger-scope .lab [role=status]').first()).toContainText('Broken:');
  const name = await broken.getAttribute('data-guarantee');
  await lab(page, 'again').click();
  await expect(breach).toBeHidden();
  await expect(breach).toBeVisible({ timeout: 20_000 });
  await expect(broken).toHaveAttribute('data-guarantee', String(name));
});

test('a new run goes without the rules that were taken away, and so does the next', async ({ page }) => {
  await openLab(page);
  await lab(page, 'tab-rules').click();
  await lab(page, 'rule-batches_fill').uncheck();
  for (let i = 0; i < 2; i++) {
    const { seed } = await stateOf(page);
    await page.locator('ledger-scope').getByRole('button', { name: 'New run' }).click();
    await until(page, (s) => s.timeUs > 0);
    expect((await stateOf(page)).seed).not.toBe(seed);
    await expect(lab(page, 'rule-batches_fill')).not.toBeChecked();
    await expect(lab(page, 'tab-rules')).toHaveText('Rules · 1 off');
    await expect(page.locator('ledger-scope').getByRole('alert')).toBeEmpty();
  }
});

test('the search finds a failure and plays it, and the page stays smooth meanwhile', async ({
  page,
  browser,
}) => {
  test.slow();
  await openLab(page);
  await lab(page, 'tab-rules').click();
  await lab(page, 'rule-majority_to_win').uncheck();
  const worker = page.waitForEvent('worker');
  await lab(page, 'tab-search').click();
  // It is there before there is a search: its start takes the browser up to a tenth of a second.
  await (await worker).evaluate(() => 1);
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  await lab(page, 'search').click();
  await expect(lab(page, 'play-found')).toBeVisible({ timeout: 60_000 });
  const tasks = tasksOf(await browser.stopTracing());
  expect(tasks.length).toBeGreaterThan(100);
  expect(
    tasks.filter((ms) => ms > 50),
    'tasks over 50 ms',
  ).toEqual([]);
  await expect(page.locator('ledger-scope .found')).not.toBeEmpty();
  await lab(page, 'play-found').click();
  await expect(page.locator('ledger-scope .breach')).toBeVisible({ timeout: 30_000 });
});

test('a search can be cancelled, and says how far it came', async ({ page }) => {
  await openLab(page);
  await lab(page, 'tab-search').click();
  await lab(page, 'search-seeds').selectOption('100000');
  await lab(page, 'search').click();
  await expect(page.locator('ledger-scope .told')).toContainText(/of 100K runs/);
  await lab(page, 'cancel').click();
  await expect(page.locator('ledger-scope .told')).toContainText(/Cancelled after/);
  await expect(lab(page, 'search')).toBeVisible();
});

test('each rule has a run that shows it needed, and playing it breaks something', async ({ page }) => {
  await openLab(page);
  await lab(page, 'tab-rules').click();
  await expect(page.locator('ledger-scope [data-lab^="show-"]')).toHaveCount(21);
  await lab(page, 'show-majority_to_win').click();
  await expect(page.locator('ledger-scope .breach')).toBeVisible({ timeout: 30_000 });
});

test('leadership that is handed over flies like any other message', async ({ page }) => {
  const { leader } = await openLab(page);
  await pause(page);
  await page.evaluate((first) => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    scope.pace = 'paced';
    scope.command({ do: 'transfer', broker: first === 'A' ? 1 : 0 });
    scope.play();
  }, leader);
  await until(page, (s) => s.leader !== null && s.leader !== leader);
  await expect(page.locator('ledger-scope').getByRole('alert')).toBeEmpty();
});

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`the panel fits a small screen, ${theme}: nothing is wider than it, and the list opens on a tap`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 320, height: 700 });
    await page.emulateMedia({ colorScheme: theme });
    for (const lang of ['en', 'zh']) {
      await openLab(page, `lang=${lang}`);
      const list = page.locator('ledger-scope .guarantees .list');
      await expect(list).toBeHidden();
      await lab(page, 'guarantees').click();
      await expect(list).toBeVisible();
      for (const tab of ['faults', 'network', 'rules', 'search']) {
        await lab(page, `tab-${tab}`).click();
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wider, `${lang} ${tab}`).toBeLessThanOrEqual(0);
      }
    }
  });
}
