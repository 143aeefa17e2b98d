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
            commanded: 0,
        }
    }

    /// Lets the world make one step; `false` if nothing ever happens again. Hands out its events.
    pub fn step(&mut self, world: &mut World) -> Option<Vec<Record>> {
        let before = self.lines.len();
        if !world.step() {
            return None;
        }
        for (at, command) in &world.scenario().commands[self.commanded..world.commanded()] {
            self.lines.extend(lines::op(*at, command, world));
        }
        self.commanded = world.commanded();
        let events = world.take_events();
        self.learn_packets(world, &events);
        for record in &events {
            self.take(world, record);
        }
        for (broker, index, code) in world.take_appends_done() {
            self.lines.push(lines::append_done(world, broker, index, code));
        }
        self.give_up_calls(world.now());
        self.note_states(world);
        // What is found out late in a step may have happened early in it.
        let at = |line: &Value| line["t"].as_f64().unwrap_or_default();
        self.lines[before..].sort_by(|a, b| at(a).total_cmp(&at(b)));
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

    /// Which calls the packets belong to that left in this step.
    fn learn_packets(&mut self, world: &World, events: &[Record]) {
        let sent: Vec<u64> = events
            .iter()
            .filter_map(|r| if let Event::Sent { id, .. } = r.event { Some(id) } else { None })
            .collect();
        if sent.is_empty() {
            return;
        }
        let mut packets: Vec<&Packet> = world.in_flight().filter(|p| sent.contains(&p.id)).collect();
        packets.sort_by_key(|p| p.id);
        for packet in packets {
            self.learn(packet);
        }
    }

    fn learn(&mut self, packet: &Packet) {
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
                if let Some((call, part)) = self.packets.remove(&id) {
                    let what = if matches!(part, Part::Request) { "request" } else { "response" };
                    self.lines.push(lines::drop(at, call, what));
                }
            }
            Event::Refused { id, .. } => {
                if let Some((call, Part::Request)) = self.packets.remove(&id)
                    && let Some(call) = self.open.get_mut(&call)
                {
                    call.refused = true;
                }
            }
            Event::Appended { broker, index, .. } => {
                self.lines.extend(lines::append(world, at, broker, index))
            }
            Event::Committed { broker, index } => {
                let known = &mut self.committed[usize::from(broker.0)];
                let first = known.next();
                *known = index;
                self.lines.extend(lines::apply(world, at, broker, (first, index)));
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
        let line = match (self.open.remove(&id), part) {
            (Some(call), _) if call.abandoned => lines::late_response(at, id),
            (Some(call), Part::Refusal) if call.refused => lines::refused(at, id),
            (Some(call), Part::Refusal) => lines::conn_closed(at, id, to, call.kind),
            (Some(_), _) => lines::resp(at, id, to),
            (None, _) => lines::late_response(at, id),
        };
        self.lines.push(line);
    }

    /// Callers wait 3 s.
    fn give_up_calls(&mut self, now: Micros) {
        for (id, call) in &mut self.open {
            if call.sent + RPC_TIMEOUT <= now && !call.abandoned {
                call.abandoned = true;
                self.lines.push(lines::timeout(call.sent + RPC_TIMEOUT, *id, call.caller, call.kind));
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
