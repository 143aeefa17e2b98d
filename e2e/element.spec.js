// The element as authors and visitors meet it: keyboard, words, wrong values, several on a page, being at rest.

import { expect, test } from '@playwright/test';
import { open, settled, stateOf, target, until } from './scope.js';

const FAST = 'pace=linear&speed=20&lang=en';

test('everything can be done from the keyboard', async ({ page }) => {
  await open(page, 'seed=7&lang=en&autoplay=false&message-every=0');
  const scope = page.locator('ledger-scope');
  await page.keyboard.press('Tab');
  await expect(scope.locator('.stage')).toBeFocused();

  await page.keyboard.press('Space');
  await expect(scope.getByRole('button', { name: 'Pause' })).toBeVisible();
  await until(page, (s) => s.timeUs > 0);
  await page.keyboard.press('Space');
  await expect(scope.getByRole('button', { name: 'Play' })).toBeVisible();

  const { timeUs } = await stateOf(page);
  await page.keyboard.press('.');
  await until(page, (s) => s.timeUs > timeUs);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('s');
  await until(page, (s) => s.producer.sent === 1);

  await page.keyboard.press('Tab');
  await expect(target(page, 'producer')).toBeFocused();
  await page.keyboard.press('Enter');
  await until(page, (s) => s.producer.sent === 2);

  await page.keyboard.press('Tab');
  await expect(target(page, 'A')).toBeFocused();
  await expect(target(page, 'A')).toHaveAccessibleName(/^Broker A, \w+, term \d+, .*Press Enter to kill it$/);
  await page.keyboard.press('Enter');
  await until(page, (s) => !s.brokers[0].up);
  await expect(target(page, 'A')).toHaveAccessibleName(/^Broker A, dead.*Press Enter to bring it back$/);
  await page.keyboard.press('Space');
  await expect
    .poll(
      async () => {
        await page.keyboard.press('.'); // a process takes a moment to start, and time stands still
        return (await stateOf(page)).brokers[0].up;
      },
      { intervals: [50], timeout: 15_000 },
    )
    .toBe(true);
  await expect(scope.getByRole('status')).toContainText('A is back');

  await page.keyboard.press('n');
  await until(page, (s) => s.seed !== 7 && s.timeUs === 0);
});

test('controls can be reached and used, and typing into the seed is not taken for a command', async ({
  page,
}) => {
  await open(page, 'seed=7&lang=en&autoplay=false');
  const scope = page.locator('ledger-scope');
  const seed = scope.getByLabel('Seed');
  await seed.focus();
  await seed.fill('');
  await page.keyboard.type('n.s 99');
  expect((await stateOf(page)).seed).toBe(7);
  await page.keyboard.press('Enter');
  await expect(scope.getByRole('alert')).toContainText('seed “n.s 99” is not possible');
  expect((await stateOf(page)).seed, 'a slip costs no run').toBe(7);
  await seed.fill('99');
  await page.keyboard.press('Enter');
  await until(page, (s) => s.seed === 99);
  await expect(scope.getByRole('alert')).toBeEmpty();

  await scope.getByLabel('Brokers').selectOption('5');
  await until(page, (s) => s.brokers.length === 5 && s.seed === 99);
  await expect(page.locator('ledger-scope')).toHaveAttribute('brokers', '5');
  await scope.getByLabel('Time').selectOption('linear');
  await scope.getByLabel('Speed').selectOption('10');
  await scope.getByRole('button', { name: 'Play' }).click();
  await until(page, settled);
  await scope.getByRole('button', { name: 'New run' }).click();
  await until(page, (s) => s.seed !== 99);
});

test('keys outside the element are left to the page', async ({ page }) => {
  await open(page, 'seed=7&lang=en&autoplay=false');
  for (const key of ['n', 's', '.', 'Space']) await page.keyboard.press(key);
  const state = await stateOf(page);
  expect([state.seed, state.timeUs, state.producer.sent]).toEqual([7, 0, 0]);
});

test('a wrong value in the address is named on the page, and the default works', async ({ page }) => {
  await open(page, 'brokers=12&seed=-4&pace=soon&colour=<img src=x onerror=alert(1)>&lang=en');
  const alert = page.locator('ledger-scope').getByRole('alert');
  await expect(alert).toContainText('brokers “12” is not possible. Allowed: 1…9. Used instead: 3.');
  await expect(alert).toContainText('seed “-4”');
  await expect(alert).toContainText('pace “soon” is not possible. Allowed: paced, linear.');
  await expect(alert).toContainText('“colour” is not an option here');
  await expect(alert.locator('img')).toHaveCount(0);
  await page.evaluate(() =>
    Object.assign(/** @type {any} */ (document.querySelector('ledger-scope')), { pace: 'linear', speed: 20 }),
  );
  const state = await until(page, settled);
  expect(state.brokers).toHaveLength(3);
});

