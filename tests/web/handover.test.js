// A run goes over from the first module to the second: played again with its commands at their times, a piece at a time, and
// taken only if it is the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOver } from '../../www/lab/handover.js';

/** A run whose hash is all that was done to it; each piece of it goes no farther than `reach`. */
class Run {
  time = 0;
  done = [];
  untold = [];
  freed = false;
  pieces = 0;

  constructor(reach = Infinity, flaw = '') {
    this.reach = reach;
    this.flaw = flaw;
  }
  advance(until) {
    this.pieces++;
    this.time = Math.min(until, this.time + this.reach);
    return this.time;
  }
  command(command) {
    this.done.push(`${command.do} at ${this.time}`);
  }
  traceHash() {
    return this.done.join() + this.flaw;
  }
  forget(kept = []) {
    this.untold = kept;
  }
  free() {
    this.freed = true;
  }
}

/** One in the first module. */
class First extends Run {
  commands = [];
  get timeUs() {
    return this.time;
  }
  command(command) {
    super.command(command);
    this.commands.push({ at_us: this.time, ...command });
  }
  scenario() {
    return { seed: 7, commands: this.commands };
  }
  events() {
    return ['untold'];
  }
}

function begun() {
  const first = new First();
  first.advance(100);
  first.command({ do: 'kill' });
  first.command({ do: 'restart' });
  first.advance(1000);
  return first;
}

test('the commands come at their times, in order, and what was not told yet still will be', async () => {
  const first = begun();
  const run = new Run();
  const taken = [];
  const engine = { create: (scenario) => (assert.deepEqual(scenario, { seed: 7 }), run) };
  await handOver(
    engine,
    first,
    () => true,
    (one) => taken.push(one),
  );
  assert.deepEqual(taken, [run]);
  assert.deepEqual(run.done, ['kill at 100', 'restart at 100']);
  assert.equal(run.time, 1000);
  assert.deepEqual(run.untold, ['untold']);
  assert.equal(run.freed, false);
});

test('the first one plays on and is given commands meanwhile: it is caught up with', async () => {
  const first = begun();
  const run = new Run(1);
  let moments = 0;
  const stands = () => {
    if (++moments <= 20) first.advance(first.time + 10);
    if (moments === 5) first.command({ do: 'send' });
    return true;
  };
  // So slow that it takes many pieces.
  const { advance } = Run.prototype;
  run.advance = function (until) {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return advance.call(this, until);
  };
  run.reach = 50;
  let same = null;
  await handOver({ create: () => run }, first, stands, (one) => {
    same = [one.time === first.time, one.traceHash() === first.traceHash()];
  });
  assert.deepEqual(same, [true, true]);
  assert.ok(moments > 3, 'in pieces');
  assert.equal(run.done.length, 3);
});

test('a run that turns out another one is let go, and that is an error', async () => {
  const run = new Run(Infinity, '!');
  const taken = [];
  await assert.rejects(
    handOver(
      { create: () => run },
      begun(),
      () => true,
      (one) => taken.push(one),
    ),
    /another run/,
  );
  assert.deepEqual(taken, []);
  assert.equal(run.freed, true);
});

test('when the first one is gone nobody needs the second', async () => {
  const run = new Run(0);
  await handOver(
    { create: () => run },
    begun(),
    () => false,
    () => assert.fail('taken'),
  );
  assert.equal(run.freed, true);
});
