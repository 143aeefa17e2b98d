// What there is to say about an event: a sentence's key, its arguments and its weight. Remembers just enough of the
// run to give reasons (who voted for whom, how many hold an entry). Words are in i18n; when a sentence is shown is the
// narrator's affair.

import { brokerName } from '../stage/names.js';
import { HEARD } from './narrator.js';

/** @import { Arg } from '../i18n/template.js' */
/** @typedef {Record<string, any> & {t: number, kind: string}} CoreEvent */
/** @typedef {{key: string, args: Record<string, Arg>, weight: number}} Line */

/** Weights: what may be dropped first. */
const QUIET = 1;
const DETAIL = 2;
const STEP = 3;
const NEWS = 6;
const TURN = 8;
const FATE = 9;

/** Results of a vote response whose reason needs no more than the two names and a term. */
/** @type {Record<string, string>} */
const REJECTIONS = {
  REJECT_ALREADY_HAS_LEADER: 'leader',
  REJECT_EXPIRED_LEDGER_TERM: 'ledgerTerm',
  REJECT_SMALL_LEDGER_END_INDEX: 'ledgerIndex',
  REJECT_EXPIRED_VOTE_TERM: 'expired',
  REJECT_TERM_NOT_READY: 'notReady',
  REJECT_TERM_SMALL_THAN_LEDGER: 'ledger',
};

/** Failures of a put that have a sentence of their own. */
/** @type {Record<string, string>} */
const FAILURES = { IN_SYNC_REPLICAS_NOT_ENOUGH: 'fail.quorum', NO_ROUTE: 'fail.route' };

/** Entries whose holders are remembered; older ones have long been decided. */
const ENTRIES_KEPT = 256;

/** @param {number} term @returns {Arg} */
const termArg = (term) => ({ text: String(term), term });

export class Story {
  /** @param {number} brokers */
  constructor(brokers) {
    this.n = brokers;
    this.quorum = Math.floor(brokers / 2) + 1;
    this.members = Array.from({ length: brokers }, () => ({
      up: false,
      begun: false,
      role: 'candidate',
      term: 0,
      asked: 0, // term of its last vote request
      votedFor: /** @type {number | null} */ (null),
      outcome: '', // of its last vote round
      told: false, // a larger term was made known to it from outside
      hasLeader: false, // somebody answered ALREADY_HAS_LEADER in the round that is open
      behind: 0, // answers in that round that said its log is behind
    }));
    /** @type {Map<number, {term: number, holders: Set<number>}>} */
    this.entries = new Map();
    this.saidStart = false;
  }

