// Names of things that a frame gives as numbers: vote results, message kinds, brokers. The names are DLedger's own and
// are part of word keys ('vote.REJECT_ALREADY_VOTED', 'kind.append_request').

import { KIND } from '../frame.js';

/** Vote results by their ordinal (FLIGHT.RESULT of a vote response). */
export const VOTE_RESULTS = /** @type {const} */ ([
  'UNKNOWN',
  'REJECT_UNKNOWN_LEADER',
  'REJECT_UNEXPECTED_LEADER',
  'REJECT_EXPIRED_LEDGER_TERM',
  'REJECT_SMALL_LEDGER_END_INDEX',
  'REJECT_EXPIRED_VOTE_TERM',
  'REJECT_ALREADY_HAS_LEADER',
  'REJECT_ALREADY_VOTED',
  'REJECT_TERM_NOT_READY',
  'REJECT_TERM_SMALL_THAN_LEDGER',
  'REJECT_TAKING_LEADERSHIP',
  'ACCEPT',
]);

/** Word keys of message kinds by KIND number: 'kind.vote_request', ... */
export const KIND_KEYS = Object.entries(KIND)
  .sort((a, b) => a[1] - b[1])
  .map(([name]) => `kind.${name.toLowerCase()}`);

/** @param {number} broker */
export function brokerName(broker) {
  return String.fromCharCode(65 + broker);
}
