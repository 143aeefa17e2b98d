//! What one DLedger member keeps on disk of its log: data files and index files (`DLedgerMmapFileStore`).
//!
//! The bytes of live entries are kept once, as decoded [`Entry`]s whose bodies are shared with messages and other
//! members; the file lists below hold only what no live entry covers (padding, bytes that a truncate left behind).
//! Reading the files lays the entries over that, so every byte is what the real files would show, and `get` and
//! `term_at` cost no decoding. Opening files and recovery are in `recover.rs`; the vote is in `vote_file.rs`.

use std::rc::Rc;

use super::cow_vec::CowVec;
use super::entry::{ENTRY_HEADER_SIZE, Entry, EntryKind, INDEX_UNIT_SIZE, IndexUnit};
use super::error::StoreError;
use super::files::{FileList, MIN_BLANK_SIZE, Rolling, file_name};
use super::{Index, Term};

/// Most bytes of an entry, header included: DLedger's thread-local encode buffer.
pub const MAX_ENTRY_SIZE: usize = 4 * 1024 * 1024;

/// Sizes of the files (`mappedFileSizeForEntryData`, `mappedFileSizeForEntryIndex`), in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// More than 48 + 8.
    pub data_file_size: i64,
    /// A multiple of 32.
    pub index_file_size: i64,
}

impl Default for Options {
    /// DLedger's defaults: 1 GiB and 160 MiB.
    fn default() -> Self {
        Options { data_file_size: 1 << 30, index_file_size: INDEX_UNIT_SIZE as i64 * 5 * 1024 * 1024 }
    }
}

/// A live entry and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) entry: Entry,
    /// Position in the local data files. `entry.pos` is the leader's.
    pub(super) at: i64,
    /// The magic in the index unit, which for a leader's own NOOP is not the entry's.
    pub(super) index_magic: EntryKind,
}

impl Stored {
    pub(super) fn unit(&self) -> IndexUnit {
        IndexUnit {
            magic: self.index_magic,
            pos: self.at,
            size: self.entry.size() as i32,
            index: self.entry.index,
            term: self.entry.term,
        }
    }

    fn end(&self) -> i64 {
        self.at + self.entry.size() as i64
    }
}

/// The log of one member, on disk. Clones share everything until one changes.
#[derive(Clone, Debug)]
pub struct EntryStore {
    pub(super) options: Options,
    pub(super) data: FileList,
    pub(super) index: FileList,
    pub(super) entries: CowVec<Stored>,
    /// Index of the first of `entries`; 0 unless files were loaded whose head had been deleted.
    pub(super) begin: Index,
}

impl EntryStore {
    /// An empty directory.
    pub const fn new(options: Options) -> Self {
        assert!(options.index_file_size % INDEX_UNIT_SIZE as i64 == 0);
        EntryStore {
            options,
            data: FileList::new(options.data_file_size, Rolling::Padded),
            index: FileList::new(options.index_file_size, Rolling::Exact),
            entries: CowVec::new(),
            begin: Index(0),
        }
    }

    /// The file sizes it was made with.
    pub const fn options(&self) -> Options {
        self.options
    }

    /// Appends an entry of this member's own making. Index and position are the store's; `hook` then gets the body's
    /// position (`pos + 48`) and the body, to patch it before it is written: RocketMQ stores the message's physical
    /// offset that way. The index unit says `Normal` whatever the kind, as in the original.
    ///
    /// # Errors
    /// When the entry is too large for a file or for DLedger. Nothing changes then.
    pub fn append_as_leader(
        &mut self,
        kind: EntryKind,
        term: Term,
        mut body: Vec<u8>,
        hook: impl FnOnce(i64, &mut [u8]),
    ) -> Result<(Index, i64), StoreError> {
        let at = self.reserve(ENTRY_HEADER_SIZE + body.len())?;
        hook(at + ENTRY_HEADER_SIZE as i64, &mut body);
        let index = self.end_index().next();
        let entry = Entry {
            magic: kind,
            index,
            term,
            pos: at,
            channel: 0,
            chain_crc: 0,
            body_crc: 0,
            body: body.into(),
        };
        self.entries.push(Stored { entry, at, index_magic: EntryKind::Normal });
        Ok((index, at))
    }

