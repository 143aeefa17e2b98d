//! `ledgerscope check`: exit codes, what it prints and writes, and that jobs make no difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ledgerscope-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn ledgerscope(folder: &Path, arguments: &str) -> Output {
    let arguments = arguments.split_whitespace();
    Command::new(env!("CARGO_BIN_EXE_ledgerscope")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What a link has in its fragment.
fn decoded(link: &str) -> Value {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (_, code) = link.trim_end().split_once("#run=").unwrap();
    let bits: String = code.chars().map(|c| format!("{:06b}", DIGITS.find(c).unwrap())).collect();
    let whole = &bits.as_bytes()[..bits.len() / 8 * 8];
    let bytes = whole.chunks(8).map(|byte| u8::from_str_radix(text(byte), 2).unwrap());
    serde_json::from_slice(&bytes.collect::<Vec<_>>()).unwrap()
}

#[test]
fn seeds_that_break_nothing_are_exit_code_0_with_totals() {
    let folder = folder("clean");
    let output = ledgerscope(&folder, "check --seeds 3..9 --minutes 1 --jobs 2");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let says = text(&output.stdout);
    assert!(says.starts_with("6 runs, and nothing broken\n"), "{says}");
    for word in ["events", "lost", "crashes", "elections", "PUT_OK"] {
        assert!(says.contains(word), "{says}");
    }
    assert!(text(&output.stderr).starts_with("ledgerscope: 6 seeds in "), "{output:?}");

    let output = ledgerscope(&folder, "check --seeds 3..9 --minutes 1 --brokers 5 --json");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let one: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&one["violation"], &one["stats"]["runs"]), (&Value::Null, &6.into()));
    assert!(one["stats"]["looks"]["log_matching"].as_u64() > Some(0), "{one}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is written");
}

#[test]
fn the_first_seed_that_breaks_something_is_made_small_written_and_linked_however_many_jobs_there_are() {
    let folder = folder("broken");
    let search = "check --seeds 0..50 --minutes 1 --brokers 3 --rules-off raise_the_term";
    let alone = ledgerscope(&folder, &format!("{search} --jobs 1"));
    assert_eq!(alone.status.code(), Some(1), "{alone:?}");
    let lines: Vec<&str> = text(&alone.stdout).lines().collect();
    let [seed, left, written, replay, link] = lines[..] else { panic!("{lines:?}") };
    assert!(seed.starts_with("seed ") && seed.contains("both led term"), "{seed}");
    assert!(left.starts_with("made small: ") && left.contains("both led term"), "{left}");
    let file = written.strip_prefix("written to ").unwrap();

    // Again, with another number of jobs: the same words, and the file is there already.
    let together = ledgerscope(&folder, &format!("{search} --jobs 2"));
    assert_eq!(text(&together.stdout), text(&alone.stdout));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

    let again = ledgerscope(&folder, replay.strip_prefix("run it:  ledgerscope ").unwrap());
    assert_eq!(again.status.code(), Some(1));
    let sentence = left.split_once("runs: ").unwrap().1;
    assert!(text(&again.stderr).contains(sentence), "{sentence}: {again:?}");

    let scenario: Value = serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap();
    assert_eq!(decoded(link), scenario, "the link opens what the file has");
    assert!(link.starts_with("open it: http://localhost:5173/#run="));
    assert_eq!(scenario["rules"]["raise_the_term"], false);
    assert_eq!(scenario["preset"], Value::Null, "what is as it is by default is not said");

    // Somebody else's file of that name stays as it is.
    fs::write(folder.join(file), "mine").unwrap();
    let beside = ledgerscope(&folder, &format!("{search} --page https://example.org/x/ --json"));
    let one: Value = serde_json::from_slice(&beside.stdout).unwrap();
    assert_eq!(one["file"], file.replace(".json", "-2.json"));
    assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), "mine");
    assert_eq!(one["scenario"], scenario);
    assert_eq!(one["violation"]["invariant"], "one_leader_per_term");
    assert!(one["link"].as_str().unwrap().starts_with("https://example.org/x/#run="));
}

#[test]
fn what_is_not_allowed_is_refused_with_what_is() {
    let folder = folder("refused");
    fs::write(folder.join("there.json"), "mine").unwrap();
    let refused = [
        ("check --seeds 4..4", "allowed: A..B with A less than B, and B at most 9007199254740992"),
        ("check --seeds 4", "allowed: A..B"),
        ("check --seeds 0..9007199254740993", "allowed: A..B"),
        ("check --rules-off majority_to_lose", "allowed: compare_from_the_end, vote_by_the_log, "),
        ("check --rules-on x", "allowed: compare_from_the_end, "),
        ("check --preset newest", "allowed: intended, "),
        ("check --brokers 10", "10 is not in 1..=9"),
        ("check --minutes 0", "0 is not in 1..=60"),
        ("check --jobs 0", "0 is not in 1..=1024"),
        ("check --out there.json", "there.json: it exists, and nothing is ever overwritten"),
        ("check --out nowhere/x.json", "nowhere: no such folder"),
    ];
    for (arguments, why) in refused {
        let output = ledgerscope(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(output.stdout.is_empty() && text(&output.stderr).contains(why), "{arguments}: {output:?}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
