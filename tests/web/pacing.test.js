// Paced time: what flies is slow, what waits is short, nothing is jumped over, and the display's frame rate is no matter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DULL_MS, FLIGHT_MS, advance, pacer } from '../../www/pacing.js';

const FLIGHT_US = 2000;

/** Wall milliseconds until the clock has reached `until`, at so many milliseconds a frame. */
function wallTo(until, world, frameMs = 1000 / 60, clock = pacer(0), mode = 'paced') {
  let wall = 0;
  for (let guard = 0; guard < 1e6; guard++) {
    const used = advance(clock, world, mode, frameMs);
    wall += used;
    if (clock.us >= until) return wall;
  }
  throw new Error('never reached');
}

const waiting = (nextUs) => ({ flying: false, dull: false, nextUs, flightUs: FLIGHT_US });

test('a typical flight takes 0.7 s of wall time', () => {
  const wall = wallTo(FLIGHT_US, { flying: true, dull: false, nextUs: FLIGHT_US, flightUs: FLIGHT_US });
  assert.ok(Math.abs(wall - FLIGHT_MS) < 1, `${wall}`);
});

test('a flight that tells nothing new takes half as long, at any frame rate', () => {
  const world = { flying: true, dull: true, nextUs: FLIGHT_US, flightUs: FLIGHT_US };
  for (const fps of [24, 60, 144]) {
    const wall = wallTo(FLIGHT_US, world, 1000 / fps);
    assert.ok(Math.abs(wall - DULL_MS) < 1, `${wall}`);
  }
});

test('waits shrink to about a second, and a 10 ms tick to much less', () => {
  assert.ok(wallTo(1e3, waiting(1e3)) < 250);
  const tick = wallTo(1e4, waiting(1e4));
  assert.ok(tick > 200 && tick < 500, `${tick}`);
  const heartbeat = wallTo(2e6, waiting(2e6));
  assert.ok(heartbeat > 700 && heartbeat < 1200, `${heartbeat}`);
  const timeout = wallTo(6e6, waiting(6e6));
  assert.ok(timeout > heartbeat && timeout < 1400, `${timeout}`);
});

test('a longer wait never takes less time than a shorter one', () => {
  let before = 0;
  for (let us = 100; us < 1e8; us *= 1.7) {
    const wall = wallTo(us, waiting(us));
    assert.ok(wall > before);
    before = wall;
  }
});

test('the clock stops exactly at the next event and gives back the time it did not need', () => {
  for (const flying of [true, false]) {
    const clock = pacer(0);
    const used = advance(clock, { flying, dull: false, nextUs: 500, flightUs: FLIGHT_US }, 'paced', 1e6);
    assert.equal(clock.us, 500);
    assert.ok(used < 1e6 && used > 0);
  }
});

test('the rate changes without a jump when a wait begins and ends', () => {
  const clock = pacer(0);
  const world = waiting(2e6);
  const slow = FLIGHT_US / FLIGHT_MS;
  let last = 0;
  const rates = [];
  while (clock.us < 2e6) {
    advance(clock, world, 'paced', 1);
    rates.push(clock.us - last);
    last = clock.us;
  }
  assert.ok(rates[0] / slow < 1.1);
  assert.ok(rates[rates.length - 2] / slow < 1.1);
  for (let i = 1; i < rates.length - 1; i++) {
    const ratio = rates[i] / rates[i - 1];
    assert.ok(ratio > 0.9 && ratio < 1.1, `step ${i}: ${ratio}`);
  }
});

test('the same wall time gives the same simulated time at 24, 60, 144 and 1000 frames a second', () => {
  for (const world of [
    waiting(2e6),
    waiting(1e4),
    { flying: true, dull: false, nextUs: 5000, flightUs: FLIGHT_US },
  ]) {
    const reached = [24, 60, 144, 1000].map((fps) => {
      const clock = pacer(0);
      let left = 250;
      while (left > 1e-9) left -= advance(clock, world, 'paced', Math.min(left, 1000 / fps)) || left;
      return clock.us;
    });
    for (const us of reached) assert.ok(Math.abs(us - reached[0]) < 1e-3, reached.join(' '));
  }
});

test('linear time is wall time times speed', () => {
  const clock = pacer(0);
  advance(clock, waiting(10), 'linear', 16 * 0.5);
  assert.equal(clock.us, 8000);
});

test('where nothing will ever happen, paced time stands still and linear time goes on', () => {
  const clock = pacer(7);
  assert.equal(advance(clock, waiting(-1), 'paced', 16), 16);
  assert.equal(clock.us, 7);
  advance(clock, waiting(-1), 'linear', 1);
  assert.equal(clock.us, 1007);
});

test('an event that shows nothing does not begin the wait anew', () => {
  const split = pacer(0);
  const wall = wallTo(1e6, waiting(1e6), 1, split) + wallTo(2e6, waiting(2e6), 1, split);
  const anew = pacer(0);
  let twice = wallTo(1e6, waiting(1e6), 1, anew);
  anew.idleUs = anew.us;
  twice += wallTo(2e6, waiting(2e6), 1, anew);
  assert.ok(wall < twice, `${wall} ${twice}`);
});
