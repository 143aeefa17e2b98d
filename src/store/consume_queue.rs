//! One ConsumeQueue: units of 20 bytes that say where the messages of a topic's queue lie in the CommitLog
//! (`org.apache.rocketmq.store.ConsumeQueue`). Which messages get a unit, and when, is the
//! broker's dispatch.

use super::bytes::{be_i32, be_i64, put_i32, put_i64};
use super::error::FileError;
use super::files::{FileList, Rolling};

/// Bytes of a unit (`CQ_STORE_UNIT_SIZE`).
pub const CQ_UNIT_SIZE: usize = 20;
/// RocketMQ's default file: 300000 units.
pub const CQ_DEFAULT_FILE_SIZE: i64 = 300_000 * CQ_UNIT_SIZE as i64;

const UNIT: i64 = CQ_UNIT_SIZE as i64;
/// `MappedFile.OS_PAGE_SIZE`
const OS_PAGE: i64 = 4096;
/// Files that recovery reads: the last three.
const RECOVERED_FILES: usize = 3;

/// Hash of a TAGS string: Java's `String.hashCode`, over UTF-16 units, sign-extended.
pub fn tags_code(tags: &str) -> i64 {
    let hash =
        tags.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
    i64::from(hash)
}

/// One unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CqUnit {
    /// Physical offset of the message record, behind the DLedger header.
    pub offset: i64,
    /// TOTALSIZE of the message.
    pub size: i32,
    /// Hash of the tags, see [`tags_code`]; 0 without tags.
    pub tags_code: i64,
}

impl CqUnit {
    /// What fills a file before the first unit of a queue that does not begin at 0.
    pub const BLANK: CqUnit = CqUnit { offset: 0, size: i32::MAX, tags_code: 0 };

    /// The 20 bytes.
    pub fn encode(&self) -> [u8; CQ_UNIT_SIZE] {
        let mut bytes = [0; CQ_UNIT_SIZE];
        put_i64(&mut bytes, 0, self.offset);
        put_i32(&mut bytes, 8, self.size);
        put_i64(&mut bytes, 12, self.tags_code);
        bytes
    }

    /// The unit at the start of `bytes`; `None` when there are fewer than 20. Never written ones are all zero.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        Some(CqUnit { offset: be_i64(bytes, 0)?, size: be_i32(bytes, 8)?, tags_code: be_i64(bytes, 12)? })
    }

    /// Where the message ends in the CommitLog. Wraps as in Java: a file may hold any offset.
    pub const fn end(&self) -> i64 {
        self.offset.wrapping_add(self.size as i64)
    }

    const fn is_written(&self) -> bool {
        self.offset >= 0 && self.size > 0
    }
}

/// What became of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Put {
    /// Appended at the queue offset that the message carries.
    Appended,
    /// Appended at `queue_offset` although the message says `expected`: the original only logs the difference.
    Misplaced {
        /// Where it went.
        queue_offset: i64,
        /// Where the message says it should be.
        expected: i64,
    },
    /// Ignored: its message ends at or before [`ConsumeQueue::max_physic_offset`].
    RepeatedPhysically,
    /// Ignored: its queue offset has a unit already.
    RepeatedLogically,
}

/// The units of one queue.
#[derive(Clone, Debug)]
pub struct ConsumeQueue {
    files: FileList,
    /// First readable byte.
    min_logic_offset: i64,
    max_physic_offset: i64,
    /// What lies before is on disk, whatever happens to the machine (`flushedWhere`).
    flushed: i64,
    /// Start of the file that was created when there was none, in this process (`isFirstCreateInQueue`).
    first_created: Option<i64>,
}

impl ConsumeQueue {
    /// An empty queue. `file_size` in bytes (more than zero) is rounded up to whole units.
    pub const fn new(file_size: i64) -> Self {
        let file_size = (file_size + UNIT - 1) / UNIT * UNIT;
        let files = FileList::new(file_size, Rolling::Exact);
        ConsumeQueue { files, min_logic_offset: 0, max_physic_offset: -1, flushed: 0, first_created: None }
    }

