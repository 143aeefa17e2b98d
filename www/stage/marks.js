// Marks: what has just changed, for a moment. They are made from the event stream and live in wall time; draw-marks.js
// draws them. A frame says how things are, a mark that they have just become so; a truncated cell, which no frame shows
// any more, is seen only here.

/**
 * @typedef {'appended' | 'committed' | 'dispatched' | 'truncated' | 'vote' | 'refusedVote' | 'role' | 'killed' | 'started'
 *   | 'put' | 'refused'} MarkKind
 *
 * @typedef {object} Mark
 * @property {MarkKind} what
 * @property {number} broker  where; -1: at the producer
 * @property {number} from    first entry index, or the sender of what was refused; -1: none
 * @property {number} index   last entry index; -1: none
 * @property {number[]} terms terms of truncated entries, from `from` on; -1 where unknown
 * @property {boolean} ok
 * @property {string} text    a status of RocketMQ, as it is; '' mostly
 * @property {number} start   wall time, ms
 * @property {number} until
 *
 * @typedef {object} Marks
 * @property {(events: readonly any[], frameTimeUs: number, wallMs: number) => void} take
 * @property {(wallMs: number) => readonly Mark[]} at  the marks that live; the array is reused
 * @property {(wallMs: number) => boolean} active      whether anything of them will still move or vanish
 * @property {() => void} clear                        for a new run or a jump in time
 */

/** How long each is seen, ms. */
const LASTS = {
  appended: 500,
  committed: 650,
  dispatched: 600,
  truncated: 1100,
  vote: 800,
  refusedVote: 800,
  role: 700,
  killed: 700,
  started: 700,
  put: 1800,
  refused: 900,
};

/** Marks of which several may be at one broker at a time: each belongs to another entry. */
const PER_ENTRY = { appended: 1, committed: 1, dispatched: 1, truncated: 1 };

/** More at once than this is a flood (fast playback): the oldest go. */
const MOST = 96;

/** @returns {Marks} */
export function createMarks() {
  /** @type {Mark[]} */
  const living = [];
  // What was committed and which terms were appended, per broker, so that a sweep knows where it starts and a ghost
  // which hue it had.
  /** @type {Map<number, number>} */
  const committedTo = new Map();
  /** @type {Map<number, Map<number, number>>} */
  const termsOf = new Map();

  /**
   * @param {MarkKind} what
   * @param {number} broker
   * @param {number} wallMs
   * @param {Partial<Mark>} [more]
   */
  function mark(what, broker, wallMs, more) {
    // What happens again at the same place takes the place of the older mark, else their colours would add up.
    const from = more?.from ?? -1;
    if (!(what in PER_ENTRY)) drop((one) => one.what === what && one.broker === broker && one.from === from);
    if (living.length >= MOST) living.shift();
    living.push({
      what,
      broker,
      from: -1,
      index: -1,
      terms: [],
      ok: true,
      text: '',
      start: wallMs,
      until: wallMs + LASTS[what],
      ...more,
    });
  }

  /** @param {(one: Mark) => boolean} doomed */
  function drop(doomed) {
    let kept = 0;
    for (const one of living) if (!doomed(one)) living[kept++] = one;
    living.length = kept;
  }

  /** @param {any} event @param {number} wallMs */
  function take(event, wallMs) {
    const { broker } = event;
    switch (event.kind) {
      case 'appended': {
        let terms = termsOf.get(broker);
        if (terms === undefined) termsOf.set(broker, (terms = new Map()));
        terms.set(event.index, event.term);
        // A window of logs is all that can be seen; older terms need not be remembered.
        terms.delete(event.index - 64);
        return mark('appended', broker, wallMs, { from: event.index, index: event.index });
      }
      case 'committed': {
        const before = committedTo.get(broker) ?? event.index - 1;
        committedTo.set(broker, event.index);
        if (event.index > before) mark('committed', broker, wallMs, { from: before + 1, index: event.index });
        return;
      }
      case 'truncated': {
        const known = termsOf.get(broker);
        const count = Math.min(event.count, 64);
        const terms = Array.from({ length: count }, (_, k) => known?.get(event.from_index + k) ?? -1);
        return mark('truncated', broker, wallMs, {
          from: event.from_index,
          index: event.from_index + count - 1,
          terms,
        });
      }
      case 'dispatched':
        return mark('dispatched', broker, wallMs, { from: event.queue, index: event.index });
      case 'vote':
        // That a candidate votes for itself is no news; its first ballot says it.
        if (event.candidate !== broker) mark('vote', broker, wallMs);
        return;
      case 'sent':
        if (event.message?.kind === 'vote_response' && event.message.result !== 'ACCEPT') {
          mark('refusedVote', event.from, wallMs, { ok: false });
        }
        return;
      case 'role':
        return mark('role', broker, wallMs);
      case 'killed':
        committedTo.delete(broker);
        return mark('killed', broker, wallMs, { ok: false });
      case 'started':
      case 'resumed':
        return mark('started', broker, wallMs);
      case 'paused':
        return mark('killed', broker, wallMs, { ok: false });
      case 'put_result':
        // Only the first producer is on the stage, and neither name server nor consumers are.
        if (event.producer > 0) return;
        return mark('put', -1, wallMs, {
          ok: event.ok,
          text: String(event.status ?? ''),
          index: event.number,
        });
      case 'refused':
        if (event.from < -1 || event.to < 0) return;
        return mark('refused', event.to, wallMs, { from: event.from, ok: false });
    }
  }

  /** @param {number} wallMs */
  function at(wallMs) {
    if (living.length > 0) drop((one) => one.until <= wallMs);
    return living;
  }

  return {
    take(events, _frameTimeUs, wallMs) {
      for (const event of events) take(event, wallMs);
    },
    at,
    active: (wallMs) => at(wallMs).length > 0,
    clear() {
      living.length = 0;
      committedTo.clear();
      termsOf.clear();
    },
  };
}
