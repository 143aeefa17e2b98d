//! Every rule has a run in which it is needed: found by `ledgerscope check`, made small, and kept in
//! `examples/scenarios/broken`. `docs/rules-broken.md` has the table, which is written here.
//!
//! `UPDATE_EXPECT=1 cargo test --test broken` writes the table anew from the scenarios there are;
//! `UPDATE_EXPECT=1 cargo test --release --test broken -- --ignored` searches for all of them again, which takes a while.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use ledgerscope::check::{Run, Violation, Watch};
use ledgerscope::ledger::{Rule, Rules};
use ledgerscope::scenario::{Draft, Scenario};
use ledgerscope::time::Micros;
use serde_json::Value;

const COMMANDS_MAX: usize = 11;
const BEGIN: &str = "<!-- broken: written by tests/broken.rs -->\n";
const END: &str = "<!-- /broken -->";

/// What each rule protects from.
const FROM: [(Rule, &str); 25] = [
    (Rule::CompareFromTheEnd, "a new leader that takes a follower's log for its own without having asked"),
    (Rule::VoteByTheLog, "a candidate that says it has what it was made to delete"),
    (Rule::CheckControlPushes, "a slow TRUNCATE or COMMIT of a leader that no longer leads"),
    (Rule::TruncateOnlyConflicts, "committed entries deleted together with those that conflict"),
    (Rule::ResendFromTheMatch, "a lost first push after which a leader waits for ever"),
    (Rule::AnswerOnlyCommitted, "SUCCESS for an entry that only the leader has"),
    (Rule::BatchesFill, "a request for each entry, though batching is on"),
    (Rule::EraseOnTruncate, "deleted entries that come back, and entries at other places than the leader's"),
    (
        Rule::CountOnlyCurrentTerm,
        "an entry of an older term, committed and then overwritten (Raft, figure 8)",
    ),
    (Rule::NoopOnElection, "a leader that cannot serve until somebody writes, and nobody can"),
    (Rule::HeedLargerTerm, "a broker ahead by a term that stays outside for good"),
    (Rule::AnswerOnTermChange, "a producer that waits for an answer nobody will give"),
    (Rule::RememberVote, "a second vote in one term, after a restart"),
    (Rule::CompareLogsBeforeVoting, "a leader without what is committed"),
    (Rule::MajorityToWin, "two brokers that each win an election"),
    (Rule::MajorityToCommit, "SUCCESS for what a single death takes away"),
    (Rule::RaiseTheTerm, "a second election, and a second leader, in one term"),
    (Rule::StepDownOnLargerTerm, "an old leader that goes on in a term that nobody gave it"),
    (
        Rule::TruncateConflicts,
        "a follower that keeps what its leader does not have, and takes it for committed",
    ),
    (Rule::VoteOnceATerm, "a second vote in one term, after standing again"),
    (Rule::DispatchOnlyCommitted, "consumers that see messages which never come to be"),
    (Rule::RecoverBeforeServing, "a queue offset given again, so that a message never shows"),
    (Rule::FlushBeforeAcknowledging, "a loss of power that takes what was acknowledged"),
    (
        Rule::RecoverQueuesWhole,
        "a crash after which ConsumeQueues lack messages, or have some that were deleted",
    ),
    (Rule::TakeOnlyAsMaster, "a queue offset given again by a leader that is not master yet"),
];

/// Rules of which no run is kept: the document says why, and where to see what they are for.
const WITHOUT_A_RUN: &[Rule] =
    &[Rule::VoteByTheLog, Rule::AnswerOnlyCommitted, Rule::BatchesFill, Rule::AnswerOnTermChange];

/// Rules whose run was looked for in another way, as the document says.
const OTHERWISE: &[Rule] = &[
    Rule::CheckControlPushes,
    Rule::ResendFromTheMatch,
    Rule::EraseOnTruncate,
    Rule::CountOnlyCurrentTerm,
    Rule::HeedLargerTerm,
    Rule::FlushBeforeAcknowledging,
];

/// A rule that hides the absence of another: its run goes without both.
const HIDDEN: [(Rule, Rule); 1] = [(Rule::CountOnlyCurrentTerm, Rule::NoopOnElection)];

