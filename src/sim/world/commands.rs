//! Commands, carried out.

use super::{BrokerState, DiskState, World};
use crate::broker::{ConsumerId, Input};
use crate::ledger::MemberId;
use crate::scenario::{Command, Refusal};
use crate::sim::event::{Event, Party};
use crate::sim::network::{Packet, Payload};
use crate::sim::rpc::NO_RPC;
use crate::time::Micros;

impl World {
    /// Carries a command out, now.
    pub fn command(&mut self, command: Command) -> Result<(), Refusal> {
        self.carry_out(command)?;
        self.disturbances += u32::from(command.disturbs());
        Ok(())
    }

    /// How many commands so far did something to the group: all but those to clients.
    pub fn disturbances(&self) -> u32 {
        self.disturbances
    }

    fn carry_out(&mut self, command: Command) -> Result<(), Refusal> {
        use Command::{Kill, Restart, Send};
        if crate::PLAIN && !matches!(command, Kill { .. } | Restart { .. } | Send { .. }) {
            return Ok(());
        }
        match command {
            Command::Kill { broker } => {
                let n = self.number_of(broker)?;
                if matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    return Err(Refusal::IsDead { broker });
                }
                self.kill(n, false);
            }
            Command::Restart { broker } => {
                let n = self.number_of(broker)?;
                if !matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    return Err(Refusal::IsUp { broker });
                }
                self.boot(n);
            }
            Command::PowerLoss { broker } => {
                let n = self.number_of(broker)?;
                let last = self.last_moment(n);
                if !matches!(self.nodes[n].state, BrokerState::Dead(_)) {
                    self.kill(n, true);
                }
                self.nodes[n].off = true;
                if let BrokerState::Dead(disk) = &mut self.nodes[n].state {
                    disk.lose_power(last);
                }
            }
            Command::Send { producer } => {
                let producers = self.producers.len() as u8;
                if producer >= producers {
                    return Err(Refusal::NoSuchProducer { producer, producers });
                }
                self.send_message(usize::from(producer));
            }
            Command::Transfer { broker } => {
                self.number_of(broker)?;
                let leader = self.leader().ok_or(Refusal::NoLeader)?;
                self.with_broker(usize::from(leader.0), Input::Transfer { to: broker });
            }
            Command::StartConsumer { consumer } => {
                let consumers = self.consumers.len() as u8;
                if consumer >= consumers {
                    return Err(Refusal::NoSuchConsumer { consumer, consumers });
                }
                if self.consumer(usize::from(consumer)).is_some() {
                    return Err(Refusal::ConsumerIsUp { consumer });
                }
                self.start_consumer(ConsumerId(consumer));
            }
            Command::StopConsumer { consumer } | Command::KillConsumer { consumer } => {
                let consumers = self.consumers.len() as u8;
                if consumer >= consumers {
                    return Err(Refusal::NoSuchConsumer { consumer, consumers });
                }
                let in_order = matches!(command, Command::StopConsumer { .. });
                if !self.end_consumer(ConsumerId(consumer), in_order) {
                    return Err(Refusal::ConsumerIsDown { consumer });
                }
            }
            Command::Cut { from, to } => {
                let (from, to) = self.ends(from, to)?;
                self.network.cut(from, to, true);
            }
            Command::Heal { from, to } => {
                let (from, to) = self.ends(from, to)?;
                self.network.cut(from, to, false);
            }
            Command::Isolate { broker } => {
                self.number_of(broker)?;
                self.network.isolate(Party::Broker(broker));
            }
            Command::HealAll => self.network.heal_all(),
            Command::Delay { from, to, ms } => {
                let (from, to) = self.ends(from, to)?;
                self.network.delay(from, to, Micros::millis(u64::from(ms)));
            }
            Command::Pause { broker } => self.pause(broker)?,
            Command::Resume { broker } => self.resume(broker)?,
            Command::Partition { groups } => {
                if let Some(last) = groups.last() {
                    self.number_of(last)?;
                }
                for from in (0..self.scenario.brokers).map(MemberId) {
                    for to in (0..self.scenario.brokers).map(MemberId) {
                        let cut = !groups.together(from, to);
                        self.network.cut(Party::Broker(from), Party::Broker(to), cut);
                    }
                }
            }
            Command::Network { from, to, change } => {
                for end in from.iter().chain(&to) {
                    self.number_of(*end)?;
                }
                self.network.change(from.map(Party::Broker), to.map(Party::Broker), &change);
            }
            Command::Clock { broker, rate_permille } => self.set_clock(broker, rate_permille)?,
            Command::Disk { broker, slow_ms, full } => {
                let disk = self.disk_state(self.number_of(broker)?);
                let slow_ms = slow_ms.unwrap_or(disk.slow_ms);
                self.set_disk(broker, DiskState { slow_ms, full: full.unwrap_or(disk.full) })?;
            }
            Command::Drop { message: id } => {
                let packet = self.network.take(id).ok_or(Refusal::NotInFlight { message: id })?;
                let Packet { from, to, summary: message, .. } = packet;
                self.emit(Event::Lost { id, from, to, message });
            }
            Command::Hold { message, ms } => {
                self.message_in_flight(message)?;
                self.network.hold(message, Micros::millis(u64::from(ms)));
            }
            Command::Duplicate { message } => {
                self.message_in_flight(message)?;
                if let Some(copy) = self.network.duplicate(self.now, message) {
                    self.emit(Event::Duplicated { id: message, copy });
                }
            }
            Command::Rule { rule, kept } => self.set_rule(rule, kept),
            Command::Calm => self.calm(),
        }
        Ok(())
    }

    fn ends(&self, from: MemberId, to: MemberId) -> Result<(Party, Party), Refusal> {
        self.number_of(from)?;
        self.number_of(to)?;
        Ok((Party::Broker(from), Party::Broker(to)))
    }

    /// Something that can come later than in its turn, or twice.
    fn message_in_flight(&self, message: u64) -> Result<(), Refusal> {
        match self.network.get(message).ok_or(Refusal::NotInFlight { message })?.payload {
            Payload::Closed => Err(Refusal::IsAnEnd { message }),
            _ => Ok(()),
        }
    }

    /// Until when the broker's threads have run, by its own clock.
    pub(super) fn last_moment(&self, n: usize) -> Micros {
        let node = &self.nodes[n];
        node.paused.unwrap_or(node.clock.own(self.now))
    }

    pub(super) fn number_of(&self, broker: MemberId) -> Result<usize, Refusal> {
        let n = usize::from(broker.0);
        let brokers = self.scenario.brokers;
        if n < self.nodes.len() { Ok(n) } else { Err(Refusal::NoSuchBroker { broker, brokers }) }
    }

    /// The process is gone between two instructions. Its system closes its connections: whoever waits for its answer
    /// learns so, and the name server. If the whole machine is gone, nobody learns anything.
    fn kill(&mut self, n: usize, silently: bool) {
        let id = self.nodes[n].id;
        let last = self.last_moment(n);
        let disk = match self.take_state(n) {
            BrokerState::Up(broker) => broker.into_disk(last),
            BrokerState::Booting { disk, .. } | BrokerState::Dead(disk) => disk,
            BrokerState::Between => return,
        };
        self.nodes[n].state = BrokerState::Dead(disk);
        self.nodes[n].incarnation += 1;
        self.nodes[n].wakeup = None;
        self.forget_what_waits(n);
        self.emit(Event::Killed { broker: id });
        if silently {
            return;
        }
        for rpc in self.rpcs.arrived_at(Party::Broker(id)) {
            self.send_refusal(Party::Broker(id), rpc);
        }
        self.send(Party::Broker(id), Party::NameServer, NO_RPC, Payload::Closed);
    }
}
