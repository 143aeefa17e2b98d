// Runs as values: in an address, as a scenario, handed over from one module to the other; and what the element tells of them.

import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { open, settled, stateOf, until } from './scope.js';

/** @import { Page } from '@playwright/test' */

const FAST = 'pace=linear&speed=20&lang=en';

/** Calls or reads something of the element. @param {Page} page @param {(scope: any, arg: any) => any} what @param {any} [arg] */
const ask = (page, what, arg) => page.locator('ledger-scope').evaluate(what, arg);

const alert = (/** @type {Page} */ page) => page.locator('ledger-scope').getByRole('alert');
const panel = (/** @type {Page} */ page) => page.locator('ledger-scope [data-lab=panel]');

/** @param {any} value */
const fragment = (value) =>
  `#run=${Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')}`;

test('an embed goes over to the second module in the middle of a run: it stays the same, and nothing is told twice', async ({
  page,
}) => {
  const modules = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.wasm')) modules.push(/\/(\w+)_bg/.exec(request.url())?.[1]);
  });
  await open(page, `${FAST}&seed=7&message-every=500`);
  await ask(page, (scope) => {
    scope.seen = [];
    scope.addEventListener('ledgerevent', (event) => scope.seen.push(event.detail.seq));
  });
  const { leader } = await until(page, settled);
  await ask(page, (scope, broker) => scope.kill(broker), leader.charCodeAt(0) - 65);
  await until(page, settled);
  await expect(panel(page)).toHaveCount(0);
  expect(modules).toEqual(['ledgerscope']);
  await ask(page, (scope) => scope.pause());
  const before = [await ask(page, (scope) => scope.traceHash), await stateOf(page)];

  await page.getByRole('button', { name: 'Break it' }).click();
  await expect(panel(page)).toBeVisible();
  expect(modules).toEqual(['ledgerscope', 'lab']);
  expect([await ask(page, (scope) => scope.traceHash), await stateOf(page)]).toEqual(before);
  const { commands } = await ask(page, (scope) => scope.scenario);
  expect(commands).toMatchObject([{ do: 'kill', broker: leader.charCodeAt(0) - 65 }]);

  await ask(page, (scope) => scope.play());
  const { timeUs } = await stateOf(page);
  await until(page, (s) => s.timeUs > timeUs + 5_000_000);
  await ask(page, (scope) => scope.pause());
  const seen = await ask(page, (scope) => scope.seen);
  const missed = seen.filter((seq, i) => i > 0 && seq !== seen[i - 1] + 1);
  expect(missed).toEqual([]);
  await expect(page.getByRole('button', { name: 'Break it' })).toHaveAttribute('aria-expanded', 'true');
  await page.getByRole('button', { name: 'Break it' }).click();
  await expect(panel(page)).toBeHidden();
});

test('while it plays and commands are given, a run is handed over all the same', async ({ page }) => {
  await open(page, `${FAST}&seed=11&message-every=100&brokers=5`);
  await until(page, (s) => s.timeUs > 30_000_000);
  const errors = await ask(page, async (scope) => {
    const errors = [];
    scope.addEventListener('error', (event) => errors.push(event.detail));
    // The first needs the second module; the others come while that one catches up.
    scope.command({ do: 'pause', broker: 4 });
    for (let i = 0; i < 60 && !scope.scenario.commands.some((one) => one.do === 'pause'); i++) {
      scope.send();
      await new Promise((done) => setTimeout(done, 50));
    }
    return errors;
  });
  expect(errors).toEqual([]);
  const { commands } = await ask(page, (scope) => scope.scenario);
  expect(commands.filter((one) => one.do === 'pause')).toHaveLength(1);
  expect(commands.some((one) => one.do === 'send')).toBe(true);
});

test('the address of a run opens the same run', async ({ page, context }) => {
  await open(page, `${FAST}&seed=5`);
  const { leader } = await until(page, settled);
  await ask(page, (scope, broker) => scope.command({ do: 'pause', broker }), leader.charCodeAt(0) - 65);
  await until(page, (s) => s.leader !== null && s.leader !== leader);
  await ask(page, (scope) => scope.pause());
  const link = await ask(page, (scope) => scope.link);
  expect(link.length, link).toBeLessThan(400);
  const [hash, { timeUs }] = [await ask(page, (scope) => scope.traceHash), await stateOf(page)];

  const other = await context.newPage();
  await other.goto(link);
  await until(other, (s) => s !== null);
  await ask(other, (scope) => scope.pause());
  const same = await ask(
    other,
    (scope, [until, hash]) => {
      while (scope.state.timeUs < until) scope.step();
      return scope.traceHash === hash || scope.state.timeUs > until;
    },
    [timeUs, hash],
  );
  expect(same).toBe(true);
  expect(await ask(other, (scope) => scope.scenario.commands)).toEqual(
    await ask(page, (scope) => scope.scenario.commands),
  );
});

