//! What is wrong with a broker's machine: its process stands still, its disk is slow or full, its clock is wrong.

use super::World;
use super::node::{BrokerState, DiskState};
use crate::broker::{BrokerRequest, Input};
use crate::ledger::{MemberId, Push, Request, Rule, Rules};
use crate::scenario::Refusal;
use crate::sim::clock::TRUE_RATE;
use crate::sim::event::{Event, Party};
use crate::sim::network::Link;
use crate::store::Index;
use crate::time::{Micros, soonest};

impl World {
    /// What is in force from one party to the other.
    pub fn link(&self, from: Party, to: Party) -> &Link {
        self.network.link(from, to)
    }

    /// Whether a broker's process stands still.
    pub fn is_paused(&self, n: usize) -> bool {
        self.nodes[n].paused.is_some()
    }

    /// How fast a broker's own clock runs, in thousandths.
    pub fn clock_rate(&self, n: usize) -> u16 {
        self.nodes[n].clock.rate()
    }

    /// When a broker's own clock shows `own`, or showed it, if it has always run as it does now.
    pub fn world_time(&self, n: usize, own: Micros) -> Micros {
        self.nodes[n].clock.world(own)
    }

    /// What is wrong with a broker's disk.
    pub fn disk_state(&self, n: usize) -> DiskState {
        self.nodes[n].disk
    }

    /// The rules in force now.
    pub fn rules(&self) -> Rules {
        self.config.ledger.rules
    }

    pub(super) fn pause(&mut self, broker: MemberId) -> Result<(), Refusal> {
        let n = self.number_of(broker)?;
        if self.up(n).is_none() {
            return Err(Refusal::IsDown { broker });
        }
        let node = &mut self.nodes[n];
        if node.paused.is_some() {
            return Err(Refusal::IsPaused { broker });
        }
        node.paused = Some(node.own_time(self.now));
        node.defers = true;
        self.emit(Event::Paused { broker });
        Ok(())
    }

    pub(super) fn resume(&mut self, broker: MemberId) -> Result<(), Refusal> {
        let n = self.number_of(broker)?;
        let node = &mut self.nodes[n];
        node.paused.take().ok_or(Refusal::IsNotPaused { broker })?;
        let inbox = std::mem::take(&mut node.inbox);
        self.emit(Event::Resumed { broker });
        // What the disk had done before the first of these came.
        self.go_on_writing(n);
        for input in inbox {
            self.with_broker(n, input);
        }
        Ok(())
    }

    /// The process is gone, and with it what it had not looked at.
    pub(super) fn forget_what_waits(&mut self, n: usize) {
        let node = &mut self.nodes[n];
        node.paused = None;
        node.inbox.clear();
        node.writes.clear();
        node.written_at = None;
        self.note_what_waits(n);
    }

    fn note_what_waits(&mut self, n: usize) {
        let node = &mut self.nodes[n];
        node.defers = node.paused.is_some() || node.disk.slow_ms > 0 || !node.writes.is_empty();
        self.written_at = self.nodes.iter().fold(None, |next, node| soonest(next, node.written_at));
    }

    pub(super) fn set_clock(&mut self, broker: MemberId, rate: u16) -> Result<(), Refusal> {
        let n = self.number_of(broker)?;
        self.nodes[n].set_clock(self.now, rate);
        Ok(())
    }

    pub(super) fn set_disk(&mut self, broker: MemberId, disk: DiskState) -> Result<(), Refusal> {
        let n = self.number_of(broker)?;
        let last = self.last_moment(n);
        let (now, node) = (self.now, &mut self.nodes[n]);
        node.disk = disk;
        let ledger = match &mut node.state {
            BrokerState::Up(broker) => broker.ledger_disk(),
            BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => &mut disk.ledger,
            BrokerState::Between => return Ok(()),
        };
        ledger.full = disk.full;
        ledger.set_slow(last, disk.slow());
        node.written_at = node.written_at.map(|at| at.min(now + disk.slow()));
        self.note_what_waits(n);
        Ok(())
    }

