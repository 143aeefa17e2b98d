//! Our traces and the recordings of the original, read by one reader: the same kinds of line with the same fields.
//!
//! What differs, and why:
//!
//! * `log` lines quote the original's log files, and `leader_elected`, `steady_empty_begin` and the like are marks of
//!   the recorders; ours have none. Commands that the recorders had no use for are `op` lines of their own: `power_loss`,
//!   `delay`, and `heal` of one link, which says which.
//! * A caller gives up after 3 s; in the recordings somebody looks once a second, a second late.
//! * A dead target refuses after one way in the recordings, here a refusal flies back: `refused` is the caller's line,
//!   two ways after `send`. A broken connection is told to whoever waits, but not across a link that is cut: there
//!   calls end by `timeout` where the recordings have `conn_closed`.
//! * A link that is cut loses (`why`: `cut`); nothing is lost by chance (`loss`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use ledgerscope::scenario::{Draft, Scenario};
use ledgerscope::sim::World;
use ledgerscope::time::Micros;
use ledgerscope::trace::Trace;
use serde_json::{Value, json};

/// Each with random places and times of trouble through its seeds.
const SCENARIOS: [&str; 6] = [
    r#"{"message_every_ms": 400, "commands": [
        {"at_ms": 4000, "do": "kill", "broker": 0}, {"at_ms": 15000, "do": "restart", "broker": 0},
        {"at_ms": 25000, "do": "power_loss", "broker": 1}]}"#,
    r#"{"preset": "dledger-0.4", "message_every_ms": 400, "commands": [
        {"at_ms": 4000, "do": "isolate", "broker": 1}, {"at_ms": 18000, "do": "heal_all"},
        {"at_ms": 25000, "do": "transfer", "broker": 0}, {"at_ms": 25100, "do": "kill", "broker": 0},
        {"at_ms": 33000, "do": "restart", "broker": 0}]}"#,
    r#"{"preset": "dledger-0.3.1", "message_every_ms": 400, "commands": [
        {"at_ms": 4000, "do": "isolate", "broker": 2}, {"at_ms": 9000, "do": "kill", "broker": 1},
        {"at_ms": 15000, "do": "restart", "broker": 1}, {"at_ms": 22000, "do": "heal_all"}]}"#,
    r#"{"preset": "dledger-0.4", "preferred_leaders": [0, 1], "message_every_ms": 400}"#,
    r#"{"batch_append": true, "producers": [{"every_ms": 200, "batch": 5}]}"#,
    r#"{"message_every_ms": 300, "commands": [
        {"at_ms": 3000, "do": "cut", "from": 0, "to": 1}, {"at_ms": 6000, "do": "heal", "from": 0, "to": 1},
        {"at_ms": 7000, "do": "delay", "from": 1, "to": 2, "ms": 3500},
        {"at_ms": 7000, "do": "delay", "from": 2, "to": 1, "ms": 200},
        {"at_ms": 12000, "do": "cut", "from": 2, "to": 0}, {"at_ms": 14000, "do": "kill", "broker": 2}]}"#,
];
const SEEDS: u64 = 8;
const UNTIL: Micros = Micros::seconds(40);

fn ours(text: &str, seed: u64) -> Vec<Value> {
    let draft = serde_json::from_str(text).unwrap();
    let mut world = World::new(Scenario { seed, ..Scenario::from_draft(&draft).unwrap() });
    let mut trace = Trace::new(&mut world);
    while world.next_event_time().is_some_and(|at| at <= UNTIL) {
        trace.step(&mut world);
    }
    world.advance(UNTIL);
    trace.finish(&world)
}

/// Named, and each run once for all tests.
fn all_ours() -> &'static [(String, Vec<Value>)] {
    static RUNS: OnceLock<Vec<(String, Vec<Value>)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let numbered =
            SCENARIOS.iter().zip(1..).flat_map(|(text, n)| (1..=SEEDS).map(move |seed| (text, n, seed)));
        numbered.map(|(text, n, seed)| (format!("scenario {n}, seed {seed}"), ours(text, seed))).collect()
    })
}

fn recorded() -> &'static [(String, Vec<Value>)] {
    static RUNS: OnceLock<Vec<(String, Vec<Value>)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/traces");
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| {
            let mut text = String::new();
            GzDecoder::new(fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            (path.file_name().unwrap().to_str().unwrap().to_string(), lines)
        };
        paths.filter(|path| path.extension().is_some_and(|end| end == "gz")).map(read).collect()
    })
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or("")
}

/// What a line is, as far as its fields depend on it.
type Kind = [String; 3];
/// Of each kind the sets of fields there are, and of each field the types.
#[derive(Default)]
struct Shapes {
    fields: BTreeMap<Kind, BTreeSet<BTreeSet<String>>>,
    types: BTreeMap<(Kind, String), BTreeSet<String>>,
}

