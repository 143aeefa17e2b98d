//! A run as JSON Lines in the shape of the recordings of the original, so that one program can read both. Every
//! field is told in docs/trace.md.
//!
//! Only what members say to each other is traced, and what happens in them; what clients and name servers say is
//! not part of a recording. `lines` writes one line each; this module decides which are due.

mod lines;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ledger::{MemberId, RPC_TIMEOUT};
use crate::sim::{Event, Packet, Party, Payload, Record, World};
use crate::store::Index;
use crate::time::Micros;

use lines::State;

/// A call between members without an answer yet.
struct Open {
    sent: Micros,
    caller: MemberId,
    /// VOTE, HEART_BEAT ...
    kind: &'static str,
    /// the caller's process is gone, or has given up
    abandoned: bool,
    /// nobody listened where it went
    refused: bool,
}

/// Which message of which call a packet is.
#[derive(Clone, Copy)]
enum Part {
    Request,
    Reply,
    /// the callee died with the call, or was dead
    Refusal,
}

/// Follows a world step by step and writes down what happens.
pub struct Trace {
    lines: Vec<Value>,
    open: BTreeMap<u64, Open>,
    /// packets in flight: their call, and what they are
    packets: BTreeMap<u64, (u64, Part)>,
    states: Vec<Option<State>>,
    terms: Vec<i64>,
    committed: Vec<Index>,
    /// bodies of appends that were not answered yet
    appends: BTreeMap<(MemberId, Index), String>,
    commanded: usize,
}

impl Trace {
    /// A trace of a world that has not begun.
    pub fn new(world: &mut World) -> Trace {
        world.take_appends_done();
        let brokers = usize::from(world.scenario().brokers);
        Trace {
            lines: vec![lines::header(world.scenario())],
            open: BTreeMap::new(),
            packets: BTreeMap::new(),
            states: vec![None; brokers],
            terms: vec![-1; brokers],
            committed: vec![Index::NONE; brokers],
            appends: BTreeMap::new(),
            commanded: 0,
        }
    }

    /// Lets the world make one step and hands out its events; `None` if nothing ever happens again.
    pub fn step(&mut self, world: &mut World) -> Option<Vec<Record>> {
        if !world.step() {
            return None;
        }
        for (at, command) in &world.scenario().commands[self.commanded..world.commanded()] {
            self.lines.extend(lines::op(*at, command, world));
        }
        self.commanded = world.commanded();
        let events = world.take_events();
        self.give_up_calls(world.now(), &events);
        let leaving = leaving(world, &events);
        for record in &events {
            match record.event {
                Event::Sent { id, .. } => leaving.get(&id).into_iter().for_each(|packet| self.sent(packet)),
                _ => self.take(world, record),
            }
        }
        for (broker, index, code) in world.take_appends_done() {
            let body = self.appends.remove(&(broker, index));
            self.lines.push(lines::append_done(world, broker, (index, body), code));
        }
        self.note_states(world);
        Some(events)
    }

