//! Scenarios and commands from JSON text.

use std::str::from_utf8;

use ledgerscope::scenario::{Command, Draft, Invalid, Scenario};
use ledgerscope::sim::World;
use serde_json::{Value, from_str, from_value, to_string};

/// Steps of the world that an accepted scenario starts.
const STEPS: usize = 16;

/// An accepted scenario is within its bounds, written and read again it is the same, and a world starts from it.
pub fn scenario(bytes: &[u8]) {
    let Some(read) = read(bytes, Scenario::from_draft) else { return };
    let scenario = match read {
        Ok(scenario) => scenario,
        Err(error) => return check(&error),
    };
    assert!((1..=9).contains(&scenario.brokers) && !scenario.topics.is_empty());
    assert!((1..=scenario.latency_max_us).contains(&scenario.latency_min_us));
    assert!(scenario.preferred_leaders.iter().all(|leader| leader.0 < scenario.brokers));
    assert!(scenario.producers.iter().all(|producer| usize::from(producer.topic) < scenario.topics.len()));
    assert!(scenario.commands.is_sorted_by_key(|(at, _)| *at));
    let written = to_string(&scenario).expect("a scenario is written");
    let again = Scenario::from_draft(&from_str(&written).expect("what is written reads"));
    assert_eq!(again.as_ref(), Ok(&scenario));
    let mut world = World::new(scenario);
    for _ in 0..STEPS {
        world.step();
    }
}

/// An accepted command written and read again is the same.
pub fn command(bytes: &[u8]) {
    let Some(read) = read(bytes, Command::from_draft) else { return };
    match read {
        Ok(command) => {
            let written = to_string(&command.shown()).expect("a command is written");
            assert_eq!(Command::from_draft(&from_str(&written).expect("what is written reads")), Ok(command));
        }
        Err(error) => check(&error),
    }
}

/// Reads JSON, if it is an object, and compares with the object that `JSON.parse` would make of it: of two fields of
/// one name that has the last.
fn read<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    from_draft: fn(&Draft) -> Result<T, Invalid>,
) -> Option<Result<T, Invalid>> {
    let text = from_utf8(bytes).ok()?;
    let draft: Draft = from_str(text).ok()?;
    let read = from_draft(&draft);
    // Texts within a value that is refused anyway may have halves of surrogates, which a draft skips.
    if let Ok(object) = from_str::<Value>(text) {
        let as_object = from_draft(&from_value(object).expect("it is an object"));
        assert_eq!(read.as_ref().ok(), as_object.as_ref().ok());
    }
    Some(read)
}

/// An error says what is wrong and what would be right.
fn check(error: &Invalid) {
    assert!(!error.code.is_empty() && !error.allowed.is_empty());
    let text = error.to_string();
    assert!(text.contains(&error.field) && text.contains(&error.allowed));
}
