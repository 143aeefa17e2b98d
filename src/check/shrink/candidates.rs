//! What is tried, one after the other, to make a scenario smaller.

use crate::ledger::MemberId;
use crate::scenario::{FileSizes, LinkChange, Scenario, Timed};
use crate::sim::Command;
use crate::time::Micros;

/// Seeds that are tried for a group of another size: in it, all chance is other chance.
const SEEDS: u64 = 40;
/// Times are rounded to these, in microseconds, if the violation comes all the same.
const ROUND: [u64; 5] = [1_000_000, 500_000, 100_000, 10_000, 1_000];

/// The ways to make a scenario smaller, in the order in which they are tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Way {
    /// Commands are left out: halves of them, quarters, and so on to single ones.
    #[default]
    Commands,
    /// What the group is like becomes as if nothing were said, one thing at a time.
    Parts,
    /// One broker less.
    Brokers,
    /// Commands become weaker.
    Weaker,
    /// What comes after a command comes sooner.
    Sooner,
    /// Times become round.
    Round,
}

const WAYS: [Way; 6] = [Way::Commands, Way::Parts, Way::Brokers, Way::Weaker, Way::Sooner, Way::Round];

/// What a way has to say.
enum Next {
    Try(Scenario),
    /// there is nothing left to try at this place
    Elsewhere,
    /// nor at any
    Over,
}

/// Where the search for something smaller is.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    way: usize,
    /// the place in it, and how much is tried there
    at: usize,
    turn: u64,
    /// commands left out at a time; 0 before the first
    chunk: usize,
    /// something became smaller since the first way was tried
    smaller: bool,
}

impl Candidates {
    /// The last one is the best now.
    pub fn accepted(&mut self) {
        self.smaller = true;
        match WAYS[self.way] {
            // What follows has moved to this place.
            Way::Commands | Way::Brokers => self.turn = 0,
            Way::Parts | Way::Weaker => {}
            Way::Sooner => self.turn = 0,
            Way::Round => self.next_place(),
        }
    }

    /// The last one is not.
    pub fn refused(&mut self) {
        match WAYS[self.way] {
            Way::Commands => self.at += self.chunk,
            Way::Parts | Way::Weaker | Way::Brokers | Way::Sooner | Way::Round => self.turn += 1,
        }
    }

    fn next_place(&mut self) {
        self.at += 1;
        self.turn = 0;
    }

    fn next_way(&mut self) -> bool {
        *self = Candidates { way: self.way + 1, smaller: self.smaller, ..Candidates::default() };
        if self.way == WAYS.len() {
            if !self.smaller {
                return false;
            }
            *self = Candidates::default();
        }
        true
    }

    /// A scenario that is smaller than this one. `None`: there is none left to try.
    pub fn next(&mut self, best: &Scenario) -> Option<Scenario> {
        loop {
            let next = match WAYS[self.way] {
                Way::Commands => self.without_commands(best),
                Way::Parts => self.plainer(best),
                Way::Brokers => self.with_fewer_brokers(best),
                Way::Weaker => self.weaker(best),
                Way::Sooner => self.sooner(best),
                Way::Round => self.rounder(best),
            };
            match next {
                Next::Try(candidate) if candidate != *best => return Some(candidate),
                Next::Try(_) => self.refused(),
                Next::Elsewhere => self.next_place(),
                Next::Over if self.next_way() => {}
                Next::Over => return None,
            }
        }
    }

    fn without_commands(&mut self, best: &Scenario) -> Next {
        let count = best.commands.len();
        if self.chunk == 0 {
            self.chunk = count;
        }
        while self.at >= count {
            if self.chunk <= 1 {
                return Next::Over;
            }
            self.chunk = self.chunk.div_ceil(2);
            self.at = 0;
        }
        let mut scenario = best.clone();
        scenario.commands.drain(self.at..(self.at + self.chunk).min(count));
        Next::Try(scenario)
    }

    fn plainer(&mut self, best: &Scenario) -> Next {
        let mut scenario = best.clone();
        let plain = Scenario::default();
        match self.turn {
            0 => scenario.consumers.clear(),
            1 => drop(scenario.consumers.pop()),
            2 => scenario.producers.truncate(1),
            3 => {
                scenario.topics.truncate(1);
                scenario.consumers.retain(|consumer| consumer.topic == 0);
                scenario.producers.retain(|producer| producer.topic == 0);
            }
            4 => scenario.producers.iter_mut().for_each(|producer| producer.batch = 1),
            5 => scenario.topics.iter_mut().for_each(|topic| topic.queues = 1),
            6 => scenario.files = FileSizes::default(),
            7 => scenario.batch_append = false,
            8 => scenario.preferred_leaders.clear(),
            9 => scenario.poll_name_server_ms = plain.poll_name_server_ms,
            10 => scenario.poll_name_server_ms = 1_000,
            11 => scenario.register_broker_ms = plain.register_broker_ms,
            12 => scenario.consumers.iter_mut().for_each(|consumer| consumer.consume_ms = 0),
            13..=16 => {
                let every = [5_000, 2_000, 1_000, 500][self.turn as usize - 13];
                for producer in scenario.producers.iter_mut().filter(|p| p.every_ms < every) {
                    producer.every_ms = every;
                }
            }
            _ => return Next::Over,
        }
        Next::Try(scenario)
    }

    fn with_fewer_brokers(&mut self, best: &Scenario) -> Next {
        if best.brokers <= 3 || self.at >= usize::from(best.brokers) {
            return Next::Over;
        }
        if self.turn >= SEEDS {
            return Next::Elsewhere;
        }
        let mut scenario = without_broker(best, self.at as u8);
        scenario.seed = best.seed + self.turn;
        Next::Try(scenario)
    }

