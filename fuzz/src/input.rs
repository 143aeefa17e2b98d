//! Numbers and files out of a fuzz input. Where the input has ended everything is zero and empty.

use ledgerscope::store::file_name;

pub type Files = Vec<(String, Vec<u8>)>;

pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `len` bytes, or what there is.
    pub fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let taken = self.take(N);
        bytes[..taken.len()].copy_from_slice(taken);
        bytes
    }

    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    pub fn long(&mut self) -> i64 {
        i64::from_be_bytes(self.array())
    }

    /// Where the first file of a directory starts: nearly always on a file's boundary.
    pub fn start(&mut self, file_size: i64) -> i64 {
        match self.byte() {
            255 => self.long(),
            files => i64::from(files) * file_size,
        }
    }
}

/// `bytes` as one file after the other from `start` on; what the last one lacks is zero.
pub fn files(start: i64, file_size: i64, bytes: &[u8]) -> Files {
    let file = |(number, bytes): (usize, &[u8])| {
        let mut content = bytes.to_vec();
        content.resize(file_size as usize, 0);
        (file_name(start.wrapping_add(number as i64 * file_size)), content)
    };
    bytes.chunks(file_size as usize).enumerate().map(file).collect()
}
