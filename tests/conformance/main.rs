//! Every recorded run of the original, played by our members with the rules of the original: what they answer,
//! become and send must be what the recorded nodes did. `docs/conformance.md` is this test's account of it.
//!
//! * `recording`, `fields`: read a recording
//! * `streams`: what a node put out, in the order that matters
//! * `player`: plays one life of a node; `inputs`, `passes`, `search` are parts of it
//! * `compare`: compares what the member puts out with what the node did
//! * `differences`: what may differ, and why
//! * `page`: the account

mod compare;
mod differences;
mod fields;
mod inputs;
mod page;
mod passes;
mod player;
mod recording;
mod search;
mod streams;

use std::path::Path;

use ledgerscope::ledger::{Config, Disk, MemberId, Preset, Rule, Rules};

use compare::Compared;
use differences::Difference;
use recording::{Line, Recording, What};

/// A recording and how our members fared with it.
struct Played<'a> {
    recording: &'a Recording,
    lives: u64,
    compared: Compared,
    found: Vec<Difference>,
}

impl Played<'_> {
    /// Whether there is a difference without an explanation.
    fn differs(&self) -> bool {
        self.found.iter().any(|d| d.explanation().is_none())
    }
}

/// All recordings, by name.
fn recordings() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/traces");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|e| e == "gz")).collect();
    files.sort();
    files.iter().map(|file| Recording::read(file)).collect()
}

fn config(recording: &Recording, rules: Rules) -> Config {
    let rules = if recording.fast_advance { rules.with(Rule::NoopOnElection, true) } else { rules };
    Config { rules, ..Preset::DLedger04.config() }
}

/// The lines of each life of a node: from its start, or restart, until it is killed or the recording ends.
fn lives(recording: &Recording, node: MemberId) -> Vec<Vec<&Line>> {
    let mut lives = vec![Vec::new()];
    for line in recording.lines.iter().filter(|line| line.node == node) {
        match line.what {
            What::Restarted => lives.push(vec![line]),
            What::Killed => lives.push(Vec::new()),
            _ => lives.last_mut().unwrap().push(line),
        }
    }
    lives.retain(|life| !life.is_empty());
    lives
}

/// Plays all nodes of a recording, each life on the disk that the one before it left.
fn play(recording: &Recording, rules: Rules, until_first: bool) -> Played<'_> {
    let mut played = Played { recording, lives: 0, compared: Compared::default(), found: Vec::new() };
    for node in (0..recording.nodes).map(MemberId) {
        let mut disk = Disk::default();
        for lines in lives(recording, node) {
            disk = disk.recover().unwrap();
            let config = config(recording, rules);
            let (left, compared, found) = player::play(recording, lines, config, disk, until_first);
            disk = left;
            played.lives += 1;
            played.compared += compared;
            played.found.extend(found);
            if until_first && played.differs() {
                return played;
            }
        }
    }
    played
}

#[test]
fn our_members_do_what_the_recorded_nodes_did() {
    let recordings = recordings();
    let played: Vec<_> = recordings.iter().map(|r| play(r, Preset::DLedger04.rules(), false)).collect();
    let mut all = Compared::default();
    for Played { recording, compared, found, .. } in &played {
        let unexplained: Vec<_> = found.iter().filter(|d| d.explanation().is_none()).collect();
        assert!(unexplained.is_empty(), "{}: {unexplained:#?}", recording.name);
        // Whatever was recorded was compared.
        let lines = |of: fn(&What) -> bool| recording.lines.iter().filter(|l| of(&l.what)).count() as u64;
        let recorded = Compared {
            requests: recording.sent.len() as u64,
            replies: recording.replies.len() as u64,
            roles: lines(|w| matches!(w, What::Role { .. })),
            terms: lines(|w| matches!(w, What::Raised { .. })),
            rounds: lines(|w| matches!(w, What::RoundEnded { .. })),
            appends: lines(|w| matches!(w, What::AppendDone { .. } | What::TransferDone { .. })),
            votes: lines(|w| matches!(w, What::Voted { .. })),
            ends: lines(|w| matches!(w, What::Final(_))),
            ..compared.clone()
        };
        assert_eq!(*compared, recorded, "{}", recording.name);
        all += compared.clone();
    }
    // Timers that are right: nearly everything comes when it is due.
    let timely: u64 = all.late[..3].iter().sum();
    assert!(timely * 100 >= all.late.iter().sum::<u64>() * 99, "{all:?}");

    let account = page::account(&played, &page::sharpness(&recordings));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    expect_test::expect_file![page].assert_eq(&account);
}
