//! RocketMQ's CommitLog without DLedger: message after message, a blank record at the end of a file
//! (`CommitLog.checkMessageAndReturnSize`).

use crate::store::{
    MAGIC_AT, MIN_BLANK_SIZE, PHYSICAL_OFFSET_AT, STORE_TIMESTAMP_AT_V4, SYS_FLAG_AT, TOTAL_SIZE_AT, sys_flag,
};

use super::bytes::{int, is_zero, long, words};
use super::message::{self, MAGICS, QueueEnds};
use super::report::{Error, Kind, Problem, Report, What, Wrong};
use super::series::Series;
use super::walk::{Records, Step};

/// Magic of the record that ends a file (`CommitLog.BLANK_MAGIC_CODE`).
pub(super) const BLANK_MAGIC: i32 = -875_286_124;
/// Longest message read. RocketMQ refuses bodies above 4 MiB by default, and its transport frames above 16 MiB.
pub(super) const MAX_MESSAGE: i64 = 32 << 20;
const LEAST_MESSAGE: i64 = 91;
/// Fixed fields of a message, up to its store timestamp.
const HEAD: usize = STORE_TIMESTAMP_AT_V4 + 12 + 8;
const CHUNK: usize = 64 * 1024;
/// Bytes searched for the next message.
const LOOK_AHEAD: u64 = 4 << 20;

struct Scan<'s, 'a, 'r, 'k> {
    log: &'s mut Series<'a>,
    report: &'s mut Report<'r>,
    queues: &'k mut QueueEnds,
    end: i64,
    any: bool,
    /// STORETIMESTAMP of the last message.
    stored_ms: i64,
}

/// Reads all of `log`; gives the position after the last message.
pub(super) fn scan(
    log: &mut Series<'_>,
    queues: &mut QueueEnds,
    report: &mut Report<'_>,
) -> Result<i64, Error> {
    let end = log.begin();
    let mut scan = Scan { log, report, queues, end, any: false, stored_ms: 0 };
    scan.walk()?;
    Ok(scan.end)
}

impl<'a, 'r> Records<'a, 'r> for Scan<'_, 'a, 'r, '_> {
    const KIND: Kind = Kind::CommitLog;

    fn parts(&mut self) -> (&mut Series<'a>, &mut Report<'r>) {
        (self.log, self.report)
    }

    /// PHYSICALOFFSET and TOTALSIZE of what has the magic of a message.
    fn head(&mut self, piece: usize, at: u64) -> Result<Option<(i64, i64)>, Error> {
        let bytes = self.log.bytes(piece, at, HEAD)?;
        let (size, magic) = words(bytes);
        let there = bytes.len() == HEAD && MAGICS.contains(&magic) && i64::from(size) >= LEAST_MESSAGE;
        Ok(there.then(|| (long(bytes, PHYSICAL_OFFSET_AT), i64::from(size))))
    }

    fn step(&mut self, piece: usize, at: u64) -> Result<Step, Error> {
        let rest = self.log.len(piece) - at;
        if rest < MIN_BLANK_SIZE as u64 {
            if at > 0 {
                let problem = Problem::at_least("bytes left behind the last message", rest, MIN_BLANK_SIZE);
                self.report.problem(self.log.file(piece), at, problem)?;
            }
            return Ok(Step::NextFile);
        }
        let (size, magic) = words(self.log.bytes(piece, at, 8)?);
        let size = i64::from(size);
        if magic == BLANK_MAGIC {
            if size == rest as i64 {
                self.report.say(self.log.file(piece), at, What::Padding { size })?;
                self.end = self.log.position(piece, at + rest);
                return Ok(Step::NextFile);
            }
            let problem = Problem::exactly("blank size", size, rest as i64);
            return self.not_a_message(piece, at, (TOTAL_SIZE_AT as u64, problem));
        }
        if !MAGICS.contains(&magic) {
            let problem = Problem::new("MAGICCODE", magic, format!("one of {MAGICS:?}"));
            return self.not_a_message(piece, at, (MAGIC_AT as u64, problem));
        }
        let most = MAX_MESSAGE.min(rest as i64);
        if size > most {
            let problem = Problem::at_most("TOTALSIZE", size, most);
            return self.not_a_message(piece, at, (TOTAL_SIZE_AT as u64, problem));
        }
        let position = self.log.position(piece, at);
        let file = self.log.pieces[piece].file.clone();
        let bytes = self.log.bytes(piece, at, size.max(8) as usize)?;
        let (record, wrong) = match message::check(bytes, position) {
            Ok(checked) => checked,
            Err(wrong) => return self.not_a_message(piece, at, wrong),
        };
        self.report.say(&file, at, What::Message { message: message::fields(&record) })?;
        message::note_queue(self.queues, &record);
        if let Some((offset, problem)) = wrong {
            self.report.problem(&file, at + offset, problem)?;
        }
        (self.any, self.stored_ms) = (true, self.stored_ms.max(record.store_timestamp_ms()));
        self.end = position.saturating_add(size);
        Ok(Step::To(at + size as u64))
    }
}

