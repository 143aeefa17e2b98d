//! One ConsumeQueue, unit by unit, compared with the messages that the units point to when the log is there
//!.

use crate::store::{
    CQ_UNIT_SIZE, CqUnit, DecodeError, ENTRY_HEADER_SIZE, EntryHeader, MAGIC_AT, Record, TOTAL_SIZE_AT,
};

use super::bytes::{int, is_zero};
use super::commit_log::MAX_MESSAGE;
use super::message::{MAGICS, QueueEnds};
use super::report::{Error, Kind, Problem, Report, What, Wrong};
use super::series::Series;

const UNIT: u64 = CQ_UNIT_SIZE as u64;
/// Units of this topic carry the time of delivery in the place of the tags.
const SCHEDULE_TOPIC: &str = "SCHEDULE_TOPIC_XXXX";
/// Tags codes from here down are addresses in ConsumeQueueExt files.
const EXT_ADDRESS: i64 = i32::MIN as i64 - 1;

/// The log that units point into.
#[derive(Default)]
pub(super) struct Log<'a> {
    /// Files of the time before DLedger, or all of them.
    pub plain: Option<Series<'a>>,
    /// DLedger's data files.
    pub ledger: Option<Series<'a>>,
    /// Position after the last message.
    pub end: i64,
    /// Where the queues should end.
    pub queues: QueueEnds,
}

/// What is at a physical offset.
enum Target<'b> {
    /// The log begins later: deleted.
    Deleted,
    /// The log ends before.
    Beyond,
    /// No message begins there.
    NoMessage,
    /// TOTALSIZE of the message there, and the message if it reads.
    Message(i32, Result<Record<'b>, DecodeError>),
}

impl Log<'_> {
    fn target(&mut self, offset: i64) -> Result<Target<'_>, Error> {
        if offset >= self.end {
            return Ok(Target::Beyond);
        }
        let header = ENTRY_HEADER_SIZE as i64;
        let begin = [&self.plain, &self.ledger].into_iter().flatten().map(Series::begin).min();
        if begin.is_some_and(|begin| offset < begin) {
            return Ok(Target::Deleted);
        }
        if let Some(ledger) = self.ledger.as_mut().filter(|ledger| offset >= ledger.begin()) {
            let Some((piece, at)) = offset.checked_sub(header).and_then(|pos| ledger.locate(pos)) else {
                return Ok(Target::NoMessage);
            };
            let found = EntryHeader::decode(ledger.bytes(piece, at, ENTRY_HEADER_SIZE)?);
            if !found.is_ok_and(|found| found.pos == offset - header) {
                return Ok(Target::NoMessage);
            }
            return message_in(ledger, piece, at + header as u64);
        }
        match self.plain.as_mut().and_then(|plain| Some((plain.locate(offset)?, plain))) {
            Some(((piece, at), plain)) => message_in(plain, piece, at),
            None => Ok(Target::NoMessage),
        }
    }
}

fn message_in<'b>(log: &'b mut Series<'_>, piece: usize, at: u64) -> Result<Target<'b>, Error> {
    let head = log.bytes(piece, at, MAGIC_AT + 4)?;
    let size = int(head, TOTAL_SIZE_AT);
    if !MAGICS.contains(&int(head, MAGIC_AT)) || size < 0 || i64::from(size) > MAX_MESSAGE {
        return Ok(Target::NoMessage);
    }
    Ok(Target::Message(size, Record::parse(log.bytes(piece, at, size as usize)?)))
}

