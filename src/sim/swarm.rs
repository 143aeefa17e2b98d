//! Random trouble: a schedule of kills, restarts and sends, decided by a seed.

use super::random::{Purpose, Stream};
use crate::ledger::MemberId;
use crate::scenario::{Command, Timed};
use crate::time::Micros;

/// Draws the commands of a run of `length`: a message every 10 to 1,200 ms, a kill or restart of some broker
/// at a pace that differs from run to run, from one every half second to one every eight. Any number of
/// brokers may be dead at a time. A kill is never given to a dead broker, nor a restart to a living one.
pub fn schedule(seed: u64, brokers: u8, length: Micros) -> Vec<Timed> {
    let mut random = Stream::new(seed, Purpose::Swarm, 0);
    let mut dead = vec![false; usize::from(brokers)];
    let pace_ms = random.between(500, 8_000);
    let mut next_send = Micros::millis(random.between(10, 1_200));
    let mut next_fault = Micros::millis(random.between(1, pace_ms));
    let mut commands = Vec::new();
    while next_send.min(next_fault) < length {
        if next_send <= next_fault {
            commands.push((next_send, Command::Send { producer: 0 }));
            next_send += Micros::millis(random.between(10, 1_200));
        } else {
            let n = random.below(u64::from(brokers)) as u8;
            let broker = MemberId(n);
            let is_dead = &mut dead[usize::from(n)];
            let command = if *is_dead { Command::Restart { broker } } else { Command::Kill { broker } };
            *is_dead = !*is_dead;
            commands.push((next_fault, command));
            // Odd microseconds, so that faults fall between any two things that brokers do.
            next_fault += Micros(random.between(1_000, pace_ms * 1_000));
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_in_order_and_possible() {
        for seed in 0..50 {
            let mut dead = [false; 5];
            let mut last = Micros::ZERO;
            for (at, command) in schedule(seed, 5, Micros::seconds(60)) {
                assert!(at >= last);
                last = at;
                let (broker, kill) = match command {
                    Command::Kill { broker } => (broker, true),
                    Command::Restart { broker } => (broker, false),
                    _ => continue,
                };
                let was = std::mem::replace(&mut dead[usize::from(broker.0)], kill);
                assert_ne!(was, kill, "seed {seed}: {command:?} at {at}");
            }
        }
    }
}
