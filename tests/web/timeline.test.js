// The strip under the stage: who led when, and that a long run does not make it grow.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, horizon } from '../../www/panels/timeline.js';

const role = (t, broker, name, term) => ({ kind: 'role', t, broker, role: name, term, leader: null });

test('reigns follow elections, deaths and resignations', () => {
  const history = new History();
  history.take(role(10, 0, 'leader', 1));
  history.take({ kind: 'killed', t: 20, broker: 0 });
  history.take(role(30, 1, 'leader', 2));
  history.take(role(40, 1, 'candidate', 2));
  assert.deepEqual(history.reigns, [
    { t: 0, term: -1 },
    { t: 10, term: 1 },
    { t: 20, term: -1 },
    { t: 30, term: 2 },
    { t: 40, term: -1 },
  ]);
  assert.deepEqual(history.fates, [{ t: 20, up: false }]);
});

test('of two leaders the one of the larger term counts', () => {
  const history = new History();
  history.take(role(10, 0, 'leader', 1));
  history.take(role(20, 1, 'leader', 2));
  history.take(role(30, 0, 'candidate', 1));
  assert.deepEqual(history.reigns.at(-1), { t: 20, term: 2 });
});

test('only what a leader commits is a tick, and the first start is no return', () => {
  const history = new History();
  history.take({ kind: 'started', t: 1154, broker: 0 });
  history.take(role(10, 0, 'leader', 0));
  history.take({ kind: 'committed', t: 20, broker: 0, index: 0 });
  history.take({ kind: 'committed', t: 21, broker: 1, index: 0 });
  assert.equal(history.commits.length, 1);
  assert.equal(history.fates.length, 0);
  history.take({ kind: 'killed', t: 30, broker: 1 });
  history.take({ kind: 'started', t: 40, broker: 1 });
  assert.deepEqual(history.fates.at(-1), { t: 40, up: true });
});

test('a run of any length keeps a bounded number of marks, and the latest ones', () => {
  const history = new History();
  history.take(role(10, 0, 'leader', 0));
  for (let t = 1; t <= 100_000; t++) history.take({ kind: 'committed', t, broker: 0, index: t });
  assert.ok(history.commits.length <= 800);
  assert.equal(history.commits.at(-1).t, 100_000);
  assert.ok(history.commits[0].t < 1000, 'and still reaches back to the beginning');
});

test('the strip always has room for the present', () => {
  for (const seconds of [0, 19, 20, 1000, 1e6]) assert.ok(horizon(seconds) > seconds);
  assert.equal(horizon(5), horizon(10), 'and does not change its scale all the time');
});
