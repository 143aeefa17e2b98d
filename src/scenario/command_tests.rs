//! Commands are read as they are written, and mistakes in them named.

use super::draft::list;
use super::{COMMANDS, Command, Groups, LinkChange};
use crate::ledger::{MemberId, Rule};

fn read(json: &str) -> Result<Command, String> {
    let draft = serde_json::from_str(json).unwrap();
    Command::from_draft(&draft).map_err(|e| e.to_string())
}

#[test]
fn a_command_reads_what_it_wrote() {
    let (broker, from, to) = (MemberId(2), MemberId(0), MemberId(1));
    let all = LinkChange {
        latency_us: Some(5_000),
        jitter_us: Some(200),
        loss_permille: Some(10),
        duplicate_permille: Some(20),
        reorder_permille: Some(1000),
    };
    let commands = [
        Command::Kill { broker },
        Command::PowerLoss { broker },
        Command::Restart { broker },
        Command::Send { producer: 3 },
        Command::StartConsumer { consumer: 1 },
        Command::StopConsumer { consumer: 1 },
        Command::KillConsumer { consumer: 1 },
        Command::Transfer { broker },
        Command::Cut { from, to },
        Command::Heal { from, to },
        Command::Isolate { broker },
        Command::HealAll,
        Command::Delay { from, to, ms: 250 },
        Command::Pause { broker },
        Command::Resume { broker },
        Command::Partition { groups: Groups::new(&[&[from, broker], &[to]]) },
        Command::Network { from: None, to: None, change: all },
        Command::Clock { broker, rate_permille: 900 },
        Command::Disk { broker, slow_ms: Some(20), full: Some(true) },
        Command::Drop { message: 77 },
        Command::Hold { message: 77, ms: 1 },
        Command::Duplicate { message: 77 },
        Command::Rule { rule: Rule::NoopOnElection, kept: false },
        Command::Calm,
    ];
    let mut names: Vec<_> =
        commands.iter().map(|c| serde_json::to_value(c.shown()).unwrap()["do"].clone()).collect();
    names.dedup();
    assert_eq!(names, COMMANDS.map(|(name, ..)| name), "every command, in the order of the table");
    let partly = [
        Command::Network { from: Some(from), to: None, change: LinkChange::default() },
        Command::Network { from: None, to: Some(to), change: LinkChange { jitter_us: Some(0), ..all } },
        Command::Disk { broker, slow_ms: None, full: Some(false) },
        Command::Disk { broker, slow_ms: Some(0), full: None },
        Command::Partition { groups: Groups::default() },
    ];
    for command in commands.into_iter().chain(partly) {
        let json = serde_json::to_string(&command.shown()).unwrap();
        assert_eq!(read(&json), Ok(command), "{json}");
    }
}

#[test]
fn every_mistake_is_named() {
    let names = list(&COMMANDS.map(|(name, ..)| name));
    let rules = list(&Rule::ALL.map(Rule::name));
    let cases = [
        (r#"{"do": "explode"}"#, format!("do is \"explode\"; allowed: {names}")),
        (r#"{"broker": 1}"#, format!("do is missing; allowed: {names}")),
        (r#"{"do": "kill"}"#, "broker is missing; allowed: 0..=8".to_string()),
        (r#"{"do": "kill", "broker": 12}"#, "broker is 12; allowed: 0..=8".to_string()),
        (r#"{"do": "send", "broker": 1}"#, "unknown field broker; allowed: do, producer".to_string()),
        (r#"{"do": "calm", "broker": 1}"#, "unknown field broker; allowed: do".to_string()),
        (r#"{"do": "partition"}"#, "groups is missing; allowed: a list of lists".to_string()),
        (r#"{"do": "partition", "groups": 1}"#, "groups is 1; allowed: a list of at most 9".to_string()),
        (
            r#"{"do": "partition", "groups": [[0], 1]}"#,
            "groups[1] is 1; allowed: a list of brokers".to_string(),
        ),
        (
            r#"{"do": "partition", "groups": [[0], []]}"#,
            "groups[1] is an empty list; allowed: a list of brokers".to_string(),
        ),
        (r#"{"do": "partition", "groups": [[9]]}"#, "groups[0] is 9; allowed: 0..=8".to_string()),
        (
            r#"{"do": "partition", "groups": [[0], [1, 0]]}"#,
            "groups[1] is 0; allowed: each broker once".to_string(),
        ),
        (
            r#"{"do": "network", "loss_permille": 1001}"#,
            "loss_permille is 1001; allowed: 0..=1000".to_string(),
        ),
        (r#"{"do": "network", "latency_us": 0}"#, "latency_us is 0; allowed: 1..=10000000".to_string()),
        (r#"{"do": "clock", "broker": 0}"#, "rate_permille is missing; allowed: 100..=4000".to_string()),
        (r#"{"do": "disk", "broker": 0, "full": 1}"#, "full is 1; allowed: true, false".to_string()),
        (
            r#"{"do": "hold", "message": -1, "ms": 1}"#,
            "message is -1; allowed: 0..=9007199254740991".to_string(),
        ),
        (
            r#"{"do": "rule", "rule": "gravity", "kept": false}"#,
            format!("rule is \"gravity\"; allowed: {rules}"),
        ),
        (
            r#"{"do": "rule", "rule": "noop_on_election"}"#,
            "kept is missing; allowed: true, false".to_string(),
        ),
    ];
    for (json, message) in cases {
        assert_eq!(read(json), Err(message), "{json}");
    }
}