    /// All brokers keep the rule from now on, or do not.
    pub(super) fn set_rule(&mut self, rule: Rule, kept: bool) {
        let rules = self.rules().with(rule, kept);
        self.config.ledger.rules = rules;
        for n in 0..self.nodes.len() {
            let node = &mut self.nodes[n];
            let now = node.own_time(self.now);
            if let BrokerState::Up(broker) = &mut node.state {
                broker.set_rules(rules);
                // What it waits for may depend on it. Whoever is paused looks at it later.
                if node.paused.is_none() {
                    let next = broker.next_wakeup(now);
                    node.wake_at(self.now, now, next);
                }
            }
        }
    }

    /// Everything works, but the dead stay dead.
    pub(super) fn calm(&mut self) {
        self.network.heal_all();
        for n in 0..self.nodes.len() {
            let broker = self.nodes[n].id;
            if self.nodes[n].clock.rate() != TRUE_RATE {
                self.nodes[n].set_clock(self.now, TRUE_RATE);
            }
            // There is such a broker; of those that are not paused nothing is asked.
            let _ = self.set_disk(broker, DiskState::default());
            let _ = self.resume(broker);
        }
    }

    /// Whether an input goes through the hands of whoever waits for the disk: the entry handler's, all pushes, and
    /// messages for a leader.
    fn waits_for_the_disk(&self, n: usize, input: &Input) -> bool {
        match input {
            Input::Call { request: Request::Push { .. }, .. } => true,
            Input::Client { request: BrokerRequest::Send { .. }, .. } => {
                self.up(n).is_some_and(|broker| broker.member().is_leader())
            }
            _ => false,
        }
    }

    /// Whether it has to be written: what the log has is not, nor what is refused.
    fn has_to_be_written(&self, n: usize, input: &Input) -> bool {
        let Some(member) = self.up(n).map(|broker| broker.member()) else { return false };
        match input {
            Input::Call { request: Request::Push { push: Push::Append { entries }, .. }, .. } => {
                entries.last().map_or(Index::NONE, |entry| entry.index) > member.end_index()
            }
            Input::Client { .. } => member.is_leader(),
            _ => false,
        }
    }

    /// Puts an input aside if it has to wait; else it comes back.
    pub(super) fn defer(&mut self, n: usize, input: Input) -> Option<Input> {
        let node = &mut self.nodes[n];
        if node.paused.is_some() {
            if input == Input::Wake {
                node.wakeup = None;
            }
            node.inbox.push(input);
            return None;
        }
        if !self.waits_for_the_disk(n, &input)
            || self.nodes[n].writes.is_empty() && !self.has_to_be_written(n, &input)
        {
            return Some(input);
        }
        let node = &mut self.nodes[n];
        if node.writes.is_empty() {
            node.written_at = Some(self.now + node.disk.slow());
        }
        node.writes.push_back(input);
        self.note_what_waits(n);
        None
    }

    /// The disks are through with what they were to be through with now.
    pub(super) fn finish_writes(&mut self, at: Micros) {
        for n in 0..self.nodes.len() {
            if self.nodes[n].written_at == Some(at) {
                self.nodes[n].written_at = None;
                self.go_on_writing(n);
            }
        }
    }

    /// Handles what is written, and what needs not be, up to the next that has to wait. A paused process does not look.
    fn go_on_writing(&mut self, n: usize) {
        while self.nodes[n].paused.is_none()
            && self.nodes[n].written_at.is_none()
            && let Some(input) = self.nodes[n].writes.pop_front()
        {
            self.act(n, input);
            let next = self.nodes[n].writes.front();
            if next.is_some_and(|next| self.has_to_be_written(n, next)) {
                let node = &mut self.nodes[n];
                node.written_at = Some(self.now + node.disk.slow());
            }
        }
        self.note_what_waits(n);
    }
}
