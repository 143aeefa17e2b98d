//! Store folders of real brokers, decoded and checked: DLedger's data, index, `currterm` and `checkpoint`, RocketMQ's
//! CommitLog, ConsumeQueues, `checkpoint`, IndexFile headers and consumer offsets.
//!
//! [`inspect`] takes paths, [`inspect_source`] one file from anywhere. Both give each record they find to a [`Sink`],
//! with the place it is at, and whatever is wrong. Files are read through a window, so their size does not matter, and
//! no bytes make it panic. Nothing is ever written.
//!
//! ```
//! use std::io::Cursor;
//! use ledgerscope::inspect::{Finding, inspect_source};
//!
//! // A unit of a ConsumeQueue whose size is -1.
//! let mut unit = [0; 20];
//! unit[8..12].fill(255);
//! let mut sink = |_: &Finding| Ok(());
//! let summary = inspect_source("consumequeue/T/0/00000000000000000000".as_ref(), Cursor::new(unit), &mut sink)?;
//! let first = summary.first_problem.expect("a size below 1 is wrong");
//! assert_eq!((first.offset, first.problem.to_string().as_str()), (8, "size is -1, allowed: at least 1"));
//! # Ok::<(), ledgerscope::inspect::Error>(())
//! ```

mod bytes;
mod commit_log;
mod detect;
mod index_units;
mod ledger;
mod message;
mod offsets;
mod queue;
mod report;
mod series;
mod small;
mod tree;
mod verdict;
mod walk;
mod window;

use std::path::Path;

pub use report::{Error, Finding, FirstProblem, Kind, MessageFields, Problem, Sink, Summary, What};
pub use tree::inspect;
pub use window::Source;

use detect::{Class, HEAD, classify};
use report::Report;
use series::{Series, start_of_name};

/// Reads one file, by itself. `path` need not exist: its name, and folders if it has any, help to tell the kind.
///
/// # Errors
/// A kind not known here, a source that fails, a sink that refuses.
pub fn inspect_source(path: &Path, source: impl Source, sink: &mut dyn Sink) -> Result<Summary, Error> {
    let file = path.display().to_string();
    let failed = |error| Error::Read { file: file.clone(), offset: 0, error };
    let start = path.file_name().and_then(|name| start_of_name(name.to_str()?)).unwrap_or(0);
    let mut series = Series::single(&file, start, Box::new(source)).map_err(failed)?;
    let Class::Known(kind) = classify(path, series.bytes(0, 0, HEAD)?) else {
        return Err(Error::Unknown { file });
    };
    let mut report = Report::new(sink);
    read_alone(kind, &mut series, &mut report)?;
    Ok(report.summary)
}

/// Reads files of one kind without any others to compare them with.
fn read_alone(kind: Kind, series: &mut Series<'_>, report: &mut Report<'_>) -> Result<(), Error> {
    match kind {
        Kind::EntryData => ledger::scan(series, None, &mut Default::default(), report).map(drop),
        Kind::EntryIndex => index_units::scan(series, None, report),
        Kind::VoteFile => small::vote(series, None, report),
        Kind::LedgerCheckpoint => small::ledger_checkpoint(series, None, report),
        Kind::CommitLog => commit_log::scan(series, &mut Default::default(), report).map(drop),
        Kind::ConsumeQueue => queue::scan(series, None, None, report).map(drop),
        Kind::StoreCheckpoint => small::store_checkpoint(series, report),
        Kind::IndexFile => small::index_file(series, report),
        Kind::ConsumerOffset => offsets::scan(series, None, report),
    }
}
