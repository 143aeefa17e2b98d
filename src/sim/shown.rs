//! Events as they are written, in JSON and in JavaScript: each field under its name.
//!
//! All kinds of event go through one list of names and values, so that what writes them is there only once.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::event::{Event, Outcome, Party, Record, Summary};
use crate::ledger::MemberId;
use crate::store::{EntryKind, Index, Term};

/// The value of a field.
enum Shown<'a> {
    Nothing,
    Number(i64),
    Flag(bool),
    Name(&'static str),
    Message(&'a Summary),
}

/// The fields of an event or a message, in the order in which they are written.
#[derive(Default)]
struct Fields<'a>(Vec<(&'static str, Shown<'a>)>);

impl<'a> Fields<'a> {
    fn add(&mut self, field: &'static str, value: Shown<'a>) -> &mut Self {
        self.0.push((field, value));
        self
    }

    fn number(&mut self, field: &'static str, value: impl Number) -> &mut Self {
        self.add(field, Shown::Number(value.number()))
    }

    fn maybe(&mut self, field: &'static str, value: Option<impl Number>) -> &mut Self {
        self.add(field, value.map_or(Shown::Nothing, |value| Shown::Number(value.number())))
    }

    fn flag(&mut self, field: &'static str, value: bool) -> &mut Self {
        self.add(field, Shown::Flag(value))
    }

    fn name(&mut self, field: &'static str, value: &'static str) -> &mut Self {
        self.add(field, Shown::Name(value))
    }

    fn flight(&mut self, kind: &'static str, id: u64, ends: (Party, Party), message: &'a Summary) {
        let (from, to) = ends;
        self.name("kind", kind).number("id", id).number("from", from).number("to", to);
        self.add("message", Shown::Message(message));
    }
}

/// What is shown as a whole number.
trait Number {
    fn number(self) -> i64;
}

macro_rules! numbers {
    ($($type:ty: $value:ident => $number:expr),* $(,)?) => {
        $(impl Number for $type {
            fn number(self) -> i64 {
                let $value = self;
                $number
            }
        })*
    };
}

numbers! {
    i64: n => n,
    u64: n => n as i64,
    u32: n => i64::from(n),
    u8: n => i64::from(n),
    MemberId: id => i64::from(id.0),
    Party: party => Party::number(party),
    Term: term => term.0,
    Index: index => index.0,
}

impl Event {
    fn show<'a>(&'a self, to: &mut Fields<'a>) {
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
            Event::Sent { id, from, to: target, ref message } => {
                to.flight("sent", id, (from, target), message)
            }
            Event::Delivered { id, from, to: target, ref message } => {
                to.flight("delivered", id, (from, target), message);
            }
            Event::Refused { id, from, to: target, ref message } => {
                to.flight("refused", id, (from, target), message);
            }
            Event::Appended { broker, index, term, entry, number, queue } => {
                to.name("kind", "appended").number("broker", broker).number("index", index);
                to.number("term", term).name("entry", entry_name(entry));
                to.maybe("number", number).maybe("queue", queue);
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
                to.number("queue", queue).number("queue_offset", queue_offset);
            }
            Event::Master { broker, broker_id, master } => {
                to.name("kind", "master").number("broker", broker);
                to.number("broker_id", broker_id).flag("master", master);
            }
            Event::Put { number, broker, attempt } => {
                to.name("kind", "put").number("number", number);
                to.maybe("broker", broker).number("attempt", attempt);
            }
            Event::PutResult { number, broker, ok, status, index } => {
                to.name("kind", "put_result").number("number", number).maybe("broker", broker);
                to.flag("ok", ok).name("status", status.name()).number("index", index);
            }
        }
    }
}

const fn entry_name(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Normal => "message",
        EntryKind::Noop => "noop",
        EntryKind::ConfigChange => "config_change",
    }
}

impl Summary {
    fn show(&self, to: &mut Fields) {
        to.name("kind", self.kind.name()).number("term", self.term);
        to.number("index", self.index).number("entry_term", self.entry_term);
        to.add("result", self.result.map_or(Shown::Nothing, |result| Shown::Name(result.name())));
        to.maybe("number", self.number);
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Nothing => serializer.serialize_unit(),
            Shown::Number(n) => serializer.serialize_i64(*n),
            Shown::Flag(yes) => serializer.serialize_bool(*yes),
            Shown::Name(name) => serializer.serialize_str(name),
            Shown::Message(message) => message.serialize(serializer),
        }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::default();
        self.show(&mut fields);
        fields.serialize(serializer)
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
