// What the panel for breaking things works out by itself: which links a line cuts and what is ordered for it, who is in which
// group, what is told of a message, of a search, of something broken.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { FLIGHT, HEAD, KIND, LINK } from '../../www/frame.js';
import en from '../../www/i18n/en-lab.js';
import { placeholders } from '../../www/i18n/template.js';
import zh from '../../www/i18n/zh-lab.js';
import { crossed, planCut } from '../../www/lab/cutting.js';
import { described, flightOf, inFlight } from '../../www/lab/flights.js';
import { cutLinkAt } from '../../www/lab/gestures.js';
import { nearest } from '../../www/lab/pieces.js';
import { sameParts } from '../../www/lab/partition.js';
import { outcome } from '../../www/lab/search.js';
import { bySubject, takenAway } from '../../www/lab/subjects.js';
import { say } from '../../www/lab/words.js';
import { brokerOf, groupsOf, isIsolated, listed, partitionOf } from '../../www/lab/world.js';
import { flightAt } from '../../www/stage/flight-places.js';
import { layout } from '../../www/stage/layout.js';
import { frameOf } from './stage-frame.js';

const english = say('en', en);
const chinese = say('zh', zh);
const uncut = () => false;

/** A frame with these links cut, each from one to the other. @param {number} n @param {[number, number][]} cuts */
function cutFrame(n, cuts) {
  const frame = frameOf(Array.from({ length: n }, () => ({})));
  for (const [from, to] of cuts) frame[frame[HEAD.LINKS_AT] + from * n + to] = LINK.CUT;
  return frame;
}

const bothWays = (/** @type {[number, number][]} */ ...pairs) =>
  pairs.flatMap(
    ([a, b]) =>
      /** @type {[number, number][]} */ ([
        [a, b],
        [b, a],
      ]),
  );

for (const n of [2, 3, 5, 9]) {
  test(`a line through a ring of ${n} parts the brokers on either side, whichever way it is drawn`, () => {
    const { brokers, ring } = layout({ width: 1280, brokers: n, queues: 2 });
    // Under the topmost broker, from left to right.
    const y = n === 2 ? ring.cy : brokers[0].y + brokers[0].r + 3;
    const [left, right] = [
      { x: ring.cx - 600, y },
      { x: ring.cx + 600, y },
    ];
    const rest = Array.from({ length: n - 1 }, (_, i) => i + 1);
    for (const [from, to] of [
      [left, right],
      [right, left],
    ]) {
      const { groups, commands } = planCut(n, uncut, crossed(brokers, from, to));
      assert.deepEqual(groups, [[0], rest]);
      assert.deepEqual(commands, [{ do: 'partition', groups: [[0], rest] }]);
    }
  });
}

test('a short stroke across one link cuts that link, both ways; a line past all links does nothing', () => {
  const { brokers } = layout({ width: 1280, brokers: 3, queues: 2 });
  const middle = { x: (brokers[1].x + brokers[2].x) / 2, y: brokers[1].y };
  const pairs = crossed(brokers, { x: middle.x, y: middle.y - 20 }, { x: middle.x, y: middle.y + 20 });
  assert.deepEqual(pairs, [[1, 2]]);
  const { groups, commands } = planCut(3, uncut, pairs);
  assert.equal(groups, null);
  assert.deepEqual(commands, [
    { do: 'cut', from: 1, to: 2 },
    { do: 'cut', from: 2, to: 1 },
  ]);
  assert.deepEqual(planCut(3, uncut, crossed(brokers, { x: 0, y: 0 }, { x: 5, y: 5 })).commands, []);
});

test('from one broker to another means the link between the two, even across a third one\u2019s links', () => {
  const { brokers } = layout({ width: 1280, brokers: 5, queues: 2 });
  assert.deepEqual(crossed(brokers, brokers[3], brokers[1]), [[1, 3]]);
  assert.deepEqual(crossed(brokers, brokers[3], { x: brokers[3].x + 5, y: brokers[3].y }), []);
});