    /// The queue that a new process makes of these files: `load` and `recover`.
    ///
    /// # Errors
    /// Files of a wrong name, length or order.
    pub fn load(
        file_size: i64,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, FileError> {
        let mut queue = ConsumeQueue::new(file_size);
        queue.files = FileList::load(queue.files.file_size(), Rolling::Exact, files)?;
        queue.recover();
        Ok(queue)
    }

    /// The queue that a new process makes of the files this one leaves. `min_offset` is 0 until
    /// [`correct_min_offset`](Self::correct_min_offset).
    pub fn reopen(self) -> Self {
        let mut queue = ConsumeQueue::new(self.files.file_size());
        queue.files = self.files;
        queue.files.mark_full();
        queue.recover();
        queue
    }

    /// Takes units from the third last file on while they look written, and cuts the files at the first that does not.
    fn recover(&mut self) {
        let first = self.files.file_count().saturating_sub(RECOVERED_FILES);
        let Some(mut pos) = self.files.start_of(first) else {
            return;
        };
        while let Some(unit) = self.raw_unit(pos).filter(CqUnit::is_written) {
            self.max_physic_offset = unit.end();
            pos += UNIT;
        }
        self.files.truncate(pos, false);
        self.flushed = pos;
    }

    /// Appends the unit of a message that carries queue offset `cq_offset` (`putMessagePositionInfo`).
    pub fn put(&mut self, offset: i64, size: i32, tags_code: i64, cq_offset: i64) -> Put {
        let unit = CqUnit { offset, size, tags_code };
        if unit.end() <= self.max_physic_offset {
            return Put::RepeatedPhysically;
        }
        let expected = cq_offset * UNIT;
        if self.files.open_last(expected) {
            self.first_created = Some(self.files.min_position());
        }
        if cq_offset != 0 {
            if self.first_created == Some(self.files.wrote_position()) {
                self.min_logic_offset = expected;
                while self.files.wrote_position() < expected {
                    self.push(CqUnit::BLANK);
                }
                self.flushed = expected;
            }
            if expected < self.files.wrote_position() {
                return Put::RepeatedLogically;
            }
        }
        self.max_physic_offset = unit.end();
        let queue_offset = self.files.wrote_position() / UNIT;
        self.push(unit);
        match queue_offset == cq_offset {
            true => Put::Appended,
            false => Put::Misplaced { queue_offset, expected: cq_offset },
        }
    }

    fn push(&mut self, unit: CqUnit) {
        // Files are a multiple of 20 bytes, so a unit always fits.
        let written = self.files.append(&unit.encode());
        debug_assert!(written.is_ok());
    }

    /// The unit at queue offset `q`; `None` before the minimum and from the maximum on.
    pub fn get(&self, q: i64) -> Option<CqUnit> {
        let pos = q.checked_mul(UNIT)?;
        if pos < self.min_logic_offset {
            return None;
        }
        CqUnit::decode(&self.files.read(pos, CQ_UNIT_SIZE)?)
    }

    /// Queue offset of the first readable unit.
    pub const fn min_offset(&self) -> i64 {
        self.min_logic_offset / UNIT
    }

    /// Queue offset that the next unit will get.
    pub fn max_offset(&self) -> i64 {
        self.files.wrote_position() / UNIT
    }

    /// End in the CommitLog of the last message that got a unit; -1 before the first.
    pub const fn max_physic_offset(&self) -> i64 {
        self.max_physic_offset
    }

    /// Units in a file.
    pub const fn units_in_file(&self) -> i64 {
        self.files.file_size() / UNIT
    }

    /// One flush: of the file that holds the first byte not on disk, if it is full or has `least_pages` pages that are
    /// not (`MappedFileQueue.flush`).
    pub fn flush(&mut self, least_pages: i64) {
        let file_size = self.files.file_size();
        let wrote = self.files.wrote_position().min(self.flushed + file_size - self.flushed % file_size);
        if wrote % file_size == 0 || wrote / OS_PAGE - self.flushed / OS_PAGE >= least_pages {
            self.flushed = wrote.max(self.flushed);
        }
    }

    /// Flushes all there is.
    pub fn flush_all(&mut self) {
        self.flushed = self.files.wrote_position();
    }

    /// The machine lost power: what was not flushed is gone, a file made since too. Says the first unit that is.
    pub fn lose_unflushed(&mut self) -> Option<CqUnit> {
        let first = self.raw_unit(self.flushed).filter(|_| self.flushed < self.files.wrote_position());
        self.files.truncate(self.flushed, true);
        if self.files.spans().last().is_some_and(|(_, wrote)| wrote == 0) {
            self.files.delete_last();
        }
        first
    }

    /// Drops the units whose messages start at or after `phy` (`truncateDirtyLogicFiles`). One that starts
    /// before and ends after stays. Like the original it reads the last file from its first unit on as if freshly
    /// loaded, so units that an earlier truncate left behind count again.
    pub fn truncate_dirty(&mut self, phy: i64) {
        self.max_physic_offset = phy;
        while let Some((start, _)) = self.files.spans().last() {
            match self.raw_unit(start) {
                Some(first) if first.offset >= phy => {
                    self.files.delete_last();
                    self.flushed = self.flushed.min(start);
                    if self.first_created == Some(start) {
                        self.first_created = None;
                    }
                }
                Some(first) => {
                    self.max_physic_offset = first.end();
                    let mut pos = start + UNIT;
                    while pos < start + self.files.file_size() {
                        let Some(unit) = self.raw_unit(pos).filter(|u| u.is_written() && u.offset < phy)
                        else {
                            break;
                        };
                        self.max_physic_offset = unit.end();
                        pos += UNIT;
                    }
                    self.set_end(start, pos);
                    return;
                }
                None => return,
            }
        }
    }

    /// Sets the end to `pos`, which is in the last file or its end.
    fn set_end(&mut self, last_start: i64, pos: i64) {
        if pos == last_start + self.files.file_size() {
            self.files.mark_full();
        } else {
            self.files.truncate(pos, false);
        }
        self.flushed = self.flushed.min(pos);
    }

    /// Raises the minimum over units whose messages the CommitLog no longer has (`correctMinOffset`).
    /// `min_phy` is the CommitLog's first byte.
    pub fn correct_min_offset(&mut self, min_phy: i64) {
        let end = self.files.wrote_position();
        if self.min_logic_offset >= end {
            return;
        }
        let last = self.files.read(end - UNIT, CQ_UNIT_SIZE).and_then(|bytes| CqUnit::decode(&bytes));
        if last.is_some_and(|unit| unit.offset < min_phy) {
            self.min_logic_offset = end;
            return;
        }
        let Some((start, wrote)) = self.files.spans().next() else {
            return;
        };
        let (mut low, mut high) = (self.min_logic_offset.max(start) / UNIT, (start + wrote) / UNIT);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.raw_unit(middle * UNIT) {
                Some(unit) if unit.offset < min_phy => low = middle + 1,
                _ => high = middle,
            }
        }
        self.min_logic_offset = low * UNIT;
    }

    /// A unit's bytes, written or left behind.
    fn raw_unit(&self, pos: i64) -> Option<CqUnit> {
        CqUnit::decode(&self.files.read_raw(pos, CQ_UNIT_SIZE)?)
    }

    /// Bytes of each file.
    pub const fn file_size(&self) -> i64 {
        self.files.file_size()
    }

    /// Start offset of each file, and how many bytes from its start may be other than zero.
    pub fn used(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.files.used()
    }

    /// `len` bytes from `pos`, written or left behind; `None` unless one file holds them all.
    pub fn raw(&self, pos: i64, len: usize) -> Option<Vec<u8>> {
        Some(self.files.read_raw(pos, len)?.into_owned())
    }

    /// The files with names and all their bytes, in order. Allocates whole files: for small file sizes.
    pub fn export(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        self.files.export()
    }

    /// Start offset and written bytes of each file.
    pub fn spans(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.files.spans()
    }
}

#[cfg(test)]
mod tests;
