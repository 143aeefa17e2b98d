//! `ledgerscope inspect`: prints what `ledgerscope::inspect` finds.

use std::fmt::{self, Display, Write as _};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use ledgerscope::inspect::{Error, Finding, MessageFields, Summary, What, inspect};

use crate::command::Outcome;

/// Decode and check store files of DLedger and RocketMQ
///
/// Reads DLedger's data and index files, currterm and checkpoint, RocketMQ's CommitLog, ConsumeQueues, checkpoint,
/// IndexFile headers and consumerOffset.json; tells which is which by names, folders and content. Prints every record
/// with its byte offset, and says where it first goes wrong. Give a store's folder whole to have its files compared
/// with each other. Nothing is ever written.
#[derive(clap::Args)]
pub struct Args {
    /// Files, or folders to be read with all that is in them
    #[arg(required = true, value_name = "FILE OR FOLDER")]
    paths: Vec<PathBuf>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Outcome {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut file = String::new();
    let mut sink = |finding: &Finding<'_>| {
        if args.json {
            serde_json::to_writer(&mut out, finding)?;
            return out.write_all(b"\n");
        }
        if file != finding.file {
            file.clear();
            file.push_str(finding.file);
            writeln!(out, "{file}")?;
        }
        writeln!(out, "{:>12}  {}", finding.offset, Line(&finding.what))
    };
    let inspected = inspect(&args.paths, &mut sink);
    let ended = inspected.and_then(|summary| {
        let written = match args.json {
            true => {
                serde_json::to_writer(&mut out, &summary).map_err(Into::into).and_then(|()| writeln!(out))
            }
            false => writeln!(out, "{}", Totals(&summary)),
        };
        written.and_then(|()| out.flush()).map_err(Error::Sink)?;
        Ok(summary)
    });
    match ended {
        Ok(Summary { first_problem: None, .. }) => Outcome::Good,
        Ok(Summary { first_problem: Some(first), problems, .. }) => {
            let more =
                if problems > 1 { format!(" (the first of {problems} problems)") } else { String::new() };
            eprintln!("ledgerscope: {first}{more}");
            Outcome::CheckFailed
        }
        // Whoever read our output has seen enough.
        Err(Error::Sink(error)) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Good,
        Err(error) => {
            // What was found before is worth having; that it may not be written is no second error.
            let _ = out.flush();
            eprintln!("ledgerscope: {error}");
            Outcome::Failed
        }
    }
}

/// One finding in words, in one line.
struct Line<'a>(&'a What<'a>);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            What::File { kind, size } => write!(f, "{kind}, {size} bytes"),
            What::Entry { magic, size, index, term, pos, body_size, message } => {
                let noop = if *magic == 2 { " NOOP" } else { "" };
                write!(f, "entry {index}{noop} term {term} pos {pos} size {size} body {body_size}")?;
                message.as_ref().map_or(Ok(()), |message| write!(f, ": {}", Message(message)))
            }
            What::Message { message } => Message(message).fmt(f),
            What::Padding { size } => write!(f, "padding, {size} bytes"),
            What::Unwritten { size } => write!(f, "not written from here on, {size} bytes"),
            What::IndexUnit { magic, pos, size, index, term } => {
                write!(f, "unit of entry {index} term {term} pos {pos} size {size} magic {magic}")
            }
            What::QueueUnit { filler: true, queue_offset, .. } => {
                write!(f, "queue offset {queue_offset} filler")
            }
            What::QueueUnit { queue_offset, physical_offset, size, tags_code, .. } => write!(
                f,
                "queue offset {queue_offset} physical offset {physical_offset} size {size} tagsCode {tags_code}"
            ),
            What::Vote { curr_term, vote_leader } => {
                write!(f, "currTerm {curr_term} voteLeader {}", vote_leader.as_deref().unwrap_or("nobody"))
            }
            What::LedgerCheckpoint { end_index, committed_index } => {
                write!(f, "endIndex {end_index} committedIndex {committed_index}")
            }
            What::StoreCheckpoint {
                physic_msg_timestamp,
                logics_msg_timestamp,
                index_msg_timestamp,
                master_flushed_offset,
                confirm_phy_offset,
            } => write!(
                f,
                "physicMsgTimestamp {physic_msg_timestamp} logicsMsgTimestamp {logics_msg_timestamp} \
                 indexMsgTimestamp {index_msg_timestamp} masterFlushedOffset {master_flushed_offset} \
                 confirmPhyOffset {confirm_phy_offset}"
            ),
            What::IndexHeader {
                begin_timestamp,
                end_timestamp,
                begin_phy_offset,
                end_phy_offset,
                hash_slot_count,
                index_count,
            } => write!(
                f,
                "beginTimestamp {begin_timestamp} endTimestamp {end_timestamp} beginPhyOffset {begin_phy_offset} \
                 endPhyOffset {end_phy_offset} hashSlotCount {hash_slot_count} indexCount {index_count}"
            ),
            What::ConsumerOffset { topic, group, queue_id, next_offset } => write!(
                f,
                "{} queue {queue_id} group {} next offset {next_offset}",
                Plain(topic),
                Plain(group)
            ),
            What::Note { text } => write!(f, "note: {}", Plain(text)),
            What::Problem(problem) => write!(f, "WRONG: {}", Plain(&problem.to_string())),
            What::Skipped => f.write_str("not of a kind known here"),
            other => write!(f, "{other:?}"),
        }
    }
}

struct Message<'a>(&'a MessageFields<'a>);

impl Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = self.0;
        write!(
            f,
            "message {} queue {} queue offset {} physical offset {} size {} body {} stored {} by {}",
            Plain(m.topic),
            m.queue_id,
            m.queue_offset,
            m.physical_offset,
            m.total_size,
            m.body_size,
            m.store_timestamp,
            m.store_host
        )?;
        for (name, value) in &m.properties {
            write!(f, " {}={}", Plain(name), Plain(value))?;
        }
        Ok(())
    }
}

/// Text from a file, without what would move a terminal's cursor.
struct Plain<'a>(&'a str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c.is_control() {
            true => write!(f, "{}", c.escape_default()),
            false => f.write_char(c),
        })
    }
}

struct Totals<'a>(&'a Summary);

impl Display for Totals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = self.0;
        let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        let entries = if s.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", s.entries) };
        write!(
            f,
            "{}: {entries}, {}, {}, {}, {}, {}",
            count(s.files, "file"),
            count(s.messages, "message"),
            count(s.index_units, "index unit"),
            count(s.queue_units, "queue unit"),
            count(s.notes, "note"),
            count(s.problems, "problem")
        )
    }
}
