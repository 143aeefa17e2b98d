//! DLedger's data files, entry by entry, compared with the index files when there are any.
//!
//! The log is read as a starting member reads it (`DLedgerMmapFileStore.recover`): entries count while they follow each
//! other, so those that a truncate left behind whole come back here too. What is behind the last one is told apart
//! from damage in `verdict.rs`.

use crate::store::{
    BLANK_MAGIC, ENTRY_HEADER_SIZE, EntryHeader, EntryKind, INDEX_UNIT_SIZE, IndexUnit, MAX_ENTRY_SIZE,
    MIN_BLANK_SIZE,
};

use super::bytes::{is_zero, words};
use super::message::{self, QueueEnds};
use super::report::{Error, Kind, Problem, Report, What, Wrong};
use super::series::Series;
use super::walk::{Records, Step};

pub(super) const HEADER: u64 = ENTRY_HEADER_SIZE as u64;
/// Bytes of padding looked at; DLedger never needs more.
const MAX_PADDING: usize = MAX_ENTRY_SIZE + MIN_BLANK_SIZE as usize;

/// What the data files hold.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct LogSpan {
    /// Index of the first entry, and the one after the last; `None` when there are no entries.
    pub indexes: Option<(i64, i64)>,
    /// Term of the last entry; -1 without.
    pub last_term: i64,
    /// Position after the last entry.
    pub end: i64,
}

pub(super) struct Scan<'s, 'a, 'r, 'k> {
    pub data: &'s mut Series<'a>,
    pub index: Option<&'s mut Series<'a>>,
    pub report: &'s mut Report<'r>,
    pub queues: &'k mut QueueEnds,
    pub span: LogSpan,
    /// The index that comes next, when it is known.
    pub next: Option<i64>,
    /// Whether entries have held messages so far.
    messages: bool,
    /// Whether the unit before was missing, which has been said.
    units_missing: bool,
}

/// Reads all of `data`.
pub(super) fn scan<'a>(
    data: &mut Series<'a>,
    index: Option<&mut Series<'a>>,
    queues: &mut QueueEnds,
    report: &mut Report<'_>,
) -> Result<LogSpan, Error> {
    let span = LogSpan { indexes: None, last_term: -1, end: data.begin() };
    let mut scan =
        Scan { data, index, report, queues, span, next: None, messages: false, units_missing: false };
    scan.walk()?;
    Ok(scan.span)
}

impl<'a, 'r> Records<'a, 'r> for Scan<'_, 'a, 'r, '_> {
    const KIND: Kind = Kind::EntryData;

    fn parts(&mut self) -> (&mut Series<'a>, &mut Report<'r>) {
        (self.data, self.report)
    }

    fn head(&mut self, piece: usize, at: u64) -> Result<Option<(i64, i64)>, Error> {
        let header = EntryHeader::decode(self.data.bytes(piece, at, ENTRY_HEADER_SIZE)?);
        Ok(header.ok().map(|header| (header.pos, i64::from(header.size))))
    }

    fn begin(&mut self, piece: usize) {
        if !self.data.pieces[piece].follows {
            self.next = None;
        }
    }

    fn step(&mut self, piece: usize, at: u64) -> Result<Step, Error> {
        let rest = self.data.len(piece) - at;
        if rest < MIN_BLANK_SIZE as u64 {
            if at > 0 {
                let problem = Problem::at_least("bytes left behind the last entry", rest, MIN_BLANK_SIZE);
                self.problem(piece, at, problem)?;
            }
            return Ok(Step::NextFile);
        }
        let (magic, size) = words(self.data.bytes(piece, at, 8)?);
        let wrong = if magic == BLANK_MAGIC {
            let size = i64::from(size);
            if size == rest as i64 {
                self.padding(piece, at, rest)?;
                return Ok(Step::NextFile);
            }
            // A reset covers what it deletes at the front of the first file.
            if piece == 0 && at == 0 && (MIN_BLANK_SIZE..rest as i64).contains(&size) {
                self.report.say(self.data.file(piece), at, What::Padding { size })?;
                self.span.end = self.data.position(piece, size as u64);
                return Ok(Step::To(size as u64));
            }
            (4, Problem::exactly("padding size", size, rest as i64))
        } else {
            match self.header(piece, at)? {
                Ok(header) => {
                    self.entry(piece, at, &header)?;
                    return Ok(Step::To(at + header.size as u64));
                }
                Err(wrong) => wrong,
            }
        };
        self.not_an_entry(piece, at, wrong)
    }
}

