//! The binary: exit codes, what goes to which stream, and how it is worded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn ledgerscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ledgerscope")).args(arguments).output().unwrap()
}

fn golden(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path).to_str().unwrap().to_owned()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A ConsumeQueue file by itself, two units of which are swapped.
fn damaged(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ledgerscope-{}-{name}", std::process::id()));
    let queue = folder.join("consumequeue/TopicTest/0");
    fs::create_dir_all(&queue).unwrap();
    let path = "rocketmq/store-dledger/consumequeue/TopicTest/0/00000000000000000000";
    let mut bytes = fs::read(golden(path)).unwrap();
    bytes[..40].rotate_left(20);
    fs::write(queue.join("00000000000000000000"), bytes).unwrap();
    folder
}

#[test]
fn help_names_the_subcommands_and_the_exit_codes() {
    let output = ledgerscope(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("inspect"));
    assert!(
        text(&output.stdout).contains("Exit code: 0 all is well, 1 a check failed, 2 bad usage or input.")
    );
    let output = ledgerscope(&["inspect", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("--json"));
}

#[test]
fn bad_usage_is_exit_code_2_with_a_word_on_stderr() {
    for arguments in [&[][..], &["inspect"], &["inspect", "--no-such-option", "x"], &["no-such-command"]] {
        let output = ledgerscope(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).contains("Usage"), "{arguments:?}");
    }
    let output = ledgerscope(&["inspect", "no-such-file"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("ledgerscope: no-such-file: byte 0: "));
    let file = golden("README.md");
    let output = ledgerscope(&["inspect", &file]);
    assert_eq!(output.status.code(), Some(2));
    let says =
        format!("ledgerscope: {file}: byte 0: nothing that DLedger or RocketMQ writes is recognised here\n");
    assert_eq!(text(&output.stderr), says);
}

#[test]
fn a_clean_store_is_exit_code_0_and_every_record_a_line() {
    let output = ledgerscope(&["inspect", &golden("rocketmq/store-dledger")]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let stdout = text(&output.stdout);
    let line = "         162  entry 1 term 0 pos 162 size 165 body 117: message TopicTest queue 0 queue offset 1 \
                physical offset 210 size 117 body 7 stored 1700000001005 by 192.168.7.9:10911 TAGS=TagA\n";
    assert!(stdout.contains(line), "{stdout}");
    assert!(stdout.contains("          20  queue offset 1 physical offset 210 size 117 tagsCode 2598919\n"));
    let totals = "18 files: 28 entries, 28 messages, 28 index units, 27 queue units, 0 notes, 0 problems\n";
    assert!(stdout.ends_with(totals), "{stdout}");
}

#[test]
fn a_damaged_store_is_exit_code_1_and_stderr_says_where_it_first_goes_wrong() {
    let folder = damaged("problem");
    let file = folder.join("consumequeue/TopicTest/0/00000000000000000000");
    for more in [&[][..], &["--json"]] {
        let output = ledgerscope(&[&["inspect", folder.to_str().unwrap()], more].concat());
        assert_eq!(output.status.code(), Some(1));
        let says = format!(
            "ledgerscope: {}: byte 20: physical offset is 48, allowed: at least 327\n",
            file.display()
        );
        assert_eq!(text(&output.stderr), says);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn json_is_an_object_a_line_and_ends_with_the_summary() {
    let folder = damaged("json");
    let output = ledgerscope(&["inspect", "--json", folder.to_str().unwrap()]);
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["file", "queueUnit", "queueUnit", "problem", "queueUnit", "queueUnit", "summary"]);
    assert_eq!(lines[1]["physicalOffset"], 210);
    let problem = &lines[3];
    assert_eq!((&problem["offset"], &problem["found"]), (&20.into(), &"48".into()));
    assert_eq!(lines[6]["problems"], 1);
    assert_eq!(lines[6]["firstProblem"]["file"], problem["file"]);
    fs::remove_dir_all(folder).unwrap();
}
