// The player: when it works, when it rests, how far time goes, and what a frame may cost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD } from '../../www/frame.js';
import { Loop, Player } from '../../www/player.js';
import { FakeRun } from './fake-run.js';

/** An animation clock that a test turns by hand. */
class Clock {
  now = 0;
  pending = new Map();
  id = 0;
  request = (tick) => {
    this.pending.set(++this.id, tick);
    return this.id;
  };
  cancel = (id) => this.pending.delete(id);
  run(ms, fps = 60) {
    const end = this.now + ms;
    while (this.now < end - 1e-9) {
      this.now += 1000 / fps;
      const ticks = [...this.pending.values()];
      this.pending.clear();
      for (const tick of ticks) tick(this.now);
    }
  }
}

function setUp({ run = new FakeRun(), paint = () => false } = {}) {
  const clock = new Clock();
  const loop = new Loop(clock);
  const painted = [];
  const failed = [];
  const player = new Player({
    loop,
    paint: (nowMs, atOnce) => {
      painted.push(atOnce);
      return paint(nowMs);
    },
    fail: (error) => failed.push(error),
  });
  loop.add(player);
  player.setRun(run);
  return { clock, loop, player, run, painted, failed };
}

test('something is in the air within two seconds of playing', () => {
  const { clock, player, run } = setUp();
  player.play();
  clock.run(2000);
  assert.ok(run.log.some((event) => event.kind === 'sent'));
});

test('held, it plays but time waits; let go, it does not make the wait good', () => {
  const { clock, player, run, painted } = setUp();
  player.held = true;
  player.play();
  clock.run(3000);
  assert.equal(run.now, 0);
  assert.equal(painted.length, 1, 'there is a picture all the same');
  player.held = false;
  clock.run(50);
  const { now } = run;
  assert.ok(now > 0 && now < 1_000_000, String(now));
});

test('progress does not depend on the frame rate', () => {
  const reached = [30, 60, 144].map((fps) => {
    const { clock, player, run } = setUp();
    player.play();
    clock.run(20_000, fps);
    return run.now;
  });
  // The first frame only starts the clock, so up to one frame of difference remains.
  const spread = (Math.max(...reached) - Math.min(...reached)) / Math.max(...reached);
  assert.ok(spread < 0.05, reached.join(' '));
});

test('every flight is seen in the air on several frames', () => {
  const run = new FakeRun();
  const seen = new Map();
  const { clock, player } = setUp({
    run,
    paint: () => {
      for (const flight of run.flights) seen.set(flight.id, (seen.get(flight.id) ?? 0) + 1);
      return false;
    },
  });
  player.play();
  clock.run(60_000);
  const sent = run.log.filter((event) => event.kind === 'sent').map((event) => event.id);
  assert.ok(sent.length > 20);
  for (const id of sent.slice(0, -10)) assert.ok(seen.get(id) > 15, `flight ${id}: ${seen.get(id)} frames`);
});

test('linear time at speed 10 runs ten times as fast as the wall', () => {
  const { clock, player, run } = setUp();
  player.pace = 'linear';
  player.speed = 10;
  player.play();
  clock.run(3000);
  assert.ok(Math.abs(run.now / 1e6 - 30) < 0.3, `${run.now}`);
  assert.ok(Math.abs(player.rate - 10) < 0.01);
});

test('a slow speed loses no fractions of microseconds', () => {
  const { clock, player, run } = setUp();
  player.pace = 'linear';
  player.speed = 0.0001;
  player.play();
  clock.run(10_000, 144);
  assert.ok(Math.abs(run.now - 1000) < 20, `${run.now}`);
});

test('paused and drawn, it asks for no frame', () => {
  const { clock, loop, player, painted } = setUp();
  clock.run(100);
  assert.equal(painted.length, 1, 'the first picture');
  assert.equal(loop.running, false);
  player.play();
  clock.run(500);
  player.pause();
  clock.run(100);
  assert.equal(loop.running, false);
});

test('out of sight or in a hidden tab it does not work, and does not make the time good afterwards', () => {
  const { clock, loop, player, run } = setUp();
  player.pace = 'linear';
  player.play();
  clock.run(1000);
  for (const [off, on] of [
    [() => player.setVisible(false), () => player.setVisible(true)],
    [() => loop.setHidden(true), () => loop.setHidden(false)],
  ]) {
    const before = run.now;
    off();
    clock.run(60_000);
    assert.equal(run.now, before);
    assert.equal(loop.running, false);
    on();
    clock.run(1000);
    assert.ok(Math.abs(run.now - before - 1e6) < 1e5, `${run.now - before}`);
  }
});

test('after a hitch at most a tenth of a second is made good', () => {
  const { clock, player, run } = setUp();
  player.pace = 'linear';
  player.play();
  clock.run(100);
  const before = run.now;
  clock.now += 5000;
  clock.run(20);
  assert.ok(run.now - before < 150_000);
});

test('what the engine cannot do within its budget is left undone', () => {
  const run = new FakeRun();
  const budgets = [];
  const whole = run.advance.bind(run);
  run.advance = (until, budget) => {
    budgets.push(budget);
    return whole(Math.min(until, run.now + 1000));
  };
  const { clock, player } = setUp({ run });
  player.pace = 'linear';
  player.play();
  clock.run(1000);
  assert.ok(budgets.length <= 60 && budgets.every((budget) => budget === 8));
  assert.ok(run.now <= 60_000);
});

test('a step goes to the next event, stops there, and is shown at once', () => {
  const { clock, player, run, painted } = setUp();
  player.play();
  player.step();
  assert.equal(player.playing, false);
  clock.run(50);
  assert.equal(painted.at(-1), true);
  const events = run.count;
  clock.run(1000);
  assert.equal(run.count, events);
});

test('players share one loop: one that is paused leaves the other alone', () => {
  const { clock, loop, player, run } = setUp();
  const other = new Player({ loop, paint: () => false, fail: assert.fail });
  loop.add(other);
  const still = new FakeRun();
  other.setRun(still);
  player.play();
  clock.run(2000);
  assert.equal(clock.pending.size, 1);
  assert.ok(run.now > 0);
  assert.equal(still.now, 0);
});

test('marks that still fade are drawn although the run is paused', () => {
  let left = 5;
  const { clock, loop, painted } = setUp({ paint: () => --left > 0 });
  clock.run(1000);
  assert.equal(painted.length, 5);
  assert.equal(loop.running, false);
});

test('an error of the engine is handed on', () => {
  const { clock, player, run, failed } = setUp();
  run.advance = () => {
    throw Object.assign(new Error('unreachable'), { code: 'panic' });
  };
  player.play();
  clock.run(50);
  assert.equal(failed[0].code, 'panic');
});

test('the fake fills a frame as the constants say', () => {
  const frame = new FakeRun({ brokers: 5 }).frame();
  assert.equal(frame[HEAD.BROKERS], 5);
  assert.equal(frame[HEAD.QUORUM], 3);
});
