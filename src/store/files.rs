//! A list of files of one fixed size, each named by the offset of its first byte, written one after the other
//! (`MmapFileList` of DLedger, `MappedFileQueue` of RocketMQ).
//!
//! Only bytes that were written take memory; the rest of a file reads as zero, even at a size of 1 GiB. Clones share
//! pages. What the bytes mean is known to the callers, but for one record: the blank that pads a file before it rolls.

use std::borrow::Cow;
use std::rc::Rc;

use super::error::FileError;

/// First word of the record that fills the rest of a DLedger data file (`MmapFileList.BLANK_MAGIC_CODE`).
pub const BLANK_MAGIC: i32 = -1;
/// Bytes that must stay free after an entry, so that a blank record always has room (`MIN_BLANK_LEN`).
pub const MIN_BLANK_SIZE: i64 = 8;

/// Bytes in a page, the unit of sharing. A multiple of 20 and of 32, so that no ConsumeQueue or index unit straddles.
const PAGE: usize = 5120;

/// Where the first byte of a file may be at most, so that adding to a position cannot overflow.
const MAX_START: i64 = i64::MAX / 2;

/// What happens when a write does not fit into what is left of the last file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rolling {
    /// A blank record fills the file and the write goes to the next one; at least [`MIN_BLANK_SIZE`] bytes stay free
    /// after every write. DLedger data files.
    Padded,
    /// Writes always fill a file exactly, because all have one size that divides the file's. Index and ConsumeQueue.
    Exact,
}

/// The name of the file that starts at `offset`: 20 decimal digits.
pub fn file_name(offset: i64) -> String {
    format!("{offset:020}")
}

#[derive(Clone, Debug)]
struct File {
    /// Offset of the first byte.
    start: i64,
    /// Bytes written, from the file's start. Bytes beyond may be non-zero: left behind by a truncate.
    wrote: i64,
    /// Page n holds bytes from `n * PAGE`; what is absent, or beyond a page's length, is zero.
    pages: Vec<Option<Rc<Vec<u8>>>>,
}

impl File {
    fn write(&mut self, at: i64, mut bytes: &[u8]) {
        let mut at = at as usize;
        while !bytes.is_empty() {
            let (page, offset) = (at / PAGE, at % PAGE);
            let (now, later) = bytes.split_at(bytes.len().min(PAGE - offset));
            if self.pages.len() <= page {
                self.pages.resize(page + 1, None);
            }
            let page = Rc::make_mut(self.pages[page].get_or_insert_default());
            let end = offset + now.len();
            if page.len() < end {
                page.resize(end, 0);
            }
            page[offset..end].copy_from_slice(now);
            (at, bytes) = (at + now.len(), later);
        }
    }

    /// Makes everything from `at` on zero.
    fn erase_from(&mut self, at: i64) {
        let at = at as usize;
        self.pages.truncate(at.div_ceil(PAGE));
        if let (Some(Some(page)), 1..) = (self.pages.get_mut(at / PAGE), at % PAGE) {
            Rc::make_mut(page).truncate(at % PAGE);
        }
    }

    fn read(&self, at: i64, len: usize) -> Cow<'_, [u8]> {
        let at = at as usize;
        if let Some(Some(page)) = self.pages.get(at / PAGE)
            && let Some(bytes) = page.get(at % PAGE..at % PAGE + len)
        {
            return Cow::Borrowed(bytes);
        }
        let mut bytes = vec![0; len];
        for (number, page) in self.pages.iter().enumerate().skip(at / PAGE) {
            let from = number * PAGE;
            if from >= at + len {
                break;
            }
            let Some(page) = page else { continue };
            let (begin, end) = (from.max(at), (from + page.len()).min(at + len));
            if begin < end {
                bytes[begin - at..end - at].copy_from_slice(&page[begin - from..end - from]);
            }
        }
        Cow::Owned(bytes)
    }
}

/// The files of one directory.
#[derive(Clone, Debug)]
pub struct FileList {
    file_size: i64,
    rolling: Rolling,
    files: Vec<File>,
}

