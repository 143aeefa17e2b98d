//! What a pull finds: `DefaultMessageStore.getMessage` (of a queue and a log, whatever broker they are on).

use super::{PullRequest, PullResult, Pulled};
use crate::shown::named;
use crate::store::{CQ_UNIT_SIZE, ConsumeQueue, CqUnit, EntryStore, Index, Record, tags_code};

/// `maxTransferCountOnMessageInMemory`, `maxTransferBytesOnMessageInMemory`. The smaller limits for messages that have
/// left the page cache are of no use here: a simulated log is never larger than 40 % of a machine's memory.
const MAX_COUNT: usize = 32;
const MAX_BYTES: i64 = 256 * 1024;
/// `maxFilterMessageSize`: a scan that the filter lets nothing through goes this far, in bytes of units.
const MAX_SCAN: i64 = 16_000;

/// How a pull ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GetMessageStatus {
    Found,
    /// units, but none with the tag
    NoMatchedMessage,
    /// units, but the log does not hold their messages
    MessageWasRemoving,
    /// no file holds the unit
    OffsetFoundNull,
    /// beyond the end
    OffsetOverflowBadly,
    /// at the end
    OffsetOverflowOne,
    /// before the beginning
    OffsetTooSmall,
    /// there is no such queue
    NoMatchedLogicQueue,
    NoMessageInQueue,
    /// an operator set the group's offset: not here
    OffsetReset,
}

named!(GetMessageStatus {
    Found "FOUND",
    NoMatchedMessage "NO_MATCHED_MESSAGE",
    MessageWasRemoving "MESSAGE_WAS_REMOVING",
    OffsetFoundNull "OFFSET_FOUND_NULL",
    OffsetOverflowBadly "OFFSET_OVERFLOW_BADLY",
    OffsetOverflowOne "OFFSET_OVERFLOW_ONE",
    OffsetTooSmall "OFFSET_TOO_SMALL",
    NoMatchedLogicQueue "NO_MATCHED_LOGIC_QUEUE",
    NoMessageInQueue "NO_MESSAGE_IN_QUEUE",
    OffsetReset "OFFSET_RESET",
});

/// SUCCESS
const SUCCESS: i64 = 0;
/// PULL_NOT_FOUND: the client pulls again, the broker may hold the pull until there is something
pub(super) const PULL_NOT_FOUND: i64 = 19;
/// PULL_RETRY_IMMEDIATELY: the client goes on at `nextBeginOffset`
const PULL_RETRY_IMMEDIATELY: i64 = 20;
/// PULL_OFFSET_MOVED: the client drops the queue and starts anew at `nextBeginOffset`
pub(super) const PULL_OFFSET_MOVED: i64 = 21;

impl GetMessageStatus {
    /// The offset is out of bounds: `OFFSET_ILLEGAL` for a client that did not begin at 0.
    pub const fn is_illegal(self) -> bool {
        use GetMessageStatus::*;
        matches!(self, OffsetOverflowBadly | OffsetTooSmall | OffsetReset)
    }

    /// The remoting code that a pull from `offset` is answered with.
    pub const fn code(self, offset: i64) -> i64 {
        use GetMessageStatus::*;
        match self {
            Found => SUCCESS,
            NoMatchedMessage | MessageWasRemoving => PULL_RETRY_IMMEDIATELY,
            NoMessageInQueue | NoMatchedLogicQueue if offset != 0 => PULL_OFFSET_MOVED,
            NoMessageInQueue | NoMatchedLogicQueue | OffsetFoundNull | OffsetOverflowOne => PULL_NOT_FOUND,
            OffsetOverflowBadly | OffsetTooSmall | OffsetReset => PULL_OFFSET_MOVED,
        }
    }
}

