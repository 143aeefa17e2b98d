//! What was broken, by whom and where.

use std::fmt;

use super::Invariant;
use crate::broker::{ConsumerId, ProducerId, QueueId};
use crate::ledger::MemberId;
use crate::shown::{Fields, named};
use crate::store::{Index, Term};
use crate::time::Micros;

/// The ways in which invariants break.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Broken {
    TwoLeaders,
    LeaderDeleted,
    EntriesDiffer,
    PrefixesDiffer,
    PlacesDiffer,
    LeaderLacksCommitted,
    LeaderLacksAcknowledged,
    CommittedDiffers,
    CommittedBeyondEnd,
    CommittedWentBack,
    UnitsDiffer,
    OffsetGivenTwice,
    UnitMisplaced,
    UnitDangles,
    AcknowledgedNotCommitted,
    AcknowledgedNotShown,
    AcknowledgedNotConsumed,
    ConsumedNotCommitted,
    ConsumedOutOfOrder,
    PassedOver,
    SentAfterSuccess,
    StoredTooOften,
    NoLeader,
    NoPut,
}

named!(all Broken {
    TwoLeaders "two_leaders",
    LeaderDeleted "leader_deleted",
    EntriesDiffer "entries_differ",
    PrefixesDiffer "prefixes_differ",
    PlacesDiffer "places_differ",
    LeaderLacksCommitted "leader_lacks_committed",
    LeaderLacksAcknowledged "leader_lacks_acknowledged",
    CommittedDiffers "committed_differs",
    CommittedBeyondEnd "committed_beyond_end",
    CommittedWentBack "committed_went_back",
    UnitsDiffer "units_differ",
    OffsetGivenTwice "offset_given_twice",
    UnitMisplaced "unit_misplaced",
    UnitDangles "unit_dangles",
    AcknowledgedNotCommitted "acknowledged_not_committed",
    AcknowledgedNotShown "acknowledged_not_shown",
    AcknowledgedNotConsumed "acknowledged_not_consumed",
    ConsumedNotCommitted "consumed_not_committed",
    ConsumedOutOfOrder "consumed_out_of_order",
    PassedOver "passed_over",
    SentAfterSuccess "sent_after_success",
    StoredTooOften "stored_too_often",
    NoLeader "no_leader",
    NoPut "no_put",
});

impl Broken {
    /// What should have held.
    pub const fn invariant(self) -> Invariant {
        use Invariant as I;
        match self {
            Broken::TwoLeaders => I::OneLeaderPerTerm,
            Broken::LeaderDeleted => I::LeaderAppendOnly,
            Broken::EntriesDiffer | Broken::PrefixesDiffer => I::LogMatching,
            Broken::PlacesDiffer => I::SameBytes,
            Broken::LeaderLacksCommitted => I::LeaderCompleteness,
            Broken::CommittedDiffers => I::CommittedEntriesAgree,
            Broken::CommittedBeyondEnd | Broken::CommittedWentBack => I::CommitIndexSound,
            Broken::UnitsDiffer | Broken::OffsetGivenTwice => I::QueueOffsetsAgree,
            Broken::UnitMisplaced | Broken::UnitDangles => I::UnitsPointAtTheirMessage,
            Broken::LeaderLacksAcknowledged
            | Broken::AcknowledgedNotCommitted
            | Broken::AcknowledgedNotShown
            | Broken::AcknowledgedNotConsumed => I::AcknowledgedKept,
            Broken::ConsumedNotCommitted => I::ConsumedOnlyCommitted,
            Broken::ConsumedOutOfOrder | Broken::PassedOver => I::QueueOrder,
            Broken::SentAfterSuccess | Broken::StoredTooOften => I::DuplicatesExplained,
            Broken::NoLeader => I::LeaderReturns,
            Broken::NoPut => I::PutsSucceed,
        }
    }
}

/// Something that must never happen, happened: what, when, and all that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// when it was seen
    pub at: Micros,
    /// what was broken, and how
    pub what: Broken,
    /// who broke it; where two do not agree, first the one that was there before
    pub brokers: Vec<MemberId>,
    pub index: Option<Index>,
    pub term: Option<Term>,
    pub queue: Option<QueueId>,
    pub queue_offset: Option<i64>,
    /// the message
    pub number: Option<u32>,
    pub consumer: Option<ConsumerId>,
    pub producer: Option<ProducerId>,
}

impl Violation {
    pub(super) fn new(at: Micros, what: Broken, brokers: &[MemberId]) -> Violation {
        Violation {
            at,
            what,
            brokers: brokers.to_vec(),
            index: None,
            term: None,
            queue: None,
            queue_offset: None,
            number: None,
            consumer: None,
            producer: None,
        }
    }

    pub(super) fn of_entry(self, index: Index, term: Term) -> Violation {
        Violation { index: Some(index), term: Some(term), ..self }
    }

    pub(super) fn of_unit(self, queue: QueueId, queue_offset: i64) -> Violation {
        Violation { queue: Some(queue), queue_offset: Some(queue_offset), ..self }
    }