    /// Stores an entry as a leader sent it, the leader's `pos` included.
    ///
    /// # Errors
    /// `IndexGap` unless the entry is the one after the end; too large as for a leader. Nothing changes then.
    pub fn append_as_follower(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let expected = self.end_index().next();
        if entry.index != expected {
            return Err(StoreError::IndexGap { expected, found: entry.index });
        }
        let at = self.reserve(entry.size())?;
        self.entries.push(Stored { entry: entry.clone(), at, index_magic: entry.magic });
        Ok(())
    }

    /// Room for an entry of `size` bytes in the data files and for its unit in the index files.
    fn reserve(&mut self, size: usize) -> Result<i64, StoreError> {
        let max = (self.options.data_file_size - MIN_BLANK_SIZE).min(MAX_ENTRY_SIZE as i64);
        if size as i64 > max {
            return Err(StoreError::EntryTooLarge { size, max });
        }
        let at = self.data.reserve(size)?;
        let unit_at = self.index.reserve(INDEX_UNIT_SIZE)?;
        debug_assert_eq!(unit_at, self.end_index().next().0 * INDEX_UNIT_SIZE as i64);
        Ok(at)
    }

    pub(super) fn stored(&self, index: Index) -> Option<&Stored> {
        self.entries.get(usize::try_from(index.0 - self.begin.0).ok()?)
    }

    /// The entry at `index`, not cloned.
    pub fn entry(&self, index: Index) -> Option<&Entry> {
        self.stored(index).map(|stored| &stored.entry)
    }

    /// The entry at `index`; shares its body.
    pub fn get(&self, index: Index) -> Option<Entry> {
        self.entry(index).cloned()
    }

