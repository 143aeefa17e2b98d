//! RocketMQ's `checkpoint` file in the store root: until when which part of the store was flushed (`StoreCheckpoint`).
//! An abnormal restart begins its scan of the log by it.

use super::bytes::{be_i64, put_i64};
use super::error::DecodeError;

/// Bytes that mean something.
pub const STORE_CHECKPOINT_SIZE: usize = 40;
/// Bytes of the file: a page, zero behind the numbers (`MappedFile.OS_PAGE_SIZE`).
pub const STORE_CHECKPOINT_FILE_SIZE: usize = 4096;

/// The five numbers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct StoreCheckpoint {
    /// STORETIMESTAMP of the last message flushed in the CommitLog, ms.
    pub physic_msg_timestamp: i64,
    /// STORETIMESTAMP of the last message with a flushed ConsumeQueue unit, ms.
    pub logics_msg_timestamp: i64,
    /// STORETIMESTAMP of the last message in a flushed IndexFile, ms.
    pub index_msg_timestamp: i64,
    /// Position in the CommitLog; not used with DLedger.
    pub master_flushed_offset: i64,
    /// Position in the CommitLog; not used with DLedger.
    pub confirm_phy_offset: i64,
}

impl StoreCheckpoint {
    /// The whole file.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; STORE_CHECKPOINT_FILE_SIZE];
        put_i64(&mut bytes, 0, self.physic_msg_timestamp);
        put_i64(&mut bytes, 8, self.logics_msg_timestamp);
        put_i64(&mut bytes, 16, self.index_msg_timestamp);
        put_i64(&mut bytes, 24, self.master_flushed_offset);
        put_i64(&mut bytes, 32, self.confirm_phy_offset);
        bytes
    }

    /// The numbers at the start of `bytes`; what follows them is not looked at.
    ///
    /// # Errors
    /// Fewer than 40 bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let long = |at| {
            be_i64(bytes, at).ok_or(DecodeError::short("checkpoint", bytes.len(), STORE_CHECKPOINT_SIZE))
        };
        Ok(StoreCheckpoint {
            physic_msg_timestamp: long(0)?,
            logics_msg_timestamp: long(8)?,
            index_msg_timestamp: long(16)?,
            master_flushed_offset: long(24)?,
            confirm_phy_offset: long(32)?,
        })
    }
}
