//! Rules that can be taken away. Each but one is in force by default; without it a broker behaves as the released
//! DLedger or RocketMQ does (`Preset`), or as it would if nobody had thought of the rule.
//!
//! A rule is read at one place, where the comment says what its absence means.

use super::config::Config;
use super::message::Code;
use crate::shown::named;
use crate::time::Micros;

/// A rule that a broker and its member keep or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Rule {
    /// A new leadership compares from the end of its log. Without it, on a first leadership, from where the log
    /// ended when the process started (B1). Followers then delete what they have, committed or not, and get it again;
    /// if they keep `TruncateOnlyConflicts`, they delete nothing, not even a tail that conflicts, and may take that for
    /// committed.
    CompareFromTheEnd = 0,
    /// Votes go by the log itself. Without it by a copy of its end that a truncate leaves behind (B2).
    VoteByTheLog = 1,
    /// COMPARE, TRUNCATE and COMMIT count only from the known leader in the present term (B3).
    CheckControlPushes = 2,
    /// TRUNCATE deletes only what conflicts. Without it whatever is there, committed or not (B4).
    TruncateOnlyConflicts = 3,
    /// The oldest push without an answer goes out again. Without it only once an entry of the present term has
    /// been acknowledged (B5).
    ResendFromTheMatch = 4,
    /// A client append is answered SUCCESS by the commit of its entry. Without it also by its index alone, which
    /// may have been applied in an earlier shape of the log (B7).
    AnswerOnlyCommitted = 5,
    /// With batching on, entries that are ready together travel together. Without it each travels alone (B8).
    BatchesFill = 6,
    /// A truncate erases the bytes. Without it recovery scans past the cut and finds the entries again (B16), and the
    /// padding before a file's first entry stays: what comes in its place may lie elsewhere than on the leader.
    EraseOnTruncate = 7,
    /// Only entries of the present term are committed by counting their copies (Raft, 5.4.2). Without it those of
    /// older terms are too, as in 0.3.1.2.
    CountOnlyCurrentTerm = 8,
    /// A new leader whose log is not all committed appends a no-op (`enableFastAdvanceCommitIndex`).
    NoopOnElection = 9,
    /// A leader told of a larger term steps down even if a majority answered its heartbeat. Without it only if
    /// none did, as in 0.3.1.2.
    HeedLargerTerm = 10,
    /// Whoever loses its leadership's term answers the appends that wait. Without it they wait until the same
    /// member leads again, as in 0.3.1.2.
    AnswerOnTermChange = 11,
    /// A vote outlives the process. Without it the file `currterm` is lost with the process, as when a crash comes
    /// between the two steps in which the original replaces it (B14): term 0, no vote.
    RememberVote = 12,
    /// Nobody votes for a candidate whose log ends before its own. Without it a member without the committed entries
    /// can be elected, and the others delete theirs.
    CompareLogsBeforeVoting = 13,
    /// More than half of the members elect a leader. Without it half, rounded down, is enough: of three a candidate
    /// needs but itself.
    MajorityToWin = 14,
    /// An entry is committed when more than half of the members have it. Without it half, rounded down, is enough: of
    /// three it is the leader's own copy.
    MajorityToCommit = 15,
    /// Whoever lost a vote round stands again in a larger term. Without it in the same one, its vote cleared: a term
    /// may have several leaders.
    RaiseTheTerm = 16,
    /// A leader told of a larger term steps down. Without it it takes the term over and goes on: it leads a term that
    /// nobody gave it.
    StepDownOnLargerTerm = 17,
    /// TRUNCATE deletes what conflicts. Without it the follower says that it did and keeps it, and takes it for
    /// committed as soon as the leader's log is.
    TruncateConflicts = 18,
    /// A vote is for the whole term. Without it whoever stands forgets whom it voted for, and votes once more.
    VoteOnceATerm = 19,
    /// Only what is committed gets into the ConsumeQueues. Without it all that is in the log: consumers see messages
    /// that never come to be, and when those are deleted their units stay.
    DispatchOnlyCommitted = 20,
    /// A new leader becomes master when all of its log is committed and dispatched. Without it at once: it gives queue
    /// offsets out that messages further down its log already have.
    RecoverBeforeServing = 21,
    /// An entry counts only when a flush has brought it to the disk. DLedger has no such rule: it acknowledges what is
    /// written, and a majority that loses power together loses what it acknowledged in the last 10 ms (B15).
    FlushBeforeAcknowledging = 22,
    /// A crash costs the ConsumeQueues nothing, and dispatching goes on where they end. Without it they are recovered
    /// as `DLedgerCommitLog.recoverAbnormally` does: every entry in the log gets its unit, committed or not; then units
    /// are cut behind a position that is 48 bytes too small for each message of the last file; and dispatching goes
    /// on behind the commit index as last saved, so that what was cut stays cut.
    RecoverQueuesWhole = 23,
    /// Only a master takes messages. Without it a leader that was no slave before takes them as soon as it leads, as
    /// released: until its first role event is handled a broker counts as ASYNC_MASTER. Its queue offsets go on where
    /// the queues end, not the log, so that messages in an uncommitted tail have them too, and the later of two never
    /// shows.
    TakeOnlyAsMaster = 24,
}

