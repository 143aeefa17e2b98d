//! The account: `docs/conformance.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use ledgerscope::ledger::{Preset, Rule};

use crate::compare::{CLASSES, Compared};
use crate::differences::Explanation;
use crate::player::{EARLY, LATE, LATE_LOOK};
use crate::recording::Recording;
use crate::{Played, play};

/// Rules that a member by itself knows nothing of.
const OF_THE_BROKER: [Rule; 4] = [
    Rule::DispatchOnlyCommitted,
    Rule::RecoverBeforeServing,
    Rule::RecoverQueuesWhole,
    Rule::TakeOnlyAsMaster,
];

/// A rule, whether the original keeps it, and in how many recordings it shows if that is turned round.
pub struct Turned {
    rule: Rule,
    kept: bool,
    shows: usize,
}

/// Turns the rules of the original round, one at a time, and plays the first run of each scenario.
pub fn sharpness(recordings: &[Recording]) -> Vec<Turned> {
    let rules = Preset::DLedger04.rules();
    let turn = |rule: &Rule| {
        let kept = rules.keep(*rule);
        let turned = rules.with(*rule, !kept);
        let shows =
            first_runs(recordings).filter(|recording| play(recording, turned, true).differs()).count();
        Turned { rule: *rule, kept, shows }
    };
    Rule::ALL.iter().filter(|rule| !OF_THE_BROKER.contains(rule)).map(turn).collect()
}

fn first_runs(recordings: &[Recording]) -> impl Iterator<Item = &Recording> {
    recordings.iter().filter(|recording| recording.name.ends_with("-1"))
}

pub fn account(played: &[Played], sharpness: &[Turned]) -> String {
    let mut all = Compared::default();
    let mut rows: BTreeMap<(String, u8), Row> = BTreeMap::new();
    for played in played {
        all += played.compared.clone();
        let row = rows.entry((scenario(&played.recording.name), played.recording.nodes)).or_default();
        row.recordings += 1;
        row.lives += played.lives;
        row.compared += played.compared.clone();
        for difference in &played.found {
            *row.differences.entry(difference.explanation()).or_default() += 1;
        }
    }
    let differences: u64 = rows.values().flat_map(|row| row.differences.values()).sum();
    let mut page = format!(
        "# Does a member do what the original did?\n\n\
         {recordings} runs of DLedger 0.4.0 were recorded: every request, answer, role change and append of three or five\n\
         nodes, with the time of each (`tests/golden/README.md`). The test `conformance` plays every life of every node\n\
         again with a member of ours and the preset `dledger-0.4`. This page is written by that test and checked by it.\n\n\
         {equal} recorded things were compared and found equal; {differences} differs, for a reason given below. Nothing\n\
         recorded was left out: a request, answer, role change or term that is not compared fails the test.\n\n",
        recordings = played.len(),
        equal = grouped(all.total()),
    );
    page.push_str(HOW);
    write!(
        page,
        "\nThreads of the recorded nodes may be late by {late} (the machine was shared), loops of the two may tick up to {early}\n\
         apart, and what is looked for once a second may be found by the next look ({look}). Of {outputs} outputs that a\n\
         thread made by itself, so much later than the member's was due the node's came:\n\n",
        late = ms(LATE.0),
        early = ms(EARLY.0),
        look = ms(LATE_LOOK.0),
        outputs = grouped(all.late.iter().sum()),
    )
    .unwrap();
    let mut table = Table::new(&["later by at most", "outputs"]);
    for (n, count) in all.late.iter().enumerate() {
        let most = CLASSES.get(n).unwrap_or(&LATE);
        table.row(vec![ms(most.0), grouped(*count)]);
    }
    page.push_str(&table.text());

    page.push_str("\n## What differs\n\n");
    let mut table = Table::new(&["class", "count", "why"]);
    for explanation in Explanation::ALL {
        let count: u64 = rows.values().filter_map(|row| row.differences.get(&Some(explanation))).sum();
        table.row(vec![explanation.name().into(), count.to_string(), explanation.sentence().into()]);
    }
    page.push_str(&table.text());
    page.push_str(NOT_COMPARED);

    write!(page, "\n## How sharp it is\n\nThe first run of each of the {scenarios} rows below, with one rule turned round: in how many of them that shows.\n\n", scenarios = rows.len()).unwrap();
    let mut table = Table::new(&["rule", "the original", "turned round it shows in"]);
    for Turned { rule, kept, shows } in sharpness {
        let keeps = if *kept { "keeps it" } else { "does not" };
        table.row(vec![format!("`{}`", rule.name()), keeps.into(), shows.to_string()]);
    }
    page.push_str(&table.text());
    page.push_str(UNSEEN);

    page.push_str("\n## Scenario by scenario\n\n");
    let mut table = Table::new(&[
        "scenario",
        "nodes",
        "runs",
        "lives",
        "requests",
        "answers",
        "roles",
        "terms",
        "vote rounds",
        "appends",
        "votes",
        "ends",
        "differences",
    ]);
    for ((scenario, nodes), row) in &rows {
        table.row(row.cells(format!("`{scenario}`"), nodes.to_string()));
    }
    let mut sum = Row { recordings: played.len() as u64, compared: all, ..Row::default() };
    sum.lives = rows.values().map(|row| row.lives).sum();
    for row in rows.values() {
        for (explanation, count) in &row.differences {
            *sum.differences.entry(*explanation).or_default() += count;
        }
    }
    table.row(sum.cells("all".into(), String::new()));
    page.push_str(&table.text());
    page
}

