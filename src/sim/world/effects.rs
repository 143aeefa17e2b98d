//! What brokers and the producer want done, and what it looks like from outside: effects become messages, notes
//! become events.

use super::World;
use crate::broker::{BrokerAnswer, BrokerRole, Effect, ProducerId, ProducerMessage, QueueId, TopicId};
use crate::client::{ProducerAction, SendStatus};
use crate::ledger::{MemberId, Note, Output};
use crate::sim::event::{Event, Party};
use crate::sim::network::Payload;
use crate::sim::{rpc, summary};
use crate::store::Index;

impl World {
    pub(super) fn take_effect(&mut self, broker: MemberId, effect: Effect) {
        let from = Party::Broker(broker);
        match effect {
            Effect::Ledger(Output::Call { to, tag, request }) => {
                let purpose = rpc::Purpose::Ledger { tag, failed: request.failed() };
                let caller = (from, self.incarnation(from));
                let rpc = self.rpcs.open(self.now, caller, Party::Broker(to), purpose);
                self.send(from, Party::Broker(to), rpc, Payload::Call(request));
            }
            Effect::Ledger(Output::Reply { call, response }) => {
                if let Some(caller) = self.rpcs.get(call.0).map(|rpc| rpc.caller) {
                    self.send(from, caller, call.0, Payload::Answer(response));
                }
            }
            Effect::Ledger(Output::Note(note)) => self.take_note(broker, note),
            Effect::Answer { call, answer: BrokerAnswer::Put { status, index, .. } } => {
                let purpose = self.rpcs.get(call.0).map(|rpc| rpc.purpose);
                if let Some(rpc::Purpose::Send { number, .. }) = purpose {
                    let result = Payload::SendResult { number, status: status.into(), index };
                    self.send(from, Party::Producer, call.0, result);
                }
            }
            Effect::Dispatched { index, queue, queue_offset } => {
                self.emit(Event::Dispatched { broker, index, queue: queue.queue, queue_offset });
            }
            Effect::Identity { broker_id, role } => {
                self.emit(Event::Master { broker, broker_id, master: role == BrokerRole::SyncMaster });
            }
            Effect::Register(registration) => self.names.register(broker, registration.broker_id),
            Effect::Answer { .. } | Effect::CopyOffsets { .. } | Effect::ConsumersChanged { .. } => {}
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

    fn appended_event(&self, broker: MemberId, index: Index) -> Option<Event> {
        let entry = self.up(usize::from(broker.0))?.member().store().entry(index)?;
        let carried = summary::carried(entry);
        Some(Event::Appended {
            broker,
            index,
            term: entry.term,
            entry: entry.magic,
            number: carried.map(|c| c.number),
            queue: carried.map(|c| c.queue),
        })
    }

    pub(super) fn send_message(&mut self) {
        let (_, action) = self.producer.send(self.now, self.names.master());
        self.act(action);
    }

    pub(super) fn on_send_result(&mut self, number: u32, attempt: u32, status: SendStatus, index: Index) {
        let master = self.names.master();
        let Some(action) = self.producer.on_result(self.now, number, attempt, status, master) else {
            return;
        };
        match action {
            ProducerAction::Finished { .. } => self.finished(number, status, index),
            action => self.act(action),
        }
    }

    pub(super) fn act(&mut self, action: ProducerAction) {
        match action {
            ProducerAction::Send { number, made, attempt, to, queue } => {
                self.emit(Event::Put { number, broker: Some(to), attempt });
                let purpose = rpc::Purpose::Send { number, attempt };
                let caller = (Party::Producer, 0);
                let rpc = self.rpcs.open(self.now, caller, Party::Broker(to), purpose);
                let producer = ProducerId(0);
                let message =
                    ProducerMessage { number, producer, made, born: self.now, tag: Some("TagA"), body: None };
                let queue = QueueId { topic: TopicId(0), queue };
                self.send(Party::Producer, Party::Broker(to), rpc, Payload::Send(queue, message));
            }
            ProducerAction::Finished { number, status } => self.finished(number, status, Index::NONE),
        }
    }

    fn finished(&mut self, number: u32, status: SendStatus, index: Index) {
        let ok = status == SendStatus::SendOk;
        self.emit(Event::PutResult { number, broker: self.names.master(), ok, status, index });
    }
}
