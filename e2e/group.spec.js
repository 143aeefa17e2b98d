// What a visitor does with a broker group and sees of it, on the real simulator.

import { expect, test } from '@playwright/test';
import { clickOn, open, settled, stateOf, until } from './scope.js';

const FAST = 'pace=linear&speed=20&lang=en';

/** Messages in all ConsumeQueues of a broker. */
const sum = (broker) => broker.queues.reduce((all, max) => all + max, 0);

test('a group elects exactly one leader, and the others follow it', async ({ page }) => {
  await open(page, `${FAST}&seed=7`);
  const state = await until(page, settled);
  const leaders = state.brokers.filter((b) => b.role === 'leader');
  expect(leaders.map((b) => b.name)).toEqual([state.leader]);
  expect(new Set(state.brokers.map((b) => b.term)).size).toBe(1);
});

for (const brokers of [1, 2, 5, 9]) {
  test(`a group of ${brokers} elects a leader and commits a message`, async ({ page }) => {
    await open(page, `${FAST}&seed=3&brokers=${brokers}&message-every=1000`);
    const state = await until(page, (s) => s.producer.ok > 0);
    expect(state.brokers).toHaveLength(brokers);
    expect(state.leader).not.toBeNull();
  });
}

test('a click on the leader kills it, and another one is elected in a larger term', async ({ page }) => {
  await open(page, `${FAST}&seed=7`);
  const before = await until(page, settled);
  await clickOn(page, before.leader);
  const dead = await stateOf(page);
  expect(dead.brokers.find((b) => b.name === before.leader).up).toBe(false);
  const after = await until(page, settled);
  expect(after.leader).not.toBe(before.leader);
  const term = (state) => state.brokers.find((b) => b.name === state.leader).term;
  expect(term(after)).toBeGreaterThan(term(before));
  // And messages go on.
  await until(page, (s) => s.producer.ok > after.producer.ok);
});

test('a message from the producer is committed and reaches the ConsumeQueue of every live broker', async ({
  page,
}) => {
  await open(page, `${FAST}&seed=11&message-every=0`);
  const before = await until(page, settled);
  expect(before.brokers.flatMap((b) => b.queues).every((max) => max === 0)).toBe(true);
  await clickOn(page, 'producer');
  await until(page, (s) => s.producer.ok === 1);
  const state = await until(page, (s) =>
    s.brokers.every((b) => b.committedIndex === b.endIndex && sum(b) === 1),
  );
  expect(new Set(state.brokers.map((b) => b.endIndex)).size).toBe(1);
});

test('without a majority nothing is committed; with one again it is', async ({ page }) => {
  await open(page, `${FAST}&seed=11&message-every=0`);
  const before = await until(page, settled);
  const followers = before.brokers.filter((b) => b.name !== before.leader).map((b) => b.name);
  for (const name of followers) await clickOn(page, name);
  await clickOn(page, 'producer');
  const alone = await until(page, (s) => s.producer.failed + s.producer.ok === 1);
  expect(alone.producer.ok).toBe(0);
  expect(alone.brokers.flatMap((b) => b.queues).every((max) => max === 0)).toBe(true);
  await clickOn(page, followers[0]);
  await until(page, settled);
  await clickOn(page, 'producer');
  await until(page, (s) => s.producer.ok === 1);
});

test('a broker that was killed comes back from its own store and catches up', async ({ page }) => {
  await open(page, `${FAST}&seed=5&message-every=500`);
  const before = await until(page, (s) => s.leader !== null && s.producer.ok >= 2);
  const { name } = before.brokers.find((b) => b.name !== before.leader);
  const find = (state) => state.brokers.find((b) => b.name === name);
  await clickOn(page, name);
  // What the others had by then it may have, too; three messages later it has not.
  const dead = await stateOf(page);
  expect(find(dead).up).toBe(false);
  const gone = await until(page, (s) => s.producer.ok >= dead.producer.ok + 3);
  const { endIndex } = find(gone);
  expect(endIndex).toBe(find(dead).endIndex);
  const end = gone.brokers.find((b) => b.name === gone.leader).endIndex;
  expect(end).toBeGreaterThan(endIndex);
  await clickOn(page, name);
  const back = await until(page, (s) => find(s).up);
  expect(find(back).endIndex, 'what its store held').toBeGreaterThanOrEqual(endIndex);
  await until(page, (s) => {
    const it = find(s);
    return it.committedIndex > end && sum(it) >= gone.producer.ok && it.role === 'follower';
  });
});

test('the same seed and the same steps give the same run', async ({ page }) => {
  await open(page, 'seed=42&autoplay=false&lang=en');
  const hashes = await page.evaluate(() => {
    const scope = /** @type {any} */ (document.querySelector('ledger-scope'));
    const run = (seed) => {
      scope.newRun(seed);
      for (let i = 0; i < 120; i++) scope.step();
      return scope.traceHash;
    };
    return [run(42), run(42), run(43)];
  });
  expect(hashes[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).not.toBe(hashes[0]);
});

test('paced time shows something within moments, and the clock tells the true time', async ({ page }) => {
  await open(page, 'seed=7&lang=en');
  await until(page, (s) => s.flights > 0);
  await expect(page.locator('ledger-scope .clock')).toContainText(/paced ×0\.0\d+.*seed 7.*t = 0\.0\d\d s/s);
});