fn kind(line: &Value) -> Kind {
    let ev = text(line, "ev");
    let also = match ev {
        "op" => text(line, "op"),
        "drop" => text(line, "what"),
        "final" if line["up"] == false => "down",
        "timeout" | "conn_closed" => "",
        _ => text(line, "type"),
    };
    [ev, also, text(line, "pushType")].map(str::to_string)
}

fn type_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Bool(_) => "flag".to_string(),
        Value::Number(_) => "number".to_string(),
        Value::String(_) => "text".to_string(),
        Value::Array(all) if all.iter().any(Value::is_array) => {
            // Lists of entries: each entry is of one shape.
            let inner: BTreeSet<String> = all.iter().map(row).collect();
            format!("list of {inner:?}")
        }
        Value::Array(all) => format!("list of {:?}", all.iter().map(type_of).collect::<BTreeSet<_>>()),
        Value::Object(_) => "object".to_string(),
    }
}

fn row(value: &Value) -> String {
    value.as_array().unwrap().iter().map(type_of).collect::<Vec<_>>().join(" ")
}

impl Shapes {
    fn of(runs: &[(String, Vec<Value>)]) -> Shapes {
        let mut shapes = Shapes::default();
        for line in runs.iter().flat_map(|(_, lines)| lines) {
            let fields = line.as_object().unwrap();
            let kind = kind(line);
            for (name, value) in fields {
                shapes.types.entry((kind.clone(), name.clone())).or_default().insert(type_of(value));
            }
            shapes.fields.entry(kind).or_default().insert(fields.keys().cloned().collect());
        }
        shapes
    }
}

#[test]
fn lines_have_the_fields_and_types_of_the_recordings() {
    let (ours, recorded) = (Shapes::of(all_ours()), Shapes::of(recorded()));
    let own =
        [["op", "power_loss", ""], ["op", "delay", ""], ["final", "down", ""]].map(|k| k.map(str::to_string));
    for (kind, fields) in &ours.fields {
        let Some(theirs) = recorded.fields.get(kind) else {
            assert!(own.contains(kind), "{kind:?} is not recorded");
            continue;
        };
        let healed = BTreeSet::from(["t", "ev", "op", "sideA", "sideB"].map(str::to_string));
        let more = |fields: &&BTreeSet<String>| kind[1] != "heal" || **fields != healed;
        assert!(fields.iter().filter(more).all(|f| theirs.contains(f)), "{kind:?}: {fields:?} {theirs:?}");
    }
    let empty = "list of {}".to_string();
    for ((kind, field), types) in &ours.types {
        let Some(theirs) = recorded.types.get(&(kind.clone(), field.clone())) else { continue };
        let new: Vec<_> = types.difference(theirs).filter(|new| **new != empty).collect();
        assert!(new.is_empty(), "{kind:?} {field}: {new:?}, recorded {theirs:?}");
    }
    // All that is recorded happens here too, but for what the recorders alone do.
    let marks = ["op", "log"];
    let missing: Vec<_> = recorded
        .fields
        .keys()
        .filter(|k| !marks.contains(&k[0].as_str()) && !ours.fields.contains_key(*k))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for op in ["kill", "restart", "cut", "heal", "transfer"] {
        assert!(ours.fields.contains_key(&["op", op, ""].map(str::to_string)), "{op}");
    }
}

#[test]
fn time_never_goes_back() {
    for (name, lines) in all_ours().iter().chain(recorded()) {
        let times: Vec<f64> = lines.iter().map(|line| line["t"].as_f64().unwrap()).collect();
        assert!(times.is_sorted(), "{name}");
    }
}

/// The lines about one call, in order.
fn calls(lines: &[Value]) -> BTreeMap<u64, Vec<&Value>> {
    let mut calls: BTreeMap<u64, Vec<&Value>> = BTreeMap::new();
    for line in lines {
        if let Some(id) = line["id"].as_u64() {
            calls.entry(id).or_default().push(line);
        }
    }
    calls
}

/// How a call may go. A trace that ends, or a caller that dies, cuts it off anywhere.
const COURSES: [&str; 9] = [
    "send recv reply resp",
    "send recv reply timeout late_response",
    "send recv reply conn_closed late_response",
    "send recv reply drop/response timeout",
    "send drop/request timeout",
    "send refused",
    "send recv conn_closed",
    "send recv timeout",
    // its request or its refusal was too late for the caller, or the callee had forgotten the call by then
    "send timeout recv",
];

/// Only in the recordings: a link is cut, then the process at its other end dies.
const RECORDED_COURSE: &str = "send drop/request conn_closed";

