//! Runs of random trouble, in the manner of TigerBeetle's simulator: a seed decides which faults there are in its run, how
//! hard they come, and what the group is like. Phases of trouble alternate with quiet ones, in which all must go on again.

use crate::ledger::{MemberId, Preset, Rules};
use crate::scenario::{
    COMMANDS_MAX, ConsumeFrom, ConsumerSpec, FileSizes, Groups, LinkChange, ProducerSpec, Scenario, Timed,
    TopicSpec,
};
use crate::sim::{Command, Purpose, Stream};
use crate::time::Micros;

/// What the runs of a search have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// brokers in each group; `None`: 3 or 5, as the seed says
    pub brokers: Option<u8>,
    pub preset: Preset,
    pub rules: Rules,
    /// how long there is trouble; quiet phases in between are part of it
    pub minutes: u32,
    /// whether machines lose power: what was acknowledged and not flushed yet is gone then
    pub power_loss: bool,
}

impl Default for Plan {
    fn default() -> Plan {
        let preset = Preset::Intended;
        Plan { brokers: None, preset, rules: preset.rules(), minutes: 5, power_loss: false }
    }
}

/// What may go wrong. A run has some of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    Kill,
    KillSeveral,
    Pause,
    Isolate,
    Partition,
    Cut,
    Network,
    Delay,
    Clock,
    SlowDisk,
    FullDisk,
    Transfer,
    Consumers,
    PowerLoss,
}

/// All but the loss of power.
const FAULTS: [Fault; 13] = [
    Fault::Kill,
    Fault::KillSeveral,
    Fault::Pause,
    Fault::Isolate,
    Fault::Partition,
    Fault::Cut,
    Fault::Network,
    Fault::Delay,
    Fault::Clock,
    Fault::SlowDisk,
    Fault::FullDisk,
    Fault::Transfer,
    Fault::Consumers,
];

/// Commands that the calm after the last trouble may need: a run stays one that can be written and read.
const SPARE: usize = 100;

/// A number from 2^`least` up, where each power of two is as likely as the next, below 2^`most`.
fn magnitude(random: &mut Stream, least: u64, most: u64) -> u64 {
    let power = random.between(least, most - 1);
    random.between(1 << power, (2 << power) - 1)
}

fn one_in(random: &mut Stream, n: u64) -> bool {
    random.below(n) == 0
}

/// The run that a seed stands for.
pub fn scenario(seed: u64, plan: &Plan) -> Scenario {
    let mut random = Stream::new(seed, Purpose::Swarm, 10);
    let mut scenario = group(seed, plan, &mut random);
    let mut swarm = Swarm::new(&scenario, plan, random);
    let end = Micros::seconds(60 * u64::from(plan.minutes));
    let mut now = Micros::millis(swarm.random.between(0, 5_000));
    loop {
        // In the shortest runs there is one phase of trouble, and then the last quiet one.
        let trouble = Micros::millis(swarm.random.between(10_000, 60_000));
        let last = now + trouble + Micros::seconds(100) >= end;
        now = swarm.trouble(now, if last { end } else { now + trouble });
        swarm.quiet(now, last);
        if last {
            break;
        }
        now += Micros::millis(swarm.random.between(60_000, 100_000));
    }
    scenario.commands = swarm.commands;
    scenario
}

/// The group, its clients and its files.
fn group(seed: u64, plan: &Plan, random: &mut Stream) -> Scenario {
    let brokers = plan.brokers.unwrap_or(if one_in(random, 3) { 5 } else { 3 });
    let topics: u8 = if one_in(random, 3) { 2 } else { 1 };
    let name = |n: u8| if n == 0 { "TopicTest".to_string() } else { "Orders".to_string() };
    let topic = |n| TopicSpec { name: name(n), queues: random.between(1, 3) as u8 };
    let topics: Vec<TopicSpec> = (0..topics).map(topic).collect();
    let any_topic = |random: &mut Stream| random.below(topics.len() as u64) as u8;
    let producers = (0..random.between(1, 2)).map(|n| ProducerSpec {
        topic: if n == 0 { 0 } else { any_topic(random) },
        every_ms: magnitude(random, 6, 11) as u32,
        batch: if one_in(random, 3) { random.between(2, 4) as u8 } else { 1 },
    });
    let producers = producers.collect();
    let consumers = if one_in(random, 2) { random.between(1, 3) } else { 0 };
    let group_of = |n: u64| if n.is_multiple_of(2) { "GroupTest" } else { "Others" };
    let from = if one_in(random, 4) { ConsumeFrom::Last } else { ConsumeFrom::First };
    let consumers = (0..consumers).map(|n| {
        // Those of one group have one topic.
        let topic = if n == 1 { topics.len() as u8 - 1 } else { 0 };
        ConsumerSpec {
            group: group_of(n).to_string(),
            topic,
            from,
            start_ms: random.between(0, 20_000) as u32,
            consume_ms: if one_in(random, 2) { 0 } else { magnitude(random, 3, 10) as u32 },
        }
    });
    let consumers = consumers.collect();
    let small = one_in(random, 2);
    let files = FileSizes {
        data_bytes: magnitude(random, 11, 16) as i64,
        index_bytes: 32 * magnitude(random, 1, 8) as i64,
        consume_queue_units: magnitude(random, 1, 8) as i64,
    };
    let preferred = one_in(random, 6).then(|| MemberId(random.below(u64::from(brokers)) as u8));
    Scenario {
        brokers,
        preset: plan.preset,
        rules: plan.rules,
        preferred_leaders: preferred.into_iter().collect(),
        batch_append: one_in(random, 3),
        topics,
        producers,
        consumers,
        files: if small { files } else { FileSizes::default() },
        poll_name_server_ms: if one_in(random, 4) { 30_000 } else { magnitude(random, 7, 12) as u32 },
        register_broker_ms: if one_in(random, 4) { 30_000 } else { 10_000 },
        ..Scenario::silent(seed, brokers)
    }
}