impl FileList {
    /// An empty directory whose files will have `file_size` bytes (more than zero).
    pub const fn new(file_size: i64, rolling: Rolling) -> Self {
        assert!(file_size > 0);
        FileList { file_size, rolling, files: Vec::new() }
    }

    /// Files as they were found, in any order. As after the real `load`, all count as written to their end until
    /// recovery truncates.
    ///
    /// # Errors
    /// A name that is no multiple of the file size in 20 digits, a file of another length (the real process exits), a
    /// gap between files (`checkSelf`, `DISK_ERROR`).
    pub fn load(
        file_size: i64,
        rolling: Rolling,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, FileError> {
        let mut list = FileList::new(file_size, rolling);
        let mut found: Vec<(String, Vec<u8>)> = files.into_iter().collect();
        found.sort();
        for (name, bytes) in found {
            if bytes.len() as i64 != file_size {
                return Err(FileError::Length { name, found: bytes.len(), expected: file_size });
            }
            let is_offset = name.len() == 20 && name.bytes().all(|b| b.is_ascii_digit());
            let start = match name.parse() {
                Ok(start) if is_offset && start % file_size == 0 && start <= MAX_START => start,
                _ => return Err(FileError::Name { name }),
            };
            if let Some(last) = list.files.last()
                && last.start + file_size != start
            {
                return Err(FileError::NotContiguous { after: last.start, found: start });
            }
            let mut file = File { start, wrote: file_size, pages: Vec::new() };
            let used = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            file.write(0, &bytes[..used]);
            list.files.push(file);
        }
        Ok(list)
    }

    /// Bytes of each file.
    pub const fn file_size(&self) -> i64 {
        self.file_size
    }

    /// Start offset and written bytes of each file, in order.
    pub fn spans(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.files.iter().map(|file| (file.start, file.wrote))
    }

    /// Start offset of each file, and how many bytes from its start may be other than zero: those written, and those
    /// that a truncate left behind.
    pub fn used(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let in_pages = |file: &File| ((file.pages.len() * PAGE) as i64).min(self.file_size);
        self.files.iter().map(move |file| (file.start, file.wrote.max(in_pages(file))))
    }

    /// How many files there are.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Start offset of file number `at`.
    pub(super) fn start_of(&self, at: usize) -> Option<i64> {
        self.files.get(at).map(|file| file.start)
    }

    /// The end of what is written: start of the last file plus its written bytes; 0 without files
    /// (`getMaxWrotePosition`).
    pub fn wrote_position(&self) -> i64 {
        self.files.last().map_or(0, |file| file.start + file.wrote)
    }

    /// Start of the first file; 0 without files (`getMinOffset`).
    pub fn min_position(&self) -> i64 {
        self.files.first().map_or(0, |file| file.start)
    }

    /// Writes `bytes` at the end and says where, after rolling to a new file if they do not fit (`append`).
    ///
    /// # Errors
    /// When no file could take them. Nothing is written then.
    pub fn append(&mut self, bytes: &[u8]) -> Result<i64, FileError> {
        let pos = self.reserve(bytes.len())?;
        self.write_at(pos, bytes);
        Ok(pos)
    }

    /// Like [`append`](Self::append), but leaves the `len` bytes as they are: for a caller that keeps them elsewhere.
    pub(super) fn reserve(&mut self, len: usize) -> Result<i64, FileError> {
        let blank = match self.rolling {
            Rolling::Padded => MIN_BLANK_SIZE,
            Rolling::Exact => 0,
        };
        let (size, max) = (len as i64, self.file_size - blank);
        if size > max {
            return Err(FileError::TooLarge { size: len, max });
        }
        self.open_last(0);
        let left = self.file_size - self.last_mut().wrote;
        if size + blank > left {
            // A padded file that has no room for its blank record was not made here.
            if self.rolling == Rolling::Exact || left < blank {
                return Err(FileError::TooLarge { size: len, max: left });
            }
            let file_size = self.file_size;
            let last = self.last_mut();
            last.erase_from(last.wrote);
            last.write(last.wrote, &BLANK_MAGIC.to_be_bytes());
            last.write(last.wrote + 4, &(left as i32).to_be_bytes());
            last.wrote = file_size;
            self.open_last(0);
        }
        let last = self.last_mut();
        let pos = last.start + last.wrote;
        last.wrote += size;
        Ok(pos)
    }

    /// Makes sure that the last file exists and is not full; an empty list gets the file that holds `start`
    /// (`getLastMappedFile(startOffset)`). Says whether a first file was made.
    pub(super) fn open_last(&mut self, start: i64) -> bool {
        let new_start = match self.files.last() {
            None => start - start % self.file_size,
            Some(last) if last.wrote == self.file_size => last.start + self.file_size,
            Some(_) => return false,
        };
        self.files.push(File { start: new_start, wrote: 0, pages: Vec::new() });
        self.files.len() == 1
    }

    fn last_mut(&mut self) -> &mut File {
        // Callers open a last file first.
        self.files.last_mut().expect("a file is open")
    }

    /// Overwrites bytes without moving the end. Positions outside of the files are ignored.
    pub(super) fn write_at(&mut self, pos: i64, bytes: &[u8]) {
        if let Some(at) = self.locate(pos, bytes.len()) {
            let file = &mut self.files[at];
            file.write(pos - file.start, bytes);
        }
    }

    /// The number of the file that holds all `len` bytes from `pos`, written or not.
    fn locate(&self, pos: i64, len: usize) -> Option<usize> {
        let first = self.files.first()?.start;
        let at = usize::try_from(pos.checked_sub(first)?.div_euclid(self.file_size)).ok()?;
        let file = self.files.get(at)?;
        (pos + len as i64 <= file.start + self.file_size).then_some(at)
    }

    /// `len` written bytes from `pos`; `None` unless all of them are written and in one file.
    pub fn read(&self, pos: i64, len: usize) -> Option<Cow<'_, [u8]>> {
        let file = &self.files[self.locate(pos, len)?];
        (pos + len as i64 <= file.start + file.wrote).then(|| file.read(pos - file.start, len))
    }

