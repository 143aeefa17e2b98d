//! The two fixed records of DLedger.

use ledgerscope::store::{ENTRY_HEADER_SIZE, Entry, EntryHeader, INDEX_UNIT_SIZE, IndexUnit};

/// An entry that decodes is made again to the byte, and its torn beginning is refused.
pub fn entry(bytes: &[u8]) {
    let header = EntryHeader::decode(bytes);
    if let Ok(header) = header {
        assert_eq!(header.encode(), bytes[..ENTRY_HEADER_SIZE]);
    }
    match Entry::decode(bytes) {
        Ok(entry) => {
            let size = entry.size();
            assert_eq!(header, Ok(entry.header()));
            assert_eq!(entry.encode(), bytes[..size]);
            assert!(Entry::decode(&bytes[..size - 1]).is_err());
        }
        // With a good header only the body can be at fault.
        Err(error) => match header {
            Ok(header) => assert!(bytes.len() < header.size as usize),
            Err(same) => assert_eq!(error, same),
        },
    }
}

/// A unit that decodes is made again to the byte; one is refused for its length or its magic alone.
pub fn index_unit(bytes: &[u8]) {
    match IndexUnit::decode(bytes) {
        Ok(unit) => assert_eq!(unit.encode(), bytes[..INDEX_UNIT_SIZE]),
        Err(_) => assert!(bytes.len() < INDEX_UNIT_SIZE || !matches!(bytes, [0, 0, 0, 1..=3, ..])),
    }
}
