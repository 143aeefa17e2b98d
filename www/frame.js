// Where each number of a frame is. Written from src/web/layout.rs by
// `UPDATE_EXPECT=1 cargo test frame_js`; do not edit.

/** Numbers at the head of a frame. */
export const HEAD = /** @type {const} */ ({
  TIME_US: 0, // simulated time of this frame, microseconds
  BROKERS: 1, // brokers in the group
  FLIGHTS: 2, // messages in flight
  BROKERS_AT: 3, // where the first broker starts
  FLIGHTS_AT: 4, // where the first flight starts
  CELLS_AT: 5, // where the first log cell starts: brokers x COLUMNS cells
  QUEUES_AT: 6, // where the first ConsumeQueue starts: brokers x QUEUES
  FIRST_INDEX: 7, // entry index of the first log column
  COLUMNS: 8, // log columns per broker
  QUEUES: 9, // ConsumeQueues per broker
  UNITS: 10, // units shown of each ConsumeQueue
  NEXT_EVENT_US: 11, // when the world does something next; -1: never
  EVENTS: 12, // events emitted since the run began
  LEADER: 13, // living leader with the largest term; -1: none
  PRODUCER_PENDING: 14, // messages the producer awaits an answer for
  PRODUCER_SENT: 15, // messages the producer began to send
  PRODUCER_OK: 16, // messages answered SEND_OK
  PRODUCER_FAILED: 17, // messages given up
  PRODUCER_LAST: 18, // number of the message concluded last; -1: none
  PRODUCER_LAST_OK: 19, // 1 SEND_OK, 0 failed
  PRODUCER_TO: 20, // broker that the producer sends to: the master of the route it remembers, dead or alive; -1: none
  QUORUM: 21, // members that make a majority
  LINKS_AT: 22, // where the links start: brokers x brokers numbers, by sender, then receiver; see LINK
  LENGTH: 23,
});

/** Numbers of one broker. */
export const BROKER = /** @type {const} */ ({
  STATE: 0, // see BROKER_STATE
  ROLE: 1, // see ROLE
  TERM: 2, // currTerm
  VOTED_FOR: 3, // broker that has its vote in this term; -1: none
  LEADER_ID: 4, // leader it knows; -1: none
  BROKER_ID: 5, // RocketMQ brokerId: 0 master, number + 1 slave, -1 none yet
  MASTER: 6, // 1: SYNC_MASTER, takes messages
  END_INDEX: 7, // ledgerEndIndex; -1: empty
  COMMITTED_INDEX: 8, // committedIndex; -1: none known
  DISPATCHED_INDEX: 9, // last entry given to the ConsumeQueues; -1: none
  TIMER: 10, // see TIMER
  TIMER_START_US: 11, // when the countdown began
  TIMER_END_US: 12, // when it ends
  VOTES: 13, // votes granted in the round that is open; -1: no round open
  CLOCK_PERMILLE: 14, // how fast its clock runs, in thousandths of true time
  DISK: 15, // see DISK
  STRIDE: 16,
});

/** Numbers of one message in flight. */
export const FLIGHT = /** @type {const} */ ({
  ID: 0, // unique in a run, growing
  KIND: 1, // see KIND
  FROM: 2, // broker, or -1 for the producer
  TO: 3, // broker, or -1 for the producer
  SENT_US: 4, // when it left
  ARRIVES_US: 5, // when it arrives
  PROGRESS: 6, // 0 to 1
  TERM: 7, // term the message speaks of; -1: none
  INDEX: 8, // entry index it carries, acknowledges, compares, truncates from or commits; -1: none
  ENTRY_TERM: 9, // term of that entry; -1: none
  RESULT: 10, // vote result, see VOTE_RESULT, or DLedger or client code; 0: none
  OK: 11, // 1 agrees, -1 refuses, 0 asks
  MESSAGE: 12, // producer's message number; -1: none
  LOST: 13, // 1: it is lost on the way and will not arrive
  STRIDE: 14,
});

/** Numbers of one cell of a log. */
export const CELL = /** @type {const} */ ({
  TERM: 0, // term of the entry; -1: no entry here
  ENTRY: 1, // see ENTRY
  MESSAGE: 2, // producer's message number; -1: none
  QUEUE: 3, // queueId of the message; -1: none
  STRIDE: 4,
});

/** Numbers of one ConsumeQueue, followed by UNITS units; unit i has queue offset MAX - SHOWN + i. */
export const QUEUE = /** @type {const} */ ({
  MIN: 0, // lowest queue offset
  MAX: 1, // one past the highest queue offset
  SHOWN: 2, // units that follow and are filled: min(MAX - MIN, UNITS)
  LENGTH: 3,
});

/** Numbers of one ConsumeQueue unit. */
export const UNIT = /** @type {const} */ ({
  INDEX: 0, // index of the entry it points to
  TERM: 1, // term of that entry
  STRIDE: 2,
});

export const BROKER_STATE = /** @type {const} */ ({
  DEAD: 0,
  UP: 1,
  BOOTING: 2,
  PAUSED: 3,
});

/** What is wrong with a link, added up. */
export const LINK = /** @type {const} */ ({
  FINE: 0,
  CUT: 1,
  LOSSY: 2,
  SLOW: 4,
});

/** What is wrong with a disk, added up. */
export const DISK = /** @type {const} */ ({
  FINE: 0,
  SLOW: 1,
  FULL: 2,
});

export const ROLE = /** @type {const} */ ({
  CANDIDATE: 0,
  LEADER: 1,
  FOLLOWER: 2,
});

/** What a broker's ring counts down to. */
export const TIMER = /** @type {const} */ ({
  NONE: 0,
  ELECTION: 1,
  RETRY: 2,
  HEARTBEAT: 3,
  ROUND: 4,
});

export const ENTRY = /** @type {const} */ ({
  NONE: 0,
  MESSAGE: 1,
  NOOP: 2,
});

/** Kinds of message. */
export const KIND = /** @type {const} */ ({
  VOTE_REQUEST: 0,
  VOTE_RESPONSE: 1,
  HEARTBEAT_REQUEST: 2,
  HEARTBEAT_RESPONSE: 3,
  COMPARE_REQUEST: 4,
  COMPARE_RESPONSE: 5,
  TRUNCATE_REQUEST: 6,
  TRUNCATE_RESPONSE: 7,
  APPEND_REQUEST: 8,
  APPEND_RESPONSE: 9,
  COMMIT_REQUEST: 10,
  COMMIT_RESPONSE: 11,
  SEND_REQUEST: 12,
  SEND_RESPONSE: 13,
  REFUSED: 14,
  TRANSFER_REQUEST: 15,
  TRANSFER_RESPONSE: 16,
});

/** Answers to a vote request. */
export const VOTE_RESULT = /** @type {const} */ ({
  UNKNOWN: 0,
  REJECT_UNKNOWN_LEADER: 1,
  REJECT_UNEXPECTED_LEADER: 2,
  REJECT_EXPIRED_LEDGER_TERM: 3,
  REJECT_SMALL_LEDGER_END_INDEX: 4,
  REJECT_EXPIRED_VOTE_TERM: 5,
  REJECT_ALREADY_HAS_LEADER: 6,
  REJECT_ALREADY_VOTED: 7,
  REJECT_TERM_NOT_READY: 8,
  REJECT_TERM_SMALL_THAN_LEDGER: 9,
  REJECT_TAKING_LEADERSHIP: 10,
  ACCEPT: 11,
});
