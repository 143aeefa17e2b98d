// What the panel for breaking things adds to the stage: links with faults, brokers that stand still or are cut off, what a broken
// guarantee is about. Through a canvas that only remembers.

import assert from 'node:assert/strict';
import test from 'node:test';
import { BROKER, BROKER_STATE, DISK, HEAD, LINK } from '../../www/frame.js';
import enLab from '../../www/i18n/en-lab.js';
import enStory from '../../www/i18n/en-story.js';
import enFirst from '../../www/i18n/en.js';
import { USUAL } from '../../www/lab/network.js';
import { LabStage } from '../../www/lab/stage.js';
import { say } from '../../www/lab/words.js';
import { drawStage } from '../../www/stage/draw.js';
import { drawFlights } from '../../www/stage/flights.js';
import { layout } from '../../www/stage/layout.js';
import { words } from '../../www/stage/link-faults.js';
import { palette } from '../../www/stage/palette.js';
import { frameOf, recorder } from './stage-frame.js';

const table = { ...enFirst, ...enStory };
const colours = palette(false);
const english = say('en', enLab);

/** @param {Float64Array} frame @param {Partial<LabStage>} [more] @param {number} [width] */
function drawn(frame, more = {}, width = 1280) {
  const lab = Object.assign(new LabStage(), { say: english }, more);
  const ctx = recorder();
  const placed = layout({ width, brokers: frame[HEAD.BROKERS], queues: 2 });
  drawStage(ctx, frame, placed, {
    palette: colours,
    words: (key, args) => table[key].replace(/\{(\w+)\}/g, (_, name) => String(args?.[name])),
    reducedMotion: false,
    marks: null,
    later: { drawSheet: () => false, drawMarks: () => {}, drawFlights },
    lab,
    focus: null,
    hover: null,
    nowMs: 0,
  });
  for (const { name, args } of ctx.calls) {
    for (const arg of args) assert.ok(typeof arg !== 'number' || Number.isFinite(arg), `${name}(${args})`);
  }
  return {
    placed,
    texts: ctx.calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]),
    written: ctx.calls
      .filter(({ name }) => name === 'fillText')
      .map(({ args: [text, x, y] }) => ({ text, x, y })),
    rings: ctx.calls.filter(
      (call, i) =>
        call.name === 'stroke' && call.stroke === colours.dead && ctx.calls[i - 1].name === 'setLineDash',
    ).length,
    red: ctx.calls.filter(
      (call) =>
        (call.name === 'stroke' && call.stroke === colours.bad) ||
        (call.name === 'fill' && call.fill === colours.bad),
    ).length,
  };
}

/** @param {number} n @param {Record<string, number>} links  flaws by 'from-to' */
function linked(n, links) {
  const frame = frameOf(Array.from({ length: n }, () => ({ log: [1, 1, 2] })));
  for (const [key, flaws] of Object.entries(links)) {
    const [from, to] = key.split('-').map(Number);
    frame[frame[HEAD.LINKS_AT] + from * n + to] = flaws;
  }
  return frame;
}

test('a group without faults is drawn as if the panel were not there', () => {
  assert.equal(drawn(linked(3, {})).red, 0);
});

test('a link cut both ways has two strokes across it, one cut one way a bar on that lane', () => {
  assert.equal(drawn(linked(3, { '0-1': LINK.CUT, '1-0': LINK.CUT })).red, 2);
  assert.equal(drawn(linked(3, { '0-1': LINK.CUT })).red, 1);
});

test('a broker that nobody reaches is seen to be cut off, at every width, and red stays for what is cut or broken', () => {
  const cut = { '0-1': LINK.CUT, '1-0': LINK.CUT, '0-2': LINK.CUT, '2-0': LINK.CUT };
  for (const width of [320, 375, 1280, 3840]) {
    const { red, rings } = drawn(linked(3, cut), {}, width);
    assert.equal(red, 2 * 2);
    assert.equal(rings, 1);
  }
});