test('a wrong attribute gives a message and an error event, and the message goes when it is set right', async ({
  page,
}) => {
  await open(page, 'lang=en&seed=1');
  const details = await page.evaluate(() => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    const seen = [];
    scope.addEventListener('error', (event) => seen.push(event.detail));
    scope.setAttribute('brokers', '0');
    scope.speed = -1;
    return seen;
  });
  expect(details.map((d) => d.field)).toEqual(expect.arrayContaining(['brokers', 'speed']));
  expect(details[0]).toMatchObject({ code: 'brokers_out_of_range', value: '0', allowed: '1…9' });
  const alert = page.locator('ledger-scope').getByRole('alert');
  await expect(alert).toContainText('brokers “0”');
  await page.evaluate(() =>
    Object.assign(/** @type {any} */ (document.querySelector('ledger-scope')), { brokers: 4, speed: 1 }),
  );
  await expect(alert).not.toContainText('brokers “0”');
  await until(page, (s) => s.brokers.length === 4);
});

test('an attribute that nobody knows is named', async ({ page }) => {
  await open(page, 'lang=en&seed=1');
  await page.evaluate(() => {
    const scope = document.createElement('ledger-scope');
    for (const name of ['brokrs', 'data-note', 'class']) scope.setAttribute(name, '5');
    document.querySelector('ledger-scope')?.replaceWith(scope);
  });
  const alert = page.locator('ledger-scope').getByRole('alert');
  await expect(alert).toContainText('“brokrs” is not an option here');
  await expect(alert.locator('p')).toHaveCount(1);
});

test('two elements on a page do not disturb each other', async ({ page }) => {
  await page.goto('examples/blog-post.html');
  await until(page, (s) => s !== null, '#three');
  await until(page, (s) => s !== null, '#five');
  await page.evaluate(() =>
    Object.assign(/** @type {any} */ (document.querySelector('#three')), { pace: 'linear', speed: 20 }),
  );
  const first = await until(page, settled, '#three');
  const other = await stateOf(page, '#five');
  expect(other).toMatchObject({ timeUs: 0, seed: 2024, leader: null });
  expect(other.brokers).toHaveLength(5);

  await page.locator(`#three [data-target="${first.leader}"]`).click();
  const second = await until(page, settled, '#three');
  expect(second.leader).not.toBe(first.leader);
  expect(await stateOf(page, '#five')).toEqual(other);

  await page.evaluate(() =>
    Object.assign(/** @type {any} */ (document.querySelector('#five')), { pace: 'linear', speed: 20 }),
  );
  await page.locator('#five').scrollIntoViewIfNeeded();
  await page.locator('#five').getByRole('button', { name: 'Play' }).click();
  await until(page, settled, '#five');
  await page.evaluate(() => document.querySelector('#three')?.remove());
  const { timeUs } = await stateOf(page, '#five');
  await until(page, (s) => s.timeUs > timeUs, '#five');
});

test('out of view it rests, and goes on where it was when it is seen again', async ({ page }) => {
  await open(page, `${FAST}&seed=1`);
  await until(page, (s) => s.timeUs > 0);
  await page.evaluate(() => {
    document.body.style.paddingTop = '4000px';
    window.scrollTo(0, 0);
  });
  await page.waitForTimeout(300);
  const { timeUs } = await stateOf(page);
  await page.waitForTimeout(300);
  expect((await stateOf(page)).timeUs).toBe(timeUs);
  await page.evaluate(() => {
    document.body.style.paddingTop = '0';
  });
  await until(page, (s) => s.timeUs > timeUs);
});

test('paused, it asks for no frames', async ({ page }) => {
  await open(page, 'seed=1&autoplay=false');
  await page.waitForTimeout(2500); // the last marks fade
  const frames = await page.evaluate(async () => {
    const original = window.requestAnimationFrame;
    let count = 0;
    window.requestAnimationFrame = (tick) => {
      count++;
      return original.call(window, tick);
    };
    await new Promise((done) => setTimeout(done, 500));
    window.requestAnimationFrame = original;
    return count;
  });
  expect(frames).toBe(0);
});

test('it speaks English and Chinese, by address, by the page and by its own switch', async ({ page }) => {
  await open(page, 'lang=zh', 'index.html');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh');
  const scope = page.locator('ledger-scope');
  await expect(scope.getByRole('button', { name: '发送消息' })).toBeVisible();
  await expect(page.getByText('怎么看')).toBeVisible();
  await expect(page.getByText('How to read it')).toBeHidden();
  await scope.getByRole('button', { name: 'English' }).click();
  await expect(scope.getByRole('button', { name: 'Send message' })).toBeVisible();
  await expect(page.getByText('How to read it'), 'the page follows').toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: '中文' }).click();
  await expect(
    scope.getByRole('button', { name: '发送消息' }),
    'and the element follows the page',
  ).toBeVisible();
  await expect(page).toHaveURL(/lang=zh/);
});

