/**
 * How the scripts speak: headings, notes, and one clear message when something is missing.
 */

const styled = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

/** @param {string} text */
export const bold = (text) => (styled ? `\x1b[1m${text}\x1b[0m` : text);

/** @param {string} text */
export const note = (text) => console.log(`  ${text}`);

/** @param {string} text */
export const heading = (text) => console.log(`\n${bold(`== ${text}`)}`);

/** @param {number} since milliseconds, from `performance.now()` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Something that this machine lacks and that the scripts could not get by themselves. */
export class Missing extends Error {
  /**
   * @param {string} what is missing
   * @param {string[]} ways to get it, each one enough
   */
  constructor(what, ways) {
    const list = ways.map((way) => `  * ${way}`).join('\n');
    super(`${what}\n${ways.length > 1 ? 'Any one of these helps' : 'What helps'}:\n${list}`);
    this.name = 'Missing';
  }
}

/** A step whose own output has already said what is wrong. */
export class StepFailed extends Error {
  /** @param {string} step */
  constructor(step) {
    super(`${step} failed, see above.`);
    this.name = 'StepFailed';
  }
}

/** @param {unknown} error @returns {string} without a stack where the message is the whole story */
export const explain = (error) => {
  if (error instanceof Missing || error instanceof StepFailed) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

/**
 * Runs a script's work; a failure ends the process with exit code 1 and one message.
 *
 * @param {() => Promise<unknown>} work
 */
export async function script(work) {
  try {
    await work();
  } catch (error) {
    console.error(`\n${explain(error)}`);
    process.exit(1);
  }
}