    /// The lines since the last call.
    pub fn take_lines(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.lines)
    }

    /// The last lines: what each member has at the end.
    pub fn finish(mut self, world: &World) -> Vec<Value> {
        for n in 0..self.states.len() {
            self.lines.push(lines::last(world, n));
        }
        self.lines
    }

    fn sent(&mut self, packet: &Packet) {
        let (Party::Broker(from), Party::Broker(to)) = (packet.from, packet.to) else { return };
        let id = packet.rpc + 1;
        let part = match &packet.payload {
            Payload::Call(request) => {
                let kind = lines::type_of(request);
                let (sent, caller) = (packet.sent_at, from);
                self.open.insert(id, Open { sent, caller, kind, abandoned: false, refused: false });
                self.lines.push(lines::send(sent, id, (from, to), request));
                Part::Request
            }
            Payload::Answer(response) => {
                self.lines.push(lines::reply(packet.sent_at, id, (from, to), response));
                Part::Reply
            }
            Payload::Refused => Part::Refusal,
            _ => return,
        };
        self.packets.insert(packet.id, (id, part));
    }

    fn take(&mut self, world: &World, record: &Record) {
        let at = record.at;
        match record.event {
            Event::Started { broker, term, voted_for, .. } => {
                let n = usize::from(broker.0);
                self.terms[n] = term.0;
                self.committed[n] = world.up(n).map_or(Index::NONE, |b| b.member().committed_index());
                self.lines.push(lines::start(at, broker, term, voted_for));
            }
            Event::Killed { broker } => {
                self.states[usize::from(broker.0)] = None;
                self.appends.retain(|(by, _), _| *by != broker);
                for call in self.open.values_mut().filter(|call| call.caller == broker) {
                    call.abandoned = true;
                }
            }
            Event::Term { broker, term } => self.terms[usize::from(broker.0)] = term.0,
            Event::Role { broker, role, term, leader } => {
                let current = self.terms[usize::from(broker.0)];
                self.lines.push(lines::role(at, broker, (role, term, current), leader));
            }
            Event::Delivered { id, to, .. } => self.delivered(at, id, to),
            Event::Lost { id, .. } => {
                let what = match self.packets.remove(&id) {
                    Some((call, Part::Request)) => Some((call, "request")),
                    Some((call, Part::Reply)) => Some((call, "response")),
                    // That nobody listens is no message of a recording; the caller will wait until its time is over.
                    Some((_, Part::Refusal)) | None => None,
                };
                self.lines.extend(what.map(|(call, what)| lines::drop(at, call, what)));
            }
            Event::Refused { id, .. } => {
                if let Some((call, Part::Request)) = self.packets.remove(&id)
                    && let Some(call) = self.open.get_mut(&call)
                {
                    call.refused = true;
                }
            }
            Event::Appended { broker, index, .. } => {
                if let Some(body) = lines::clients_append(world, broker, index) {
                    self.lines.push(lines::append(at, broker, &body));
                    self.appends.insert((broker, index), body);
                }
            }
            Event::Committed { broker, index } => {
                let known = &mut self.committed[usize::from(broker.0)];
                let first = known.next();
                *known = index;
                self.lines.extend(lines::apply(world, at, broker, (first, index)));
            }
            Event::Duplicated { id, copy } => {
                let same = self.packets.get(&id).copied();
                self.packets.extend(same.map(|part| (copy, part)));
            }
            Event::TransferEnded { broker, code, .. } => {
                self.lines.push(lines::transfer_done(at, code, self.terms[usize::from(broker.0)]));
            }
            _ => {}
        }
    }

    fn delivered(&mut self, at: Micros, packet: u64, to: Party) {
        let (Some((id, part)), Party::Broker(to)) = (self.packets.remove(&packet), to) else { return };
        if let Part::Request = part {
            return self.lines.push(lines::recv(at, id, to));
        }
        let open = self.open.remove(&id).filter(|call| !call.abandoned);
        self.lines.extend(match (open, part) {
            (Some(call), Part::Refusal) if call.refused => Some(lines::refused(at, id)),
            (Some(call), Part::Refusal) => Some(lines::conn_closed(at, id, to, call.kind)),
            (Some(_), _) => Some(lines::resp(at, id, to)),
            (None, Part::Reply) => Some(lines::late_response(at, id)),
            (None, _) => None,
        });
    }

    /// Callers wait 3 s. Who was answered in this very step did not wait too long.
    fn give_up_calls(&mut self, now: Micros, events: &[Record]) {
        let arrived = |id: &u64| {
            let delivered = events.iter().filter_map(|r| match r.event {
                Event::Delivered { id, .. } => self.packets.get(&id),
                _ => None,
            });
            delivered.into_iter().any(|(call, part)| call == id && !matches!(part, Part::Request))
        };
        let over =
            |(id, call): &(&u64, &Open)| call.sent + RPC_TIMEOUT <= now && !call.abandoned && !arrived(id);
        let given_up: Vec<u64> = self.open.iter().filter(over).map(|(id, _)| *id).collect();
        for id in given_up {
            if let Some(call) = self.open.get_mut(&id) {
                call.abandoned = true;
                self.lines.push(lines::timeout(call.sent + RPC_TIMEOUT, id, call.caller, call.kind));
            }
        }
        // Nothing takes longer than a minute more: whatever was to come of these has come.
        self.open.retain(|_, call| call.sent + Micros::seconds(60) > now);
    }

    fn note_states(&mut self, world: &World) {
        for (n, known) in self.states.iter_mut().enumerate() {
            let Some(broker) = world.up(n) else { continue };
            let state = State::of(broker.member());
            if known.as_ref() != Some(&state) {
                self.lines.push(state.line(world.now(), MemberId(n as u8)));
                *known = Some(state);
            }
        }
    }
}

/// The packets that left in this step, by number.
fn leaving<'a>(world: &'a World, events: &[Record]) -> BTreeMap<u64, &'a Packet> {
    let sent = |id| events.iter().any(|r| matches!(r.event, Event::Sent { id: left, .. } if left == id));
    match events.iter().any(|r| matches!(r.event, Event::Sent { .. })) {
        true => world.in_flight().filter(|p| sent(p.id)).map(|p| (p.id, p)).collect(),
        false => BTreeMap::new(),
    }
}
