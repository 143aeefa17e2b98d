//! The watch: hands what happens to those who look at it.

use super::clients::Clients;
use super::invariant::{Counts, Invariant};
use super::liveness::Liveness;
use super::logs::Logs;
use super::units::Units;
use super::violation::Violation;
use crate::scenario::Scenario;
use crate::sim::{Event, Record, World};
use crate::store::Index;
use crate::time::Micros;

/// What those who look need for it.
pub(super) struct Look<'a> {
    pub world: &'a World,
    pub at: Micros,
    pub counts: &'a mut Counts,
}

/// What has been seen so far of a run, from its beginning.
///
/// It is shown every event once, right after the step that caused it, and the world after every step: what an event says
/// of a log is true only until the next one. A run of which something is broken can be watched on.
#[derive(Clone, Debug)]
pub struct Watch {
    logs: Logs,
    units: Units,
    clients: Clients,
    liveness: Liveness,
    counts: Counts,
}

impl Watch {
    /// Nothing seen yet.
    pub fn new(scenario: &Scenario) -> Watch {
        Watch {
            logs: Logs::new(scenario),
            units: Units::new(scenario),
            clients: Clients::new(scenario),
            liveness: Liveness::new(scenario),
            counts: Counts::default(),
        }
    }

    /// Looks at an event of the step that was just made.
    ///
    /// # Errors
    /// What it breaks.
    pub fn watch(&mut self, world: &World, record: &Record) -> Result<(), Violation> {
        let look = &mut Look { world, at: record.at, counts: &mut self.counts };
        match record.event {
            Event::Sent { .. } | Event::Delivered { .. } => return Ok(()),
            Event::Role { broker, role, term, .. } => {
                self.liveness.role(look, broker, role);
                self.logs.role(look, (broker, role, term))?;
            }
            Event::Term { broker, term } => self.logs.term(broker, term),
            Event::Started { broker, term, end_index, .. } => {
                self.liveness.changed();
                self.logs.started(look, broker, term, end_index)?;
                self.units.started(look, broker)?;
                // A process that keeps a `checkpoint` begins with what it had committed.
                let process = world.up(usize::from(broker.0));
                let index = process.map_or(Index::NONE, |process| process.member().committed_index());
                if world.scenario().config().checkpoint_interval.is_some() && index > Index::NONE {
                    let event = Event::Committed { broker, index };
                    return self.watch(world, &Record { event, ..*record });
                }
            }
            Event::Killed { broker } => {
                self.liveness.killed(look.at, broker);
                self.logs.killed(broker);
            }
            Event::Appended { broker, index, term, .. } => self.logs.appended(look, broker, index, term)?,
            Event::Truncated { broker, from_index, .. } => {
                self.logs.truncated(look, broker, from_index)?;
                self.units.truncated(look, broker)?;
            }
            Event::Committed { broker, index } => {
                let first = self.logs.known_committed();
                let agreed = self.logs.committed(look, broker, index);
                for index in first..self.logs.known_committed() {
                    let index = Index(index as i64);
                    let giver = self.logs.leader_of(index).unwrap_or(broker);
                    self.units.committed(look, broker, index, giver)?;
                    self.clients.stored(look, index, self.logs.message_at(index))?;
                }
                agreed?;
            }
            Event::Dispatched { broker, index, queue, queue_offset } => {
                self.units.dispatched(look, broker, index, (queue, queue_offset))?;
            }
            Event::Put { producer, number, count, .. } => {
                self.clients.put(look, producer, (number, count))?;
            }
            Event::Duplicated { copy, .. } => self.clients.doubled(look, copy),
            Event::PutResult { producer, number, count, ok, index, .. } => {
                self.liveness.put_ended(look, producer, ok)?;
                if ok {
                    self.clients.acknowledged(look, &mut self.logs, (producer, number, count, index))?;
                }
            }
            Event::ConsumerStarted { .. } => self.liveness.clients_changed(look.at),
            Event::ConsumerStopped { consumer } => {
                self.liveness.clients_changed(look.at);
                self.clients.holds(consumer, 0);
            }
            Event::Pulled { consumer, queue, offset, status, next, .. } if status.is_illegal() => {
                self.clients.sent_back(consumer, queue, offset, next);
            }
            Event::Rebalanced { consumer, queues } => self.clients.holds(consumer, queues),
            Event::Consumed { consumer, queue, queue_offset, index, number, .. } => {
                let committed = self.logs.message_at(index);
                self.clients.consumed(look, consumer, (queue, queue_offset), (index, number), committed)?;
            }
            Event::Resumed { .. } | Event::Paused { .. } => self.liveness.changed(),
            _ => {}
        }
        Ok(())
    }

    /// Looks at the world after a step, when all its events have been looked at.
    ///
    /// # Errors
    /// What did not happen though it should have by now, or is not there.
    pub fn after_step(&mut self, world: &World) -> Result<(), Violation> {
        let look = &mut Look { world, at: world.now(), counts: &mut self.counts };
        let due = self.liveness.look(look)?;
        if due.rest {
            self.clients.all_shown(look, &self.logs, &self.liveness.members())?;
        }
        if due.consumed {
            self.clients.all_consumed(look)?;
        }
        Ok(())
    }

    /// Both, for all events there are: they are forgotten then.
    ///
    /// # Errors
    /// The first thing that is broken.
    pub fn look(&mut self, world: &mut World) -> Result<(), Violation> {
        let mut seen = Ok(());
        for record in world.events() {
            seen = seen.and(self.watch(world, record));
        }
        world.forget_events();
        seen.and(self.after_step(world))
    }

    /// Runs the world up to and including `until`, under watch.
    ///
    /// # Errors
    /// The first thing that is broken; then the world stands where that was seen.
    pub fn advance(&mut self, world: &mut World, until: Micros) -> Result<(), Violation> {
        self.look(world)?;
        while world.step_until(until) {
            self.look(world)?;
        }
        world.advance(until);
        Ok(())
    }

    /// How long a run has to go on after its last command for all to be looked at.
    pub fn patience(&self) -> Micros {
        self.liveness.patience()
    }

    /// The longest that a connected majority was without a leader, and that no put of a producer succeeded, when nothing
    /// went wrong.
    pub fn slowest(&self) -> (Micros, Micros) {
        self.liveness.slowest
    }

    /// Every guarantee, and how often it was looked at.
    pub fn guarantees(&self) -> impl Iterator<Item = (Invariant, u64)> + '_ {
        self.counts.all()
    }

    /// How often each was looked at, in the order of `Invariant::ALL`.
    pub(super) fn looks(&self) -> [u64; Invariant::ALL.len()] {
        self.counts.each()
    }

    /// Messages acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.clients.acknowledged_messages()
    }
}
