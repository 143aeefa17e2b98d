//! Bytes on a broker's disk, byte for byte as the real programs write them: DLedger entries and index units in files
//! that roll and are padded, `currterm` and both `checkpoint` files, RocketMQ message records, ConsumeQueue units, the
//! header of an IndexFile.
//!
//! Pure encode, decode, append, truncate and recover. Everything lives in memory. Nothing here knows of elections,
//! messages between members, time or randomness; that is the floor above (`ledger`, `broker`).
//!
//! Numbers are big-endian on disk. Positions and offsets are `i64` bytes, as in the files. Every type here is cheap to
//! clone: written bytes and entry bodies are shared until one side changes them, so a checkpoint of a world costs
//! little.

mod bytes;
mod consume_queue;
mod cow_vec;
mod crc;
mod entry;
mod entry_store;
mod error;
mod files;
mod host;
// Formats of real brokers that a run does not have: not in the browser, where they weigh a little even if unused.
#[cfg(not(target_arch = "wasm32"))]
mod index_header;
#[cfg(not(target_arch = "wasm32"))]
mod ledger_checkpoint;
#[cfg(not(target_arch = "wasm32"))]
mod left_behind;
mod message;
pub mod properties;
mod record;
mod recover;
#[cfg(not(target_arch = "wasm32"))]
mod store_checkpoint;
mod vote_file;

use std::fmt;

use serde::Serialize;

pub use consume_queue::{CQ_DEFAULT_FILE_SIZE, CQ_UNIT_SIZE, ConsumeQueue, CqUnit, Put, tags_code};
pub use crc::{body_crc, crc32};
pub use entry::{ENTRY_HEADER_SIZE, Entry, EntryHeader, EntryKind, INDEX_UNIT_SIZE, IndexUnit};
pub use entry_store::{EntryStore, MAX_ENTRY_SIZE, Options};
pub use error::{Allowed, CheckpointError, DecodeError, EncodeError, FileError, StoreError, VoteFileError};
pub use files::{BLANK_MAGIC, FileList, MIN_BLANK_SIZE, Rolling, file_name};
pub use host::{Host, HostParseError, offset_msg_id, parse_offset_msg_id};
#[cfg(not(target_arch = "wasm32"))]
pub use index_header::{INDEX_HEADER_SIZE, IndexHeader};
#[cfg(not(target_arch = "wasm32"))]
pub use ledger_checkpoint::LedgerCheckpoint;
#[cfg(not(target_arch = "wasm32"))]
pub use left_behind::LeftBehind;
pub use message::{Message, Version, sys_flag};
pub use record::{
    BODY_CRC_AT, BORN_HOST_AT, BORN_TIMESTAMP_AT, FLAG_AT, MAGIC_AT, PHYSICAL_OFFSET_AT, QUEUE_ID_AT,
    QUEUE_OFFSET_AT, Record, STORE_TIMESTAMP_AT_V4, SYS_FLAG_AT, TOTAL_SIZE_AT,
};
#[cfg(not(target_arch = "wasm32"))]
pub use store_checkpoint::{STORE_CHECKPOINT_FILE_SIZE, STORE_CHECKPOINT_SIZE, StoreCheckpoint};
pub use vote_file::{Vote, VoteFile};

/// A DLedger term. `-1` ([`Term::NONE`]) means "of no entry"; a fresh member is in term 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Term(pub i64);

impl Term {
    /// The term of an empty log's end.
    pub const NONE: Term = Term(-1);

    /// The term after this one.
    pub const fn next(self) -> Term {
        Term(self.0 + 1)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The index of a DLedger entry, counted from 0. `-1` ([`Index::NONE`]) is before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Index(pub i64);

impl Index {
    /// The end of an empty log.
    pub const NONE: Index = Index(-1);

    /// The index after this one.
    pub const fn next(self) -> Index {
        Index(self.0 + 1)
    }

    /// The index before this one. Goes below [`Index::NONE`] if asked to.
    pub const fn prev(self) -> Index {
        Index(self.0 - 1)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