    /// What should have held.
    pub fn invariant(&self) -> Invariant {
        self.what.invariant()
    }

    /// Everything, under names.
    pub fn shown(&self) -> Fields {
        let mut fields = Fields::default();
        fields.name("invariant", self.invariant().name()).name("what", self.what.name());
        fields.number("at_us", self.at.0).numbers("brokers", self.brokers.iter().copied());
        fields.given("index", self.index).given("term", self.term);
        fields.given("topic", self.queue.map(|queue| queue.topic.0));
        fields.given("queue", self.queue.map(|queue| queue.queue));
        fields.given("queue_offset", self.queue_offset).given("number", self.number);
        fields.given("consumer", self.consumer).given("producer", self.producer);
        fields
    }
}

/// A field of which a sentence speaks; it is always there when that sentence is said.
struct Said<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for Said<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broker = |n: usize| Said(self.brokers.get(n).map(|broker| broker.0));
        let (a, b, last) = (broker(0), broker(1), Said(self.brokers.last().map(|broker| broker.0)));
        let (index, term, number) = (Said(self.index), Said(self.term), Said(self.number));
        let queue = Said(self.queue.map(|q| format!("queue {} of topic {}", q.queue, q.topic.0)));
        let offset = Said(self.queue_offset);
        let consumer = Said(self.consumer.map(|consumer| consumer.0));
        let producer = Said(self.producer.map(|producer| producer.0));
        write!(f, "at {}: ", self.at)?;
        match self.what {
            Broken::TwoLeaders => write!(f, "brokers {a} and {b} both led term {term}"),
            Broken::LeaderDeleted => {
                write!(f, "broker {a} deleted entry {index} of its log while it led term {term}")
            }
            Broken::EntriesDiffer => {
                write!(f, "brokers {a} and {b} have different entries {index} of term {term}")
            }
            Broken::PrefixesDiffer => {
                write!(f, "brokers {a} and {b} have the same entry {index} of term {term}, but not before it")
            }
            Broken::PlacesDiffer => {
                write!(f, "brokers {a} and {b} have entry {index} of term {term} at different places")
            }
            Broken::LeaderLacksCommitted => {
                write!(f, "broker {a} leads term {term} without entry {index}, which was committed before")
            }
            Broken::LeaderLacksAcknowledged => {
                write!(f, "broker {a} leads term {term} without message {number}, which was acknowledged")
            }
            Broken::CommittedDiffers => {
                write!(f, "broker {last} committed another entry {index} than was committed before")
            }
            Broken::CommittedBeyondEnd => {
                write!(f, "broker {a} takes entry {index} for committed, which it does not have")
            }
            Broken::CommittedWentBack => {
                write!(f, "the committedIndex of broker {a} went back to {index}")
            }
            Broken::UnitsDiffer => {
                write!(f, "brokers {a} and {b} have different messages at offset {offset} of {queue}")
            }
            Broken::OffsetGivenTwice => {
                write!(
                    f,
                    "broker {a} gave offset {offset} of {queue}, which a message has already, to message {number}"
                )
            }
            Broken::UnitMisplaced => {
                write!(f, "at offset {offset} of {queue}, broker {a} has a unit of another message")
            }
            Broken::UnitDangles => {
                write!(f, "in {queue}, broker {a} has a unit of a message that its log no longer has")
            }
            Broken::AcknowledgedNotCommitted => {
                write!(f, "message {number} was acknowledged, but entry {index} is not it, or not committed")
            }
            Broken::AcknowledgedNotShown => {
                write!(f, "broker {a} does not show message {number}, acknowledged long ago, in {queue}")
            }
            Broken::AcknowledgedNotConsumed => {
                write!(f, "nobody in the group of consumer {consumer} gets to offset {offset} of {queue}")
            }
            Broken::ConsumedNotCommitted => {
                write!(
                    f,
                    "consumer {consumer} got message {number}, but entry {index} is not it, or not committed"
                )
            }
            Broken::ConsumedOutOfOrder => {
                write!(f, "consumer {consumer} came to offset {offset} of {queue} out of order")
            }
            Broken::PassedOver => {
                write!(f, "consumer {consumer} began at offset {offset} of {queue}, and passed messages over")
            }
            Broken::SentAfterSuccess => {
                write!(f, "producer {producer} sent message {number} again after it was acknowledged")
            }
            Broken::StoredTooOften => {
                write!(
                    f,
                    "message {number} is committed more often than it was sent, at last as entry {index}"
                )
            }
            Broken::NoLeader => {
                f.write_str("nobody leads, though brokers ")?;
                for (n, broker) in self.brokers.iter().enumerate() {
                    write!(f, "{}{}", if n > 0 { ", " } else { "" }, broker.0)?;
                }
                f.write_str(" are up and connected")
            }
            Broken::NoPut => {
                write!(f, "no message of producer {producer} gets through, though all is well")
            }
        }
    }
}

impl std::error::Error for Violation {}