fn hider(rule: Rule) -> Option<Rule> {
    HIDDEN.iter().find(|(hidden, _)| *hidden == rule).map(|(_, hider)| *hider)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(rule: Rule) -> PathBuf {
    root().join(format!("examples/scenarios/broken/{}.json", rule.name()))
}

fn scenario(rule: Rule) -> Option<Scenario> {
    let draft: Draft = serde_json::from_slice(&fs::read(file(rule)).ok()?).unwrap();
    Some(Scenario::from_draft(&draft).unwrap())
}

fn broken(scenario: &Scenario) -> Violation {
    Run::new(scenario.clone()).finish().expect_err("something breaks")
}

/// The table's line of a rule. How many seeds the search needed is told, the rest is seen.
fn line(rule: Rule, from: &str, seeds: &str) -> String {
    let scenario = scenario(rule).expect("a scenario");
    let violation = broken(&scenario);
    let commands = match scenario.commands.len() {
        1 => "1 command".to_string(),
        n => format!("{n} commands"),
    };
    // Up to a hundredth of a second, and never 0.
    let hundredths = violation.at.0.div_ceil(10_000);
    let time = format!("{}.{:02} s", hundredths / 100, hundredths % 100);
    let caught = violation.invariant().name();
    format!("| `{}` | {from} | `{caught}` | {seeds} | {commands}, {time} |", rule.name())
}

fn document() -> (PathBuf, String) {
    let path = root().join("docs/rules-broken.md");
    let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    (path, text)
}

/// Compares the document with the same with this table in it.
fn expect_table(seeds: &BTreeMap<String, String>) {
    let (path, text) = document();
    let (before, rest) = text.split_once(BEGIN).expect("the table's place");
    let (_, after) = rest.split_once(END).expect("the table's end");
    let mut rows =
        vec![["rule", "what it protects from", "caught by", "seeds", "what is left"].map(String::from)];
    for (rule, from) in FROM.into_iter().filter(|(rule, _)| !WITHOUT_A_RUN.contains(rule)) {
        let seeds = seeds.get(rule.name()).map_or("", String::as_str);
        let cells: Vec<String> =
            line(rule, from, seeds).split('|').map(|cell| cell.trim().to_string()).collect();
        rows.push(cells[1..6].to_vec().try_into().unwrap());
    }
    let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let padded = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    rows.insert(1, std::array::from_fn(|n| "-".repeat(widths[n])));
    let table: String = rows.iter().map(padded).collect();
    expect_test::expect_file![path].assert_eq(&format!("{before}{BEGIN}\n{table}\n{END}{after}"));
}

/// The seeds that the table says were needed, by rule.
fn told() -> BTreeMap<String, String> {
    let (_, text) = document();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().replace('`', "")).collect::<Vec<_>>();
    text.lines().map(cells).filter(|row| row.len() == 7).map(|row| (row[1].clone(), row[4].clone())).collect()
}

#[test]
fn every_rule_has_a_run_in_which_it_is_needed_or_a_reason_why_there_is_none() {
    let folder = root().join("examples/scenarios/broken");
    let mut found: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let mut due: Vec<String> = Rule::ALL
        .iter()
        .filter(|rule| !WITHOUT_A_RUN.contains(rule))
        .map(|rule| format!("{}.json", rule.name()))
        .collect();
    due.sort();
    assert_eq!(found, due);
    assert_eq!(FROM.map(|(rule, _)| rule), Rule::ALL);
    let (_, text) = document();
    let outside = text.split(BEGIN).next().unwrap().to_string() + text.split(END).nth(1).unwrap();
    for rule in WITHOUT_A_RUN.iter().chain(OTHERWISE) {
        assert!(outside.contains(&format!("`{}`", rule.name())), "{}", rule.name());
    }
}

#[test]
fn the_sentence_of_each_run_is_whole() {
    for rule in Rule::ALL {
        let Some(scenario) = scenario(rule) else { continue };
        let said = broken(&scenario).to_string();
        assert!(!said.contains("  ") && !said.ends_with(' '), "{}: {said}", rule.name());
    }
}

#[test]
fn the_table_says_what_each_run_breaks_when_and_with_how_little() {
    expect_table(&told());
}

#[test]
fn a_run_is_short_and_goes_without_its_rule_only() {
    for rule in Rule::ALL {
        let Some(scenario) = scenario(rule) else { continue };
        let without = hider(rule).into_iter().chain([rule]).collect::<Vec<_>>();
        assert_eq!(scenario.rules, Rules::SAFE.without(&without), "{}", rule.name());
        assert!(scenario.commands.len() <= COMMANDS_MAX && scenario.brokers == 3, "{}", rule.name());
    }
}

#[test]
fn with_the_rule_the_same_run_breaks_nothing() {
    for rule in Rule::ALL {
        let Some(mut scenario) = scenario(rule) else { continue };
        let at = broken(&scenario).at;
        scenario.rules = scenario.rules.with(rule, true);
        // Without the rule that would have hidden it, a group is not promised to go on.
        let patience = match hider(rule) {
            Some(_) => Micros::seconds(60),
            None => Watch::new(&scenario).patience(),
        };
        Run::until(scenario, at + patience)
            .finish()
            .unwrap_or_else(|violation| panic!("with {}: {violation}", rule.name()));
    }
}

/// Searches as the document says, and how many seeds that took.
fn search(rule: Rule, out: &Path) -> u64 {
    let _ = fs::remove_file(out);
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerscope"));
    command
        .args(["check", "--json", "--seeds", "0..20000", "--brokers", "3", "--minutes", "2", "--out"])
        .arg(out);
    match rule {
        Rule::FlushBeforeAcknowledging => command.arg("--power-loss"),
        _ => command.args(["--rules-off", rule.name()]),
    };
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}: {output:?}", rule.name());
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    said["seed"].as_u64().unwrap() + 1
}

#[test]
#[ignore = "takes many minutes"]
fn the_runs_are_those_that_the_search_leaves() {
    let out = env::temp_dir().join(format!("ledgerscope-broken-{}.json", std::process::id()));
    let mut seeds = told();
    let searched = |rule: &Rule| !WITHOUT_A_RUN.contains(rule) && hider(*rule).is_none();
    for rule in Rule::ALL.into_iter().filter(searched) {
        let needed = search(rule, &out);
        println!("{}: {needed} seeds", rule.name());
        seeds.insert(rule.name().to_string(), needed.to_string());
        if !OTHERWISE.contains(&rule) {
            expect_test::expect_file![file(rule)].assert_eq(&fs::read_to_string(&out).unwrap());
        }
        fs::remove_file(&out).unwrap();
    }
    expect_table(&seeds);
}