/// A schedule while it is drawn.
struct Swarm {
    random: Stream,
    brokers: u8,
    consumers: u8,
    /// the faults of this run; those that come more often are there more often
    mix: Vec<Fault>,
    /// most that passes between two of them
    pace_us: u64,
    commands: Vec<Timed>,
    dead: u16,
    paused: u16,
    /// a bit for each consumer that was stopped
    stopped: u16,
}

impl Swarm {
    fn new(scenario: &Scenario, plan: &Plan, mut random: Stream) -> Swarm {
        let mut mix = Vec::new();
        for fault in FAULTS {
            if one_in(&mut random, 3) && (fault != Fault::Consumers || !scenario.consumers.is_empty()) {
                mix.extend(vec![fault; random.between(1, 6) as usize]);
            }
        }
        if plan.power_loss {
            mix.extend(vec![Fault::PowerLoss; random.between(1, 6) as usize]);
        }
        if mix.is_empty() {
            mix.push(Fault::Kill);
        }
        Swarm {
            brokers: scenario.brokers,
            consumers: scenario.consumers.len() as u8,
            mix,
            pace_us: magnitude(&mut random, 17, 23),
            random,
            commands: Vec::new(),
            dead: 0,
            paused: 0,
            stopped: 0,
        }
    }

    fn any(&mut self) -> MemberId {
        MemberId(self.random.below(u64::from(self.brokers)) as u8)
    }

    fn maybe(&mut self, member: MemberId) -> Option<MemberId> {
        one_in(&mut self.random, 2).then_some(member)
    }

    /// Faults up to `end`, which comes back.
    fn trouble(&mut self, begin: Micros, end: Micros) -> Micros {
        // Odd microseconds, so that faults fall between any two things that brokers do.
        let mut now = begin + Micros(self.random.between(1, self.pace_us));
        while now < end && self.commands.len() + SPARE < COMMANDS_MAX {
            let fault = self.mix[self.random.below(self.mix.len() as u64) as usize];
            self.fault(now, fault);
            now += Micros(self.random.between(1_000, self.pace_us));
        }
        end
    }

    fn give(&mut self, at: Micros, command: Command) {
        self.commands.push((at, command));
    }

    fn fault(&mut self, now: Micros, fault: Fault) {
        let (broker, from, to) = (self.any(), self.any(), self.any());
        let bit = 1 << broker.0;
        let command = match fault {
            Fault::Kill => {
                self.dead ^= bit;
                self.paused &= !bit;
                match self.dead & bit {
                    0 => Command::Restart { broker },
                    _ => Command::Kill { broker },
                }
            }
            Fault::KillSeveral => return self.kill_several(now),
            Fault::Pause if self.dead & bit != 0 => return,
            Fault::Pause => {
                self.paused ^= bit;
                match self.paused & bit {
                    0 => Command::Resume { broker },
                    _ => Command::Pause { broker },
                }
            }
            Fault::Isolate | Fault::Partition | Fault::Cut if one_in(&mut self.random, 3) => Command::HealAll,
            Fault::Isolate => Command::Isolate { broker },
            Fault::Partition => self.partition(),
            Fault::Cut if one_in(&mut self.random, 3) => Command::Heal { from, to },
            Fault::Cut => Command::Cut { from, to },
            Fault::Network => self.network(from, to),
            Fault::Delay => {
                let ms = if one_in(&mut self.random, 3) { 0 } else { magnitude(&mut self.random, 1, 12) };
                Command::Delay { from, to, ms: ms as u32 }
            }
            Fault::Clock => {
                let rate = match self.random.below(4) {
                    0 => 1000,
                    1 | 2 => self.random.between(900, 1_100),
                    _ => self.random.between(200, 3_000),
                };
                Command::Clock { broker, rate_permille: rate as u16 }
            }
            Fault::SlowDisk => {
                let ms = if one_in(&mut self.random, 3) { 0 } else { magnitude(&mut self.random, 0, 11) };
                Command::Disk { broker, slow_ms: Some(ms as u32), full: None }
            }
            Fault::FullDisk => {
                let full = one_in(&mut self.random, 2);
                Command::Disk { broker, slow_ms: None, full: Some(full) }
            }
            Fault::Transfer => Command::Transfer { broker },
            Fault::Consumers => {
                let consumer = self.random.below(u64::from(self.consumers)) as u8;
                self.stopped ^= 1 << consumer;
                match self.stopped & 1 << consumer {
                    0 => Command::StartConsumer { consumer },
                    _ if one_in(&mut self.random, 2) => Command::StopConsumer { consumer },
                    _ => Command::KillConsumer { consumer },
                }
            }
            Fault::PowerLoss => {
                self.dead |= bit;
                self.paused &= !bit;
                Command::PowerLoss { broker }
            }
        };
        self.give(now, command);
    }