named!(all Rule {
    CompareFromTheEnd "compare_from_the_end",
    VoteByTheLog "vote_by_the_log",
    CheckControlPushes "check_control_pushes",
    TruncateOnlyConflicts "truncate_only_conflicts",
    ResendFromTheMatch "resend_from_the_match",
    AnswerOnlyCommitted "answer_only_committed",
    BatchesFill "batches_fill",
    EraseOnTruncate "erase_on_truncate",
    CountOnlyCurrentTerm "count_only_current_term",
    NoopOnElection "noop_on_election",
    HeedLargerTerm "heed_larger_term",
    AnswerOnTermChange "answer_on_term_change",
    RememberVote "remember_vote",
    CompareLogsBeforeVoting "compare_logs_before_voting",
    MajorityToWin "majority_to_win",
    MajorityToCommit "majority_to_commit",
    RaiseTheTerm "raise_the_term",
    StepDownOnLargerTerm "step_down_on_larger_term",
    TruncateConflicts "truncate_conflicts",
    VoteOnceATerm "vote_once_a_term",
    DispatchOnlyCommitted "dispatch_only_committed",
    RecoverBeforeServing "recover_before_serving",
    FlushBeforeAcknowledging "flush_before_acknowledging",
    RecoverQueuesWhole "recover_queues_whole",
    TakeOnlyAsMaster "take_only_as_master",
});

/// Which rules are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// a bit for each rule that is not kept
    broken: u32,
}

impl Rules {
    /// Every rule is kept but `FlushBeforeAcknowledging`, which no program has.
    pub const SAFE: Rules = Rules { broken: 1 << Rule::FlushBeforeAcknowledging as u32 };

    /// Whether the rule is kept.
    pub const fn keep(self, rule: Rule) -> bool {
        let broken = if crate::PLAIN { Rules::SAFE.broken } else { self.broken };
        broken & (1 << rule as u32) == 0
    }

    /// These rules, but with this one kept, or not.
    #[must_use]
    pub const fn with(self, rule: Rule, kept: bool) -> Rules {
        let bit = 1 << rule as u32;
        Rules { broken: if kept { self.broken & !bit } else { self.broken | bit } }
    }

    /// These rules without some.
    #[must_use]
    pub fn without(self, rules: &[Rule]) -> Rules {
        rules.iter().fold(self, |all, rule| all.with(*rule, false))
    }
}

impl Default for Rules {
    fn default() -> Rules {
        Rules::SAFE
    }
}

/// A set of rules, and what else goes with it, by the name of the program that keeps them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Preset {
    /// DLedger 0.4 as it was meant: [`Rules::SAFE`]
    Intended,
    /// DLedger 0.4.0 as it was released
    DLedger04,
    /// what RocketMQ 5 brokers link, DLedger 0.3.1.2, as far as it differs in rules: its COMPARE and TRUNCATE carry
    /// entries and find the last common one, a step at a time; here they find it as 0.4 does
    DLedger031,
}

named!(all Preset {
    Intended "intended",
    DLedger04 "dledger-0.4",
    DLedger031 "dledger-0.3.1",
});

impl Preset {
    /// The rules it keeps.
    pub fn rules(self) -> Rules {
        match self {
            Preset::Intended => Rules::SAFE,
            Preset::DLedger04 => Rules::SAFE.without(&[
                Rule::CompareFromTheEnd,
                Rule::VoteByTheLog,
                Rule::CheckControlPushes,
                Rule::TruncateOnlyConflicts,
                Rule::ResendFromTheMatch,
                Rule::AnswerOnlyCommitted,
                Rule::BatchesFill,
                Rule::EraseOnTruncate,
                Rule::NoopOnElection,
            ]),
            Preset::DLedger031 => Rules::SAFE.without(&[
                Rule::EraseOnTruncate,
                Rule::CountOnlyCurrentTerm,
                Rule::NoopOnElection,
                Rule::HeedLargerTerm,
                Rule::AnswerOnTermChange,
            ]),
        }
    }

    /// The configuration that goes with it.
    pub fn config(self) -> Config {
        let config = Config { rules: self.rules(), ..Config::default() };
        match self {
            Preset::Intended | Preset::DLedger04 => config,
            Preset::DLedger031 => Config {
                append_timeout: Micros::millis(2500),
                timeout_scan_period: Micros::millis(1),
                other_term_code: Code::TermChanged,
                checkpoint_interval: Some(Micros::millis(3000)),
                ..config
            },
        }
    }
}
