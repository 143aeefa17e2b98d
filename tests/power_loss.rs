//! Machines that lose power together: what DLedger acknowledged can be gone, and with one more rule never is.

use ledgerscope::check::{Violation, Watch};
use ledgerscope::ledger::{MemberId, Rule};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, World};
use ledgerscope::time::Micros;

/// Half a minute of messages in which now some machines, now all lose power at once, and links break, and then peace.
/// How many messages were acknowledged.
fn run(seed: u64, rules: &[(Rule, bool)]) -> Result<usize, Violation> {
    let brokers = [3, 5][(seed % 2) as usize];
    let mut scenario = Scenario::silent(seed, brokers);
    scenario.poll_name_server_ms = 10;
    for (rule, kept) in rules {
        scenario.rules = scenario.rules.with(*rule, *kept);
    }
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |bound: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % bound
    };
    let mut watch = Watch::new(&scenario);
    let mut world = World::new(scenario);
    while world.now() < Micros::seconds(30) {
        match below(40) {
            0 => {
                let mask = if below(2) == 0 { u64::MAX } else { below(1 << brokers) };
                for broker in (0..brokers).map(MemberId).filter(|broker| mask >> broker.0 & 1 == 1) {
                    let _ = world.command(Command::PowerLoss { broker });
                }
            }
            1 => {
                let _ = world.command(Command::Isolate { broker: MemberId(below(brokers.into()) as u8) });
            }
            2 | 3 => {
                let _ = world.command(Command::HealAll);
            }
            4..=7 => {
                let _ = world.command(Command::Restart { broker: MemberId(below(brokers.into()) as u8) });
            }
            _ => {
                let _ = world.command(Command::Send { producer: 0 });
            }
        }
        let until = world.now() + Micros(below(60_000));
        watch.advance(&mut world, until)?;
    }
    let _ = world.command(Command::HealAll);
    for broker in (0..brokers).map(MemberId) {
        let _ = world.command(Command::Restart { broker });
    }
    watch.advance(&mut world, Micros::seconds(50))?;
    let _ = world.command(Command::Send { producer: 0 }); // a leader with an empty log compares with nobody
    watch.advance(&mut world, Micros::seconds(120))?;
    Ok(watch.acknowledged())
}

#[test]
fn who_flushes_before_acknowledging_loses_nothing_when_all_lose_power() {
    let acknowledged: usize = (0..200)
        .map(|seed| {
            run(seed, &[(Rule::FlushBeforeAcknowledging, true)])
                .unwrap_or_else(|why| panic!("seed {seed}: {why}"))
        })
        .sum();
    assert!(acknowledged > 2_000, "{acknowledged}");
}

#[test]
fn who_acknowledges_before_the_flush_loses_messages() {
    let broken = (0..200).filter(|seed| run(*seed, &[]).is_err()).count();
    assert!(broken > 5, "{broken}");
}
