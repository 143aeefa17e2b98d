//! A file seen through a window: at most one chunk, or one record if that is longer, is in memory.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// What can be inspected: a file, or bytes in a `Cursor`.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

pub(super) struct Window<'a> {
    source: Box<dyn Source + 'a>,
    /// Bytes of the whole file.
    len: u64,
    /// Where `buffer` begins in the file.
    from: u64,
    buffer: Vec<u8>,
}

impl<'a> Window<'a> {
    pub fn new(mut source: Box<dyn Source + 'a>) -> io::Result<Self> {
        let len = source.seek(SeekFrom::End(0))?;
        Ok(Window { source, len, from: 0, buffer: Vec::new() })
    }

    pub const fn len(&self) -> u64 {
        self.len
    }

    /// The `size` bytes at `at`, or those that there are. Callers bound `size`.
    pub fn bytes(&mut self, at: u64, size: usize) -> io::Result<&[u8]> {
        let size = self.len.saturating_sub(at).min(size as u64) as usize;
        let inside = at >= self.from && at + size as u64 <= self.from + self.buffer.len() as u64;
        if !inside {
            let wanted = self.len.saturating_sub(at).min(size.max(CHUNK) as u64);
            self.source.seek(SeekFrom::Start(at))?;
            self.buffer.clear();
            self.from = at;
            self.source.by_ref().take(wanted).read_to_end(&mut self.buffer)?;
            if self.buffer.len() < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.buffer.shrink_to(wanted as usize);
        }
        let skip = (at - self.from) as usize;
        Ok(&self.buffer[skip..skip + size])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gives_what_is_asked_for_and_no_more_than_there_is() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        let mut window = Window::new(Box::new(io::Cursor::new(&bytes))).unwrap();
        for (at, size) in [(0, 10), (199_990, 100), (5, CHUNK), (100, 150_000), (300_000, 5), (7, 0)] {
            let end = bytes.len().min(at + size);
            let expected = bytes.get(at..end).unwrap_or_default();
            assert_eq!(window.bytes(at as u64, size).unwrap(), expected, "{at} {size}");
        }
    }

    #[test]
    fn after_a_long_record_the_window_is_small_again() {
        let mut window = Window::new(Box::new(io::Cursor::new(vec![0; 1 << 23]))).unwrap();
        window.bytes(0, 1 << 22).unwrap();
        assert_eq!(window.buffer.len(), 1 << 22);
        window.bytes(1 << 22, 10).unwrap();
        assert!(window.buffer.capacity() <= 2 * CHUNK);
    }
}