    /// The same, beyond the written position too: what a reopened file shows.
    pub(super) fn read_raw(&self, pos: i64, len: usize) -> Option<Cow<'_, [u8]>> {
        let file = &self.files[self.locate(pos, len)?];
        Some(file.read(pos - file.start, len))
    }

    /// Moves the end back to `pos` and deletes the files behind (`truncateOffset`). The file that holds `pos` stays,
    /// even when `pos` is its first byte; a `pos` at or beyond the last file's end changes nothing. The bytes behind
    /// stay in the file, as the original leaves them, unless `erase`.
    pub fn truncate(&mut self, pos: i64, erase: bool) {
        self.files.retain(|file| file.start <= pos);
        let size = self.file_size;
        if let Some(last) = self.files.last_mut().filter(|last| pos < last.start + size) {
            last.wrote = pos - last.start;
            if erase {
                last.erase_from(last.wrote);
            }
        }
    }

    /// Drops all files and starts anew at `pos` (`rebuildWithPos`).
    pub(super) fn rebuild_at(&mut self, pos: i64) {
        self.files.clear();
        self.open_last(pos);
        self.truncate(pos, false);
    }

    /// Drops the last file (`deleteLastMappedFile`).
    pub(super) fn delete_last(&mut self) {
        self.files.pop();
    }

    /// Counts every file as written to its end, as `load` does before recovery finds the real one.
    pub(super) fn mark_full(&mut self) {
        for file in &mut self.files {
            file.wrote = self.file_size;
        }
    }

    /// Every file with its name and all its bytes. Allocates whole files: for small file sizes.
    pub fn export(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        self.files
            .iter()
            .map(|file| (file_name(file.start), file.read(0, self.file_size as usize).into_owned()))
    }
}

#[cfg(test)]
mod tests;
