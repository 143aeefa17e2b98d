//! Numbers at places that may not be there, which then read as zero.

pub(super) fn int(bytes: &[u8], at: usize) -> i32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk().copied()).map_or(0, i32::from_be_bytes)
}

pub(super) fn long(bytes: &[u8], at: usize) -> i64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk().copied()).map_or(0, i64::from_be_bytes)
}

/// The two words at the start.
pub(super) fn words(bytes: &[u8]) -> (i32, i32) {
    (int(bytes, 0), int(bytes, 4))
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
