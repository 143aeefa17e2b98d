//! All faults in one run.

use ledgerscope::check::Safety;
use ledgerscope::check::soak::{advance, watch};
use ledgerscope::ledger::MemberId;
use ledgerscope::scenario::{Draft, Groups, LinkChange, Scenario};
use ledgerscope::sim::{Command, Purpose, Stream, World};
use ledgerscope::time::Micros;

use super::SECOND;

/// Anything that can be done, but the loss of power, which takes acknowledged messages, and full disks, which can leave
/// a group without a master.
fn any_fault(random: &mut Stream, world: &World) -> Command {
    let brokers = u64::from(world.scenario().brokers);
    let mut any = || MemberId(random.below(brokers) as u8);
    let (broker, from, to) = (any(), any(), any());
    let some = |random: &mut Stream, member| (random.below(2) == 0).then_some(member);
    let flying = world.in_flight().map(|packet| packet.id).max().unwrap_or(0);
    match random.below(24) {
        0 => Command::Kill { broker },
        1..=2 => Command::Restart { broker },
        3 => Command::Pause { broker },
        4..=5 => Command::Resume { broker },
        6 => Command::Partition { groups: Groups::new(&[&[broker, from], &[to]]) },
        7..=9 => Command::Network {
            from: some(random, from),
            to: some(random, to),
            change: LinkChange {
                latency_us: Some(random.between(1, 50_000) as u32),
                jitter_us: Some(random.below(100_000) as u32),
                loss_permille: Some(random.below(200) as u16),
                duplicate_permille: Some(random.below(500) as u16),
                reorder_permille: Some(random.below(1000) as u16),
            },
        },
        10..=11 => Command::Clock { broker, rate_permille: random.between(100, 4000) as u16 },
        12 => Command::Clock { broker, rate_permille: 1000 },
        13..=15 => Command::Disk { broker, slow_ms: Some(random.below(300) as u32), full: None },
        16 => Command::Drop { message: flying },
        17 => Command::Hold { message: flying, ms: random.below(3_000) as u32 },
        18..=19 => Command::Duplicate { message: flying },
        20 => Command::HealAll,
        21 => Command::Calm,
        22 => Command::Delay { from, to, ms: random.below(1_000) as u32 },
        _ => Command::Transfer { broker },
    }
}

/// A minute of all faults under watch, then quiet.
fn trouble(seed: u64) -> (World, usize) {
    let mut world = World::new(Scenario::silent(seed, [3, 5, 4][(seed % 3) as usize]));
    let mut safety = Safety::default();
    let mut random = Stream::new(seed, Purpose::Swarm, 2);
    let fine = |result: Result<(), _>| result.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    while world.now() < Micros(60 * SECOND) {
        let until = world.now() + Micros(random.between(1_000, 800_000));
        fine(advance(&mut world, &mut safety, until));
        let fault = any_fault(&mut random, &world);
        let _ = world.command(fault);
        let _ = world.command(Command::Send { producer: 0 });
        fine(watch(&mut world, &mut safety));
    }
    world.command(Command::Calm).unwrap();
    for broker in (0..world.scenario().brokers).map(MemberId) {
        let _ = world.command(Command::Restart { broker });
    }
    fine(advance(&mut world, &mut safety, Micros(130 * SECOND)));
    let _ = world.command(Command::Send { producer: 0 });
    fine(advance(&mut world, &mut safety, Micros(140 * SECOND)));
    fine(safety.at_rest(&world));
    (world, safety.acknowledged())
}

#[test]
fn no_fault_breaks_a_promise_and_when_all_is_calm_the_group_works_again() {
    let mut acknowledged = 0;
    for seed in 0..300 {
        acknowledged += trouble(seed).1;
    }
    assert!(acknowledged > 1_000, "{acknowledged}");
}

#[test]
fn a_run_with_all_faults_is_the_same_run_again() {
    for seed in 0..4 {
        assert_eq!(trouble(seed).0.trace_hash(), trouble(seed).0.trace_hash());
    }
    let text = r#"{
        "message_every_ms": 100,
        "commands": [
            {"at_ms": 3000, "do": "network", "loss_permille": 50, "duplicate_permille": 50, "reorder_permille": 50},
            {"at_ms": 4000, "do": "clock", "broker": 0, "rate_permille": 700},
            {"at_ms": 5000, "do": "pause", "broker": 1},
            {"at_ms": 9000, "do": "resume", "broker": 1},
            {"at_ms": 9500, "do": "partition", "groups": [[0], [1, 2]]},
            {"at_ms": 15000, "do": "disk", "broker": 2, "slow_ms": 20},
            {"at_ms": 18000, "do": "rule", "rule": "noop_on_election", "kept": false},
            {"at_ms": 22000, "do": "calm"}
        ]
    }"#;
    let draft: Draft = serde_json::from_str(text).unwrap();
    let scenario = Scenario::from_draft(&draft).unwrap();
    let hash = |scenario: Scenario| {
        let mut world = World::new(scenario);
        world.advance(Micros(30 * SECOND));
        assert!(world.refused().is_empty());
        world.trace_hash()
    };
    let again: Draft = serde_json::from_str(&serde_json::to_string(&scenario).unwrap()).unwrap();
    assert_eq!(hash(scenario), hash(Scenario::from_draft(&again).unwrap()));
}
