//! Events and messages as they are written: each field under its name.

use serde::ser::{Serialize, Serializer};

use super::event::{Event, Outcome, Party, Record, Summary};
use crate::broker::{ConsumerId, ProducerId, QueueId};
use crate::ledger::MemberId;
use crate::shown::{Fields, numbers};
use crate::store::{EntryKind, Index, Term};

numbers! {
    MemberId: id => i64::from(id.0),
    ProducerId: id => i64::from(id.0),
    ConsumerId: id => i64::from(id.0),
    Party: party => Party::number(party),
    Term: term => term.0,
    Index: index => index.0,
}

impl Event {
    fn show(&self, to: &mut Fields) {
        match *self {
            Event::Started { broker, term, voted_for, end_index } => {
                to.name("kind", "started").number("broker", broker).number("term", term);
                to.maybe("voted_for", voted_for).number("end_index", end_index);
            }
            Event::Killed { broker } => {
                to.name("kind", "killed").number("broker", broker);
            }
            Event::Role { broker, role, term, leader } => {
                to.name("kind", "role").number("broker", broker).name("role", role.name());
                to.number("term", term).maybe("leader", leader);
            }
            Event::Term { broker, term } => {
                to.name("kind", "term").number("broker", broker).number("term", term);
            }
            Event::Vote { broker, candidate, term } => {
                to.name("kind", "vote").number("broker", broker);
                to.number("candidate", candidate).number("term", term);
            }
            Event::Round { broker, term, outcome, accepted, valid, not_ready } => {
                to.name("kind", "round").number("broker", broker).number("term", term);
                to.name("outcome", outcome.name()).number("accepted", accepted);
                to.number("valid", valid).number("not_ready", not_ready);
            }
            Event::Sent { id, from, to: end, message } => flight(to, "sent", id, (from, end), &message),
            Event::Delivered { id, from, to: end, message } => {
                flight(to, "delivered", id, (from, end), &message);
            }
            Event::Lost { id, from, to: end, message } => flight(to, "lost", id, (from, end), &message),
            Event::Refused { id, from, to: end, message } => flight(to, "refused", id, (from, end), &message),
            Event::Appended { broker, index, term, entry, number, queue } => {
                to.name("kind", "appended").number("broker", broker).number("index", index);
                to.number("term", term).name("entry", entry_name(entry));
                to.maybe("number", number).maybe("topic", queue.map(|q| q.topic.0));
                to.maybe("queue", queue.map(|q| q.queue));
            }
            Event::TransferEnded { broker, to: transferee, code } => {
                to.name("kind", "transfer_ended").number("broker", broker);
                to.number("to", transferee).name("code", code.name());
            }
            Event::Truncated { broker, from_index, count } => {
                to.name("kind", "truncated").number("broker", broker);
                to.number("from_index", from_index).number("count", count);
            }
            Event::Committed { broker, index } => {
                to.name("kind", "committed").number("broker", broker).number("index", index);
            }
            Event::Dispatched { broker, index, queue, queue_offset } => {
                to.name("kind", "dispatched").number("broker", broker).number("index", index);
                place(to, queue).number("queue_offset", queue_offset);
            }
            Event::Master { broker, broker_id, master } => {
                to.name("kind", "master").number("broker", broker);
                to.number("broker_id", broker_id).flag("master", master);
            }
            Event::Put { producer, number, count, broker, queue, attempt } => {
                to.name("kind", "put").number("producer", producer).number("number", number);
                to.number("count", count).number("broker", broker);
                place(to, queue).number("attempt", attempt);
            }
            Event::PutResult { producer, number, count, broker, ok, status, index } => {
                to.name("kind", "put_result").number("producer", producer).number("number", number);
                to.number("count", count).maybe("broker", broker);
                to.flag("ok", ok).name("status", status.name()).number("index", index);
            }
            Event::Registered { broker, broker_id } => {
                to.name("kind", "registered").number("broker", broker).number("broker_id", broker_id);
            }
            Event::Unregistered { broker, broker_id } => {
                to.name("kind", "unregistered").number("broker", broker).number("broker_id", broker_id);
            }
            Event::RouteChanged { client, master } => {
                to.name("kind", "route_changed").number("client", client).maybe("master", master);
            }
            Event::ConsumerStarted { consumer } => {
                to.name("kind", "consumer_started").number("consumer", consumer);
            }
            Event::ConsumerStopped { consumer } => {
                to.name("kind", "consumer_stopped").number("consumer", consumer);
            }
            Event::Rebalanced { consumer, queues } => {
                to.name("kind", "rebalanced").number("consumer", consumer);
                to.numbers("queues", (0..16_u8).filter(|queue| queues & 1 << queue != 0));
            }
            Event::Pulled { consumer, queue, offset, status, next, count } => {
                to.name("kind", "pulled").number("consumer", consumer);
                place(to, queue).number("offset", offset).name("status", status.name());
                to.number("next", next).number("count", count);
            }
            Event::Consumed { consumer, queue, queue_offset, index, number, again } => {
                to.name("kind", "consumed").number("consumer", consumer);
                place(to, queue).number("queue_offset", queue_offset).number("index", index);
                to.number("number", number).flag("again", again);
            }
            Event::Paused { broker } => {
                to.name("kind", "paused").number("broker", broker);
            }
            Event::Resumed { broker } => {
                to.name("kind", "resumed").number("broker", broker);
            }
            Event::Duplicated { id, copy } => {
                to.name("kind", "duplicated").number("id", id).number("copy", copy);
            }
        }
    }
}

fn place(to: &mut Fields, queue: QueueId) -> &mut Fields {
    to.number("topic", queue.topic.0).number("queue", queue.queue)
}

fn flight(fields: &mut Fields, kind: &'static str, id: u64, ends: (Party, Party), message: &Summary) {
    let (from, to) = ends;
    fields.name("kind", kind).number("id", id).number("from", from).number("to", to);
    fields.fields("message", message.fields());
}

const fn entry_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Normal => "message",
        EntryKind::Noop => "noop",
        EntryKind::ConfigChange => "config_change",
    }
}

impl Summary {
    /// Everything, under names.
    pub fn fields(&self) -> Fields {
        let mut fields = Fields::default();
        fields.name("kind", self.kind.name()).number("term", self.term);
        fields.number("index", self.index).number("entry_term", self.entry_term);
        fields.maybe_name("result", self.result.map(Outcome::name)).maybe("number", self.number);
        fields
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields().serialize(serializer)
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::default();
        self.show(&mut fields);
        fields.serialize(serializer)
    }
}

/// The event's own fields behind its number `seq` and its time `t`, in microseconds.
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::default();
        fields.number("seq", self.seq).number("t", self.at.0);
        self.event.show(&mut fields);
        fields.serialize(serializer)
    }
}
