//! What must always hold, by name.

use crate::shown::named;

/// Something that holds in every run, whatever happens to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Invariant {
    /// No two brokers lead one term.
    OneLeaderPerTerm,
    /// A leader's log does not shrink while it leads.
    LeaderAppendOnly,
    /// Entries of one index and term are the same message, and so are all entries before them.
    LogMatching,
    /// What is committed is in the log of every later leader.
    LeaderCompleteness,
    /// Nobody commits another entry than was committed before at that index.
    CommittedEntriesAgree,
    /// No two brokers have different messages at one queue offset.
    QueueOffsetsAgree,
    /// committedIndex is never beyond the end of the log, and never goes back in a process's life.
    CommitIndexSound,
    /// A ConsumeQueue unit points at the message that carries its queue offset.
    UnitsPointAtTheirMessage,
    /// What was acknowledged (PUT_OK) is committed, stays, and is there to be consumed.
    AcknowledgedKept,
    /// A consumer gets nothing that is not committed.
    ConsumedOnlyCommitted,
    /// Consumers get the messages of a queue in its order, and none is passed over.
    QueueOrder,
    /// An entry has the same bytes at the same place on all brokers.
    SameBytes,
    /// A message is there twice only if it was sent twice: after an attempt that failed or was not answered.
    DuplicatesExplained,
    /// A majority that is up and connected has a leader before long.
    LeaderReturns,
    /// And before long after that a message sent is acknowledged.
    PutsSucceed,
}

named!(all Invariant {
    OneLeaderPerTerm "one_leader_per_term",
    LeaderAppendOnly "leader_append_only",
    LogMatching "log_matching",
    LeaderCompleteness "leader_completeness",
    CommittedEntriesAgree "committed_entries_agree",
    QueueOffsetsAgree "queue_offsets_agree",
    CommitIndexSound "commit_index_sound",
    UnitsPointAtTheirMessage "units_point_at_their_message",
    AcknowledgedKept "acknowledged_kept",
    ConsumedOnlyCommitted "consumed_only_committed",
    QueueOrder "queue_order",
    SameBytes "same_bytes",
    DuplicatesExplained "duplicates_explained",
    LeaderReturns "leader_returns",
    PutsSucceed "puts_succeed",
});

/// How often each was looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts([u64; Invariant::ALL.len()]);

impl Counts {
    pub fn add(&mut self, invariant: Invariant) {
        self.0[invariant as usize] += 1;
    }

    pub fn each(&self) -> [u64; Invariant::ALL.len()] {
        self.0
    }

    pub fn all(&self) -> impl Iterator<Item = (Invariant, u64)> + '_ {
        Invariant::ALL.into_iter().zip(self.0)
    }
}
