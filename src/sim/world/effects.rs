//! What brokers want done, and what it looks like from outside: effects become messages, notes become events.

use super::World;
use crate::broker::{BrokerRequest, BrokerRole, Effect, QueueId, TopicId};
use crate::client::{API_TIMEOUT, ClientTag, MASTER_ID};
use crate::ledger::{MemberId, Note, Output, RPC_TIMEOUT};
use crate::sim::event::{Event, Party};
use crate::sim::network::Payload;
use crate::sim::rpc::{NO_RPC, Purpose};
use crate::sim::summary;
use crate::store::{Entry, Index, Record as MessageRecord};
use crate::time::Micros;

/// `registerBrokerTimeoutMills`
const REGISTER_TIMEOUT: Micros = Micros::seconds(24);

impl World {
    pub(super) fn take_effect(&mut self, broker: MemberId, effect: Effect) {
        let from = Party::Broker(broker);
        match effect {
            Effect::Ledger(Output::Call { to, tag, request }) => {
                let purpose = Purpose::Ledger { tag, failed: request.failed() };
                self.call(from, Party::Broker(to), RPC_TIMEOUT, purpose, Payload::Call(request));
            }
            Effect::Ledger(Output::Reply { call, response }) => {
                if let Some(caller) = self.rpcs.get(call.0).map(|rpc| rpc.caller) {
                    self.send(from, caller, call.0, Payload::Answer(response));
                }
            }
            Effect::Ledger(Output::Note(note)) => self.take_note(broker, note),
            Effect::Answer { call, answer } => {
                if let Some(rpc) = self.rpcs.get(call.0) {
                    let number = match rpc.purpose {
                        Purpose::Client(ClientTag::Send { number, .. }) => Some(number),
                        _ => None,
                    };
                    self.send(from, rpc.caller, call.0, Payload::ClientAnswer { number, answer });
                }
            }
            Effect::Dispatched { index, queue, queue_offset } => {
                self.emit(Event::Dispatched { broker, index, queue, queue_offset });
            }
            Effect::Identity { broker_id, role } => {
                self.emit(Event::Master { broker, broker_id, master: role == BrokerRole::SyncMaster });
            }
            Effect::Register(registration) => {
                let (names, payload) = (Party::NameServer, Payload::Register(registration));
                if registration.one_way {
                    self.send(from, names, NO_RPC, payload);
                } else {
                    let purpose = Purpose::Register { slave: registration.broker_id != MASTER_ID };
                    self.call(from, names, REGISTER_TIMEOUT, purpose, payload);
                }
            }
            Effect::CopyOffsets { from: master } => {
                let payload = Payload::Client(BrokerRequest::AllOffsets);
                self.call(from, Party::Broker(master), API_TIMEOUT, Purpose::CopyOffsets, payload);
            }
            Effect::ConsumersChanged { group, consumers } => {
                for consumer in consumers {
                    self.send(from, Party::Consumer(consumer), NO_RPC, Payload::Notify(group));
                }
            }
        }
    }

    fn take_note(&mut self, broker: MemberId, note: Note) {
        let event = match note {
            Note::Role { term, role, leader } => Event::Role { broker, role, term, leader },
            Note::TermRaised { term } => Event::Term { broker, term },
            Note::VoteGiven { term, candidate } => Event::Vote { broker, candidate, term },
            Note::RoundEnded { term, outcome, accepted, valid, not_ready } => {
                Event::Round { broker, term, outcome, accepted, valid, not_ready }
            }
            Note::Appended { index, .. } => match self.appended_event(broker, index) {
                Some(event) => event,
                None => return,
            },
            Note::Truncated { from, count } => Event::Truncated { broker, from_index: from, count },
            Note::Committed { index } => Event::Committed { broker, index },
            #[cfg(not(target_arch = "wasm32"))]
            Note::AppendDone { index, code } => {
                if let Some(done) = &mut self.appends_done {
                    done.push((broker, index, code));
                }
                return;
            }
            #[cfg(target_arch = "wasm32")]
            Note::AppendDone { .. } => return,
            Note::TransferEnded { to, code } => Event::TransferEnded { broker, to, code },
        };
        self.emit(event);
    }

    /// The topic of the message in an entry. Where there is only one, the record need not be looked at.
    fn topic_of(&self, entry: &Entry) -> Option<TopicId> {
        let topics = &self.config.topics;
        let at = match topics.len() {
            1 => 0,
            _ => {
                let record = MessageRecord::parse(&entry.body).ok()?;
                topics.iter().position(|topic| topic.name == record.topic())?
            }
        };
        Some(TopicId(at as u8))
    }

    fn appended_event(&self, broker: MemberId, index: Index) -> Option<Event> {
        let entry = self.up(usize::from(broker.0))?.member().store().entry(index)?;
        let carried = summary::carried(entry);
        let queue = carried.and_then(|c| Some(QueueId { topic: self.topic_of(entry)?, queue: c.queue }));
        Some(Event::Appended {
            broker,
            index,
            term: entry.term,
            entry: entry.magic,
            number: carried.map(|c| c.number),
            queue,
        })
    }
}