impl Scan<'_, '_, '_, '_> {
    fn problem(&mut self, piece: usize, at: u64, problem: impl Into<Problem>) -> Result<(), Error> {
        self.report.problem(self.data.file(piece), at, problem)
    }

    /// The header at `at` if it is the next of the log.
    fn header(&mut self, piece: usize, at: u64) -> Result<Result<EntryHeader, Wrong>, Error> {
        let rest = (self.data.len(piece) - at) as i64;
        let position = self.data.position(piece, at);
        let header = match EntryHeader::decode(self.data.bytes(piece, at, ENTRY_HEADER_SIZE)?) {
            Ok(header) => header,
            Err(error) => return Ok(Err((error.offset as u64, error.into()))),
        };
        let most = rest.min(MAX_ENTRY_SIZE as i64);
        let least_term = self.span.last_term.max(0);
        Ok(if i64::from(header.size) > most {
            Err((4, Problem::at_most("entry size", header.size, most)))
        } else if header.pos != position {
            Err((24, Problem::exactly("entry pos", header.pos, position)))
        } else if let Some(next) = self.next.filter(|next| *next != header.index.0) {
            Err((8, Problem::exactly("entry index", header.index, next)))
        } else if header.index.0 < 0 {
            Err((8, Problem::at_least("entry index", header.index, 0)))
        } else if header.term.0 < least_term {
            Err((16, Problem::at_least("entry term", header.term, least_term)))
        } else if let Some(wrong) = self.contradicted(piece, at, &header)? {
            Err(wrong)
        } else {
            Ok(header)
        })
    }

    fn entry(&mut self, piece: usize, at: u64, header: &EntryHeader) -> Result<(), Error> {
        let position = self.data.position(piece, at);
        let body_size = header.size as usize - ENTRY_HEADER_SIZE;
        let entry = |message| What::Entry {
            magic: header.magic.code(),
            size: header.size,
            index: header.index.0,
            term: header.term.0,
            pos: header.pos,
            body_size: body_size as i32,
            message,
        };
        let file = self.data.pieces[piece].file.clone();
        let body = self.data.bytes(piece, at + HEADER, body_size)?;
        if self.messages && header.magic == EntryKind::Normal || looks_like_message(body) {
            self.messages = true;
            let (record, wrong) = match message::check_all(body, position.saturating_add(HEADER as i64)) {
                Ok((record, wrong)) => (Some(record), wrong),
                Err(wrong) => (None, Some(wrong)),
            };
            self.report.say(&file, at, entry(record.as_ref().map(message::fields)))?;
            if let Some(record) = &record {
                message::note_queue(self.queues, record);
            }
            if let Some((offset, problem)) = wrong {
                self.report.problem(&file, at + HEADER + offset, problem)?;
            }
        } else {
            self.report.say(&file, at, entry(None))?;
        }

        let unused = [
            (32, "channel", header.channel),
            (36, "chainCrc", header.chain_crc),
            (40, "bodyCrc", header.body_crc),
        ];
        for (offset, what, found) in unused {
            if found != 0 {
                self.report.problem(&file, at + offset, Problem::exactly(what, found, 0))?;
            }
        }

        let begin = self.span.indexes.map_or(header.index.0, |(begin, _)| begin);
        let next = header.index.0.saturating_add(1);
        let end = position.saturating_add(i64::from(header.size));
        self.span = LogSpan { indexes: Some((begin, next)), last_term: header.term.0, end };
        self.next = Some(next);
        self.compare_unit(header, position)
    }