test('a second line parts what the first one left together', () => {
  const first = groupsOf(3, (i, j) => (i === 0) !== (j === 0));
  assert.deepEqual(first, [0, 1, 1]);
  const cut = (/** @type {number} */ i, /** @type {number} */ j) => (i === 0) !== (j === 0);
  assert.deepEqual(planCut(3, cut, [[1, 2]]).commands, [{ do: 'partition', groups: [[0], [1], [2]] }]);
  assert.deepEqual(planCut(3, cut, [[0, 1]]).commands, [], 'it is cut already');
});

test('cuts are groups only when all between them, and nothing within them, is cut both ways', () => {
  assert.deepEqual(partitionOf(cutFrame(3, [])), [0, 0, 0]);
  assert.deepEqual(partitionOf(cutFrame(3, bothWays([0, 2], [1, 2]))), [0, 0, 1]);
  assert.equal(partitionOf(cutFrame(3, bothWays([0, 2]))), null, 'C still reaches B');
  assert.equal(
    partitionOf(
      cutFrame(3, [
        [0, 2],
        [1, 2],
      ]),
    ),
    null,
    'one way only',
  );
  assert.deepEqual(listed([0, 2, 0, 1]), [[0, 2], [3], [1]]);
  assert.ok(sameParts([0, 0, 1], [2, 2, 0]));
  assert.ok(!sameParts([0, 0, 1], [0, 1, 1]));
});

test('a broker is isolated when nothing reaches it and it reaches nobody', () => {
  assert.equal(isIsolated(cutFrame(3, bothWays([0, 2], [1, 2])), 2), true);
  assert.equal(
    isIsolated(
      cutFrame(3, [
        [0, 2],
        [1, 2],
      ]),
      2,
    ),
    false,
  );
  assert.equal(isIsolated(cutFrame(1, []), 0), false);
});

test('a frame that says nothing of faults says that there are none', () => {
  const frame = frameOf([{ role: 'LEADER', term: 3 }, { dead: true }]);
  assert.deepEqual(brokerOf(frame, 0), {
    state: 'up',
    role: 1,
    term: 3,
    clock: 1000,
    slow: false,
    full: false,
  });
  assert.equal(brokerOf(frame, 1).state, 'dead');
});

test('the cut link whose middle was clicked is found, and no other', () => {
  const placed = layout({ width: 1280, brokers: 3, queues: 2 });
  const frame = cutFrame(3, [[2, 0]]);
  const [a, , c] = placed.brokers;
  assert.deepEqual(cutLinkAt(frame, placed, { x: (a.x + c.x) / 2 + 3, y: (a.y + c.y) / 2 }, 16), [0, 2]);
  assert.equal(cutLinkAt(frame, placed, { x: (a.x + c.x) / 2 + 40, y: (a.y + c.y) / 2 }, 16), null);
  assert.equal(cutLinkAt(cutFrame(3, []), placed, { x: (a.x + c.x) / 2, y: (a.y + c.y) / 2 }, 16), null);
});

test('a message is found where it is drawn, the nearer of two, and none where there is none', () => {
  const frame = frameOf(
    [{}, {}, {}],
    [
      { ID: 4, KIND: KIND.APPEND_REQUEST, FROM: 0, TO: 1, PROGRESS: 0.3 },
      { ID: 9, KIND: KIND.APPEND_REQUEST, FROM: 0, TO: 1, PROGRESS: 0.8 },
    ],
  );
  const placed = layout({ width: 1280, brokers: 3, queues: 2 });
  const [a, b] = placed.brokers;
  const near = (/** @type {number} */ part) => ({ x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part });
  const id = (/** @type {{x: number, y: number}} */ p) => {
    const at = flightAt(frame, placed, { reducedMotion: false }, p.x, p.y, 40);
    return at < 0 ? -1 : frame[at + FLIGHT.ID];
  };
  assert.equal(id(near(0.36)), 4);
  assert.equal(id(near(0.68)), 9);
  assert.equal(id({ x: 5, y: 5 }), -1);
});

