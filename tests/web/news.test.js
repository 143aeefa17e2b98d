// What in the air is news, and what has been seen before and may be hurried.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER, FLIGHT, HEAD, KIND } from '../../www/frame.js';
import { Watch } from '../../www/news.js';
import { frameOf } from './stage-frame.js';

const GROUP = [
  { role: /** @type {const} */ ('LEADER'), term: 1, leader: 0, log: [1, 1], committed: 1 },
  { term: 1, leader: 0, log: [1, 1], committed: 0 },
  { term: 1, leader: 0, log: [1], dead: true },
];

/** @param {any[]} flights */
const dull = (flights, watch = new Watch()) => watch.dull(frameOf(GROUP, flights));

const beat = { KIND: KIND.HEARTBEAT_REQUEST, FROM: 0, TO: 1, TERM: 1 };

test('a heartbeat to one who follows already is no news; to one who does not, it is', () => {
  assert.equal(dull([beat]), true);
  assert.equal(dull([{ ...beat, KIND: KIND.HEARTBEAT_RESPONSE, FROM: 1, TO: 0, OK: 1 }]), true);
  const silent = { ...beat, KIND: KIND.HEARTBEAT_RESPONSE, FROM: 1, TO: 0, OK: 1, TERM: -1 };
  assert.equal(dull([silent]), true, 'an answer need not name the term');
  assert.equal(dull([{ ...beat, TERM: 2 }]), false);
  assert.equal(dull([{ ...beat, FROM: 1, TO: 0 }]), false, 'a rival leader');
  assert.equal(dull([{ ...beat, KIND: KIND.HEARTBEAT_RESPONSE, FROM: 1, TO: 0, OK: -1 }]), false, 'refused');
});

test('a commit push is news as long as its receiver does not know', () => {
  const push = { KIND: KIND.COMMIT_REQUEST, FROM: 0, TO: 1 };
  assert.equal(dull([{ ...push, INDEX: 0 }]), true);
  assert.equal(dull([{ ...push, INDEX: 1 }]), false);
});

test('votes, entries, acknowledgements and all that the client sends or gets are news', () => {
  const kinds = [
    KIND.VOTE_REQUEST,
    KIND.VOTE_RESPONSE,
    KIND.COMPARE_REQUEST,
    KIND.APPEND_REQUEST,
    KIND.APPEND_RESPONSE,
  ];
  for (const kind of kinds) assert.equal(dull([{ KIND: kind, FROM: 0, TO: 1 }]), false, `${kind}`);
  assert.equal(dull([{ KIND: KIND.SEND_REQUEST, FROM: -1, TO: 2 }]), false);
  assert.equal(dull([{ KIND: KIND.REFUSED, FROM: 2, TO: -1 }]), false);
});

test('one piece of news among many makes them all go slowly', () => {
  assert.equal(dull([beat, beat, { KIND: KIND.APPEND_REQUEST, FROM: 0, TO: 1, INDEX: 1 }]), false);
});

test('the first two refusals of a dead broker are shown, from then on they are known, until it lives again', () => {
  const watch = new Watch();
  const knock = { KIND: KIND.APPEND_REQUEST, FROM: 0, TO: 2, INDEX: 1 };
  const refused = (/** @type {number} */ ID) => ({ KIND: KIND.REFUSED, FROM: 2, TO: 0, ID });
  assert.equal(dull([knock], watch), false);
  assert.equal(dull([refused(5)], watch), false);
  assert.equal(dull([refused(5)], watch), false, 'the same one, a frame later');
  assert.equal(dull([knock], watch), false);
  assert.equal(dull([refused(7)], watch), false);
  assert.equal(dull([knock], watch), true);
  assert.equal(dull([refused(9)], watch), true);
  const alive = frameOf(GROUP, [{ ...knock, KIND: KIND.APPEND_REQUEST }]);
  alive[alive[HEAD.BROKERS_AT] + 2 * BROKER.STRIDE + BROKER.STATE] = 1;
  assert.equal(watch.dull(alive), false);
  assert.equal(dull([knock], watch), false, 'it died again');
});

test('an empty air has no news, and asking twice changes nothing', () => {
  const watch = new Watch();
  const frame = frameOf(GROUP, [beat]);
  assert.equal(dull([], watch), true);
  assert.equal(watch.dull(frame), watch.dull(frame));
  assert.equal(frame[frame[HEAD.FLIGHTS_AT] + FLIGHT.KIND], KIND.HEARTBEAT_REQUEST);
});
