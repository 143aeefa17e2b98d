//! Opening a log that was left on disk: `DLedgerMmapFileStore.load` and `recover` of DLedger 0.4.0.
//!
//! The scan reads bytes, not memory of what was stored: entries that a truncate left behind come back (bug B16), an
//! index that disagrees with the data is cut and rebuilt, and nothing checks a checksum. Not here: `committedIndex`
//! and `appliedIndex`, which DLedger does not persist.

use std::ops::Range;
use std::rc::Rc;

use super::bytes::be_i32;
use super::cow_vec::CowVec;
use super::entry::{ENTRY_HEADER_SIZE, EntryHeader, INDEX_UNIT_SIZE, IndexUnit};
use super::entry_store::{EntryStore, Options, Stored, leave_bytes};
use super::error::{DecodeError, StoreError};
use super::files::{BLANK_MAGIC, FileList, MIN_BLANK_SIZE, Rolling};
use super::{Index, Term};

/// Files scanned at most when all is well: the last three.
const SCANNED_FILES: usize = 3;
/// No log comes near it; the unit of an entry beyond it would have no position that an `i64` can say.
const MAX_INDEX: Index = Index(i64::MAX / 2 / INDEX_UNIT_SIZE as i64);

/// A word pair at the start of a record.
enum Record {
    Blank {
        size: i64,
    },
    Entry(EntryHeader),
    /// Zero, torn or foreign bytes, or the end of the file.
    End,
}

struct Scan {
    found: Vec<Stored>,
    /// End of the last good record.
    end: i64,
    /// The first entry whose index unit was wrong; from here on the index is written anew.
    reindex_from: Option<Index>,
}

impl EntryStore {
    /// The store that a new process makes of these files.
    ///
    /// # Errors
    /// Files of a wrong name, length or order; more than a whole file lost; a head (what lies
    /// before the files that are scanned) that the index does not lead through.
    pub fn load(
        options: Options,
        data: impl IntoIterator<Item = (String, Vec<u8>)>,
        index: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, StoreError> {
        let mut store = EntryStore::new(options);
        store.data = FileList::load(options.data_file_size, Rolling::Padded, data)?;
        store.index = FileList::load(options.index_file_size, Rolling::Exact, index)?;
        recover(&mut store)?;
        Ok(store)
    }

    /// The store that a new process makes of the files this one leaves: what a restart finds.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn reopen(mut self) -> Result<Self, StoreError> {
        recover(&mut self)?;
        Ok(self)
    }

    /// The record at `pos`, where entry `expected` is most likely to be.
    fn record_at(&self, pos: i64, expected: Index) -> Record {
        // Live entries lie over the bytes.
        if let Some(known) = self.stored(expected).filter(|known| known.at == pos) {
            return Record::Entry(known.entry.header());
        }
        let Some(words) = self.raw_data(pos, 8) else {
            return Record::End;
        };
        match (be_i32(&words, 0), be_i32(&words, 4)) {
            // The next append would destroy one smaller than its own words; at one of no size the original loops.
            (Some(BLANK_MAGIC), Some(size)) if i64::from(size) >= MIN_BLANK_SIZE => {
                Record::Blank { size: i64::from(size) }
            }
            _ => match self.raw_data(pos, ENTRY_HEADER_SIZE).map(|bytes| EntryHeader::decode(&bytes)) {
                Some(Ok(header)) if self.raw_data(pos, header.size as usize).is_some() => {
                    Record::Entry(header)
                }
                _ => Record::End,
            },
        }
    }

    /// The unit that the index files hold for `index`, live or left behind.
    fn unit_at(&self, index: Index) -> Option<IndexUnit> {
        if let Some(known) = self.stored(index) {
            return Some(known.unit());
        }
        let bytes = self.raw_index(index.0.checked_mul(INDEX_UNIT_SIZE as i64)?, INDEX_UNIT_SIZE)?;
        IndexUnit::decode(&bytes).ok()
    }

    /// The entry of `header` at `at`. Shares the body that is known to be there, else reads it.
    fn stored_at(&self, at: i64, header: EntryHeader, unit: Option<IndexUnit>) -> Stored {
        let known = self
            .entry(header.index)
            .filter(|known| self.position_of(header.index) == Some(at) && known.header() == header);
        let entry = known.cloned().unwrap_or_else(|| {
            let body_at = at + ENTRY_HEADER_SIZE as i64;
            // `record_at` has seen that the body lies within the file.
            let body = self.raw_data(body_at, header.size as usize - ENTRY_HEADER_SIZE).unwrap_or_default();
            header.with_body(body.into())
        });
        Stored { index_magic: unit.map_or(entry.magic, |unit| unit.magic), entry, at }
    }
}

fn agrees(unit: IndexUnit, header: &EntryHeader, at: i64) -> bool {
    unit == IndexUnit {
        magic: header.magic,
        pos: at,
        size: header.size,
        index: header.index,
        term: header.term,
    }
}