    fn weaker(&mut self, best: &Scenario) -> Next {
        let mut scenario = best.clone();
        let Some((_, command)) = scenario.commands.get_mut(self.at) else { return Next::Over };
        let Some(other) = weaker(*command, self.turn) else { return Next::Elsewhere };
        *command = other;
        Next::Try(scenario)
    }

    /// All of the time before a command is left out, or half of it, and so on.
    fn sooner(&mut self, best: &Scenario) -> Next {
        let mut scenario = best.clone();
        let Some((at, _)) = best.commands.get(self.at) else { return Next::Over };
        let less = Micros((*at - time_before(best, self.at)).0 >> self.turn);
        if self.turn > 6 || less < Micros::millis(10) {
            return Next::Elsewhere;
        }
        for (at, _) in &mut scenario.commands[self.at..] {
            *at = *at - less;
        }
        Next::Try(scenario)
    }

    /// A command's time is rounded, up or down, and all that follow move along.
    fn rounder(&mut self, best: &Scenario) -> Next {
        let mut scenario = best.clone();
        let Some((now, _)) = best.commands.get(self.at) else { return Next::Over };
        let (step, up) = (ROUND.get(self.turn as usize / 2), self.turn % 2);
        let Some(step) = step.filter(|step| now.0 % **step != 0) else {
            return Next::Elsewhere;
        };
        let round = Micros((now.0 / step + up) * step).max(time_before(best, self.at));
        scenario.commands[self.at].0 = round;
        for (at, _) in &mut scenario.commands[self.at + 1..] {
            *at = (*at).max(round);
        }
        Next::Try(scenario)
    }
}

/// When the command before this one is given.
fn time_before(scenario: &Scenario, at: usize) -> Micros {
    at.checked_sub(1).map_or(Micros::ZERO, |before| scenario.commands[before].0)
}

/// The scenario of a group without this broker; those above it are numbered anew.
fn without_broker(scenario: &Scenario, gone: u8) -> Scenario {
    let mut smaller = scenario.clone();
    smaller.brokers -= 1;
    let moved = |id: MemberId| (id.0 != gone).then(|| MemberId(id.0 - u8::from(id.0 > gone)));
    smaller.preferred_leaders = scenario.preferred_leaders.iter().filter_map(|id| moved(*id)).collect();
    let one = |(at, command): &Timed| {
        use Command as C;
        // Of a command to a link from or to somewhere only, what is left is not the same command.
        let end = |id: Option<MemberId>| match id {
            None => Some(None),
            Some(id) => moved(id).map(Some),
        };
        let command = match *command {
            C::Kill { broker } => C::Kill { broker: moved(broker)? },
            C::PowerLoss { broker } => C::PowerLoss { broker: moved(broker)? },
            C::Restart { broker } => C::Restart { broker: moved(broker)? },
            C::Transfer { broker } => C::Transfer { broker: moved(broker)? },
            C::Isolate { broker } => C::Isolate { broker: moved(broker)? },
            C::Pause { broker } => C::Pause { broker: moved(broker)? },
            C::Resume { broker } => C::Resume { broker: moved(broker)? },
            C::Cut { from, to } => C::Cut { from: moved(from)?, to: moved(to)? },
            C::Heal { from, to } => C::Heal { from: moved(from)?, to: moved(to)? },
            C::Delay { from, to, ms } => C::Delay { from: moved(from)?, to: moved(to)?, ms },
            C::Network { from, to, change } => C::Network { from: end(from)?, to: end(to)?, change },
            C::Clock { broker, rate_permille } => C::Clock { broker: moved(broker)?, rate_permille },
            C::Disk { broker, slow_ms, full } => C::Disk { broker: moved(broker)?, slow_ms, full },
            C::Partition { groups } => C::Partition { groups: groups.without(MemberId(gone)) },
            other => other,
        };
        Some((*at, command))
    };
    smaller.commands = scenario.commands.iter().filter_map(one).collect();
    smaller
}

/// A command in place of this one that does less, or the same in fewer words.
fn weaker(command: Command, turn: u64) -> Option<Command> {
    match command {
        Command::Network { from, to, change } => {
            let mut less = change;
            match turn {
                0 => less.loss_permille = None,
                1 => less.duplicate_permille = None,
                2 => less.reorder_permille = None,
                3 => less.latency_us = None,
                4 => less.jitter_us = None,
                5 => less = LinkChange { loss_permille: change.loss_permille.map(tens), ..change },
                6 => less = LinkChange { reorder_permille: change.reorder_permille.map(tens), ..change },
                _ => return None,
            }
            Some(Command::Network { from, to, change: less })
        }
        Command::Delay { from, to, ms } => {
            let ms = *[1_000, 2_000, 500, 100].get(turn as usize).filter(|less| **less < ms)?;
            Some(Command::Delay { from, to, ms })
        }
        Command::Disk { broker, slow_ms: Some(slow), full } => {
            let slow = *[10, 100, 1_000].get(turn as usize).filter(|less| **less < slow)?;
            Some(Command::Disk { broker, slow_ms: Some(slow), full })
        }
        Command::Calm if turn == 0 => Some(Command::HealAll),
        Command::KillConsumer { consumer } if turn == 0 => Some(Command::StopConsumer { consumer }),
        _ => None,
    }
}

fn tens(n: u16) -> u16 {
    if n > 10 { n / 10 * 10 } else { n }
}
