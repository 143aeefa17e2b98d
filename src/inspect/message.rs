//! A RocketMQ message where it lies: its fields for the report, and what is wrong with it.

use std::collections::BTreeMap;

use crate::store::{
    DecodeError, PHYSICAL_OFFSET_AT, Record, TOTAL_SIZE_AT, Version, offset_msg_id, properties, sys_flag,
};

use super::bytes::words;
use super::report::{MessageFields, Problem, Wrong};

/// By topic and queue the queue offset after the largest seen: where the ConsumeQueue should end.
pub(super) type QueueEnds = BTreeMap<String, BTreeMap<i32, i64>>;

pub(super) const MAGICS: [i32; 2] = [Version::V1.magic(), Version::V2.magic()];

/// A message whose layout is right, and what else is wrong with it; or what is wrong with its layout.
pub(super) type Checked<'a> = Result<(Record<'a>, Option<Wrong>), Wrong>;

/// The message at the start of `bytes`, which is at `position` of the log.
pub(super) fn check(bytes: &[u8], position: i64) -> Checked<'_> {
    let wrong = |error: DecodeError| (error.offset as u64, Problem::from(error));
    let record = Record::parse(bytes).map_err(wrong)?;
    let found = record.physical_offset();
    let moved = (found != position)
        .then(|| (PHYSICAL_OFFSET_AT as u64, Problem::exactly("PHYSICALOFFSET", found, position)));
    Ok((record, record.check_body().err().map(wrong).or(moved)))
}

/// As [`check`], of bytes that should be one message and nothing else.
pub(super) fn check_all(bytes: &[u8], position: i64) -> Checked<'_> {
    let (size, magic) = words(bytes);
    if MAGICS.contains(&magic) && usize::try_from(size) != Ok(bytes.len()) {
        return Err((TOTAL_SIZE_AT as u64, Problem::exactly("TOTALSIZE", size, bytes.len() as i64)));
    }
    check(bytes, position)
}

/// Remembers that the queue of `record` should reach behind it.
pub(super) fn note_queue(ends: &mut QueueEnds, record: &Record<'_>) {
    let transaction = record.sys_flag() & sys_flag::TRANSACTION_MASK;
    if transaction != sys_flag::TRANSACTION_NOT && transaction != sys_flag::TRANSACTION_COMMIT {
        return;
    }
    if !ends.contains_key(record.topic()) {
        ends.insert(record.topic().to_owned(), BTreeMap::new());
    }
    if let Some(queues) = ends.get_mut(record.topic()) {
        let end = queues.entry(record.queue_id()).or_default();
        *end = (*end).max(record.queue_offset().saturating_add(1));
    }
}

pub(super) fn fields<'a>(record: &Record<'a>) -> Box<MessageFields<'a>> {
    Box::new(MessageFields {
        topic: record.topic(),
        queue_id: record.queue_id(),
        queue_offset: record.queue_offset(),
        physical_offset: record.physical_offset(),
        total_size: record.total_size(),
        version: match record.version() {
            Version::V1 => 1,
            Version::V2 => 2,
        },
        body_crc: record.body_crc(),
        flag: record.flag(),
        sys_flag: record.sys_flag(),
        born_timestamp: record.born_timestamp_ms(),
        born_host: record.born_host().to_string(),
        store_timestamp: record.store_timestamp_ms(),
        store_host: record.store_host().to_string(),
        reconsume_times: record.reconsume_times(),
        prepared_transaction_offset: record.prepared_transaction_offset(),
        body_size: record.body().len(),
        offset_msg_id: offset_msg_id(&record.store_host(), record.physical_offset()),
        tags_code: record.tags_code(),
        properties: properties::pairs(record.properties()).collect(),
    })
}