impl Scan<'_, '_, '_, '_> {
    /// Either the log ends at `at`, or the message there is damaged. Bytes that a truncate left behind are older than the
    /// end of the log, so a message further on is one of this log only if it was not stored earlier.
    fn not_a_message(&mut self, piece: usize, at: u64, wrong: Wrong) -> Result<Step, Error> {
        let position = self.log.position(piece, at);
        let head = self.log.bytes(piece, at, HEAD)?;
        let unwritten = is_zero(&head[..head.len().min(8)]);
        let (size, own) = (i64::from(int(head, 0)), long(head, PHYSICAL_OFFSET_AT));
        let names_itself = head.len() == HEAD && own == position && !unwritten;
        let after = match size {
            LEAST_MESSAGE.. => self.head(piece, at + size as u64)?,
            _ => None,
        };
        let resume = match after {
            Some((own, _)) if own == position.saturating_add(size) => Some(at + size as u64),
            _ => self.look_ahead(piece, at)?,
        };
        let begins = !unwritten && (at == 0 || !self.any);
        if resume.is_some() || names_itself || begins || !self.log.all_unwritten(piece + 1)? {
            self.report.problem(self.log.file(piece), at + wrong.0, wrong.1)?;
            return Ok(resume.map_or(Step::NextFile, Step::To));
        }
        let file = self.log.file(piece);
        if unwritten {
            self.report.say(file, at, What::Unwritten { size: self.log.len(piece) - at })?;
        } else {
            self.report.note(file, at, "bytes left behind by a truncate: the log ends here")?;
        }
        Ok(Step::LogEnd)
    }

    fn look_ahead(&mut self, piece: usize, at: u64) -> Result<Option<u64>, Error> {
        let end = self.log.len(piece).min(at + LOOK_AHEAD);
        let mut from = at + 1;
        while from + HEAD as u64 <= end {
            let position = self.log.position(piece, from);
            let bytes = self.log.bytes(piece, from, CHUNK)?;
            let places = bytes.len().saturating_sub(HEAD - 1);
            let found = (0..places).find(|&i| {
                let head = &bytes[i..];
                head[MAGIC_AT] == 0xDA
                    && MAGICS.contains(&int(head, MAGIC_AT))
                    && long(head, PHYSICAL_OFFSET_AT) == position.saturating_add(i as i64)
                    && stored_ms(head) >= self.stored_ms
            });
            if let Some(i) = found {
                return Ok(Some(from + i as u64));
            }
            from += places.max(1) as u64;
        }
        Ok(None)
    }
}

fn stored_ms(head: &[u8]) -> i64 {
    let v6 = int(head, SYS_FLAG_AT) & sys_flag::BORN_HOST_V6 != 0;
    long(head, STORE_TIMESTAMP_AT_V4 + if v6 { 12 } else { 0 })
}

/// Whether a file's first bytes can only be those of a plain CommitLog.
pub(super) fn looks_like_commit_log(head: &[u8]) -> bool {
    let (size, magic) = words(head);
    (MAGICS.contains(&magic) || magic == BLANK_MAGIC) && size > 0
}