/// Finds out what of `store` a new process sees. Its files are as they are; its entries lie over the bytes.
fn recover(store: &mut EntryStore) -> Result<(), StoreError> {
    let Some(last_file) = store.data.spans().last().map(|(start, _)| start) else {
        store.index.truncate(0, false);
        store.entries.truncate(0);
        store.begin = Index(0);
        return Ok(());
    };
    let first = first_file_to_scan(store);
    let scan = scan(store, first..store.data.file_count());
    if last_file - scan.end > store.options.data_file_size {
        return Err(StoreError::TooMuchLost { recovered_to: scan.end, last_file });
    }
    let (begin, entries) = with_head(store, first, scan.found)?;
    let old = std::mem::replace(&mut store.entries, entries);
    store.begin = begin;

    // What lay in the files as a live entry and is none any more becomes plain bytes.
    for was in old.iter_from(0) {
        let stays = store
            .stored(was.entry.index)
            .is_some_and(|now| now.at == was.at && Rc::ptr_eq(&now.entry.body, &was.entry.body));
        if !stays {
            leave_bytes(&mut store.data, &mut store.index, was);
        }
    }
    store.data.mark_full();
    store.data.truncate(scan.end, false);
    let end = store.end_index();
    let index = &mut store.index;
    index.mark_full();
    let unit = INDEX_UNIT_SIZE as i64;
    if let Some(from) = scan.reindex_from {
        index.truncate(from.0 * unit, false);
        if index.wrote_position() != from.0 * unit {
            index.rebuild_at(from.0 * unit);
        }
        for _ in from.0..=end.0 {
            index.reserve(INDEX_UNIT_SIZE)?;
        }
    }
    index.truncate(end.next().0 * unit, false);
    Ok(())
}

/// The third file from the end or the nearest one before it whose first record is an entry that the index confirms.
fn first_file_to_scan(old: &EntryStore) -> usize {
    let from = old.data.file_count().saturating_sub(SCANNED_FILES);
    let confirmed = |&number: &usize| {
        let Some(start) = old.data.start_of(number) else {
            return false;
        };
        match old.record_at(start, Index::NONE) {
            Record::Entry(header) => {
                old.unit_at(header.index).is_some_and(|unit| agrees(unit, &header, start))
            }
            _ => false,
        }
    };
    (0..=from).rev().find(confirmed).unwrap_or(0)
}

/// Reads record after record from the first to the end of the last of `files`, or to where they stop making sense.
fn scan(old: &EntryStore, mut files: Range<usize>) -> Scan {
    let mut scan = Scan { found: Vec::new(), end: 0, reindex_from: None };
    let mut file_end = 0;
    let (mut last, mut last_term) = (None, Term::NONE);
    loop {
        if scan.end == file_end {
            let Some(start) = files.next().and_then(|file| old.data.start_of(file)) else {
                return scan;
            };
            (scan.end, file_end) = (start, start + old.options.data_file_size);
        }
        let header = match old.record_at(scan.end, last.map_or(old.begin, Index::next)) {
            Record::Blank { size } if scan.end + size <= file_end => {
                scan.end += size;
                continue;
            }
            Record::End | Record::Blank { .. } => return scan,
            Record::Entry(header) => header,
        };
        let follows = last.map_or(header.index >= Index(0), |last: Index| header.index == last.next());
        if !follows || header.index > MAX_INDEX || header.term < last_term {
            return scan;
        }
        let unit = match scan.reindex_from {
            None => old.unit_at(header.index).filter(|&unit| agrees(unit, &header, scan.end)),
            Some(_) => None,
        };
        if unit.is_none() && scan.reindex_from.is_none() {
            scan.reindex_from = Some(header.index);
        }
        scan.found.push(old.stored_at(scan.end, header, unit));
        (last, last_term) = (Some(header.index), header.term);
        scan.end += i64::from(header.size);
    }
}

/// Puts before the scanned entries those of the files before, and says the first index. The original takes them
/// unseen and fails when one is read; here each must follow the one before and be where its index unit says.
fn with_head(
    old: &EntryStore,
    first_scanned: usize,
    found: Vec<Stored>,
) -> Result<(Index, CowVec<Stored>), StoreError> {
    let mut entries = CowVec::new();
    let Some(scanned) = found.first().map(Stored::unit) else {
        return Ok((Index(0), entries));
    };
    let corrupt = |index| {
        let error = DecodeError::short("entry", 0, ENTRY_HEADER_SIZE);
        StoreError::Corrupt { index, error }
    };
    let head = scan(old, 0..first_scanned);
    let begin = head.found.first().map_or(scanned.index, |stored| stored.entry.index);
    let (mut next, mut term) = (begin, Term::NONE);
    for mut stored in head.found {
        let unit = stored.unit();
        let on_disk = old.unit_at(unit.index).ok_or_else(|| corrupt(unit.index))?;
        if (IndexUnit { magic: unit.magic, ..on_disk }) != unit {
            return Err(corrupt(unit.index));
        }
        stored.index_magic = on_disk.magic;
        (next, term) = (unit.index.next(), unit.term);
        entries.push(stored);
    }
    let reached = first_scanned == 0 || old.data.start_of(first_scanned) == Some(head.end);
    if !reached || next != scanned.index || term > scanned.term {
        return Err(corrupt(next));
    }
    for stored in found {
        entries.push(stored);
    }
    Ok((begin, entries))
}