    /// The index unit of `header` must say the same.
    fn compare_unit(&mut self, header: &EntryHeader, position: i64) -> Result<(), Error> {
        let Some(index) = self.index.as_deref_mut() else {
            return Ok(());
        };
        let place = header.index.0.saturating_mul(INDEX_UNIT_SIZE as i64);
        if place < index.begin() {
            return Ok(());
        }
        let Some((piece, at)) = index.locate(place) else {
            if !std::mem::replace(&mut self.units_missing, true) {
                let last = index.pieces.len() - 1;
                let problem =
                    Problem::new("index unit", "missing", format!("that of entry {}", header.index));
                self.report.problem(index.file(last), index.len(last), problem)?;
            }
            return Ok(());
        };
        let file = index.pieces[piece].file.clone();
        let bytes = index.bytes(piece, at, INDEX_UNIT_SIZE)?;
        let missing = is_zero(bytes);
        if std::mem::replace(&mut self.units_missing, missing) && missing {
            return Ok(());
        }
        let unit = match IndexUnit::decode(bytes) {
            Ok(unit) => unit,
            Err(error) => {
                let problem = Problem { what: error.what.replace("entry", "index unit"), ..error.into() };
                return self.report.problem(&file, at + error.offset as u64, problem);
            }
        };
        let mut wrong = None;
        if unit.magic != header.magic {
            if unit.magic == EntryKind::Normal && header.magic == EntryKind::Noop {
                let text = format!(
                    "index unit of the NOOP {} has magic 1, as a leader writes it; recovery rebuilds the index from here",
                    header.index
                );
                self.report.note(&file, at, text)?;
            } else {
                let (found, allowed) = (unit.magic.code(), header.magic.code());
                wrong = Some((0, Problem::exactly("index unit magic", found, allowed.into())));
            }
        }
        let wrong = wrong.or_else(|| {
            [
                (4, "index unit pos", unit.pos, position),
                (12, "index unit size", unit.size.into(), header.size.into()),
                (16, "index unit index", unit.index.0, header.index.0),
                (24, "index unit term", unit.term.0, header.term.0),
            ]
            .into_iter()
            .find(|(_, _, found, right)| found != right)
            .map(|(offset, what, found, right)| (offset, Problem::exactly(what, found, right)))
        });
        match wrong {
            Some((offset, problem)) => self.report.problem(&file, at + offset, problem),
            None => Ok(()),
        }
    }

    fn padding(&mut self, piece: usize, at: u64, size: u64) -> Result<(), Error> {
        self.report.say(self.data.file(piece), at, What::Padding { size: size as i64 })?;
        let bytes = self.data.bytes(piece, at + 8, (size as usize - 8).min(MAX_PADDING))?;
        if let Some(first) = bytes.iter().position(|byte| *byte != 0) {
            let problem = Problem::exactly("padding byte", bytes[first], 0);
            self.problem(piece, at + 8 + first as u64, problem)?;
        }
        self.span.end = self.data.position(piece, at + size);
        Ok(())
    }

    /// What is at `at` is `wrong` as the log's next entry: either the log ends before it, or it is damaged.
    fn not_an_entry(&mut self, piece: usize, at: u64, wrong: Wrong) -> Result<Step, Error> {
        let unwritten = is_zero(self.data.bytes(piece, at, 8)?);
        if let Some(resume) = self.damaged(piece, at, unwritten)? {
            self.problem(piece, at + wrong.0, wrong.1)?;
            self.next = None;
            return Ok(match resume {
                Some(resume) => Step::To(resume),
                None => Step::NextFile,
            });
        }
        if !self.data.all_unwritten(piece + 1)? {
            let (magic, _) = words(self.data.bytes(piece, at, 8)?);
            let allowed = format!("{BLANK_MAGIC} (padding), for another file follows");
            let (offset, problem) = match magic {
                BLANK_MAGIC => wrong,
                _ => (0, Problem::new("entry magic", magic, allowed)),
            };
            self.problem(piece, at + offset, problem)?;
            self.next = None;
            return Ok(Step::NextFile);
        }
        let file = self.data.file(piece);
        if unwritten {
            self.report.say(file, at, What::Unwritten { size: self.data.len(piece) - at })?;
        } else {
            let text = "bytes left behind by a truncate: the log ends here";
            self.report.note(file, at, text)?;
        }
        Ok(Step::LogEnd)
    }
}

/// Whether a body is a message or was one: by its magic, or by its first word being its size.
fn looks_like_message(body: &[u8]) -> bool {
    let (size, magic) = words(body);
    message::MAGICS.contains(&magic) || size as usize == body.len() && body.len() >= 91
}
