//! The two records that DLedger keeps for an entry: the entry itself (48-byte header and body, `DLedgerEntryCoder`) and
//! its 32-byte index unit. Encode and decode only; which file they go to is `entry_store`'s business.

use std::rc::Rc;

use super::bytes::{be_i32, be_i64, put_i32, put_i64};
use super::error::{Allowed, DecodeError};
use super::{Index, Term};

/// Bytes before the body (`DLedgerEntry.BODY_OFFSET`).
pub const ENTRY_HEADER_SIZE: usize = 48;
/// Bytes of an index unit; entry i's is at byte `i * 32` of the index files (`INDEX_UNIT_SIZE`).
pub const INDEX_UNIT_SIZE: usize = 32;

const MAGIC_CODES: &[i64] = &[1, 2, 3];

/// The `magic` word of an entry (`DLedgerEntryType`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EntryKind {
    /// An entry of the application: a message.
    Normal = 1,
    /// An empty entry that a new leader writes to be able to commit (fast advance of the commit index).
    Noop = 2,
    /// Reserved by DLedger, never written.
    ConfigChange = 3,
}

impl EntryKind {
    /// The word as it is on disk.
    pub const fn code(self) -> i32 {
        self as i32
    }

    fn decode(code: i32, offset: usize) -> Result<Self, DecodeError> {
        match code {
            1 => Ok(EntryKind::Normal),
            2 => Ok(EntryKind::Noop),
            3 => Ok(EntryKind::ConfigChange),
            _ => Err(DecodeError {
                what: "entry magic",
                offset,
                found: i64::from(code),
                allowed: Allowed::OneOf(MAGIC_CODES),
            }),
        }
    }
}

/// One DLedger entry. Clones share the body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What kind of entry it is.
    pub magic: EntryKind,
    /// Its place in the log.
    pub index: Index,
    /// The term of the leader that made it.
    pub term: Term,
    /// Byte position of this entry in the *leader's* data files; equal to the local one while logs are byte-identical.
    pub pos: i64,
    /// Reserved, 0.
    pub channel: i32,
    /// Never computed by DLedger, 0.
    pub chain_crc: i32,
    /// Never computed by DLedger, 0.
    pub body_crc: i32,
    /// The message, or nothing for a NOOP.
    pub body: Rc<[u8]>,
}

impl Entry {
    /// Bytes of the whole entry, header included.
    pub fn size(&self) -> usize {
        ENTRY_HEADER_SIZE + self.body.len()
    }

    /// The header that goes before the body.
    pub fn header(&self) -> EntryHeader {
        EntryHeader {
            magic: self.magic,
            size: self.size() as i32,
            index: self.index,
            term: self.term,
            pos: self.pos,
            channel: self.channel,
            chain_crc: self.chain_crc,
            body_crc: self.body_crc,
        }
    }

    /// Header and body, as in the data file.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        bytes.extend_from_slice(&self.header().encode());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The entry at the start of `bytes`; what follows it is not looked at.
    ///
    /// # Errors
    /// As [`EntryHeader::decode`], and when the slice ends within the body.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let header = EntryHeader::decode(bytes)?;
        let size = header.size as usize;
        let body =
            bytes.get(ENTRY_HEADER_SIZE..size).ok_or(DecodeError::short("entry", bytes.len(), size))?;
        Ok(header.with_body(body.into()))
    }
}

/// The 48 bytes before an entry's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EntryHeader {
    /// What kind of entry it is.
    pub magic: EntryKind,
    /// Bytes of the whole entry, header included.
    pub size: i32,
    /// Its place in the log.
    pub index: Index,
    /// The term of the leader that made it.
    pub term: Term,
    /// Position in the leader's data files, in bytes.
    pub pos: i64,
    /// Reserved, 0.
    pub channel: i32,
    /// Never computed, 0.
    pub chain_crc: i32,
    /// Never computed, 0.
    pub body_crc: i32,
}

impl EntryHeader {
    /// The 48 bytes, body length included.
    pub fn encode(&self) -> [u8; ENTRY_HEADER_SIZE] {
        let mut bytes = [0; ENTRY_HEADER_SIZE];
        put_i32(&mut bytes, 0, self.magic.code());
        put_i32(&mut bytes, 4, self.size);
        put_i64(&mut bytes, 8, self.index.0);
        put_i64(&mut bytes, 16, self.term.0);
        put_i64(&mut bytes, 24, self.pos);
        put_i32(&mut bytes, 32, self.channel);
        put_i32(&mut bytes, 36, self.chain_crc);
        put_i32(&mut bytes, 40, self.body_crc);
        put_i32(&mut bytes, 44, self.size - ENTRY_HEADER_SIZE as i32);
        bytes
    }

