use super::*;
use crate::time::Micros;

fn read(json: &str) -> Result<Scenario, Invalid> {
    Scenario::from_draft(&serde_json::from_str(json).unwrap())
}

#[test]
fn what_is_left_out_gets_its_default() {
    assert_eq!(read("{}"), Ok(Scenario::default()));
    assert_eq!(read(r#"{"seed": 7}"#).unwrap().seed, 7);
    assert_eq!(read(r#"{"seed": 1e3, "queues": 4.0}"#), read(r#"{"seed": 1000, "queues": 4}"#));
    let shorthand = read(r#"{"queues": 4, "message_every_ms": 20}"#).unwrap();
    assert_eq!(shorthand.topics, [TopicSpec { name: "TopicTest".to_string(), queues: 4 }]);
    assert_eq!(shorthand.producers, [ProducerSpec { topic: 0, every_ms: 20, batch: 1 }]);
}

#[test]
fn of_a_field_written_twice_the_last_counts_as_in_json_parse() {
    assert_eq!(read(r#"{"seed": 1, "seed": 2}"#).unwrap().seed, 2);
    assert_eq!(read(r#"{"seed": null, "seed": 2}"#).unwrap().seed, 2);
    assert!(read(r#"{"seed": 2, "seed": null}"#).is_err());
}

#[test]
fn a_scenario_reads_what_it_wrote() {
    let plain = Scenario { seed: SEED_MAX as u64, brokers: 9, ..Scenario::default() };
    let rich = read(
        r#"{
            "preset": "dledger-0.3.1", "rules": {"erase_on_truncate": true, "vote_by_the_log": false},
            "preferred_leaders": [1, 2], "batch_append": true,
            "topics": [{"name": "a"}, {"name": "b", "queues": 8}],
            "producers": [{"topic": "b", "every_ms": 100, "batch": 3}],
            "consumers": [{"topic": "b", "group": "g", "from": "first"}, {"topic": "a"}],
            "files": {"data_bytes": 4096, "index_bytes": 1000},
            "commands": [{"at_ms": 5, "do": "kill", "broker": 1}, {"at_us": 5001, "do": "heal_all"}]
        }"#,
    )
    .unwrap();
    assert!(!rich.rules.keep(Rule::VoteByTheLog) && rich.rules.keep(Rule::EraseOnTruncate));
    assert_eq!(rich.files.index_bytes, 1024);
    assert_eq!(rich.commands[1].0, Micros(5001));
    for scenario in [plain, rich] {
        let text = serde_json::to_string(&scenario).unwrap();
        assert_eq!(read(&text), Ok(scenario));
    }
}

#[test]
fn every_mistake_is_named_with_its_value_and_what_is_allowed() {
    let cases = [
        (r#"{"brokers": 12}"#, "brokers is 12; allowed: 1..=9"),
        (r#"{"brokers": 0}"#, "brokers is 0; allowed: 1..=9"),
        (r#"{"brokers": 2.5}"#, "brokers is not a whole number; allowed: 1..=9"),
        (r#"{"seed": -1}"#, "seed is -1; allowed: 0..=9007199254740991"),
        (r#"{"seed": "x"}"#, "seed is \"x\"; allowed: 0..=9007199254740991"),
        (r#"{"version": 2}"#, "version is 2; allowed: 1"),
        (r#"{"queues": [1]}"#, "queues is a list; allowed: 1..=16"),
        (r#"{"latency_min_us": 9000}"#, "latency_min_us is 9000; allowed: 1..=3000 (latency_max_us)"),
        (r#"{"preset": "raft"}"#, "preset is \"raft\"; allowed: intended, dledger-0.4, dledger-0.3.1"),
        (r#"{"rules": {"erase_on_truncate": 1}}"#, "rules.erase_on_truncate is 1; allowed: true, false"),
        (r#"{"topics": []}"#, "topics is an empty list; allowed: at least one"),
        (r#"{"topics": [{"queues": 2}]}"#, "topics[0].name is missing; allowed: a text"),
        (
            r#"{"topics": [{"name": "a"}, {"name": "a"}]}"#,
            "topics[1].name is \"a\"; allowed: names that differ",
        ),
        (r#"{"topics": [7]}"#, "topics[0] is 7; allowed: an object"),
        (r#"{"producers": [{"topic": "b"}]}"#, "producers[0].topic is \"b\"; allowed: TopicTest"),
        (
            r#"{"topics": [{"name": "a"}, {"name": "b"}], "consumers": [{}, {"group": "g"}, {"topic": "b"}]}"#,
            "consumers[2].topic is \"b\"; allowed: \"a\", as all of the group GroupTest",
        ),
        (r#"{"consumers": [{"from": "now"}]}"#, "consumers[0].from is \"now\"; allowed: last, first"),
        (r#"{"preferred_leaders": [3]}"#, "preferred_leaders[0] is 3; allowed: 0..=2"),
        (r#"{"files": {"data_bytes": 1}}"#, "files.data_bytes is 1; allowed: 1024..=1073741824"),
        (r#"{"commands": [{"do": "heal_all"}]}"#, "commands[0].at_ms is missing; allowed: 0..=86400000"),
        (
            r#"{"commands": [{"at_ms": 2, "do": "heal_all"}, {"at_us": 1999, "do": "heal_all"}]}"#,
            "commands[1].at_us is 1999; allowed: 2000 or later",
        ),
    ];
    for (json, message) in cases {
        assert_eq!(read(json).unwrap_err().to_string(), message, "{json}");
    }
    let unknown = read(r#"{"broker": 3}"#).unwrap_err().to_string();
    assert!(
        unknown.starts_with("unknown field broker; allowed: version, seed, brokers, queues"),
        "{unknown}"
    );
}
