// The search, off the main thread: goes through seeds until a run breaks something, makes that run small, and says how far it is.
// Whoever started it ends it too.

import { Seeker, initSync } from '../pkg-lab/lab.js';

/**
 * @typedef {{module: WebAssembly.Module, scenario: Record<string, unknown>, minutes: number, first: number, seeds: number}} Order
 *
 * @typedef {object} Report
 * @property {number} tried     runs that have ended
 * @property {number} ms        since the start
 * @property {boolean} done     there will be no other report
 * @property {number} shrunk    runs tried to make what was found smaller
 * @property {Record<string, any> | null} scenario  what was found, as small as it is by now
 * @property {import('./panel.js').Violation | null} violation
 * @property {string} [failed]
 */

/** Between two reports. */
const REPORT_MS = 150;

/** @param {Report} report */
const send = (report) => self.postMessage(report);

self.addEventListener('message', (event) => {
  const { module, scenario, minutes, first, seeds } = /** @type {Order} */ (event.data);
  const start = performance.now();
  try {
    initSync({ module });
    const seeker = new Seeker(scenario, minutes, first, seeds);
    let going = true;
    while (going) {
      going = seeker.step(REPORT_MS);
      const { tried, shrunk } = seeker.progress();
      send({
        tried,
        ms: performance.now() - start,
        done: !going,
        shrunk,
        scenario: seeker.scenario(),
        violation: seeker.violation(),
      });
    }
  } catch (error) {
    const failed = String(/** @type {any} */ (error)?.message ?? error);
    send({ tried: 0, ms: 0, done: true, shrunk: 0, scenario: null, violation: null, failed });
  }
});