    /// Some die at once, or all; they come back one after the other, at a time of their own.
    fn kill_several(&mut self, now: Micros) {
        for n in 0..self.brokers {
            let (broker, bit) = (MemberId(n), 1 << n);
            if one_in(&mut self.random, 2) {
                self.dead ^= bit;
                self.paused &= !bit;
                let command =
                    if self.dead & bit == 0 { Command::Restart { broker } } else { Command::Kill { broker } };
                self.give(now, command);
            }
        }
    }

    fn partition(&mut self) -> Command {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for broker in (0..self.brokers).map(MemberId) {
            match self.random.below(5) {
                0 | 1 => one.push(broker),
                2 | 3 => other.push(broker),
                _ => {}
            }
        }
        let groups = [one, other];
        let groups: Vec<&[MemberId]> = groups.iter().filter(|g| !g.is_empty()).map(Vec::as_slice).collect();
        Command::Partition { groups: Groups::new(&groups) }
    }

    fn network(&mut self, from: MemberId, to: MemberId) -> Command {
        let (from, to) = (self.maybe(from), self.maybe(to));
        let mut change = LinkChange::default();
        let random = &mut self.random;
        let hard = magnitude(random, 2, 9);
        match random.below(5) {
            0 => change.loss_permille = Some(hard as u16),
            1 => change.duplicate_permille = Some(hard as u16),
            2 => change.reorder_permille = Some(hard as u16),
            3 => change.jitter_us = Some(magnitude(random, 6, 18) as u32),
            _ => {
                change.latency_us = Some(magnitude(random, 6, 16) as u32);
                change.loss_permille = Some(0);
                change.duplicate_permille = Some(0);
                change.reorder_permille = Some(0);
            }
        }
        Command::Network { from, to, change }
    }

    /// From now on all is well, but that a minority may stay away. After the last trouble nobody does.
    fn quiet(&mut self, now: Micros, last: bool) {
        self.give(now, Command::Calm);
        self.paused = 0;
        let mut away = if last || one_in(&mut self.random, 2) { 0 } else { (self.brokers - 1) / 2 };
        for n in 0..self.brokers {
            let (broker, bit) = (MemberId(n), 1 << n);
            if self.dead & bit != 0 && away > 0 {
                away -= 1;
            } else if self.dead & bit != 0 {
                self.dead ^= bit;
                let later = Micros::millis(self.random.below(200));
                self.give(now + later, Command::Restart { broker });
            } else if away > 0 && one_in(&mut self.random, 3) {
                away -= 1;
                self.give(now, Command::Isolate { broker });
            }
        }
        if last {
            for consumer in (0..self.consumers).filter(|n| self.stopped & 1 << n != 0) {
                self.commands.push((now, Command::StartConsumer { consumer }));
            }
        }
        // Those that come back do not do so in the order of their numbers.
        self.commands.sort_by_key(|(at, _)| *at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_always_the_same_run_and_another_seed_another_one() {
        let plan = Plan::default();
        assert_eq!(scenario(7, &plan), scenario(7, &plan));
        assert_ne!(scenario(7, &plan).commands, scenario(8, &plan).commands);
    }

    #[test]
    fn a_run_is_a_scenario_that_can_be_written_and_read() {
        for seed in 0..300 {
            let drawn = scenario(seed, &Plan { power_loss: true, ..Plan::default() });
            let text = serde_json::to_string(&drawn).unwrap();
            let read = Scenario::from_draft(&serde_json::from_str(&text).unwrap()).unwrap();
            assert_eq!(read, drawn, "seed {seed}");
        }
    }

    #[test]
    fn power_is_lost_only_if_asked_for_and_everybody_is_back_in_the_end() {
        for seed in 0..300 {
            let power_loss = seed % 2 == 0;
            let drawn = scenario(seed, &Plan { power_loss, brokers: Some(5), ..Plan::default() });
            let is_loss = |command: &Command| matches!(command, Command::PowerLoss { .. });
            assert_eq!(drawn.commands.iter().any(|(_, command)| is_loss(command)), power_loss);
            let mut dead = [false; 5];
            for (_, command) in &drawn.commands {
                match command {
                    Command::Kill { broker } | Command::PowerLoss { broker } => {
                        dead[usize::from(broker.0)] = true;
                    }
                    Command::Restart { broker } => dead[usize::from(broker.0)] = false,
                    _ => {}
                }
            }
            assert_eq!((drawn.brokers, dead), (5, [false; 5]), "seed {seed}");
        }
    }
}