    /// The term of the entry at `index`.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        self.entry(index).map(|entry| entry.term)
    }

    /// Position of the entry in the local data files, in bytes.
    pub fn position_of(&self, index: Index) -> Option<i64> {
        self.stored(index).map(|stored| stored.at)
    }

    /// The entry whose bytes include data position `pos`; `None` in padding and beyond the end.
    pub fn entry_at_position(&self, pos: i64) -> Option<&Entry> {
        let stored = self.entries.get(self.entries.partition_point(|stored| stored.end() <= pos))?;
        (stored.at <= pos).then_some(&stored.entry)
    }

    /// Index of the first entry the files hold; the next index to append when they hold none.
    pub const fn begin_index(&self) -> Index {
        self.begin
    }

    /// Index of the last entry, [`Index::NONE`] of an empty log.
    pub fn end_index(&self) -> Index {
        Index(self.begin.0 + self.entries.len() as i64 - 1)
    }

    /// Term of the last entry, [`Term::NONE`] of an empty log.
    pub fn end_term(&self) -> Term {
        self.entries.last().map_or(Term::NONE, |stored| stored.entry.term)
    }

    /// Start of the first data file, 0 without files (`dataFileList.getMinOffset`).
    pub fn data_begin(&self) -> i64 {
        self.data.min_position()
    }

    /// End of the written data, in bytes (`dataFileList.getMaxWrotePosition`).
    pub fn wrote_position(&self) -> i64 {
        self.data.wrote_position()
    }

    /// End of the written index, in bytes.
    pub fn index_wrote_position(&self) -> i64 {
        self.index.wrote_position()
    }

    /// Deletes the entries from `first_deleted` on and says the new end index; beyond the end nothing happens.
    ///
    /// `erase` zeroes the cut bytes in the files that stay, the padding before a file's first entry included: what comes
    /// in its place may be small enough for the file before, and then lies there on the leader. The original does not
    /// (bug B16): recovery then finds the entries again unless something was written over them, and after a cut at the
    /// beginning of a file entries may lie at other places than the leader's. The cut is at the entry's local position,
    /// where the original trusts the leader's `pos` (B17).
    pub fn truncate(&mut self, first_deleted: Index, erase: bool) -> Index {
        let first = first_deleted.max(self.begin);
        let Some(at) = self.position_of(first) else {
            return self.end_index();
        };
        if !erase {
            for stored in self.entries.iter_from((first.0 - self.begin.0) as usize) {
                leave_bytes(&mut self.data, &mut self.index, stored);
            }
        }
        let before = self.stored(first.prev()).filter(|_| erase).map_or(at, Stored::end);
        self.data.truncate(before, erase);
        self.index.truncate(first.0 * INDEX_UNIT_SIZE as i64, erase);
        self.entries.truncate((first.0 - self.begin.0) as usize);
        self.end_index()
    }

    /// The data files with all their bytes, in order. Allocates whole files: for small file sizes.
    pub fn data_files(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        let size = self.options.data_file_size as usize;
        self.data.spans().filter_map(move |(start, _)| Some((file_name(start), self.raw_data(start, size)?)))
    }

    /// The index files with all their bytes, in order. Allocates whole files: for small file sizes.
    pub fn index_files(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        let size = self.options.index_file_size as usize;
        self.index
            .spans()
            .filter_map(move |(start, _)| Some((file_name(start), self.raw_index(start, size)?)))
    }

    /// Start offset and written bytes of each data file.
    pub fn data_spans(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.data.spans()
    }

    /// Start offset and written bytes of each index file.
    pub fn index_spans(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.index.spans()
    }

    /// Start offset of each data file, and how many bytes from its start may be other than zero.
    pub fn data_used(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.data.used()
    }

    /// The same of each index file.
    pub fn index_used(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.index.used()
    }

    /// `len` bytes of the data files from `pos`, written or left behind; `None` unless one file holds them all.
    pub fn raw_data(&self, pos: i64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = self.data.read_raw(pos, len)?.into_owned();
        let first = self.entries.partition_point(|stored| stored.end() <= pos);
        for stored in self.entries.iter_from(first).take_while(|stored| stored.at < pos + len as i64) {
            let shift = stored.at - pos;
            lay_over(&mut bytes, shift, &stored.entry.header().encode());
            lay_over(&mut bytes, shift + ENTRY_HEADER_SIZE as i64, &stored.entry.body);
        }
        Some(bytes)
    }

    /// The same for the index files.
    pub fn raw_index(&self, pos: i64, len: usize) -> Option<Vec<u8>> {
        let mut bytes = self.index.read_raw(pos, len)?.into_owned();
        let unit = INDEX_UNIT_SIZE as i64;
        let first = usize::try_from(pos / unit - self.begin.0).unwrap_or(0);
        for stored in self.entries.iter_from(first) {
            let shift = stored.entry.index.0 * unit - pos;
            if shift >= len as i64 {
                break;
            }
            lay_over(&mut bytes, shift, &stored.unit().encode());
        }
        Some(bytes)
    }

    /// The written body bytes of `pos..pos + len`, shared and not copied, when they are exactly one entry's body: how
    /// RocketMQ reads a message by physical offset and size.
    pub fn body_at(&self, pos: i64, len: usize) -> Option<Rc<[u8]>> {
        let entry = self.entry_at_position(pos)?;
        let at = self.position_of(entry.index)? + ENTRY_HEADER_SIZE as i64;
        (at == pos && entry.body.len() == len).then(|| entry.body.clone())
    }
}

/// Puts the bytes of an entry that is about to go into the files themselves.
pub(super) fn leave_bytes(data: &mut FileList, index: &mut FileList, stored: &Stored) {
    data.write_at(stored.at, &stored.entry.encode());
    index.write_at(stored.entry.index.0 * INDEX_UNIT_SIZE as i64, &stored.unit().encode());
}

/// Copies what of `over`, which starts `shift` bytes after `bytes`, falls into `bytes`.
fn lay_over(bytes: &mut [u8], shift: i64, over: &[u8]) {
    let end = (shift + over.len() as i64).min(bytes.len() as i64);
    let begin = shift.max(0);
    if begin < end {
        bytes[begin as usize..end as usize]
            .copy_from_slice(&over[(begin - shift) as usize..(end - shift) as usize]);
    }
}

#[cfg(test)]
mod tests;
