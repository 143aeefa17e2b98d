//! What an inspection says: findings in the order in which they are made, each with its file and byte offset, and a
//! summary. How they look on a terminal is the command's; as JSON they are what `serde` makes of them, as
//! docs/command-line.md lists.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Serialize;

use crate::store::{Allowed, DecodeError};

/// What kind of file it is, and so how it is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// DLedger's entries: `data/`.
    EntryData,
    /// DLedger's index units: `index/` beside `data/`.
    EntryIndex,
    /// DLedger's `currterm` or `currterm.bak`.
    VoteFile,
    /// DLedger 0.3's `checkpoint` or `checkpoint.bak`, text.
    LedgerCheckpoint,
    /// RocketMQ's CommitLog without DLedger: `commitlog/`.
    CommitLog,
    /// Units of one queue: `consumequeue/TOPIC/QUEUE/`.
    ConsumeQueue,
    /// RocketMQ's `checkpoint`, five numbers.
    StoreCheckpoint,
    /// RocketMQ's hash index by key: `index/` in the store root.
    IndexFile,
    /// RocketMQ's `config/consumerOffset.json`.
    ConsumerOffset,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::EntryData => "DLedger data file",
            Kind::EntryIndex => "DLedger index file",
            Kind::VoteFile => "DLedger currterm",
            Kind::LedgerCheckpoint => "DLedger checkpoint",
            Kind::CommitLog => "CommitLog file",
            Kind::ConsumeQueue => "ConsumeQueue file",
            Kind::StoreCheckpoint => "store checkpoint",
            Kind::IndexFile => "IndexFile",
            Kind::ConsumerOffset => "consumer offsets",
        })
    }
}

/// One thing said about one place.
#[derive(Debug, Serialize)]
pub struct Finding<'a> {
    /// The file's path as given, or below the folder given.
    pub file: &'a str,
    /// Bytes from the start of the file.
    pub offset: u64,
    /// What is there.
    #[serde(flatten)]
    pub what: What<'a>,
}

/// What is at a place.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum What<'a> {
    /// A file begins.
    File {
        /// How it is read.
        kind: Kind,
        /// Bytes.
        size: u64,
    },
    /// A DLedger entry.
    Entry {
        /// 1 normal, 2 NOOP, 3 configuration.
        magic: i32,
        /// Bytes, header included.
        size: i32,
        /// Place in the log.
        index: i64,
        /// Term of the leader that made it.
        term: i64,
        /// Position in the leader's data files.
        pos: i64,
        /// Bytes of the body.
        body_size: i32,
        /// The body, where it is a RocketMQ message.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<Box<MessageFields<'a>>>,
    },
    /// A message of a CommitLog without DLedger.
    Message {
        /// Its fields.
        message: Box<MessageFields<'a>>,
    },
    /// The record that fills a file, or covers what was deleted at the front of one.
    Padding {
        /// Bytes it stands for.
        size: i64,
    },
    /// Nothing was written from here to the end of the file.
    Unwritten {
        /// Bytes.
        size: u64,
    },
    /// A DLedger index unit.
    IndexUnit {
        /// As the entry's; a leader writes 1 for a NOOP too.
        magic: i32,
        /// Position in the local data files.
        pos: i64,
        /// Bytes of the entry.
        size: i32,
        /// Place in the log.
        index: i64,
        /// Term of the entry.
        term: i64,
    },
    /// A ConsumeQueue unit.
    QueueUnit {
        /// Its place in the queue.
        queue_offset: i64,
        /// Where the message is in the CommitLog.
        physical_offset: i64,
        /// TOTALSIZE of the message.
        size: i32,
        /// Hash of the tags.
        tags_code: i64,
        /// Fills the file before the queue's first unit.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        filler: bool,
    },
    /// Content of `currterm`.
    Vote {
        /// The member's term.
        curr_term: i64,
        /// Whom it voted for in that term.
        vote_leader: Option<String>,
    },
    /// Content of DLedger's `checkpoint`.
    LedgerCheckpoint {
        /// Last entry.
        end_index: i64,
        /// Last committed entry.
        committed_index: i64,
    },
    /// Content of RocketMQ's `checkpoint`.
    StoreCheckpoint {
        /// CommitLog flushed until, ms.
        physic_msg_timestamp: i64,
        /// ConsumeQueues flushed until, ms.
        logics_msg_timestamp: i64,
        /// IndexFiles flushed until, ms.
        index_msg_timestamp: i64,
        /// Not used with DLedger.
        master_flushed_offset: i64,
        /// Not used with DLedger.
        confirm_phy_offset: i64,
    },
    /// Header of an IndexFile.
    IndexHeader {
        /// Store time of the first message, ms.
        begin_timestamp: i64,
        /// Store time of the last message, ms.
        end_timestamp: i64,
        /// Place of the first message.
        begin_phy_offset: i64,
        /// Place of the last message.
        end_phy_offset: i64,
        /// Slots in use.
        hash_slot_count: i32,
        /// Number of the next entry; they count from 1.
        index_count: i32,
    },
    /// One line of the table of consumer offsets.
    ConsumerOffset {
        /// The topic.
        topic: &'a str,
        /// The consumer group.
        group: &'a str,
        /// The queue.
        queue_id: i32,
        /// Queue offset of the message that the group reads next.
        next_offset: i64,
    },
    /// Something worth knowing that is not wrong.
    Note {
        /// In words.
        text: String,
    },
    /// Something wrong.
    Problem(Problem),
    /// A file of no kind known here.
    Skipped,
}

/// What is wrong at a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    /// The field, in the format's own words.
    pub what: String,
    /// What is there.
    pub found: String,
    /// What could be there.
    pub allowed: String,
}

/// A problem and how far behind the start of its record it is, in bytes.
pub(super) type Wrong = (u64, Problem);

