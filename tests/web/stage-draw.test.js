// What the stage draws, through a canvas that only remembers: nothing is ever drawn at a place that is no number, every
// message kind has a shape and words, and state shows itself in the ways it is meant to.

import assert from 'node:assert/strict';
import test from 'node:test';
import { BROKER, BROKER_STATE, FLIGHT, HEAD, KIND } from '../../www/frame.js';
import enStory from '../../www/i18n/en-story.js';
import enFirst from '../../www/i18n/en.js';
import { drawStage } from '../../www/stage/draw.js';
import { flightWords } from '../../www/stage/flight-labels.js';
import { drawFlights } from '../../www/stage/flights.js';
import { layout } from '../../www/stage/layout.js';
import { drawMarks } from '../../www/stage/draw-marks.js';
import { createMarks } from '../../www/stage/marks.js';
import { KIND_KEYS, VOTE_RESULTS } from '../../www/stage/codes.js';
import { palette } from '../../www/stage/palette.js';
import { drawSheet } from '../../www/stage/sheet.js';
import { frameOf, recorder } from './stage-frame.js';

const en = { ...enFirst, ...enStory };
const colours = palette(false);

/** @type {import('../../www/stage/text.js').Words} */
const say = (key, args) => {
  assert.ok(key in en, `word key ${key}`);
  return en[key].replace(/\{(\w+)\}/g, (_, name) => String(args?.[name]));
};

/**
 * @param {Float64Array} frame
 * @param {{events?: any[], reducedMotion?: boolean, width?: number}} [options]
 */
function drawn(frame, { events = [], reducedMotion = false, width = 1280 } = {}) {
  const marks = createMarks();
  marks.take(events, 0, 1000);
  const ctx = recorder();
  const placed = layout({ width, brokers: frame[HEAD.BROKERS], queues: 2 });
  drawStage(ctx, frame, placed, {
    palette: colours,
    words: say,
    reducedMotion,
    marks,
    later: { drawSheet, drawMarks, drawFlights },
    focus: 0,
    hover: { what: 'broker', broker: 0 },
    nowMs: 1100,
  });
  /** @type {{name: string, args: any[], alpha: number, fill: string, stroke: string}[]} */
  const calls = ctx.calls;
  return { calls, texts: calls.filter((c) => c.name === 'fillText'), placed, alpha: ctx.globalAlpha };
}

const GROUP = [
  { role: /** @type {const} */ ('LEADER'), term: 1, leader: 0, log: [0, 0, 1, 1], committed: 2 },
  { term: 1, leader: 0, log: [0, 0, 1], committed: 1 },
  { dead: true, term: 0, log: [0, 0], committed: 1 },
];

const EVENTS = [
  { kind: 'appended', broker: 0, index: 3, term: 1 },
  { kind: 'committed', broker: 0, index: 2 },
  { kind: 'dispatched', broker: 0, index: 0, queue: 0 },
  { kind: 'truncated', broker: 1, from_index: 3, count: 2 },
  { kind: 'vote', broker: 1, candidate: 0 },
  { kind: 'role', broker: 0 },
  { kind: 'killed', broker: 2 },
  { kind: 'started', broker: 2 },
  { kind: 'refused', from: 0, to: 2 },
  { kind: 'put_result', number: 1, ok: false, status: 'SYSTEM_BUSY' },
  { kind: 'sent', from: 1, to: 0, message: { kind: 'vote_response', result: 'REJECT_ALREADY_VOTED' } },
];

test('every kind of message, agreeing, refusing or asking, is drawn at real places at every width', () => {
  for (const width of [320, 720, 1280, 3840]) {
    for (const reducedMotion of [false, true]) {
      for (const OK of [-1, 0, 1]) {
        const flights = Object.values(KIND).flatMap((kind) => [
          { KIND: kind, FROM: 0, TO: 1, OK, INDEX: 3, RESULT: 7 },
          { KIND: kind, FROM: -1, TO: 0, OK, MESSAGE: 4, PROGRESS: 0 },
          { KIND: kind, FROM: 1, TO: -1, OK, MESSAGE: 4, PROGRESS: 1 },
        ]);
        const { calls, alpha } = drawn(frameOf(GROUP, flights), { events: EVENTS, reducedMotion, width });
        for (const { name, args } of calls) {
          for (const arg of args) {
            if (typeof arg === 'number') assert.ok(Number.isFinite(arg), `${name}(${args})`);
            if (typeof arg === 'string') assert.ok(!/undefined|NaN/.test(arg), `${name}(${args})`);
          }
        }
        assert.equal(alpha, 1, 'the canvas is left as it was found');
      }
    }
  }
});

test('crowds are drawn too', () => {
  const flights = Array.from({ length: 500 }, (_, i) => ({
    KIND: i % 15,
    FROM: i % 9,
    TO: (i + 1 + (i % 7)) % 9,
    OK: 0,
  }));
  const brokers = Array.from({ length: 9 }, () => ({
    role: /** @type {const} */ ('CANDIDATE'),
    votes: 1,
    votedFor: 1,
  }));
  assert.ok(drawn(frameOf(brokers, flights)).calls.length > 1000);
});

