// Messages in flight, one by one: which there are, and what one of them carries. Pure: a frame in, plain values out.

import { FLIGHT, HEAD, KIND } from '../frame.js';
import { CODES, VOTE_RESULTS } from '../stage/codes.js';
import { brokerName } from '../stage/names.js';

/** @import { Say } from './words.js' */

/** Ids of the messages in flight that are on the stage, in the order in which they arrive. @param {Float64Array} frame */
export function inFlight(frame) {
  const all = [];
  for (let i = 0, at = frame[HEAD.FLIGHTS_AT]; i < frame[HEAD.FLIGHTS]; i++, at += FLIGHT.STRIDE) {
    all.push({ id: frame[at + FLIGHT.ID], arrives: frame[at + FLIGHT.ARRIVES_US] });
  }
  return all.sort((a, b) => a.arrives - b.arrives || a.id - b.id).map(({ id }) => id);
}

/** Where a message is in the frame; -1: it is not in flight any more. @param {Float64Array} frame @param {number} id */
export function flightOf(frame, id) {
  for (let i = 0, at = frame[HEAD.FLIGHTS_AT]; i < frame[HEAD.FLIGHTS]; i++, at += FLIGHT.STRIDE) {
    if (frame[at + FLIGHT.ID] === id) return at;
  }
  return -1;
}

/**
 * What is to be said of a message: its kind, its way, and its fields.
 * @param {Float64Array} frame
 * @param {number} at
 * @param {Say} say
 * @returns {{kind: string, way: string, fields: string[], refuses: boolean}}
 */
export function described(frame, at, say) {
  const t = say.text;
  const kind = frame[at + FLIGHT.KIND];
  const who = (/** @type {number} */ n) => (n < 0 ? t('msg.producer') : brokerName(n));
  const fields = [];
  const term = frame[at + FLIGHT.TERM];
  const index = frame[at + FLIGHT.INDEX];
  const entryTerm = frame[at + FLIGHT.ENTRY_TERM];
  const number = frame[at + FLIGHT.MESSAGE];
  const result = frame[at + FLIGHT.RESULT];
  if (term >= 0) fields.push(t('msg.term', { term }));
  if (index >= 0) {
    fields.push(
      entryTerm >= 0 && entryTerm !== term
        ? t('msg.entry.term', { index, term: entryTerm })
        : t('msg.entry', { index }),
    );
  }
  if (number >= 0) fields.push(t('msg.message', { number }));
  if (kind === KIND.VOTE_RESPONSE) fields.push(VOTE_RESULTS[result] ?? VOTE_RESULTS[0]);
  else if (result > 0) fields.push(CODES[result] ?? `code ${result}`);
  const ms = Math.max(0, frame[at + FLIGHT.ARRIVES_US] - frame[HEAD.TIME_US]) / 1000;
  fields.push(t('msg.left', { ms: ms < 10 ? ms.toFixed(2) : Math.round(ms) }));
  const key = `msg.kind.${kind}`;
  return {
    kind: t(say.has(key) ? key : 'msg.kind.any'),
    way: `${who(frame[at + FLIGHT.FROM])} → ${who(frame[at + FLIGHT.TO])}`,
    fields,
    refuses: frame[at + FLIGHT.OK] < 0,
  };
}