test('what all links have in common is said once, what one has is said there', () => {
  const all = Object.fromEntries(
    [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [`${a}-${b}`, LINK.LOSSY])),
  );
  const disk = () => ({ slow_ms: 0, full: false });
  const lossy = { ...USUAL, loss_permille: 200 };
  const alike = drawn(linked(3, all), { details: { link: () => lossy, disk } });
  assert.equal(alike.texts.filter((text) => text === 'Loss 20 %').length, 1);
  const one = drawn(linked(3, { '0-1': LINK.LOSSY }), {
    details: { link: (from, to) => (from === 0 && to === 1 ? lossy : USUAL), disk },
  });
  assert.equal(one.texts.filter((text) => text === 'Loss 20 %').length, 1);
});

test('what all links have in common keeps clear of the producer, wherever that is', () => {
  const bad = {
    ...USUAL,
    latency_us: 50_000,
    loss_permille: 200,
    duplicate_permille: 50,
    reorder_permille: 10,
  };
  const details = { link: () => bad, disk: () => ({ slow_ms: 0, full: false }) };
  for (const n of [2, 3, 5, 9]) {
    for (const width of [320, 375, 719, 720, 1280, 1900]) {
      const { placed, written } = drawn(linked(n, { '0-1': LINK.LOSSY }), { details }, width);
      const { x: left, y: top, w, h } = placed.producer;
      const said = written.filter(
        ({ text }) => /^(50|Loss|Duplicates|Out of order) /.test(text) || / · /.test(text),
      );
      const note = said.filter(({ text }) => !/master|slave/.test(text));
      assert.ok(note.length > 0);
      for (const { text, x, y } of note) {
        const clear = y < top - 5 || y > top + h + 5 || x > left + w + 80;
        assert.ok(clear, `${n} brokers, ${width} px: ${text} at ${x}, ${y}`);
      }
    }
  }
});

test('only what is unusual of a link is put into words', () => {
  assert.equal(words(english, USUAL), '');
  assert.equal(words(english, { ...USUAL, latency_us: 200_000, jitter_us: 0 }), '200 ms');
  const bad = { ...USUAL, latency_us: 50_000, jitter_us: 20_000, duplicate_permille: 50 };
  assert.equal(words(english, bad), '50–70 ms · Duplicates 5 %');
});

test('a paused broker says so, and neither counts down nor loses its committed cells', () => {
  const frame = frameOf([{ role: 'LEADER', term: 2, log: [1, 2], committed: 1 }, {}, {}]);
  frame[frame[HEAD.BROKERS_AT] + BROKER.STATE] = BROKER_STATE.PAUSED;
  const { texts } = drawn(frame);
  assert.ok(texts.includes('PAUSED'));
  assert.ok(texts.includes('its memory stays'));
  assert.ok(!texts.includes('LEADER'));
});

test('a wrong clock and a sick disk are written on the broker', () => {
  const frame = frameOf([{}, {}, {}]);
  const at = frame[HEAD.BROKERS_AT] + BROKER.STRIDE;
  frame[at + BROKER.CLOCK_PERMILLE] = 2500;
  frame[at + BROKER.DISK] = DISK.FULL;
  assert.ok(drawn(frame).texts.includes('×2.5 · Disk full'));
});

test('what was broken is marked at its brokers and entries, and nowhere else', () => {
  const frame = linked(3, {});
  const broken = (/** @type {object} */ more) =>
    drawn(frame, { violation: { invariant: 'x', at_us: 1, brokers: [0, 2], ...more } }).red;
  const badge = 1; // the octagon
  assert.equal(broken({}), 2 * (1 + badge));
  assert.equal(broken({ index: 1 }), 2 * (1 + badge) + 2 * (1 + badge));
  assert.equal(broken({ index: 99 }), 2 * (1 + badge), 'an entry that is not in the window');
  assert.equal(broken({ brokers: [], index: 1 }), 3 * (1 + badge), 'without a broker, wherever it is');
  assert.equal(broken({ queue: 0, queue_offset: 0 }), 2 * (1 + badge) + 2 * (1 + badge));
});

test('a message that is lost stops half way under a cross', () => {
  const flight = { KIND: 8, FROM: 0, TO: 1, INDEX: 1, PROGRESS: 0.9 };
  const [lost, not] = [1, 0].map((LOST) => drawn(frameOf([{}, {}, {}], [{ ...flight, LOST }])).red);
  assert.equal(not, 0);
  assert.equal(lost, 2);
  assert.equal(drawn(frameOf([{}, {}, {}], [{ ...flight, LOST: 1, PROGRESS: 0.2 }])).red, 0, 'not yet');
});