/// Reads one queue; gives its max offset. `name`: topic and queue id, where the folders say them.
pub(super) fn scan(
    queue: &mut Series<'_>,
    name: Option<(&str, i32)>,
    mut log: Option<&mut Log<'_>>,
    report: &mut Report<'_>,
) -> Result<i64, Error> {
    // A unit whose message the log holds is not behind the log's end.
    let expected =
        name.zip(log.as_ref()).and_then(|((topic, id), log)| log.queues.get(topic)?.get(&id).copied());
    let expected = expected.unwrap_or(0);
    let mut max_offset = queue.begin() / UNIT as i64;
    let mut least = 0;
    let (mut over, mut any, mut deleted) = (false, false, 0_u64);
    for piece in 0..queue.pieces.len() {
        queue.begin_file(piece, Kind::ConsumeQueue, UNIT, report)?;
        let file = queue.pieces[piece].file.clone();
        let len = queue.len(piece);
        let mut at = 0;
        while at + UNIT <= len && !over {
            let q = queue.position(piece, at) / UNIT as i64;
            let Some(unit) = CqUnit::decode(queue.bytes(piece, at, CQ_UNIT_SIZE)?) else { break };
            let unwritten = unit == CqUnit { offset: 0, size: 0, tags_code: 0 };
            if unwritten && !unit_follows(queue, piece, at)? {
                over = true;
                break;
            }
            let filler = unit == CqUnit::BLANK && !any;
            let (physical_offset, size, tags_code) = (unit.offset, unit.size, unit.tags_code);
            let beyond = log.as_ref().is_some_and(|log| !filler && unit.offset >= log.end);
            if beyond && q >= expected {
                let text = format!(
                    "units from queue offset {q} on point behind the end of the log: left behind, or of messages that \
                     were truncated; recovery cuts them"
                );
                report.note(&file, at, text)?;
                over = true;
                break;
            }
            if !unwritten {
                let what = What::QueueUnit { queue_offset: q, physical_offset, size, tags_code, filler };
                report.say(&file, at, what)?;
            }
            if !filler {
                any = true;
                max_offset = q.saturating_add(1);
                let mut wrong = wrong_in_itself(&unit, least);
                if let (None, Some(log)) = (&wrong, log.as_deref_mut()) {
                    wrong = match log.target(unit.offset)? {
                        Target::Deleted => {
                            deleted += 1;
                            None
                        }
                        Target::Beyond => {
                            Some((0, Problem::at_most("physical offset", unit.offset, log.end - 1)))
                        }
                        Target::NoMessage => {
                            Some((0, Problem::new("physical offset", unit.offset, "where a message begins")))
                        }
                        Target::Message(size, record) => wrong_for(&unit, q, name, size, record),
                    };
                }
                match wrong {
                    Some((offset, problem)) => report.problem(&file, at + offset, problem)?,
                    None => least = unit.offset.saturating_add(i64::from(unit.size)),
                }
            }
            at += UNIT;
        }
        if over && at < len {
            report.say(&file, at, What::Unwritten { size: len - at })?;
        }
    }
    let last = queue.pieces.len().saturating_sub(1);
    if deleted > 0 {
        let text = format!("{deleted} units point before the first file of the log, which has been deleted");
        report.note(queue.file(last), 0, text)?;
    }
    if expected > max_offset {
        let text = format!(
            "messages with queue offset {max_offset} to {} have no unit: not dispatched yet, or lost from the queue",
            expected - 1
        );
        report.note(queue.file(last), 0, text)?;
    }
    Ok(max_offset)
}

fn wrong_in_itself(unit: &CqUnit, least: i64) -> Option<Wrong> {
    if unit.size <= 0 {
        return Some((8, Problem::at_least("size", unit.size, 1)));
    }
    (unit.offset < least).then(|| (0, Problem::at_least("physical offset", unit.offset, least)))
}

fn wrong_for(
    unit: &CqUnit,
    q: i64,
    name: Option<(&str, i32)>,
    size: i32,
    record: Result<Record<'_>, DecodeError>,
) -> Option<Wrong> {
    // A damaged message has been reported where it is.
    let record = record.ok()?;
    if size != unit.size {
        return Some((8, Problem::exactly("size", unit.size, size.into())));
    }
    if let Some((topic, id)) = name.filter(|name| *name != (record.topic(), record.queue_id())) {
        let found = format!("that of topic {} queue {}", record.topic(), record.queue_id());
        let allowed = format!("that of topic {topic} queue {id}");
        return Some((0, Problem::new("message", found, allowed)));
    }
    if record.queue_offset() != q {
        return Some((0, Problem::exactly("QUEUEOFFSET of the message", record.queue_offset(), q)));
    }
    let hashed = record.topic() != SCHEDULE_TOPIC && unit.tags_code > EXT_ADDRESS;
    (hashed && unit.tags_code != record.tags_code())
        .then(|| (12, Problem::exactly("tagsCode", unit.tags_code, record.tags_code())))
}

/// Whether any of the next units, here or in the next file, is written.
fn unit_follows(queue: &mut Series<'_>, piece: usize, at: u64) -> Result<bool, Error> {
    const UNITS_LOOKED_AT: usize = 3200;
    let bytes = queue.bytes(piece, at, UNITS_LOOKED_AT * CQ_UNIT_SIZE)?;
    Ok(!is_zero(bytes) || !queue.all_unwritten(piece + 1)?)
}
