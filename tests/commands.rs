//! `ledgerscope run`, `export` and `scenario schema`: exit codes, what goes to which stream, and how it is worded.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ledgerscope::ledger::{Preset, Rule};
use ledgerscope::scenario::{COMMANDS, Draft, NUMBERS, PARTS, Scenario};
use serde_json::Value;

fn ledgerscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ledgerscope")).args(arguments).output().unwrap()
}

/// The command with a scenario on standard input.
fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerscope"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that has seen enough closes its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Refused with exit code 2 and one line, and nothing else is said.
fn refusal(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = text(&output.stderr);
    said.strip_prefix("ledgerscope: ").and_then(|said| said.strip_suffix('\n')).unwrap_or(said)
}

fn temporary(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("ledgerscope-commands-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    path
}

const QUICK: &[u8] = br#"{"message_every_ms": 500}"#;

#[test]
fn a_run_prints_its_summary() {
    let output = with_input(&["run", "-", "--until", "5000", "--seed", "9"], QUICK);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["seed"], 9);
    assert_eq!(summary["simulatedMs"], 5000.0);
    assert_eq!(summary["brokers"].as_array().unwrap().len(), 3);
    assert!(summary["sends"]["results"]["SEND_OK"].as_u64().unwrap() > 3, "{summary}");
    assert_eq!(summary["violations"].as_array().unwrap().len(), 0);
    let again = with_input(&["run", "-", "--until", "5000", "--seed", "9"], QUICK);
    assert_eq!(again.stdout, output.stdout);
}

#[test]
fn a_trace_on_standard_output_sends_the_summary_to_standard_error() {
    let output = with_input(&["run", "-", "--until", "3000", "--trace", "-"], QUICK);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> = text(&output.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        (lines[0]["ev"].as_str(), lines.last().unwrap()["ev"].as_str()),
        (Some("header"), Some("final"))
    );
    let summary: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(summary["simulatedMs"], 3000.0);
    // In a file it is the same trace.
    let file = temporary("trace.jsonl");
    let to_file = with_input(&["run", "-", "--until", "3000", "--trace", file.to_str().unwrap()], QUICK);
    assert_eq!(fs::read(&file).unwrap(), output.stdout);
    fs::remove_file(&file).unwrap();
    assert_eq!(to_file.stdout, output.stderr);
}

