// A run that began in the first module goes on in the second: it is played again there from its beginning, in pieces so short
// that the picture does not stop, while the first one plays on; once it has caught up it takes the first one's place.

/** @import { PlainRun } from '../engine.js' */
/** @import { LabEngine, LabRun } from './engine.js' */

/** Of a frame's 16 ms. */
const PIECE_MS = 8;

/**
 * @param {LabEngine} engine
 * @param {PlainRun} first
 * @param {() => boolean} stands  whether the first one is still on
 * @param {(run: LabRun) => void} take  called at the very moment at which both are the same run
 * @throws if they are not
 */
export async function handOver(engine, first, stands, take) {
  const replay = new Replay(engine, first);
  let taken = false;
  try {
    while (!replay.piece()) {
      await new Promise((done) => setTimeout(done));
      if (!stands()) return;
    }
    const { run } = replay;
    if (run.traceHash() !== first.traceHash()) throw new Error('the second module plays another run');
    run.forget(first.events());
    taken = true;
    take(run);
  } finally {
    if (!taken) replay.run.free();
  }
}

class Replay {
  #first;
  /** Of the first one's commands, so many have been given here. */
  #given = 0;

  /** @param {LabEngine} engine @param {PlainRun} first */
  constructor(engine, first) {
    const { commands: _, ...plain } = first.scenario();
    this.run = engine.create(plain);
    this.#first = first;
  }

  /** Goes on a little. @returns {boolean} whether it is where the first one is */
  piece() {
    const { run } = this;
    const end = performance.now() + PIECE_MS;
    for (let left = PIECE_MS; left > 0; left = end - performance.now()) {
      const next = this.#first.commands[this.#given];
      const goal = next ? next.at_us : this.#first.timeUs;
      const reached = run.advance(goal, left);
      run.forget();
      if (reached < goal) continue;
      if (!next) return true;
      const { at_us: _, ...command } = next;
      run.command(command);
      this.#given++;
    }
    return false;
  }
}
