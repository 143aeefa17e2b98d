// What to say about an error of the engine: the key of a sentence and its arguments. The engine's own message is English;
// it is shown only where there is no sentence for its code.

import { describe } from './options.js';
import { brokerName } from './stage/names.js';

/** @import { Notice } from './panels/notices.js' */

/**
 * @param {unknown} error
 * @param {number} seed  of the run
 * @returns {Notice}
 */
export function sayProblem(error, seed) {
  const { code, field = '', value = '', allowed = '', message } = describe(error);
  const args = {
    field: String(field),
    value: String(value),
    allowed: String(allowed).replace('..=', '…'),
    b: brokerName(Number(value)),
    seed,
    message,
  };
  return { key: key(code, allowed), args };
}

/** @param {string} code @param {string} allowed */
function key(code, allowed) {
  if (code === 'ended') return 'problem.ended';
  if (code === 'no_such_broker') return 'problem.broker';
  // What is possible instead tells in which state the broker is.
  if (code === 'not_possible' && allowed === 'restart') return 'problem.dead';
  if (code === 'not_possible' && allowed === 'kill') return 'problem.up';
  if (code === 'not_possible') return 'problem.command';
  if (code === 'unknown_field') return 'problem.unknown';
  if (/^(bad_value|unknown_.*|.*_out_of_range)$/.test(code)) return 'problem.refused';
  return 'problem.panic';
}