test('what happens is written under the stage and told to a screen reader', async ({ page }) => {
  await open(page, `${FAST}&seed=7`);
  await until(page, settled);
  await expect(page.locator('ledger-scope .sentence')).not.toBeEmpty();
  await expect(page.locator('ledger-scope').getByRole('status')).not.toBeEmpty();
});

test('after loading it asks the network for nothing', async ({ page }) => {
  await open(page, `${FAST}&seed=7`);
  await page.waitForLoadState('networkidle');
  const later = [];
  page.on('request', (request) => later.push(request.url()));
  await until(page, settled);
  await page.locator('ledger-scope').getByRole('button', { name: 'New run' }).click();
  await until(page, settled);
  expect(later).toEqual([]);
});

for (const width of [320, 375, 800, 1600]) {
  test(`at ${width} px nothing sticks out`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const file of ['index.html', 'embed.html', 'examples/blog-post.html']) {
      await open(page, 'brokers=9&lang=en', file);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, file).toBeLessThanOrEqual(width);
    }
  });
}

test('when the simulator fails, the seed stays on the page and a new run can be started', async ({
  page,
}) => {
  await open(page, 'lang=en&seed=1');
  const detail = await page.evaluate(async () => {
    const Scope = /** @type {any} */ (customElements.get('ledger-scope'));
    const { load } = Scope;
    let broken = true;
    Scope.load = async () => {
      const engine = await load();
      const create = (scenario) => {
        const run = engine.create(scenario);
        if (!broken) return run;
        broken = false;
        run.advance = () => {
          throw Object.assign(new Error('index out of bounds'), { code: 'panic' });
        };
        return run;
      };
      return { ...engine, create };
    };
    document.querySelector('ledger-scope')?.remove();
    const scope = document.createElement('ledger-scope');
    scope.setAttribute('seed', '77');
    const failed = new Promise((done) =>
      scope.addEventListener('error', (event) => done(/** @type {any} */ (event).detail)),
    );
    document.body.append(scope);
    return failed;
  });
  expect(detail).toMatchObject({ code: 'panic', message: 'index out of bounds' });
  const scope = page.locator('ledger-scope');
  await expect(scope.getByRole('alert')).toContainText('Seed 77 reproduces it');
  await expect(scope.getByRole('button', { name: 'Step' })).toBeDisabled();
  await scope.getByRole('button', { name: 'New run' }).click();
  await expect(scope.getByRole('alert')).toBeEmpty();
  await until(page, (s) => s.timeUs > 0); // it was playing, so it plays
});

test('time waits for what draws the messages that fly, but not for ever', async ({ page }) => {
  const AFTER = /\/after-[^/]*\.js$/;
  let arrive = () => {};
  const slow = new Promise((done) => (arrive = () => done(undefined)));
  await page.route(AFTER, async (route) => {
    await slow;
    await route.continue();
  });
  // The page's clock goes only when told to: a busy machine must not look like a page that did not wait.
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  await open(page, 'lang=en&seed=7');
  await page.clock.runFor(1000);
  expect((await stateOf(page)).timeUs).toBe(0);
  await page.clock.runFor(1000);
  expect((await stateOf(page)).timeUs).toBeGreaterThan(0);
  await expect(page.locator('ledger-scope').getByRole('status')).toBeEmpty();
  await page.clock.resume();
  arrive();
  await expect(page.locator('ledger-scope .sentence')).toContainText(/[a-z]/);
  await expect(page.locator('ledger-scope').getByRole('alert')).toBeEmpty();
});

test('what comes after the first picture may fail to come: the element says so and plays on, and asks again', async ({
  page,
}) => {
  const AFTER = /\/(after|en-story)-[^/]*\.js$/;
  await page.route(AFTER, (route) => route.abort());
  await open(page, `${FAST}&seed=7`);
  const scope = page.locator('ledger-scope');
  await expect(scope.getByRole('alert')).toContainText('could not be loaded');
  await until(page, settled);
  await expect(scope.getByRole('status')).toBeEmpty();
  await page.unroute(AFTER);
  await scope.getByRole('button', { name: 'New run' }).click();
  await until(page, settled);
  await expect(scope.getByRole('alert')).toBeEmpty();
  await expect(scope.getByRole('status')).not.toBeEmpty();
});
