// What messages and their answers are called, which a frame gives as numbers: vote results, codes, message kinds. The names
// are DLedger's and RocketMQ's own and the same in every language; those of kinds are parts of word keys
// ('kind.append_request').

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

/** Vote results where there is no room for the REJECT_ that every refusal begins with: the cross says it. */
export const VOTE_LABELS = VOTE_RESULTS.map((name) => name.replace('REJECT_', ''));

/** Response codes of the client, of RocketMQ and of DLedger. @type {Readonly<Record<number, string>>} */
export const CODES = {
  1: 'SYSTEM_ERROR',
  2: 'SYSTEM_BUSY',
  302: 'NETWORK_ERROR',
  401: 'UNKNOWN_MEMBER',
  402: 'UNEXPECTED_MEMBER',
  403: 'EXPIRED_TERM',
  404: 'NOT_LEADER',
  405: 'NOT_FOLLOWER',
  406: 'INCONSISTENT_STATE',
  407: 'INCONSISTENT_TERM',
  409: 'INCONSISTENT_LEADER',
  411: 'UNEXPECTED_ARGUMENT',
  413: 'REPEATED_PUSH',
  414: 'DISK_ERROR',
  416: 'TERM_NOT_READY',
  421: 'PUSH_REQUEST_IS_FULL',
  502: 'WAIT_QUORUM_ACK_TIMEOUT',
  503: 'LEADER_PENDING_FULL',
  10001: 'CONNECT_FAILED',
  10002: 'TIMEOUT',
  10005: 'NO_ROUTE',
};

/** Word keys of message kinds by KIND number: 'kind.vote_request', ... */
export const KIND_KEYS = Object.entries(KIND)
  .sort((a, b) => a[1] - b[1])
  .map(([name]) => `kind.${name.toLowerCase()}`);
