//! A broker in the world: its process or its disk, its machine, and what is wrong with them.

use std::collections::VecDeque;

use crate::broker::{Broker, Disk, Input};
use crate::ledger::{Draw, MemberId, Random};
use crate::sim::clock::Clock;
use crate::sim::random::{Purpose, Stream};
use crate::time::Micros;

/// A broker, dead or alive.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub id: MemberId,
    pub state: BrokerState,
    /// its machine has no power: nothing there answers, not even that nobody listens
    pub off: bool,
    /// counts the processes, so that what is meant for one does not reach its successor
    pub incarnation: u32,
    pub dice: Dice,
    /// when its process next does something by itself
    pub wakeup: Option<Micros>,
    /// the same by its own clock, where that is not exact
    pub own_wakeup: Micros,
    pub clock: Clock,
    /// when the registration was sent by which the name server knows it
    pub registered: Micros,
    /// not all that comes to it is handled at once: it is paused, or its disk is slow
    pub defers: bool,
    /// since when its process stands still, by its own clock
    pub paused: Option<Micros>,
    /// what came since
    pub inbox: Vec<Input>,
    pub disk: DiskState,
    /// what waits for the disk, in order: the first is being written
    pub writes: VecDeque<Input>,
    /// when the first of them will be written
    pub written_at: Option<Micros>,
}

/// What a broker is at the moment.
#[derive(Clone, Debug)]
pub enum BrokerState {
    /// no process
    Dead(Disk),
    /// the process is coming up
    Booting { disk: Disk, up_at: Micros },
    /// the process runs
    Up(Box<Broker>),
    /// only while the state is being changed
    Between,
}

/// What is wrong with a broker's disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DiskState {
    /// what has to be written waits this long; 0 if it is fast
    pub slow_ms: u32,
    /// no more entries fit
    pub full: bool,
}

impl DiskState {
    pub(super) fn slow(self) -> Micros {
        Micros::millis(u64::from(self.slow_ms))
    }
}

/// A member's own streams of chance.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    retry_delay: Stream,
    vote_wait: Stream,
}

impl Random for Dice {
    fn below(&mut self, draw: Draw, bound: u64) -> u64 {
        match draw {
            Draw::RetryDelay => self.retry_delay.below(bound),
            Draw::VoteWait => self.vote_wait.below(bound),
        }
    }
}

impl Node {
    /// A machine without a process.
    pub fn new(n: u8, seed: u64, disk: Disk) -> Node {
        Node {
            id: MemberId(n),
            state: BrokerState::Dead(disk),
            off: false,
            incarnation: 0,
            dice: Dice {
                retry_delay: Stream::new(seed, Purpose::RetryDelay, u64::from(n)),
                vote_wait: Stream::new(seed, Purpose::VoteWait, u64::from(n)),
            },
            wakeup: None,
            own_wakeup: Micros::ZERO,
            clock: Clock::default(),
            registered: Micros::ZERO,
            defers: false,
            paused: None,
            inbox: Vec::new(),
            disk: DiskState::default(),
            writes: VecDeque::new(),
            written_at: None,
        }
    }

    /// The present by its own clock. A fast clock leaves moments out; one that it has to wake at is not.
    pub fn own_time(&self, now: Micros) -> Micros {
        let own = self.clock.own(now);
        if self.clock.is_exact() || self.wakeup.is_none() { own } else { own.min(self.own_wakeup) }
    }

    /// Notes when its process next does something by itself, by its own clock, which shows `own_now`. What a pause has
    /// kept it from is due now.
    pub fn wake_at(&mut self, now: Micros, own_now: Micros, own: Option<Micros>) {
        let own = own.map(|own| own.max(own_now));
        self.wakeup = own;
        if let (false, Some(own)) = (self.clock.is_exact(), own) {
            self.own_wakeup = own;
            self.wakeup = Some(self.clock.world(own).max(now));
        }
    }

    /// The clock runs at another rate from now on.
    pub fn set_clock(&mut self, now: Micros, rate: u16) {
        let own = self.wakeup.map(|world| if self.clock.is_exact() { world } else { self.own_wakeup });
        self.clock.set_rate(now, rate);
        let own_now = self.clock.own(now).min(own.unwrap_or(Micros(u64::MAX)));
        self.wake_at(now, own_now, own);
    }
}
