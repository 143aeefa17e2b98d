//! Trouble on the network as well: cuts, isolation, slow links, transfers, together with kills and restarts. With every
//! rule kept no promise is broken. Loss of power is not among it: DLedger acknowledges before it flushes, so that even
//! one machine that loses power can take an acknowledged message with it (`tests/stories/power_loss_of_a_majority.txt`).

use ledgerscope::check::{Broken, Violation, Watch};
use ledgerscope::ledger::{MemberId, Rule, Rules};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, Purpose, Stream, World};
use ledgerscope::time::Micros;

const TROUBLE: Micros = Micros::seconds(60);
/// Longer than the slowest link still holds messages back, and an election with all its back-offs after that.
const QUIET: Micros = Micros::seconds(200);

/// Something to do, decided by chance. What is not possible at the moment is refused, which does no harm.
fn command(random: &mut Stream, brokers: u8) -> Command {
    let mut any = || MemberId(random.below(u64::from(brokers)) as u8);
    let (broker, from, to) = (any(), any(), any());
    match random.below(16) {
        0..=2 => Command::Kill { broker },
        3..=6 => Command::Restart { broker },
        7 => Command::Isolate { broker },
        8..=9 => Command::Cut { from, to },
        10 => Command::Heal { from, to },
        11..=12 => Command::HealAll,
        13 => Command::Delay { from, to, ms: random.below(4_000) as u32 },
        14 => Command::Delay { from, to, ms: 0 },
        _ => Command::Transfer { broker },
    }
}

/// How many messages were acknowledged.
fn run(seed: u64, scenario: Scenario) -> Result<usize, Violation> {
    let brokers = scenario.brokers;
    let mut watch = Watch::new(&scenario);
    let mut world = World::new(scenario);
    let mut random = Stream::new(seed, Purpose::Swarm, 1);
    let pace_us = random.between(300_000, 5_000_000);
    let (mut next_send, mut next_trouble) = (Micros::ZERO, Micros::ZERO);
    while next_send.min(next_trouble) < TROUBLE {
        let at = next_send.min(next_trouble);
        watch.advance(&mut world, at)?;
        let order = if next_send <= next_trouble {
            next_send += Micros(random.between(10_000, 700_000));
            Command::Send { producer: 0 }
        } else {
            next_trouble += Micros(random.between(1_000, pace_us));
            command(&mut random, brokers)
        };
        let _ = world.command(order);
        watch.look(&mut world)?;
    }
    watch.advance(&mut world, TROUBLE)?;
    let _ = world.command(Command::HealAll);
    for from in (0..brokers).map(MemberId) {
        for to in (0..brokers).map(MemberId) {
            let _ = world.command(Command::Delay { from, to, ms: 0 });
        }
        let _ = world.command(Command::Restart { broker: from });
    }
    watch.advance(&mut world, TROUBLE + QUIET)?;
    Ok(watch.acknowledged())
}

/// Three to five brokers, every third group with batches, every fifth with a preferred leader.
fn scenario(seed: u64) -> Scenario {
    Scenario {
        batch_append: seed.is_multiple_of(3),
        preferred_leaders: if seed.is_multiple_of(5) { vec![MemberId(1)] } else { Vec::new() },
        ..Scenario::silent(seed, [3, 5, 3, 4][(seed % 4) as usize])
    }
}

#[test]
fn all_rules_together_keep_every_promise() {
    let mut acknowledged = 0;
    for seed in 0..250 {
        match run(seed, scenario(seed)) {
            Ok(messages) => acknowledged += messages,
            Err(violation) => panic!("seed {seed}: {violation}"),
        }
    }
    // The trouble is real, and so is the work done in spite of it.
    assert!(acknowledged > 10_000, "{acknowledged}");
}

#[test]
fn without_comparing_from_the_end_followers_take_their_own_tail_for_committed() {
    // A conflicting entry that no comparison found stays, and the leader's commit index goes over it.
    let rules = Rules::SAFE.without(&[Rule::CompareFromTheEnd]);
    let broken = |seed: &u64| {
        let violation = run(*seed, Scenario { rules, ..scenario(*seed) }).err();
        violation.is_some_and(|v| v.what == Broken::CommittedDiffers)
    };
    assert!((0..600).any(|seed| broken(&seed)));
}
