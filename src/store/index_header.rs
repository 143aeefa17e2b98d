//! The header of an IndexFile, RocketMQ's hash index by key (`IndexHeader`). Slots and
//! entries, which follow it, are not decoded.

use super::bytes::{be_i32, be_i64, put_i32, put_i64};
use super::error::DecodeError;

/// Bytes before the slots (`IndexHeader.INDEX_HEADER_SIZE`).
pub const INDEX_HEADER_SIZE: usize = 40;

/// The numbers of the header; all zero in a file without entries.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct IndexHeader {
    /// STORETIMESTAMP of the first message, ms.
    pub begin_timestamp: i64,
    /// STORETIMESTAMP of the last message, ms.
    pub end_timestamp: i64,
    /// Physical offset of the first message.
    pub begin_phy_offset: i64,
    /// Physical offset of the last message.
    pub end_phy_offset: i64,
    /// Slots that lead to an entry.
    pub hash_slot_count: i32,
    /// Number of the next entry. Entries count from 1, so one more than there are.
    pub index_count: i32,
}

impl IndexHeader {
    /// The 40 bytes.
    pub fn encode(&self) -> [u8; INDEX_HEADER_SIZE] {
        let mut bytes = [0; INDEX_HEADER_SIZE];
        put_i64(&mut bytes, 0, self.begin_timestamp);
        put_i64(&mut bytes, 8, self.end_timestamp);
        put_i64(&mut bytes, 16, self.begin_phy_offset);
        put_i64(&mut bytes, 24, self.end_phy_offset);
        put_i32(&mut bytes, 32, self.hash_slot_count);
        put_i32(&mut bytes, 36, self.index_count);
        bytes
    }

    /// The header at the start of `bytes`.
    ///
    /// # Errors
    /// Fewer than 40 bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let short = || DecodeError::short("IndexFile header", bytes.len(), INDEX_HEADER_SIZE);
        let long = |at| be_i64(bytes, at).ok_or_else(short);
        let int = |at| be_i32(bytes, at).ok_or_else(short);
        Ok(IndexHeader {
            begin_timestamp: long(0)?,
            end_timestamp: long(8)?,
            begin_phy_offset: long(16)?,
            end_phy_offset: long(24)?,
            hash_slot_count: int(32)?,
            index_count: int(36)?,
        })
    }
}
