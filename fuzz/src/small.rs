//! The small files beside the log: checkpoints and the header of an IndexFile.

use std::str::from_utf8;

use ledgerscope::store::{
    INDEX_HEADER_SIZE, IndexHeader, LedgerCheckpoint, STORE_CHECKPOINT_SIZE, StoreCheckpoint,
};

/// A header is made again to the byte; one is refused for its length alone.
pub fn index_header(bytes: &[u8]) {
    match IndexHeader::decode(bytes) {
        Ok(header) => assert_eq!(header.encode(), bytes[..INDEX_HEADER_SIZE]),
        Err(_) => assert!(bytes.len() < INDEX_HEADER_SIZE),
    }
}

/// The numbers are made again to the byte, in a page of zeros; they are refused for their length alone.
pub fn store_checkpoint(bytes: &[u8]) {
    match StoreCheckpoint::decode(bytes) {
        Ok(checkpoint) => {
            let page = checkpoint.encode();
            let (numbers, rest) = page.split_at(STORE_CHECKPOINT_SIZE);
            assert_eq!(numbers, &bytes[..STORE_CHECKPOINT_SIZE]);
            assert!(rest.iter().all(|byte| *byte == 0));
            assert_eq!(StoreCheckpoint::decode(&page), Ok(checkpoint));
        }
        Err(_) => assert!(bytes.len() < STORE_CHECKPOINT_SIZE),
    }
}

/// A checkpoint that reads, reads the same once written; an error names a line that is there.
pub fn ledger_checkpoint(bytes: &[u8]) {
    let Ok(text) = from_utf8(bytes) else { return };
    match LedgerCheckpoint::parse(text) {
        Ok(checkpoint) => assert_eq!(LedgerCheckpoint::parse(&checkpoint.encode()), Ok(checkpoint)),
        Err(error) => {
            assert!(text.split('\n').nth(error.line - 1).is_some_and(|there| there.contains(&error.found)));
        }
    }
}