test('messages in flight are gone through in the order in which they arrive', () => {
  const frame = frameOf(
    [{}, {}],
    [
      { ID: 1, ARRIVES_US: 900 },
      { ID: 2, ARRIVES_US: 500 },
      { ID: 3, ARRIVES_US: 500 },
    ],
  );
  assert.deepEqual(inFlight(frame), [2, 3, 1]);
  assert.equal(frame[flightOf(frame, 1) + FLIGHT.ARRIVES_US], 900);
  assert.equal(flightOf(frame, 7), -1);
});

test('a message is told with its way, its fields, and DLedger\u2019s own name for a refusal', () => {
  const frame = frameOf(
    [{}, {}, {}],
    [
      {
        KIND: KIND.APPEND_REQUEST,
        FROM: 0,
        TO: 2,
        TERM: 3,
        INDEX: 7,
        ENTRY_TERM: 2,
        MESSAGE: 4,
        ARRIVES_US: 1_002_500,
      },
      { KIND: KIND.VOTE_RESPONSE, FROM: 1, TO: 0, TERM: 3, RESULT: 7, OK: -1, ARRIVES_US: 1_020_000 },
      { KIND: KIND.SEND_REQUEST, FROM: -1, TO: 1, MESSAGE: 5, TERM: -1, ARRIVES_US: 1_001_000 },
    ],
  );
  const [push, refusal, put] = [0, 1, 2].map((id) => described(frame, flightOf(frame, id), english));
  assert.deepEqual(push, {
    kind: 'APPEND',
    way: 'A → C',
    fields: ['term 3', 'entry 7 of term 2', 'message 4', 'arrives in 2.50 ms'],
    refuses: false,
  });
  assert.deepEqual(refusal.fields, ['term 3', 'REJECT_ALREADY_VOTED', 'arrives in 20 ms']);
  assert.equal(refusal.refuses, true);
  assert.equal(put.way, 'producer → B');
});

test('what was broken is one sentence with names in it', () => {
  const two = { invariant: 'one_leader_per_term', what: 'two_leaders', at_us: 5, brokers: [0, 2], term: 4 };
  assert.equal(english.broken(two), 'A and C were both leader in term 4.');
  assert.equal(chinese.broken(two), 'A 和 C 在任期 4 里都当过领导者。');
  const differs = { invariant: 'committed_entries_agree', what: 'committed_differs', at_us: 5, index: 3 };
  for (const brokers of [[1], [0, 1]]) {
    assert.match(english.broken({ ...differs, brokers }), /^B committed another entry 3/);
  }
  const nobody = { invariant: 'leader_returns', what: 'no_leader', at_us: 5, brokers: [0, 1, 3] };
  assert.match(english.broken(nobody), /^A, B, D are up and connected/);
});

test('what has no sentence, or not all it speaks of, is told by the guarantee', () => {
  const less = { invariant: 'queue_order', what: 'passed_over', at_us: 5, brokers: [] };
  assert.equal(english.broken(less), 'A guarantee was broken: Consumers read a queue in its order.');
  assert.match(english.broken({ ...less, what: 'brand_new', invariant: 'new_one' }), /new_one/);
});

test('every guarantee and every rule has a name, and every way to break one a sentence', () => {
  /** The names that an enum of the core is written with. @param {string} file @param {string} of */
  const named = (file, of) => {
    const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
    const [, list] = /** @type {RegExpMatchArray} */ (
      source.match(new RegExp(`named!\\(all ${of} \\{(.*?)\\}\\)`, 's'))
    );
    return Array.from(list.matchAll(/"(\w+)"/g), ([, name]) => name);
  };
  const told = (/** @type {string} */ start) =>
    Object.keys(en).flatMap((key) => (key.startsWith(start) ? key.slice(start.length) : []));
  assert.deepEqual(told('holds.'), named('check/invariant.rs', 'Invariant'));
  const ways = told('broken.').filter((name) => name !== 'at' && name !== 'any');
  assert.deepEqual(ways.sort(), named('check/violation.rs', 'Broken').sort());
  const rules = told('rule.').filter((name) => !name.endsWith('.why'));
  assert.deepEqual(rules.sort(), named('ledger/rules.rs', 'Rule').sort());
});

