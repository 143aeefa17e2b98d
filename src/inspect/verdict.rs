//! Bytes behind the last good entry: the end of the log, or damage?
//!
//! A truncate only sets the write position back, so old bytes may follow the end, aligned with it or not. What is
//! taken for damage instead: the index names an entry exactly here, the bytes themselves do, or a later entry goes on
//! with the log. Without index files a truncate that was followed by entries of a smaller term (an entry of an older
//! term can come back through a new leader) may be taken for damage.

use crate::store::{ENTRY_HEADER_SIZE, EntryHeader, INDEX_UNIT_SIZE, IndexUnit, MAX_ENTRY_SIZE};

use super::bytes::{int, is_zero, long};
use super::ledger::{HEADER, Scan};
use super::report::{Error, Problem, Wrong};

/// Bytes searched for the next entry: no entry is longer.
const LOOK_AHEAD: u64 = MAX_ENTRY_SIZE as u64;
const CHUNK: usize = 64 * 1024;

/// What the index says of the place where the next entry would be.
enum Unit {
    /// There are no index files, they do not reach here, or the unit is damaged.
    Silent,
    /// An entry of the log is exactly there.
    Here,
    /// The next entry was never written, or was written elsewhere before a truncate.
    Elsewhere,
}

impl Scan<'_, '_, '_, '_> {
    /// `Some` if the record at `at` is a damaged entry; in it the place where entries go on, if there is one in the
    /// file.
    pub fn damaged(&mut self, piece: usize, at: u64, unwritten: bool) -> Result<Option<Option<u64>>, Error> {
        let position = self.data.position(piece, at);
        let bytes = self.data.bytes(piece, at, ENTRY_HEADER_SIZE)?;
        let there = bytes.len();
        let (index, term, pos) = (long(bytes, 8), long(bytes, 16), long(bytes, 24));
        let sizes = [i64::from(int(bytes, 4)), i64::from(int(bytes, 44)) + HEADER as i64];
        let least_term = self.span.last_term;

        for size in sizes.into_iter().filter(|size| *size >= HEADER as i64) {
            let after = at + size as u64;
            let follows = |header: &EntryHeader| self.next.is_none_or(|next| header.index.0 - 1 == next);
            let header = Self::header_in(self.data.bytes(piece, after, ENTRY_HEADER_SIZE)?)
                .filter(|header| header.pos == position.saturating_add(size))
                .filter(|header| header.term.0 >= least_term && follows(header));
            if header.is_some() {
                return Ok(Some(Some(after)));
            }
        }
        // Of a header that the file's end cuts, what is there has to do.
        let names_itself = there >= 16
            && self.next == Some(index)
            && (there < 24 || term >= least_term)
            && (there < 32 || pos == position);
        let unit = self.unit_says(position)?;
        // A truncate deletes the files behind: what begins a later file has been written after it.
        let begins = at == 0 || self.next.is_none();
        if matches!(unit, Unit::Here) || !unwritten && (names_itself || begins) {
            return Ok(Some(self.look_ahead(piece, at)?));
        }
        if matches!(unit, Unit::Elsewhere) {
            return Ok(None);
        }
        Ok(self.look_ahead(piece, at)?.map(Some))
    }

    /// What the entry behind `header` says against it, where nothing before it could: that the first index is wrong, or,
    /// with the index on its side, that the term is too large.
    pub fn contradicted(
        &mut self,
        piece: usize,
        at: u64,
        header: &EntryHeader,
    ) -> Result<Option<Wrong>, Error> {
        let after = self.data.bytes(piece, at + header.size as u64, ENTRY_HEADER_SIZE)?;
        let end = header.pos.saturating_add(i64::from(header.size));
        let Some(after) = Self::header_in(after).filter(|after| after.pos == end) else {
            return Ok(None);
        };
        let index = after.index.0 - 1;
        if self.next.is_none() && index != header.index.0 && index >= 0 {
            return Ok(Some((8, Problem::exactly("entry index", header.index, index))));
        }
        if after.term >= header.term {
            return Ok(None);
        }
        let Some(files) = self.index.as_deref_mut() else {
            return Ok(None);
        };
        let place = files.locate(header.index.0.saturating_mul(INDEX_UNIT_SIZE as i64));
        let Some((piece, at)) = place else {
            return Ok(None);
        };
        let unit = IndexUnit::decode(files.bytes(piece, at, INDEX_UNIT_SIZE)?);
        let against = unit.is_ok_and(|unit| {
            (unit.index, unit.pos, unit.size) == (header.index, header.pos, header.size)
                && (self.span.last_term..=after.term.0).contains(&unit.term.0)
        });
        Ok(against.then(|| (16, Problem::at_most("entry term", header.term, after.term.0))))
    }

    fn header_in(bytes: &[u8]) -> Option<EntryHeader> {
        EntryHeader::decode(bytes).ok().filter(|header| header.index.0 >= 0)
    }

    fn unit_says(&mut self, position: i64) -> Result<Unit, Error> {
        let (Some(next), Some(index)) = (self.next, self.index.as_deref_mut()) else {
            return Ok(Unit::Silent);
        };
        let Some((piece, at)) = index.locate(next.saturating_mul(INDEX_UNIT_SIZE as i64)) else {
            return Ok(Unit::Silent);
        };
        let bytes = index.bytes(piece, at, INDEX_UNIT_SIZE)?;
        if is_zero(bytes) {
            return Ok(Unit::Elsewhere);
        }
        Ok(match IndexUnit::decode(bytes) {
            Ok(unit) if unit.index.0 != next => Unit::Silent,
            Ok(unit) if unit.pos == position && unit.term.0 >= self.span.last_term => Unit::Here,
            Ok(_) => Unit::Elsewhere,
            Err(_) => Unit::Silent,
        })
    }

    /// The first place behind `at` that holds a later entry of this log.
    fn look_ahead(&mut self, piece: usize, at: u64) -> Result<Option<u64>, Error> {
        let (least_index, least_term) = (self.next.unwrap_or(-1), self.span.last_term);
        let end = self.data.len(piece).min(at + LOOK_AHEAD);
        let mut from = at + 1;
        while from + HEADER <= end {
            let position = self.data.position(piece, from);
            let bytes = self.data.bytes(piece, from, CHUNK)?;
            let places = bytes.len().saturating_sub(ENTRY_HEADER_SIZE - 1);
            let found = (0..places).find(|&i| {
                // Most bytes are ruled out by the magic alone.
                bytes[i..i + 3] == [0; 3]
                    && matches!(bytes[i + 3], 1..=3)
                    && Self::header_in(&bytes[i..]).is_some_and(|header| {
                        header.pos == position.saturating_add(i as i64)
                            && header.index.0 > least_index
                            && header.term.0 >= least_term
                    })
            });
            if let Some(i) = found {
                return Ok(Some(from + i as u64));
            }
            from += places.max(1) as u64;
        }
        Ok(None)
    }
}
