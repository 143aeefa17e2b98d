//! Big-endian numbers in and out of bytes, and texts cut at bytes. No knowledge of any format.
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

/// What is before and after the first `separator`, a byte of ASCII.
pub fn split_at_byte(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The pieces between the `separator`s, a byte of ASCII.
pub fn split_bytes(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, after) = split_at_byte(text, separator).map_or((text, None), |(a, b)| (a, Some(b)));
        rest = after;
        Some(piece)
    })
}