/// Reads from `queue`, if there is one. `corrects`: an offset out of bounds is answered with a right one, as all but
/// slaves do.
pub(super) fn get_message(
    store: &EntryStore,
    queue: Option<&ConsumeQueue>,
    request: &PullRequest,
    corrects: bool,
) -> PullResult {
    use GetMessageStatus::*;
    let offset = request.offset;
    let corrected = |right: i64| if corrects { right } else { offset };
    let (min, max) = queue.map_or((0, 0), |queue| (queue.min_offset(), queue.max_offset()));
    let nothing = |status, next_offset| PullResult {
        status,
        next_offset,
        min_offset: min,
        max_offset: max,
        messages: [].into(),
    };
    let Some(queue) = queue else {
        return nothing(NoMatchedLogicQueue, corrected(0));
    };
    if max == 0 {
        nothing(NoMessageInQueue, corrected(0))
    } else if offset < min {
        nothing(OffsetTooSmall, corrected(min))
    } else if offset == max {
        nothing(OffsetOverflowOne, offset)
    } else if offset > max {
        nothing(OffsetOverflowBadly, corrected(max))
    } else if queue.get(offset).is_none() {
        nothing(OffsetFoundNull, corrected(next_file(offset, queue.units_in_file())))
    } else {
        let (status, next_offset, messages) = scan(store, queue, request, max);
        PullResult { messages: messages.into(), ..nothing(status, next_offset) }
    }
}

const fn next_file(at: i64, size: i64) -> i64 {
    at + size - at % size
}

/// Goes over the units from the offset to the end of their file (`travelCqFileNumWhenGetMessage` is 1), until the batch
/// is full.
fn scan(
    store: &EntryStore,
    queue: &ConsumeQueue,
    request: &PullRequest,
    max: i64,
) -> (GetMessageStatus, i64, Vec<Pulled>) {
    let unit_size = CQ_UNIT_SIZE as i64;
    let scanned_max = MAX_SCAN.max(i64::from(request.max) * unit_size) / unit_size;
    let end = max.min(next_file(request.offset, queue.units_in_file())).min(request.offset + scanned_max);
    let wanted = MAX_COUNT.min(request.max as usize);
    let tag = request.tag.map(|tag| tags_code(tag) as i32);
    let mut status = GetMessageStatus::NoMatchedMessage;
    let (mut found, mut bytes, mut next_offset, mut log_file) = (Vec::new(), 0, request.offset, i64::MIN);
    for queue_offset in request.offset..end {
        let Some(unit) = queue.get(queue_offset) else {
            break;
        };
        let size = i64::from(unit.size);
        // The first one is never too much.
        if !found.is_empty() && (found.len() >= wanted || bytes + size > MAX_BYTES) {
            break;
        }
        next_offset = queue_offset + 1;
        if unit.offset < log_file {
            continue; // in the file that did not have the one before
        }
        if tag.is_some_and(|tag| tag != unit.tags_code as i32) {
            if found.is_empty() {
                status = GetMessageStatus::NoMatchedMessage;
            }
            continue;
        }
        match read(store, unit, queue_offset) {
            Some(message) => {
                found.push(message);
                bytes += size;
                status = GetMessageStatus::Found;
                log_file = i64::MIN;
            }
            None => {
                if found.is_empty() {
                    status = GetMessageStatus::MessageWasRemoving;
                }
                log_file = next_file(unit.offset, store.options().data_file_size);
            }
        }
    }
    (status, next_offset, found)
}

/// The bytes that the unit points to, committed or not (`CommitLog.getMessage`), and what a client makes of them. They
/// need not be what they were when the unit was made.
fn read(store: &EntryStore, unit: CqUnit, queue_offset: i64) -> Option<Pulled> {
    let size = usize::try_from(unit.size).ok()?;
    if unit.offset < 0 || unit.end() > store.wrote_position() {
        return None;
    }
    let bytes =
        store.body_at(unit.offset, size).or_else(|| Some(store.raw_data(unit.offset, size)?.into()))?;
    let index = store.entry_at_position(unit.offset).map_or(Index::NONE, |entry| entry.index);
    let unreadable = Pulled { queue_offset, phy_offset: unit.offset, index, number: u32::MAX };
    Some(match Record::parse(&bytes) {
        Ok(record) if record.check_body().is_ok() => {
            Pulled { queue_offset: record.queue_offset(), number: record.flag() as u32, ..unreadable }
        }
        _ => unreadable,
    })
}
