//! One file of a store folder, whatever its kind, inspected by itself.

use std::io::Cursor;

use ledgerscope::inspect::{Error, Finding, Summary, What, inspect_source};
use ledgerscope::store::{CqUnit, EntryHeader, IndexUnit, file_name};

use super::input::Input;

/// The folders that tell the kind, with a name if it is always the same.
const PATHS: [(&str, Option<&str>); 9] = [
    ("dledger-n0/data", None),
    ("dledger-n0/index", None),
    ("commitlog", None),
    ("consumequeue/T/0", None),
    ("elsewhere", None),
    ("dledger-n0", Some("currterm")),
    ("dledger-n0", Some("checkpoint")),
    ("index", Some("20261123025237121")),
    ("config", Some("consumerOffset.json")),
];

/// What an inspection says is in the bytes at the place it names, it counts what it says, and it says the same again.
pub fn inspect(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (folder, name) = PATHS[usize::from(input.byte()) % PATHS.len()];
    let name = name.map_or_else(|| file_name(input.start(4096)), str::to_owned);
    let path = format!("{folder}/{name}");
    let (mut counted, mut lines) = (Summary::default(), Vec::new());
    let mut sink = |finding: &Finding<'_>| {
        check(finding, input.0, &mut counted);
        lines.push(serde_json::to_string(finding).expect("a finding is written"));
        Ok(())
    };
    let summary = match inspect_source(path.as_ref(), Cursor::new(input.0), &mut sink) {
        Ok(summary) => summary,
        Err(Error::Unknown { file }) => return assert_eq!(file, path),
        Err(error) => panic!("{error}"),
    };
    let first = summary.first_problem.clone();
    assert_eq!(first.is_some(), summary.problems > 0);
    let uncounted =
        Summary { files: 1, messages: 0, consumer_offsets: 0, notes: 0, first_problem: None, ..summary };
    assert_eq!(counted, uncounted);

    let mut again = lines.iter();
    let mut same = |finding: &Finding<'_>| {
        let line = serde_json::to_string(finding).expect("a finding is written");
        assert_eq!(Some(&line), again.next());
        Ok(())
    };
    let second =
        inspect_source(path.as_ref(), Cursor::new(input.0), &mut same).expect("it could be read once");
    assert_eq!((second.problems, second.first_problem), (counted.problems, first));
}

fn check(finding: &Finding<'_>, bytes: &[u8], counted: &mut Summary) {
    let there = bytes.get(finding.offset as usize..).expect("findings are within the file");
    match finding.what {
        What::File { size, .. } => {
            counted.files += 1;
            assert_eq!(size, bytes.len() as u64);
        }
        What::Entry { size, index, term, .. } => {
            counted.entries += 1;
            let header = EntryHeader::decode(there).expect("an entry is there");
            assert_eq!((header.size, header.index.0, header.term.0), (size, index, term));
            assert!(there.len() >= size as usize);
        }
        What::IndexUnit { pos, size, index, term, .. } => {
            counted.index_units += 1;
            let unit = IndexUnit::decode(there).expect("a unit is there");
            assert_eq!((unit.pos, unit.size, unit.index.0, unit.term.0), (pos, size, index, term));
        }
        What::QueueUnit { physical_offset: offset, size, tags_code, filler, .. } => {
            counted.queue_units += u64::from(!filler);
            assert_eq!(CqUnit::decode(there), Some(CqUnit { offset, size, tags_code }));
        }
        What::Problem(ref problem) => {
            counted.problems += 1;
            assert!(!problem.what.is_empty() && !problem.allowed.is_empty());
        }
        _ => {}
    }
}