  /**
   * Takes the next event of the run; gives what there is to say about it, or null.
   * @param {CoreEvent} event
   * @returns {Line | null}
   */
  tell(event) {
    const member = this.members[event.broker];
    switch (event.kind) {
      case 'started':
        return this.#started(event, member);
      case 'killed':
        return this.#killed(event, member);
      case 'role':
        return this.#role(event, member);
      case 'term':
        return this.#term(event, member);
      case 'vote':
        member.votedFor = event.candidate;
        return event.candidate === event.broker
          ? line('vote.self', DETAIL, { b: brokerName(event.broker), term: termArg(event.term) })
          : line('vote.other', NEWS, pair(event.candidate, event.broker, { term: termArg(event.term) }));
      case 'round':
        return this.#round(event, member);
      case 'sent':
        return this.#sent(event);
      case 'delivered':
        return this.#delivered(event);
      case 'refused':
        // Name server and consumers are not on the stage.
        if (event.from < -1 || event.to < 0) return null;
        return event.from < 0
          ? line('refused.producer', NEWS, { b: brokerName(event.to) })
          : line('refused', DETAIL, pair(event.from, event.to));
      case 'lost':
        // What is lost between others is seen, or not on the stage.
        return event.from >= 0 && event.to >= 0 ? line('lost', STEP, pair(event.from, event.to)) : null;
      case 'paused':
        return line(member.role === 'leader' ? 'paused.leader' : 'paused', TURN, {
          b: brokerName(event.broker),
        });
      case 'resumed':
        return line('resumed', TURN, { b: brokerName(event.broker) });
      case 'appended':
        return this.#appended(event, member);
      case 'truncated':
        return line('truncated', TURN, {
          b: brokerName(event.broker),
          entry: this.#entry(event.from_index),
          count: event.count,
        });
      case 'committed':
        return this.#committed(event, member);
      case 'dispatched':
        return line('dispatched', member.role === 'leader' ? HEARD : STEP, {
          b: brokerName(event.broker),
          entry: this.#entry(event.index),
          queue: event.queue,
          offset: event.queue_offset,
        });
      case 'master':
        return event.master
          ? line('master', NEWS, { b: brokerName(event.broker) })
          : line('slave', DETAIL, { b: brokerName(event.broker), id: event.broker_id });
      case 'put':
        return event.producer > 0 ? null : this.#put(event);
      case 'put_result':
        if (event.producer > 0) return null;
        if (event.ok) return line('ok', NEWS, { number: message(event) });
        return line(FAILURES[event.status] ?? 'fail', TURN, { number: message(event), status: event.status });
      default:
        return null;
    }
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #started(event, member) {
    const again = member.begun;
    Object.assign(member, { up: true, begun: true, role: 'candidate', term: event.term });
    Object.assign(member, { votedFor: event.voted_for ?? null, outcome: '', told: false });
    if (!again) {
      // The whole group starts at once: one sentence for all of them.
      if (this.saidStart) return null;
      this.saidStart = true;
      return line(this.n === 1 ? 'start.alone' : 'start.group', FATE, { n: this.n });
    }
    const args = { b: brokerName(event.broker), term: termArg(event.term) };
    return event.end_index < 0
      ? line('back.empty', FATE, args)
      : line('back.entries', FATE, { ...args, entry: this.#entry(event.end_index) });
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #killed(event, member) {
    const led = member.role === 'leader';
    Object.assign(member, { up: false, role: 'candidate' });
    const alive = this.members.filter((one) => one.up).length;
    const args = { b: brokerName(event.broker), alive, n: this.n, term: termArg(member.term) };
    if (alive === 0) return line('killed.all', FATE, args);
    if (alive < this.quorum) return line('killed.majority', FATE, args);
    return line(led ? 'killed.leader' : 'killed.other', FATE, args);
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #role(event, member) {
    const before = member.role;
    member.role = event.role;
    const args = { b: brokerName(event.broker), term: termArg(event.term) };
    if (event.role === 'leader') return line('leader', FATE, args);
    if (event.role === 'follower') {
      return event.leader === null ? null : line('follower', NEWS, { ...args, a: brokerName(event.leader) });
    }
    if (before === 'candidate') return null;
    if (event.term > member.term) return line('candidate.larger', TURN, args);
    return line(before === 'leader' ? 'candidate.down' : 'candidate.timeout', FATE, args);
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #term(event, member) {
    // A candidate that lost a counted round opens the next term itself; every other rise was made known from outside.
    const own = member.outcome === 'wait_to_vote_next' && !member.told && event.term === member.term + 1;
    Object.assign(member, { term: event.term, votedFor: null, outcome: '', told: false });
    return line(own ? 'term.lost' : 'term.told', own ? TURN : NEWS, {
      b: brokerName(event.broker),
      term: termArg(event.term),
    });
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #round(event, member) {
    const { hasLeader, behind } = member;
    Object.assign(member, { outcome: event.outcome, hasLeader: false, behind: 0 });
    const args = {
      b: brokerName(event.broker),
      n: this.n,
      term: termArg(event.term),
      accepted: event.accepted,
      valid: event.valid,
      notReady: event.not_ready,
    };
    switch (event.outcome) {
      case 'passed':
        return line('round.passed', TURN, args);
      case 'revote_immediately':
        return line('round.again', TURN, args);
      case 'wait_to_vote_next':
        // With a majority of votes the round is void only because a larger term has come to light.
        return line(event.accepted >= this.quorum ? 'round.newer' : 'round.lost', TURN, args);
      default:
        if (hasLeader) return line('round.leader', TURN, args);
        if (event.valid < this.quorum) return line('round.few', TURN, args);
        return behind > 0 ? line('round.log', TURN, args) : null;
    }
  }

  /** @param {CoreEvent} event */
  #sent(event) {
    const { from, to } = event;
    const m = event.message;
    switch (m.kind) {
      case 'vote_request':
        if (from >= 0) this.members[from].asked = m.term;
        return line('ask', STEP, { b: brokerName(from), term: termArg(m.term) });
      case 'vote_response':
        return this.#answer(from, to, m);
      case 'heartbeat_request':
        return line('beat', QUIET, { b: brokerName(from), term: termArg(m.term) });
      case 'heartbeat_response':
        return this.#beatAnswer(from, to, m);
      case 'compare_request':
        return m.index < 0
          ? line('compare.begin', STEP, pair(from, to))
          : line('compare', STEP, pair(from, to, { entry: this.#entry(m.index, m.entry_term) }));
      case 'compare_response':
        if (m.result === 'SUCCESS') return line('compare.ok', STEP, pair(to, from));
        if (m.result === 'NOT_FOLLOWER') return line('compare.early', STEP, pair(to, from));
        return line('compare.differs', NEWS, pair(to, from));
      case 'append_request':
        return line('push', DETAIL, pair(from, to, { entry: this.#entry(m.index, m.entry_term) }));
      case 'commit_request':
        return m.index < 0
          ? null
          : line('commit.push', QUIET, pair(from, to, { entry: this.#entry(m.index) }));
      default:
        return null;
    }
  }

  /**
   * A voter's answer: b answers a.
   * @param {number} from @param {number} to @param {Record<string, any>} m
   */
  #answer(from, to, m) {
    const voter = this.members[from];
    const asked = this.members[to]?.asked ?? m.term;
    if (m.result === 'REJECT_TERM_NOT_READY') voter.told = true;
    if (m.result === 'ACCEPT') return null; // the vote itself has been told
    if (m.result === 'REJECT_ALREADY_VOTED') {
      const own = voter.votedFor === from || voter.votedFor === null;
      const c = own ? '' : brokerName(/** @type {number} */ (voter.votedFor));
      const args = pair(to, from, { code: m.result, term: termArg(asked), c });
      return line(own ? 'reject.voted.self' : 'reject.voted.other', NEWS, args);
    }
    const reason = REJECTIONS[m.result] ?? 'other';
    // These two speak of the voter's own term, the others of the term that was asked for.
    const own = reason === 'expired' || reason === 'ledger';
    const args = pair(to, from, { code: m.result, term: termArg(own ? m.term : asked) });
    return line(`reject.${reason}`, NEWS, args);
  }

  /** @param {number} from @param {number} to @param {Record<string, any>} m */
  #beatAnswer(from, to, m) {
    const term = termArg(m.term);
    if (m.result === 'TERM_NOT_READY') {
      this.members[from].told = true;
      return line('beat.notReady', NEWS, pair(to, from, { term: termArg(this.members[to]?.term ?? m.term) }));
    }
    if (m.result === 'EXPIRED_TERM') return line('beat.expired', TURN, pair(to, from, { term }));
    if (m.result === 'INCONSISTENT_LEADER') return line('beat.other', TURN, pair(to, from, { term }));
    return null;
  }

  /** @param {CoreEvent} event */
  #delivered(event) {
    const { from, to } = event;
    const m = event.message;
    const asker = this.members[to];
    if (m.kind === 'vote_response' && asker) {
      if (m.result === 'REJECT_ALREADY_HAS_LEADER') asker.hasLeader = true;
      if (m.result === 'REJECT_EXPIRED_LEDGER_TERM' || m.result === 'REJECT_SMALL_LEDGER_END_INDEX')
        asker.behind++;
      return null;
    }
    if (m.kind !== 'append_response') return null;
    const args = pair(to, from, { entry: this.#entry(m.index, m.entry_term) });
    if (m.result !== 'SUCCESS') return m.result === 'INCONSISTENT_STATE' ? line('ack.gap', TURN, args) : null;
    const entry = this.entries.get(m.index);
    if (!entry) return line('append.follower', STEP, args);
    entry.holders.add(from);
    const have = entry.holders.size;
    const counted = { ...args, have, n: this.n, need: this.quorum };
    if (have < this.quorum) return line('ack.more', NEWS, counted);
    return have === this.quorum ? line('ack.quorum', TURN, counted) : line('ack.extra', HEARD, counted);
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #appended(event, member) {
    const args = { b: brokerName(event.broker), entry: { text: String(event.index), term: event.term } };
    if (member.role !== 'leader') return line('append.follower', STEP, args);
    // The leader counts itself; followers count when their acknowledgement has reached it.
    this.entries.set(event.index, { term: event.term, holders: new Set([event.broker]) });
    this.entries.delete(event.index - ENTRIES_KEPT);
    return event.entry === 'noop'
      ? line('append.noop', NEWS, args)
      : line('append.leader', NEWS, { ...args, number: message(event) });
  }

  /** @param {CoreEvent} event @param {Story['members'][0]} member */
  #committed(event, member) {
    const args = { b: brokerName(event.broker), entry: this.#entry(event.index) };
    if (this.n === 1) return line('commit.alone', TURN, args);
    return member.role === 'leader'
      ? line('commit.leader', TURN, args)
      : line('commit.follower', HEARD, args);
  }

  /** @param {CoreEvent} event */
  #put(event) {
    const number = message(event);
    const args = { number, b: brokerName(event.broker), attempt: event.attempt };
    return event.attempt > 1 ? line('put.again', NEWS, args) : line('put', HEARD, args);
  }

  /**
   * An entry's index in the hue of its term, where the term is known.
   * @param {number} index @param {number} [term] @returns {Arg}
   */
  #entry(index, term) {
    const known = term !== undefined && term >= 0 ? term : this.entries.get(index)?.term;
    return known === undefined ? String(index) : { text: String(index), term: known };
  }
}

/**
 * @param {string} key  without 'say.'
 * @param {number} weight
 * @param {Record<string, Arg>} args
 * @returns {Line}
 */
function line(key, weight, args) {
  return { key: `say.${key}`, args, weight };
}

/**
 * @param {number} a
 * @param {number} b
 * @param {Record<string, Arg>} [more]
 * @returns {Record<string, Arg>}
 */
function pair(a, b, more) {
  return { a: brokerName(a), b: brokerName(b), ...more };
}

/** @param {CoreEvent} event @returns {Arg} */
function message(event) {
  return `#${event.number}`;
}
