//! Big-endian numbers in and out of bytes. No knowledge of any format.
//!
//! Reading gives `None` where the slice is too short. Functions are kept out of line: WebAssembly has no instruction that
//! swaps bytes, and formats have many numbers.

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub fn be_i16(bytes: &[u8], at: usize) -> Option<i16> {
    array(bytes, at).map(i16::from_be_bytes)
}

#[inline(never)]
pub fn be_i32(bytes: &[u8], at: usize) -> Option<i32> {
    array(bytes, at).map(i32::from_be_bytes)
}

#[inline(never)]
pub fn be_i64(bytes: &[u8], at: usize) -> Option<i64> {
    array(bytes, at).map(i64::from_be_bytes)
}

/// Writes `number` at `at`, where there is room for it.
#[inline(never)]
pub fn put_i32(bytes: &mut [u8], at: usize, number: i32) {
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
}

/// Writes `number` at `at`, where there is room for it.
#[inline(never)]
pub fn put_i64(bytes: &mut [u8], at: usize, number: i64) {
    bytes[at..at + 8].copy_from_slice(&number.to_be_bytes());
}

/// Appends `number`.
#[inline(never)]
pub fn push_i32(bytes: &mut Vec<u8>, number: i32) {
    bytes.extend_from_slice(&number.to_be_bytes());
}

/// Appends `number`.
#[inline(never)]
pub fn push_i64(bytes: &mut Vec<u8>, number: i64) {
    bytes.extend_from_slice(&number.to_be_bytes());
}
