// What waits to be told does not pile up without end, and a run whose beginning was let go stays untold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST, Untold } from '../../www/untold.js';

/** @param {number} from @param {number} count */
const some = (from, count) => Array.from({ length: count }, (_, i) => ({ t: from + i, kind: 'term' }));

test('events wait in their order, and are handed over once', () => {
  const untold = new Untold();
  untold.add(some(0, 3));
  untold.add(some(3, 2));
  assert.deepEqual(
    untold.take()?.map(({ t }) => t),
    [0, 1, 2, 3, 4],
  );
  assert.deepEqual(untold.take(), []);
});

test('past a limit all of them are let go, and what comes then is not kept either', () => {
  const untold = new Untold();
  untold.add(some(0, MOST));
  assert.equal(untold.size, MOST);
  untold.add(some(MOST, 1));
  assert.equal(untold.size, 0);
  untold.add(some(MOST + 1, 10));
  assert.equal(untold.size, 0);
  assert.equal(untold.take(), null, 'this run cannot be told any more');
});

test('given up, it keeps nothing', () => {
  const untold = new Untold();
  untold.add(some(0, 3));
  untold.giveUp();
  untold.add(some(3, 3));
  assert.equal(untold.size, 0);
  assert.equal(untold.take(), null);
});