const HOW: &str = "\
## How it is compared

A member gets what its recorded counterpart got, in the same order and at the same times: requests, answers, failed
calls, clients' appends, transfers, restarts on the disk that its earlier life left. Random pauses are those that the
recording shows. Compared, exactly and in order:

- every request it sends, with all its fields, for each peer and kind (VOTE, HEART_BEAT, PUSH, LEADERSHIP_TRANSFER)
- every answer it gives, with all its fields
- every role change with its term, every term raised, every vote round with its result
- how every client's append and every transfer ended, with the entry's index
- term and vote whenever the node was looked at, what it loaded at its start, and its role, term, leader, commit index
  and log at the end

What a recording cannot tell is when a thread ran between two events. So the recording decides when a thread makes its
pass, and never what the pass does: the pass is made where what it puts out is what the node put out then. A request is
handled at a moment between its arrival and its answer. If there is no such moment, the member goes on by itself
and the difference is noted.
";

const NOT_COMPARED: &str = "
Not compared, because members here do not have it: the `leaderId` that answers echo, and when the state machine was
given an entry. An entry counts as applied when it is committed.

Not noticed, as trials with other numbers showed: the period of the looks at APPENDs that do not fit (their moments are
free), and what is added to a candidate's pause after REJECT_ALREADY_HAS_LEADER (6 s) and behind larger logs (1 s),
since every such candidate in the recordings follows somebody before the shorter pause and the time allowed are over.
";

const UNSEEN: &str = "
A rule that shows in none made no difference to these runs: nobody asked for a vote whose log was cut and not yet
filled again, no request of a deposed leader came late, no log was recovered with a cut at its end, nothing waited
at an index that was applied before, and batches were off. The tests of `src/ledger` alone pin those rules.
";

/// What was compared in the runs of a scenario.
#[derive(Default)]
struct Row {
    recordings: u64,
    lives: u64,
    compared: Compared,
    differences: BTreeMap<Option<Explanation>, u64>,
}

impl Row {
    fn cells(&self, scenario: String, nodes: String) -> Vec<String> {
        let c = &self.compared;
        let counts = [
            self.recordings,
            self.lives,
            c.requests,
            c.replies,
            c.roles,
            c.terms,
            c.rounds,
            c.appends,
            c.votes,
            c.ends,
        ];
        let differences = self.differences.iter().map(|(explanation, count)| {
            format!("{count} {}", explanation.map_or("not explained", Explanation::name))
        });
        let differences: Vec<_> = differences.collect();
        let mut cells = vec![scenario, nodes];
        cells.extend(counts.map(grouped));
        cells.push(if differences.is_empty() { "none".into() } else { differences.join(", ") });
        cells
    }
}

/// The name of a recording without nodes and number.
fn scenario(recording: &str) -> String {
    recording.split('-').next().unwrap_or(recording).to_owned()
}

fn ms(micros: u64) -> String {
    format!("{} ms", micros / 1000)
}

fn grouped(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", grouped(n / 1000), n % 1000) }
}

/// A table in Markdown, its columns as wide as Prettier makes them.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new(head: &[&str]) -> Table {
        Table(vec![head.iter().map(|cell| (*cell).to_owned()).collect()])
    }

    fn row(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    fn text(&self) -> String {
        let width = |n: usize| self.0.iter().map(|row| row[n].chars().count()).max().unwrap_or(0).max(3);
        let widths: Vec<_> = (0..self.0[0].len()).map(width).collect();
        let line = |row: &[String]| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:width$} |"));
            format!("|{}\n", cells.collect::<String>())
        };
        let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
        let body: String = self.0[1..].iter().map(|row| line(row)).collect();
        line(&self.0[0]) + &line(&rule) + &body
    }
}
