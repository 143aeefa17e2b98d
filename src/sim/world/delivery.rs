//! Messages leave and arrive; calls are answered, or are not.

use super::World;
use super::clients::ClientInput;
use crate::broker::{BrokerAnswer, BrokerRequest, Input};
use crate::client::Unanswered;
use crate::ledger::CallId;
use crate::sim::event::{Event, Party};
use crate::sim::network::{Packet, Payload};
use crate::sim::rpc::{NO_RPC, Purpose};
use crate::sim::summary::Summarize;
use crate::time::Micros;

impl World {
    /// Which process of a party there is now.
    pub(super) fn incarnation(&self, party: Party) -> u32 {
        match party {
            Party::Producer(_) | Party::NameServer => 0,
            Party::Broker(id) => self.nodes[usize::from(id.0)].incarnation,
            Party::Consumer(id) => self.consumers[usize::from(id.0)].incarnation(),
        }
    }

    pub(super) fn send(&mut self, from: Party, to: Party, rpc: u64, payload: Payload) {
        // An answer goes back on the connection that the call came on, which ends with the caller's process.
        let asked = self.rpcs.get(rpc).filter(|open| open.caller == to);
        let incarnation = asked.map_or_else(|| self.incarnation(to), |open| open.incarnation);
        let message = payload.summary();
        let (id, copy) = self.network.send(self.now, (from, to, incarnation), rpc, payload, message);
        self.emit(Event::Sent { id, from, to, message });
        if let Some(copy) = copy {
            self.emit(Event::Duplicated { id, copy });
        }
    }

    /// Sends what is to be answered within `timeout`.
    pub(super) fn call(
        &mut self,
        from: Party,
        to: Party,
        timeout: Micros,
        purpose: Purpose,
        payload: Payload,
    ) {
        let caller = (from, self.incarnation(from));
        let rpc = self.rpcs.open(self.now, caller, to, timeout, purpose);
        self.send(from, to, rpc, payload);
    }

    pub(super) fn send_refusal(&mut self, from: Party, rpc: u64) {
        if let Some(caller) = self.rpcs.get(rpc).map(|rpc| rpc.caller) {
            self.send(from, caller, rpc, Payload::Refused);
        }
    }

    pub(super) fn arrive(&mut self, packet: Packet) {
        let Packet { id, from, to, rpc, sent_at, summary: message, .. } = packet;
        let off = |party| matches!(party, Party::Broker(b) if self.nodes[usize::from(b.0)].off);
        if packet.lost || off(to) {
            return self.emit(Event::Lost { id, from, to, message });
        }
        let listening = match to {
            Party::Producer(_) | Party::NameServer => true,
            Party::Broker(b) => self.up(usize::from(b.0)).is_some(),
            Party::Consumer(c) => self.consumer(usize::from(c.0)).is_some(),
        };
        if !listening || self.incarnation(to) != packet.incarnation {
            self.emit(Event::Refused { id, from, to, message });
            if packet.payload.is_call() {
                self.send_refusal(to, rpc);
            }
            return;
        }
        self.emit(Event::Delivered { id, from, to, message });
        match (packet.payload, from, to) {
            (Payload::Call(request), Party::Broker(caller), Party::Broker(callee)) => {
                self.rpcs.mark_arrived(rpc);
                let call = CallId(rpc);
                let input = Input::Call { from: caller, call, request };
                self.with_broker(usize::from(callee.0), input);
            }
            (Payload::Client(request), _, Party::Broker(callee)) => {
                self.rpcs.mark_arrived(rpc);
                let input = Input::Client { call: CallId(rpc), request };
                self.with_broker(usize::from(callee.0), input);
            }
            (Payload::Answer(response), Party::Broker(callee), Party::Broker(caller)) => {
                if let Some(Purpose::Ledger { tag, .. }) = self.close_rpc(rpc) {
                    let input = Input::Answer { from: callee, tag, response };
                    self.with_broker(usize::from(caller.0), input);
                }
            }
            (Payload::ClientAnswer { answer, .. }, _, caller) => {
                match (self.close_rpc(rpc), caller, answer) {
                    (Some(Purpose::Client(tag)), client, answer) => {
                        self.with_client(client, ClientInput::Answer(tag, Ok(answer)));
                    }
                    (Some(Purpose::CopyOffsets), Party::Broker(b), BrokerAnswer::Offsets(table)) => {
                        self.with_broker(usize::from(b.0), Input::Offsets(table));
                    }
                    _ => {}
                }
            }
            (Payload::Register(registration), _, Party::NameServer) => {
                self.nodes[usize::from(registration.broker.0)].registered = sent_at;
                self.register(rpc, registration);
            }
            (Payload::Registered { master }, _, Party::Broker(b)) => {
                if let Some(Purpose::Register { slave: true }) = self.close_rpc(rpc) {
                    self.with_broker(usize::from(b.0), Input::Registered { master });
                }
            }
            (Payload::RouteRequest(topic), client, Party::NameServer) => {
                let route = self.names.route(topic);
                self.send(Party::NameServer, client, rpc, Payload::Route(route));
            }
            (Payload::Route(route), _, client) => {
                if self.close_rpc(rpc).is_some() {
                    self.with_client(client, ClientInput::Route(route));
                }
            }
            (Payload::Notify(_), _, client) => self.with_client(client, ClientInput::IdsChanged),
            (Payload::Closed, Party::Broker(broker), Party::NameServer) => {
                // The end of a connection says nothing of one that was made since.
                if self.nodes[usize::from(broker.0)].registered <= sent_at {
                    self.unregister(broker);
                }
            }
            (Payload::Closed, Party::Consumer(consumer), Party::Broker(b)) => {
                let group = self.consumers[usize::from(consumer.0)].group();
                let request = BrokerRequest::Unregister { consumer, group };
                self.with_broker(usize::from(b.0), Input::Client { call: CallId(NO_RPC), request });
            }
            (Payload::Refused, ..) => self.fail_rpc(rpc, Unanswered::ConnectFailed),
            _ => debug_assert!(false, "a message between parties that do not talk so"),
        }
    }

    fn close_rpc(&mut self, rpc: u64) -> Option<Purpose> {
        self.rpcs.close(rpc).map(|rpc| rpc.purpose)
    }

    /// A call gets no answer: the caller is told what stands for it, if it still lives. A member is told the same
    /// whatever the reason; a client is told `why`.
    pub(super) fn fail_rpc(&mut self, id: u64, why: Unanswered) {
        let Some(rpc) = self.rpcs.close(id) else {
            return;
        };
        if self.incarnation(rpc.caller) != rpc.incarnation {
            return;
        }
        match (rpc.purpose, rpc.caller, rpc.callee) {
            (Purpose::Ledger { tag, failed }, Party::Broker(caller), Party::Broker(callee)) => {
                let input = Input::Answer { from: callee, tag, response: failed };
                self.with_broker(usize::from(caller.0), input);
            }
            (Purpose::Client(tag), client, _) => {
                self.with_client(client, ClientInput::Answer(tag, Err(why)));
            }
            (Purpose::Route, client, _) => self.with_client(client, ClientInput::Route(None)),
            _ => {}
        }
    }
}