test('both languages have the same words, with the same arguments; Chinese sentences end as such', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const key of Object.keys(en)) {
    assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key);
    if (/^broken\..*_|\.why$/.test(key)) assert.match(zh[key], /。$/, key);
    if (/^broken\..*_|\.why$/.test(key)) assert.match(en[key], /\.$/, key);
  }
});

test('every word that the panel names is there, and every word is named', () => {
  const root = new URL('../../www/', import.meta.url);
  const code = ['lab/', 'stage/']
    .flatMap((folder) =>
      readdirSync(new URL(folder, root))
        .filter((name) => name.endsWith('.js'))
        .map((name) => readFileSync(new URL(folder + name, root), 'utf8')),
    )
    .join('');
  const named = [...code.matchAll(/['`]((?:lab|msg|holds|broken|rule)\.[\w.]*)(\$\{)?/g)];
  assert.ok(named.length > 60);
  const known = Object.keys(en);
  for (const [, key, open] of named) {
    assert.ok(open ? known.some((one) => one.startsWith(key)) : known.includes(key), key);
  }
  const starts = named.filter(([, , open]) => open).map(([, key]) => key);
  const whole = named.filter(([, , open]) => !open).map(([, key]) => key);
  // `lab.${kill}` and the like stand for what a button says.
  const orders = /^lab\.(kill|restart|pause|resume)(\.title)?$/;
  for (const key of known) {
    const used =
      whole.includes(key) || orders.test(key) || starts.some((one) => one !== 'lab.' && key.startsWith(one));
    assert.ok(used, `nobody says ${key}`);
  }
});

test('every rule stands under one heading, a new one under the last', () => {
  const names = Object.keys(en)
    .filter((key) => /^rule\.\w+$/.test(key))
    .map((key) => key.slice(5));
  assert.equal(names.length, 25);
  const placed = bySubject(names);
  assert.deepEqual(
    placed.map(([subject]) => subject),
    ['votes', 'log', 'commit', 'disk'],
  );
  assert.deepEqual(placed.flatMap(([, list]) => list).sort(), [...names].sort());
  assert.deepEqual(bySubject(['raise_the_term', 'brand_new']), [
    ['votes', ['raise_the_term']],
    ['more', ['brand_new']],
  ]);
  for (const [subject] of [...placed, ['more']]) assert.ok(english.has(`lab.rules.${subject}`));
});

test('a rule that no preset keeps is not taken away by being off', () => {
  const rules = [
    { name: 'raise_the_term', kept: false },
    { name: 'majority_to_win', kept: true },
    { name: 'flush_before_acknowledging', kept: false },
  ];
  assert.deepEqual(takenAway(rules), ['raise_the_term']);
});

test('how far a search is, and how long it will take', () => {
  const running = (/** @type {number} */ perSecond) =>
    outcome(english, { is: 'running', tried: 400, of: 1000, perSecond });
  assert.equal(running(0), '400 of 1,000 runs');
  assert.equal(running(20), '400 of 1,000 runs · 20 a second · 30 s left');
  assert.equal(running(2.5), '400 of 1,000 runs · 2.5 a second · 4 min left');
  assert.equal(outcome(english, { is: 'nothing', tried: 12345 }), 'Nothing found in 12.3K runs.');
  assert.equal(outcome(chinese, { is: 'nothing', tried: 1000 }), '运行 1,000 次，什么也没找到。');
  assert.equal(outcome(english, null), '');
});

test('a slider stands at the stop nearest to what is', () => {
  assert.equal(nearest([0, 10, 100], 60), 2);
  assert.equal(nearest([0, 10, 100], 12), 1);
  assert.equal(nearest([0, 10, 100], -5), 0);
});