#[test]
fn whoever_closes_the_trace_early_has_seen_enough() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerscope"));
    command.args(["run", "-", "--until", "600000", "--trace", "-"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(QUICK).unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("header"));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_scenario_that_cannot_be_read_is_exit_code_2_and_told_where() {
    for command in [&["run", "-"][..], &["export", "-", "--at", "0", "--out", "never-made"]] {
        let of = |input: &[u8]| refusal(&with_input(command, input)).to_string();
        assert_eq!(of(b"{\n  \"seed\": 7,,\n}"), "-: byte 14: key must be a string at line 2 column 13");
        assert!(of(b"").starts_with("-: byte 0: EOF while parsing"));
        assert!(of(b"{\"seed\": \xff}").starts_with("-: byte 9: "), "{}", of(b"{\"seed\": \xff}"));
        assert!(of(b"[1, 2]").starts_with("-: byte 0: "), "{}", of(b"[1, 2]"));
        assert!(of(&b"[".repeat(100_000)).starts_with("-: byte "));
        assert_eq!(of(br#"{"sed": 7}"#).split(';').next(), Some("-: unknown field sed"));
        assert_eq!(of(br#"{"brokers": 12}"#), "-: brokers is 12; allowed: 1..=9");
        assert_eq!(of(br#"{"brokers": "3"}"#), "-: brokers is \"3\"; allowed: 1..=9");
        assert_eq!(
            of(br#"{"commands": [{"at_ms": 5, "do": "kill"}]}"#),
            "-: commands[0].broker is missing; allowed: 0..=8"
        );
        for huge in ["1e999", "99999999999999999999", "-99999999999999999999", "9007199254740993.5"] {
            let said = of(format!("{{\"seed\": {huge}}}").as_bytes());
            assert!(said.starts_with("-: "), "{huge}: {said}");
        }
        let large = [b"{".as_slice(), &b" ".repeat(17 << 20), b"}"].concat();
        assert_eq!(of(&large), "-: more than 16777216 bytes; a scenario has less");
    }
    let said = ledgerscope(&["run", "no-such-file.json"]);
    assert!(refusal(&said).starts_with("no-such-file.json: "), "{said:?}");
    assert!(refusal(&ledgerscope(&["run", "src"])).starts_with("src: "));
    assert!(!Path::new("never-made").exists());
}

#[test]
fn bad_usage_is_exit_code_2() {
    let wrong = [
        &["run"][..],
        &["run", "-", "--no-such-option"],
        &["run", "-", "--seed", "99999999999999999999"],
        &["run", "-", "--seed", "9007199254740992"],
        &["run", "-", "--until", "-1"],
        &["run", "-", "--until", "18446744073709551616"],
        &["export", "-", "--at", "1"],
        &["export", "-", "--out", "x"],
        &["export", "-", "--at", "1", "--out", "x", "--data-file-bytes", "1023"],
        &["export", "-", "--at", "1", "--out", "x", "--index-file-bytes", "0"],
        &["export", "-", "--at", "1", "--out", "x", "--consume-queue-bytes", "6000001"],
        &["scenario"],
        &["scenario", "schema", "more"],
    ];
    for arguments in wrong {
        let output = with_input(arguments, QUICK);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
        assert!(!text(&output.stderr).contains("panicked"), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_written_is_exit_code_2() {
    let said = with_input(&["run", "-", "--until", "10", "--trace", "no/such/folder/trace"], QUICK);
    assert!(refusal(&said).starts_with("no/such/folder/trace: "));
    let file = temporary("file");
    fs::write(&file, "mine").unwrap();
    let out = file.to_str().unwrap();
    let said = with_input(&["export", "-", "--at", "1000", "--out", out], QUICK);
    assert!(refusal(&said).starts_with(&format!("{out}: ")));
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    fs::remove_file(&file).unwrap();
    if Path::new("/dev/full").exists() {
        let said = with_input(&["run", "-", "--until", "3000", "--trace", "/dev/full"], QUICK);
        assert!(refusal(&said).starts_with("/dev/full: "));
    }
}

#[test]
fn an_export_says_what_it_wrote_and_never_overwrites() {
    let out = temporary("export");
    let folder = out.to_str().unwrap();
    let sizes = ["--data-file-bytes", "1024", "--index-file-bytes", "33", "--consume-queue-bytes", "41"];
    let arguments = [&["export", "-", "--at", "5000", "--out", folder][..], &sizes].concat();
    let output = with_input(&arguments, QUICK);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let said: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(said.len(), 3);
    assert!(
        said[0].starts_with(out.join("n0").to_str().unwrap()) && said[0].ends_with(" entries"),
        "{said:?}"
    );
    let len = |file: &str| fs::metadata(out.join("n0").join(file)).unwrap().len();
    assert_eq!(len("dledger-n0/data/00000000000000001024"), 1024);
    assert_eq!(len("dledger-n0/index/00000000000000000064"), 64);
    assert_eq!(len("consumequeue/TopicTest/0/00000000000000000060"), 60);
    let inspected = ledgerscope(&["inspect", folder]);
    assert_eq!(inspected.status.code(), Some(0), "{inspected:?}");
    let again = with_input(&arguments, QUICK);
    assert_eq!(refusal(&again), format!("{folder}: not an empty folder"));
    fs::remove_dir_all(&out).unwrap();
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file()); // the folder in it has a test of its own
    paths.sort();
    paths
}

#[test]
fn the_examples_show_what_they_are_named_after() {
    let mut names = Vec::new();
    for path in examples() {
        let output = ledgerscope(&["run", path.to_str().unwrap()]);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_string();
        assert_eq!(summary["commandsRefused"].as_array().unwrap().len(), 0, "{name}");
        let breaks = ["figure_8", "leader_cut_off"].contains(&name.as_str());
        assert_eq!(output.status.code(), Some(i32::from(breaks)), "{name}: {output:?}");
        let leaders = summary["leaders"].as_array().unwrap();
        let terms = leaders.iter().map(|leader| leader["term"].as_u64().unwrap());
        match name.as_str() {
            "leader_killed" => assert!(terms.max() > Some(1), "{summary}"),
            "leader_cut_off" => {
                assert!(terms.max() > Some(1), "{summary}");
                let said = "takes entry 3 for committed, which it does not have";
                assert!(text(&output.stderr).contains(said), "{output:?}");
            }
            "preferred_leader" => assert_eq!(leaders.last().unwrap()["broker"], "n1", "{summary}"),
            "figure_8" => {
                assert!(text(&output.stderr).contains("committed another entry 1 than was committed before"))
            }
            _ => assert!(summary["sends"]["results"]["SEND_OK"].as_u64() > Some(10), "{name}: {summary}"),
        }
        names.push(name);
    }
    assert!(names.len() >= 5, "{names:?}");
}

/// The part of JSON Schema that a scenario's needs.
fn valid(schema: &Value, value: &Value) -> bool {
    let whole = |name: &str| schema[name].as_i64();
    let list = |name: &str| schema[name].as_array().map_or(&[][..], Vec::as_slice);
    let known = [
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "items",
        "properties",
        "additionalProperties",
        "required",
        "oneOf",
        "default",
        "description",
        "$schema",
        "title",
    ];
    for (word, _) in schema.as_object().unwrap() {
        assert!(known.contains(&word.as_str()), "this test does not know {word}");
    }
    let typed = match schema["type"].as_str() {
        None => true,
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(other) => panic!("this test does not know type {other}"),
    };
    let number = value.as_i64().unwrap_or(0);
    let bounded =
        whole("minimum").is_none_or(|min| min <= number) && whole("maximum").is_none_or(|max| number <= max);
    let length = value.as_str().map_or(0, |text| text.chars().count() as i64);
    let sized = whole("minLength").is_none_or(|min| min <= length)
        && whole("maxLength").is_none_or(|max| length <= max)
        && whole("minItems").is_none_or(|min| min <= value.as_array().map_or(min, |all| all.len() as i64))
        && whole("maxItems").is_none_or(|max| value.as_array().map_or(0, Vec::len) as i64 <= max);
    let chosen = (schema["enum"].is_null() || list("enum").contains(value))
        && (schema["const"].is_null() || schema["const"] == *value);
    let items = schema["items"].is_null()
        || value.as_array().is_none_or(|items| items.iter().all(|item| valid(&schema["items"], item)));
    let fields = value.as_object().is_none_or(|fields| {
        let allowed = fields.iter().all(|(name, value)| match schema["properties"].get(name) {
            Some(schema) => valid(schema, value),
            None => schema["additionalProperties"] != false,
        });
        allowed && list("required").iter().all(|name| fields.contains_key(name.as_str().unwrap()))
    });
    let one =
        list("oneOf").is_empty() || list("oneOf").iter().filter(|schema| valid(schema, value)).count() == 1;
    typed && bounded && sized && chosen && items && fields && one
}

fn schema() -> Value {
    let output = ledgerscope(&["scenario", "schema"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_schema_takes_what_can_be_run() {
    let schema = schema();
    for path in examples() {
        let example: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(valid(&schema, &example), "{}", path.display());
        // With every field written out.
        let draft: Draft = serde_json::from_value(example).unwrap();
        let whole = serde_json::to_value(Scenario::from_draft(&draft).unwrap()).unwrap();
        assert!(valid(&schema, &whole), "{whole}");
    }
    let default = serde_json::to_value(Scenario::default()).unwrap();
    assert!(valid(&schema, &default), "{default}");
    assert!(valid(&schema, &serde_json::json!({})));
}

#[test]
fn the_schema_refuses_what_a_run_refuses() {
    let schema = schema();
    let run = |scenario: &str| with_input(&["run", "-", "--until", "0"], scenario.as_bytes()).status.code();
    let wrong = [
        r#"{"sed": 1}"#,
        r#"{"seed": -1}"#,
        r#"{"seed": 9007199254740992}"#,
        r#"{"version": 2}"#,
        r#"{"brokers": 0}"#,
        r#"{"brokers": 2.5}"#,
        r#"{"preset": "dledger"}"#,
        r#"{"rules": {"no_such_rule": true}}"#,
        r#"{"rules": {"erase_on_truncate": 1}}"#,
        r#"{"preferred_leaders": [9]}"#,
        r#"{"batch_append": "yes"}"#,
        r#"{"topics": [{"queues": 1}]}"#,
        r#"{"topics": [{"name": "a", "queues": 17}]}"#,
        r#"{"producers": [{"batch": 33}]}"#,
        r#"{"producers": {}}"#,
        r#"{"consumers": [{"from": "middle"}]}"#,
        r#"{"files": {"data_bytes": 100}}"#,
        r#"{"commands": [{"do": "kill", "broker": 0}]}"#,
        r#"{"commands": [{"at_ms": 1, "at_us": 1000, "do": "heal_all"}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "kill"}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "explode"}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "heal_all", "broker": 0}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "delay", "from": 0, "to": 1, "ms": 600001}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "partition"}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "partition", "groups": [[0, 9]]}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "partition", "groups": [[]]}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "network", "loss_permille": 1001}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "clock", "broker": 0, "rate_permille": 99}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "disk", "broker": 0, "full": 1}]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "rule", "rule": "gravity", "kept": true}]}"#,
    ];
    for scenario in wrong {
        assert!(!valid(&schema, &serde_json::from_str(scenario).unwrap()), "{scenario}");
        assert_eq!(run(scenario), Some(2), "{scenario}");
    }
    // What one field says of another is beyond a schema.
    let beyond = [
        r#"{"latency_min_us": 5000, "latency_max_us": 1}"#,
        r#"{"topics": []}"#,
        r#"{"topics": [{"name": "a"}, {"name": "a"}]}"#,
        r#"{"producers": [{"topic": "no such"}]}"#,
        r#"{"preferred_leaders": [5]}"#,
        r#"{"commands": [{"at_ms": 1, "do": "partition", "groups": [[0], [0]]}]}"#,
        r#"{"commands": [{"at_ms": 2, "do": "heal_all"}, {"at_ms": 1, "do": "heal_all"}]}"#,
    ];
    for scenario in beyond {
        assert!(valid(&schema, &serde_json::from_str(scenario).unwrap()), "{scenario}");
        assert_eq!(run(scenario), Some(2), "{scenario}");
    }
}

/// All names of fields in a scenario with everything written out.
fn field_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.push(name.clone());
                field_names(value, names);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| field_names(value, names)),
        _ => {}
    }
}

#[test]
fn every_name_in_a_scenario_is_told_in_the_documentation() {
    let page = include_str!("../docs/scenario.md");
    let row = |name: &str| {
        let begin = format!("| `{name}` ");
        page.lines()
            .find(|line| line.starts_with(&begin))
            .unwrap_or_else(|| panic!("no row begins with {name}"))
    };
    for number in &NUMBERS {
        let cells: Vec<&str> = row(number.name).split('|').map(str::trim).collect();
        assert_eq!(
            cells[2..5],
            [number.default, number.min, number.max].map(|n| n.to_string()),
            "{}",
            number.name
        );
    }
    for name in PARTS {
        row(name);
    }
    for (name, needed, optional) in COMMANDS {
        assert!(
            needed.iter().chain(optional).all(|field| row(name).contains(&format!("`{field}`"))),
            "{name}"
        );
    }
    for rule in Rule::ALL {
        row(rule.name());
    }
    for preset in Preset::ALL {
        let told = row(preset.name());
        for rule in Rule::ALL {
            let lacks = told.contains(&format!("`{}`", rule.name()));
            assert_eq!(lacks, !preset.rules().keep(rule), "{} {}", preset.name(), rule.name());
        }
    }
    let mut names = Vec::new();
    for path in examples() {
        let draft: Draft = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        field_names(&serde_json::to_value(Scenario::from_draft(&draft).unwrap()).unwrap(), &mut names);
        assert!(
            page.contains(&format!("`{}`", path.file_name().unwrap().to_str().unwrap())),
            "{}",
            path.display()
        );
    }
    for name in names {
        assert!(page.contains(&format!("`{name}`")) || page.contains(&format!("\"{name}\"")), "{name}");
    }
}