test('the page opens the run in its address, and another one when that changes', async ({ page }) => {
  await page.goto(`index.html?lang=en${fragment({ seed: 99, brokers: 5 })}`);
  const state = await until(page, (s) => s !== null);
  expect([state.seed, state.brokers.length]).toEqual([99, 5]);
  await expect(page.locator('ledger-scope').getByLabel('Brokers')).toHaveValue('5');
  await page.evaluate((hash) => (location.hash = hash), fragment({ seed: 100, brokers: 4 }));
  await until(page, (s) => s.seed === 100 && s.brokers.length === 4);
});

for (const [what, hash, told] of /** @type {const} */ ([
  ['that is cut off', '#run=eyJzZWVkI', 'cannot be read'],
  ['with another alphabet', '#run=%3Cimg%20src=x%3E', 'cannot be read'],
  ['that is no object', fragment('[1]'), 'an object'],
  ['with a field that nobody knows', fragment({ sead: '<img src=x onerror=alert(1)>' }), 'sead'],
  ['with a wrong number', fragment({ brokers: 12 }), '1…9'],
  ['with a wrong command', fragment({ commands: [{ at_ms: 1, do: '<img src=x>' }] }), 'commands[0].do'],
])) {
  test(`an address with a run ${what} is named, and the page plays its usual run`, async ({ page }) => {
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(`index.html?lang=en${hash}`);
    const state = await until(page, (s) => s !== null);
    expect(state.seed).toBe(7);
    await expect(alert(page)).toContainText(told);
    await expect(alert(page).locator('img')).toHaveCount(0);
    await until(page, (s) => s.timeUs > 0);
  });
}

test('a scenario that breaks something stops there and says so to the page', async ({ page }) => {
  const figure8 = JSON.parse(readFileSync('examples/scenarios/figure_8.json', 'utf8'));
  await open(page, `${FAST}&seed=1`);
  const detail = await ask(
    page,
    (scope, scenario) => {
      const broken = new Promise((done) => scope.addEventListener('violation', ({ detail }) => done(detail)));
      scope.scenario = scenario;
      return broken;
    },
    figure8,
  );
  const state = await stateOf(page);
  expect(detail.at_us).toBe(state.timeUs);
  expect(detail.brokers.length).toBeGreaterThan(0);
  await expect(page.locator('ledger-scope .breach')).toBeVisible();
  await expect(panel(page), 'nobody asked for it').toBeHidden();
  expect(await ask(page, (scope) => scope.playing)).toBe(false);

  // What is asked of it now is refused, in the language that is spoken.
  await ask(page, (scope) => scope.kill(1));
  await expect(alert(page)).toContainText('This run has ended');
  await ask(page, (scope) => scope.setAttribute('lang', 'zh'));
  await expect(alert(page)).toContainText('这次运行已经结束');

  // Playing it is playing it again.
  const again = await ask(page, (scope) => {
    const broken = new Promise((done) => scope.addEventListener('violation', ({ detail }) => done(detail)));
    scope.play();
    return broken;
  });
  expect(again).toEqual(detail);

  // But not if another one is about to begin.
  await ask(page, (scope) => {
    scope.scenario = { seed: 5 };
    scope.play();
  });
  const next = await until(page, (s) => s.seed === 5 && s.timeUs > 0);
  expect(next.brokers).toHaveLength(3);
});

test('a command that cannot be carried out is refused with words, and the run goes on', async ({ page }) => {
  await open(page, `${FAST}&seed=1`);
  const code = (/** @type {any} */ command) =>
    ask(
      page,
      (scope, command) => {
        const refused = new Promise((done) =>
          scope.addEventListener('error', ({ detail }) => done(detail.code), { once: true }),
        );
        scope.command(command);
        return refused;
      },
      command,
    );
  expect(await code({ do: 'kill', broker: 8 })).toBe('no_such_broker');
  await expect(alert(page)).toContainText('There is no broker 8');
  expect(await code({ do: 'kill', broker: 256 })).toMatch(/bad_value|out_of_range/);
  expect(await code({ do: 'explode' })).toBe('unknown_command');
  expect(await code({ do: 'resume', broker: 0 })).toBe('not_possible');
  const { timeUs } = await stateOf(page);
  await until(page, (s) => s.timeUs > timeUs);
});