test('a refusal gives its reason, an append its index, an ack what it acknowledges', () => {
  const frame = frameOf(GROUP, [
    { KIND: KIND.VOTE_RESPONSE, FROM: 1, TO: 0, RESULT: 8, OK: -1 },
    { KIND: KIND.APPEND_RESPONSE, FROM: 1, TO: 0, INDEX: 3, OK: 1 },
    { KIND: KIND.APPEND_RESPONSE, FROM: 1, TO: 0, INDEX: 3, OK: -1, RESULT: 406 },
    { KIND: KIND.APPEND_RESPONSE, FROM: 1, TO: 0, INDEX: 3, OK: -1, RESULT: 77 },
  ]);
  const at = frame[HEAD.FLIGHTS_AT];
  assert.equal(flightWords(frame, at, say), 'TERM_NOT_READY');
  assert.equal(flightWords(frame, at + FLIGHT.STRIDE, say), 'ack 3');
  assert.equal(flightWords(frame, at + 2 * FLIGHT.STRIDE, say), 'INCONSISTENT_STATE');
  assert.equal(flightWords(frame, at + 3 * FLIGHT.STRIDE, say), 'code 77');
});

test('committed cells are solid, uncommitted ones hollow', () => {
  const { texts, placed } = drawn(frameOf([GROUP[0]]));
  const y = placed.rows[0].cellY;
  const ink = texts.filter(
    (c) => /^[0-3]$/.test(c.args[0]) && c.args[2] > y && c.args[2] < y + placed.logs.cell.h,
  );
  assert.deepEqual(
    ink.map((c) => [c.args[0], c.fill]),
    [
      ['0', colours.onHue],
      ['1', colours.onHue],
      ['2', colours.onHue],
      ['3', colours.hues[1]],
    ],
  );
});

test('the log of a broker that is down is dimmed, not gone', () => {
  const { texts, placed } = drawn(frameOf(GROUP));
  const y = placed.rows[2].cellY;
  const cells = texts.filter(
    (c) => c.args[2] > y && c.args[2] < y + placed.logs.cell.h && c.args[1] > placed.logs.x,
  );
  assert.ok(cells.length >= 2);
  for (const cell of cells) assert.ok(cell.alpha < 0.6);
});

test('a truncated entry is seen to go, in the hue that it had', () => {
  const events = [
    { kind: 'appended', broker: 1, index: 3, term: 2 },
    { kind: 'truncated', broker: 1, from_index: 3, count: 1 },
  ];
  const { texts } = drawn(frameOf(GROUP), { events });
  assert.ok(texts.some((c) => c.args[0] === '3' && c.fill === colours.hues[2]));
});

test('what happens to those who are not on the stage leaves no mark', () => {
  const marks = createMarks();
  const events = [
    { kind: 'refused', from: 0, to: -200 },
    { kind: 'refused', from: -201, to: 1 },
    { kind: 'put_result', producer: 1, number: 4, ok: false, status: 'TIMEOUT' },
    { kind: 'consumed', consumer: 0, queue: 1, queue_offset: 2, number: 3 },
  ];
  marks.take(events, 0, 1000);
  assert.equal(marks.at(1001).length, 0);
});

test('marks live for a moment and can be cleared', () => {
  const marks = createMarks();
  marks.take(EVENTS, 0, 1000);
  assert.equal(marks.at(1001).length, EVENTS.length);
  assert.ok(marks.active(1100));
  assert.ok(!marks.active(5000));
  marks.take(EVENTS, 0, 6000);
  marks.clear();
  assert.ok(!marks.active(6001));
  for (let i = 0; i < 50; i++) marks.take(EVENTS, 0, 7000);
  assert.ok(marks.at(7001).length < 100, 'a flood of events is bounded');
});

test('there are words for every kind, and a vote is answered with its result', () => {
  for (const key of KIND_KEYS) assert.ok(key in en || key === 'kind.vote_response', key);
  const answer = { KIND: KIND.VOTE_RESPONSE, FROM: 1, TO: 0, OK: -1 };
  VOTE_RESULTS.forEach((name, RESULT) => {
    const frame = frameOf(GROUP, [{ ...answer, RESULT }]);
    assert.equal(`REJECT_${flightWords(frame, frame[HEAD.FLIGHTS_AT], say)}`.endsWith(name), true, name);
  });
});

test('a broker that is coming up is called so, and is not crossed out', () => {
  const frame = frameOf(GROUP);
  const at = frame[HEAD.BROKERS_AT] + 2 * BROKER.STRIDE + BROKER.STATE;
  const strokes = () => drawn(frame).calls.filter((call) => call.name === 'lineTo').length;
  const words = () => drawn(frame).texts.map((call) => call.args[0]);
  const crossed = strokes();
  assert.ok(words().includes('DOWN'));
  frame[at] = BROKER_STATE.BOOTING;
  assert.ok(words().includes('STARTING') && !words().includes('DOWN'));
  assert.ok(strokes() < crossed);
});