    /// The header at the start of `bytes`. The body need not be there.
    ///
    /// # Errors
    /// When the slice is too short, the magic is unknown, or size and body length do not fit each other: the checks of
    /// `DLedgerMmapFileStore.recover` that need nothing but the header.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let Some(bytes) = bytes.get(..ENTRY_HEADER_SIZE) else {
            return Err(DecodeError::short("entry header", bytes.len(), ENTRY_HEADER_SIZE));
        };
        // All numbers are within the header's 48 bytes.
        let int = |at| be_i32(bytes, at).unwrap_or_default();
        let long = |at| be_i64(bytes, at).unwrap_or_default();
        let header = EntryHeader {
            magic: EntryKind::decode(int(0), 0)?,
            size: int(4),
            index: Index(long(8)),
            term: Term(long(16)),
            pos: long(24),
            channel: int(32),
            chain_crc: int(36),
            body_crc: int(40),
        };
        let body_size = int(44);
        let fits = i64::from(body_size) + ENTRY_HEADER_SIZE as i64;
        if body_size < 0 {
            let (found, allowed) = (i64::from(body_size), Allowed::AtLeast(0));
            return Err(DecodeError { what: "entry body length", offset: 44, found, allowed });
        }
        if i64::from(header.size) != fits {
            let (found, allowed) = (i64::from(header.size), Allowed::Exactly(fits));
            return Err(DecodeError { what: "entry size", offset: 4, found, allowed });
        }
        Ok(header)
    }

    /// The entry of this header with `body`, which must have the length that the header says.
    pub(super) fn with_body(self, body: Rc<[u8]>) -> Entry {
        debug_assert_eq!(self.size as usize, ENTRY_HEADER_SIZE + body.len());
        Entry {
            magic: self.magic,
            index: self.index,
            term: self.term,
            pos: self.pos,
            channel: self.channel,
            chain_crc: self.chain_crc,
            body_crc: self.body_crc,
            body,
        }
    }
}

/// The index record of one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndexUnit {
    /// A leader writes `Normal` here even for a NOOP; followers and recovery write the entry's own.
    pub magic: EntryKind,
    /// Byte position of the entry in the *local* data files.
    pub pos: i64,
    /// Bytes of the entry, header included.
    pub size: i32,
    /// The entry's place in the log.
    pub index: Index,
    /// The entry's term.
    pub term: Term,
}

impl IndexUnit {
    /// The 32 bytes.
    pub fn encode(&self) -> [u8; INDEX_UNIT_SIZE] {
        let mut bytes = [0; INDEX_UNIT_SIZE];
        put_i32(&mut bytes, 0, self.magic.code());
        put_i64(&mut bytes, 4, self.pos);
        put_i32(&mut bytes, 12, self.size);
        put_i64(&mut bytes, 16, self.index.0);
        put_i64(&mut bytes, 24, self.term.0);
        bytes
    }

    /// The unit at the start of `bytes`.
    ///
    /// # Errors
    /// When the slice is too short or the magic unknown (a unit never written is all zero).
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let Some(bytes) = bytes.get(..INDEX_UNIT_SIZE) else {
            return Err(DecodeError::short("index unit", bytes.len(), INDEX_UNIT_SIZE));
        };
        // All numbers are within the unit's 32 bytes.
        let int = |at| be_i32(bytes, at).unwrap_or_default();
        let long = |at| be_i64(bytes, at).unwrap_or_default();
        Ok(IndexUnit {
            magic: EntryKind::decode(int(0), 0)?,
            pos: long(4),
            size: int(12),
            index: Index(long(16)),
            term: Term(long(24)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &[u8]) -> Entry {
        Entry {
            magic: EntryKind::Normal,
            index: Index(7),
            term: Term(3),
            pos: 4096,
            channel: 0,
            chain_crc: 0,
            body_crc: 0,
            body: body.into(),
        }
    }

    #[test]
    fn an_entry_reads_back_as_written_and_ignores_what_follows() {
        let mut bytes = entry(b"body").encode();
        assert_eq!(bytes.len(), 52);
        bytes.extend_from_slice(b"next");
        assert_eq!(Entry::decode(&bytes), Ok(entry(b"body")));
    }

    #[test]
    fn an_entry_with_a_broken_header_is_refused_with_the_field_that_is_wrong() {
        let good = entry(b"body").encode();
        let broken = |at: usize, value: i32| {
            let mut bytes = good.clone();
            bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
            Entry::decode(&bytes).map_err(|e| (e.what, e.offset, e.found))
        };
        assert_eq!(broken(0, -1), Err(("entry magic", 0, -1)));
        assert_eq!(broken(4, 53), Err(("entry size", 4, 53)));
        assert_eq!(broken(44, -1), Err(("entry body length", 44, -1)));
        assert_eq!(Entry::decode(&good[..51]), Err(DecodeError::short("entry", 51, 52)));
        assert_eq!(Entry::decode(&good[..47]), Err(DecodeError::short("entry header", 47, 48)));
    }

    #[test]
    fn a_unit_never_written_is_refused() {
        assert_eq!(IndexUnit::decode(&[0; 32]).map_err(|e| e.what), Err("entry magic"));
    }
}