impl Problem {
    pub(super) fn new(what: &str, found: impl fmt::Display, allowed: impl fmt::Display) -> Self {
        Problem { what: what.to_owned(), found: found.to_string(), allowed: allowed.to_string() }
    }

    pub(super) fn exactly(what: &str, found: impl fmt::Display, allowed: i64) -> Self {
        Problem::new(what, found, Allowed::Exactly(allowed))
    }

    pub(super) fn at_least(what: &str, found: impl fmt::Display, allowed: i64) -> Self {
        Problem::new(what, found, Allowed::AtLeast(allowed))
    }

    pub(super) fn at_most(what: &str, found: impl fmt::Display, allowed: i64) -> Self {
        Problem::new(what, found, Allowed::AtMost(allowed))
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        Problem::new(error.what, error.found, error.allowed)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, allowed: {}", self.what, self.found, self.allowed)
    }
}

/// The fields of a RocketMQ message but for its body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "RocketMQ's own names; docs/command-line.md and store::Record say what they are"
)]
pub struct MessageFields<'a> {
    pub topic: &'a str,
    pub queue_id: i32,
    pub queue_offset: i64,
    pub physical_offset: i64,
    pub total_size: i32,
    pub version: u8,
    #[serde(rename = "bodyCRC")]
    pub body_crc: i32,
    pub flag: i32,
    pub sys_flag: i32,
    pub born_timestamp: i64,
    pub born_host: String,
    pub store_timestamp: i64,
    pub store_host: String,
    pub reconsume_times: i32,
    pub prepared_transaction_offset: i64,
    pub body_size: usize,
    pub offset_msg_id: String,
    pub tags_code: i64,
    pub properties: BTreeMap<&'a str, &'a str>,
}

/// Where findings go.
pub trait Sink {
    /// Takes one. Findings come in the order of the files, and within a file mostly in that of offsets: an index unit
    /// that disagrees with its entry is told of when the entry is read.
    ///
    /// # Errors
    /// As the sink has them; they end the inspection.
    fn take(&mut self, finding: &Finding<'_>) -> io::Result<()>;
}

/// A sink of one's own, for tests and tools that need the findings themselves.
impl<F: FnMut(&Finding<'_>) -> io::Result<()>> Sink for F {
    fn take(&mut self, finding: &Finding<'_>) -> io::Result<()> {
        self(finding)
    }
}

/// The end of an inspection.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
#[serde(tag = "type", rename = "summary", rename_all = "camelCase")]
pub struct Summary {
    /// Files read, those skipped not counted.
    pub files: u64,
    /// DLedger entries.
    pub entries: u64,
    /// RocketMQ messages, in entries or in a plain CommitLog.
    pub messages: u64,
    /// DLedger index units.
    pub index_units: u64,
    /// ConsumeQueue units, fillers not counted.
    pub queue_units: u64,
    /// Lines of the table of consumer offsets.
    pub consumer_offsets: u64,
    /// Notes.
    pub notes: u64,
    /// Problems.
    pub problems: u64,
    /// The first of them.
    pub first_problem: Option<FirstProblem>,
}

/// Where it first goes wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FirstProblem {
    /// The file.
    pub file: String,
    /// Bytes from the start of the file.
    pub offset: u64,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

impl fmt::Display for FirstProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: byte {}: {}", self.file, self.offset, self.problem)
    }
}

/// Why an inspection could not go on.
#[derive(Debug)]
pub enum Error {
    /// A file or folder could not be read.
    Read {
        /// Its path.
        file: String,
        /// Where in the file, in bytes.
        offset: u64,
        /// What the system says.
        error: io::Error,
    },
    /// A file of no kind known here, or a folder without any known file.
    Unknown {
        /// Its path.
        file: String,
    },
    /// The sink refused.
    Sink(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Read { file, offset, error } => write!(f, "{file}: byte {offset}: {error}"),
            Error::Unknown { file } => {
                write!(f, "{file}: byte 0: nothing that DLedger or RocketMQ writes is recognised here")
            }
            Error::Sink(error) => write!(f, "cannot write the findings: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// Passes findings on and counts them.
pub(super) struct Report<'a> {
    sink: &'a mut dyn Sink,
    pub summary: Summary,
}

impl<'a> Report<'a> {
    pub fn new(sink: &'a mut dyn Sink) -> Self {
        Report { sink, summary: Summary::default() }
    }

    pub fn say(&mut self, file: &str, offset: u64, what: What<'_>) -> Result<(), Error> {
        let summary = &mut self.summary;
        match &what {
            What::File { .. } => summary.files += 1,
            What::Entry { message, .. } => {
                summary.entries += 1;
                summary.messages += u64::from(message.is_some());
            }
            What::Message { .. } => summary.messages += 1,
            What::IndexUnit { .. } => summary.index_units += 1,
            What::QueueUnit { filler: false, .. } => summary.queue_units += 1,
            What::ConsumerOffset { .. } => summary.consumer_offsets += 1,
            What::Note { .. } => summary.notes += 1,
            What::Problem(problem) => {
                summary.problems += 1;
                if summary.first_problem.is_none() {
                    let (file, problem) = (file.to_owned(), problem.clone());
                    summary.first_problem = Some(FirstProblem { file, offset, problem });
                }
            }
            _ => {}
        }
        self.sink.take(&Finding { file, offset, what }).map_err(Error::Sink)
    }

    pub fn note(&mut self, file: &str, offset: u64, text: impl Into<String>) -> Result<(), Error> {
        self.say(file, offset, What::Note { text: text.into() })
    }

    pub fn problem(&mut self, file: &str, offset: u64, problem: impl Into<Problem>) -> Result<(), Error> {
        self.say(file, offset, What::Problem(problem.into()))
    }
}
