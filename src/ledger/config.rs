//! `DLedgerConfig`: the timers and limits a member runs with, and the constants that the original keeps in
//! its code. All defaults are DLedger's own.

use super::MemberId;
use super::message::Code;
use super::rules::Rules;
use crate::time::Micros;

/// Pause of the state maintainer between two passes (`DLedgerLeaderElector.StateMaintainer`).
pub const MAINTAINER_PAUSE: Micros = Micros::millis(10);
/// Fixed part of the longest wait for the answers to a vote round (`maintainAsCandidate`).
pub const VOTE_ROUND_WAIT: Micros = Micros::millis(2000);
/// A heartbeat round is given up this long before the next one is due, and always followed by this pause.
pub const HEARTBEAT_ROUND_PAUSE: Micros = Micros::millis(10);
/// Pause of a dispatcher, of the entry handler and of the quorum checker between two passes.
pub const PUSHER_PAUSE: Micros = Micros::millis(1);
/// Pause of a dispatcher after an error.
pub const DISPATCHER_ERROR_PAUSE: Micros = Micros::millis(500);
/// A COMMIT push goes out when nothing was pushed for longer than this.
pub const COMMIT_PUSH_INTERVAL: Micros = Micros::millis(1000);
/// Outstanding APPEND requests of a dispatcher.
pub const DISPATCHER_PENDING_MAX: usize = 1000;
/// Requests the entry handler queues of COMPARE, TRUNCATE and COMMIT.
pub const CONTROL_QUEUE_MAX: usize = 1024;
/// The entry handler looks at waiting APPENDs that do not fit this often, at equality too.
pub const GAP_CHECK_PERIOD: Micros = Micros::millis(1000);
/// A waiting APPEND that does not fit counts as a gap at this age (`TimeoutFuture`).
pub const GAP_AGE: Micros = Micros::millis(1000);
/// A batch goes out when it has this many bytes (`maxBatchAppendSize`).
pub const MAX_BATCH_APPEND_SIZE: usize = 4096;
/// The flush thread forces data and index files this often (`flushFileInterval`); no answer waits for it.
pub const FLUSH_INTERVAL: Micros = Micros::millis(10);
/// A leader looks this often whether a preferred member should lead instead (`checkPreferredLeader`).
pub const PREFERRED_LEADER_PERIOD: Micros = Micros::millis(1000);
/// `maxLeadershipTransferWaitIndex`: who is this many entries behind cannot be handed the leadership.
pub const MAX_TRANSFER_WAIT_INDEX: i64 = 1000;
/// `leadershipTransferWaitTimeout`: how long a transferee waits for the entries it lacks.
pub const TRANSFER_WAIT_TIMEOUT: Micros = Micros::millis(1000);
/// Pause between two looks of a transferee at the end of its log.
pub const TRANSFER_WAIT_PAUSE: Micros = Micros::millis(10);
/// Every call between members is answered or given up after this (`DLedgerRpcNettyService`).
pub const RPC_TIMEOUT: Micros = Micros::millis(3000);

/// What a member is configured with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// `group`: requests of clients for another are refused
    pub group: &'static str,
    /// `heartBeatTimeIntervalMs`
    pub heartbeat_interval: Micros,
    /// `maxHeartBeatLeak`: heartbeats missed before a follower stands or a leader steps down
    pub max_heartbeat_leak: u64,
    /// `minVoteIntervalMs`
    pub min_vote_interval: Micros,
    /// `maxVoteIntervalMs`
    pub max_vote_interval: Micros,
    /// `maxPushTimeOutMs`: a leader sends an unacknowledged entry again after this
    pub max_push_timeout: Micros,
    /// `maxPendingRequestsNum`: client appends that may wait in a term
    pub max_pending_requests: usize,
    /// `minTakeLeadershipVoteIntervalMs`: the same for a preferred member that is told to lead
    pub min_take_leadership_vote_interval: Micros,
    /// `maxTakeLeadershipVoteIntervalMs`
    pub max_take_leadership_vote_interval: Micros,
    /// `preferredLeaderIds`
    pub preferred_leaders: Vec<MemberId>,
    /// `isEnableBatchAppend`
    pub batch_append: bool,
    /// A client append that waits this long is answered WAIT_QUORUM_ACK_TIMEOUT (`Closure.timeoutMs`; in 0.3.1.2
    /// `maxWaitAckTimeMs`).
    pub append_timeout: Micros,
    /// What a client append is answered whose term is over: EXPIRED_TERM, in 0.3.1.2 TERM_CHANGED.
    pub other_term_code: Code,
    /// How often the quorum checker looks for such appends: when more than a second has passed.
    pub timeout_scan_period: Micros,
    /// How often the committedIndex is written to the file `checkpoint`, which 0.4 does not have.
    pub checkpoint_interval: Option<Micros>,
    /// The rules it keeps.
    pub rules: Rules,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            group: "default",
            heartbeat_interval: Micros::millis(2000),
            max_heartbeat_leak: 3,
            min_vote_interval: Micros::millis(300),
            max_vote_interval: Micros::millis(1000),
            max_push_timeout: Micros::millis(1000),
            max_pending_requests: 10_000,
            min_take_leadership_vote_interval: Micros::millis(30),
            max_take_leadership_vote_interval: Micros::millis(100),
            preferred_leaders: Vec::new(),
            batch_append: false,
            append_timeout: Micros::millis(2000),
            timeout_scan_period: Micros(1_001_000),
            other_term_code: Code::ExpiredTerm,
            checkpoint_interval: None,
            rules: Rules::SAFE,
        }
    }
}

impl Config {
    /// How long a follower waits without a heartbeat, and a leader without a successful round: 6 s.
    pub fn leak_time(&self) -> Micros {
        Micros(self.heartbeat_interval.0 * self.max_heartbeat_leak)
    }

    /// A follower's time-out: never less than two intervals (`maintainAsFollower`).
    pub fn follower_timeout(&self) -> Micros {
        Micros(self.heartbeat_interval.0 * self.max_heartbeat_leak.max(2))
    }
}