fn course(call: &[&Value]) -> String {
    let word = |line: &&Value| match text(line, "ev") {
        "drop" => format!("drop/{}", text(line, "what")),
        ev => ev.to_string(),
    };
    call.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn starts_one_of(course: &str, courses: &[&str]) -> bool {
    courses
        .iter()
        .any(|whole| whole.strip_prefix(course).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

#[test]
fn every_call_takes_its_course_and_ends_once() {
    let mut seen = BTreeSet::new();
    for (name, lines) in all_ours() {
        for (id, call) in calls(lines) {
            let course = course(&call);
            assert!(starts_one_of(&course, &COURSES), "{name}: call {id}: {course}");
            seen.insert(course);
        }
    }
    for (name, lines) in recorded() {
        for (id, call) in calls(lines) {
            let course = course(&call);
            let known = starts_one_of(&course, &COURSES) || course == RECORDED_COURSE;
            assert!(known, "{name}: call {id}: {course}");
        }
    }
    let unseen: Vec<_> = COURSES.iter().filter(|course| !seen.contains(**course)).collect();
    assert_eq!(unseen, [&"send recv reply conn_closed late_response"], "a link keeps the order here");
}

#[test]
fn a_call_is_left_open_only_by_the_end_or_by_its_callers_death() {
    let ends = ["resp", "refused", "conn_closed", "timeout"];
    for (name, lines) in all_ours() {
        let down = |line: &&Value| ["kill", "power_loss"].contains(&text(line, "op"));
        let deaths: Vec<_> =
            lines.iter().filter(down).map(|l| (text(l, "node"), l["t"].as_f64().unwrap())).collect();
        for (id, call) in calls(lines) {
            let ended = call.iter().filter(|line| ends.contains(&text(line, "ev"))).count();
            let (from, sent) = (text(call[0], "from"), call[0]["t"].as_f64().unwrap());
            let died = deaths.iter().any(|(who, at)| *who == from && (sent..=sent + 3000.0).contains(at));
            assert!(
                ended == 1 || (ended == 0 && (died || sent > 37_000.0)),
                "{name}: call {id}: {}",
                course(&call)
            );
        }
    }
}

#[test]
fn a_message_flies_as_long_as_the_network_says() {
    for (name, lines) in all_ours().iter().filter(|(name, _)| !name.starts_with("scenario 6")) {
        for (id, call) in calls(lines) {
            let at = |ev: &str| call.iter().find(|l| text(l, "ev") == ev).map(|l| l["t"].as_f64().unwrap());
            let pairs = [("send", "recv"), ("reply", "resp")];
            let reply = call.iter().any(|l| text(l, "what") == "response");
            let dropped = (if reply { "reply" } else { "send" }, "drop");
            for (left, came) in pairs.into_iter().chain([dropped]) {
                if let (Some(left), Some(came)) = (at(left), at(came)) {
                    // Behind another message on the same link it takes longer, but not long.
                    assert!((1.0..=5.0).contains(&(came - left)), "{name}: call {id}: {} ms", came - left);
                }
            }
            if let (Some(sent), Some(timeout)) = (at("send"), at("timeout")) {
                assert!((timeout - sent - 3000.0).abs() < 0.001, "{name}: call {id}");
            }
        }
    }
}

#[test]
fn every_field_of_every_line_is_told_in_the_documentation() {
    let page = include_str!("../docs/trace.md");
    let sections: BTreeMap<&str, &str> = page
        .split("\n## `")
        .skip(1)
        .map(|section| section.split_once('`').expect("a heading names an event"))
        .collect();
    let shapes = Shapes::of(all_ours());
    for (kind, field) in shapes.types.keys().filter(|(_, field)| !["t", "ev"].contains(&field.as_str())) {
        let section = sections.get(kind[0].as_str()).unwrap_or_else(|| panic!("no section on {}", kind[0]));
        assert!(section.contains(&format!("`{field}`")), "{}: {field}", kind[0]);
    }
    for ev in sections.keys() {
        assert!(shapes.fields.keys().any(|kind| kind[0] == *ev), "{ev} never happens");
    }
}

#[test]
fn a_doubled_request_is_received_twice_and_new_commands_are_told_as_in_a_scenario() {
    let text = r#"{"message_every_ms": 0, "commands": [
        {"at_ms": 3000, "do": "network", "duplicate_permille": 1000},
        {"at_ms": 6000, "do": "pause", "broker": 0}
    ]}"#;
    let draft: Draft = serde_json::from_str(text).unwrap();
    let mut world = World::new(Scenario::from_draft(&draft).unwrap());
    let mut trace = Trace::new(&mut world);
    while world.now() < Micros::millis(7_000) && trace.step(&mut world).is_some() {}
    let lines = trace.take_lines();
    let of = |ev: &str| lines.iter().filter(|line| line["ev"] == ev).collect::<Vec<_>>();
    let late = of("recv").into_iter().filter(|line| line["t"].as_f64() > Some(3010.0));
    let ids: Vec<u64> = late.map(|line| line["id"].as_u64().unwrap()).collect();
    assert!(!ids.is_empty());
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 2, "{id}");
    }
    let ops = of("op");
    assert_eq!((&ops[0]["op"], &ops[0]["duplicate_permille"]), (&json!("network"), &json!(1000)));
    assert_eq!((&ops[1]["op"], &ops[1]["broker"]), (&json!("pause"), &json!(0)));
}
