//! What can be wrong with bytes and with requests to the store, each with what, where, what was found and what would
//! have been right.

use std::fmt;

use super::Index;

/// What a field could have held instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowed {
    /// This number.
    Exactly(i64),
    /// This number or more.
    AtLeast(i64),
    /// This number or less.
    AtMost(i64),
    /// One of these numbers.
    OneOf(&'static [i64]),
    /// Text in UTF-8; `found` is then the first byte that is not.
    Utf8,
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowed::Exactly(n) => write!(f, "{n}"),
            Allowed::AtLeast(n) => write!(f, "at least {n}"),
            Allowed::AtMost(n) => write!(f, "at most {n}"),
            Allowed::OneOf(list) => write!(f, "one of {list:?}"),
            Allowed::Utf8 => f.write_str("UTF-8"),
        }
    }
}

/// Bytes that are not what they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeError {
    /// The field, in the format's own words.
    pub what: &'static str,
    /// Where the field starts, in bytes from the start of the decoded slice.
    pub offset: usize,
    /// What was there.
    pub found: i64,
    /// What could have been.
    pub allowed: Allowed,
}

impl DecodeError {
    /// The slice ends before the field does.
    #[inline(never)]
    pub(super) fn short(what: &'static str, have: usize, need: usize) -> Self {
        DecodeError { what, offset: 0, found: have as i64, allowed: Allowed::AtLeast(need as i64) }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {} is {}, allowed: {}", self.what, self.offset, self.found, self.allowed)
    }
}

impl std::error::Error for DecodeError {}

/// A message that has no byte form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EncodeError {
    /// UTF-8 bytes of the topic against what its length field can say (V1: 127, V2: 32767).
    TopicTooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
    /// UTF-8 bytes of the properties (`PROPERTIES_SIZE_EXCEEDED`).
    PropertiesTooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
    /// Bytes of the whole record.
    MessageTooLong {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, bytes, max) = match self {
            EncodeError::TopicTooLong { bytes, max } => ("topic", bytes, max),
            EncodeError::PropertiesTooLong { bytes, max } => ("properties", bytes, max),
            EncodeError::MessageTooLong { bytes, max } => ("message", bytes, max),
        };
        write!(f, "{what} of {bytes} bytes, at most {max} allowed")
    }
}

impl std::error::Error for EncodeError {}

/// A list of files that cannot be, or cannot take what was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    /// A name that is not a start offset, a multiple of the file size, in 20 decimal digits.
    Name {
        /// The file's name.
        name: String,
    },
    /// A file of another length than the list's.
    Length {
        /// The file's name.
        name: String,
        /// What was found.
        found: usize,
        /// What should have been.
        expected: i64,
    },
    /// Files that do not follow each other without a gap.
    NotContiguous {
        /// Start of the file before.
        after: i64,
        /// What was found.
        found: i64,
    },
    /// A write that fits no file.
    TooLarge {
        /// How many bytes.
        size: usize,
        /// How many there may be.
        max: i64,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::Name { name } => {
                write!(f, "file name {name:?} is not the offset of a file in 20 digits")
            }
            FileError::Length { name, found, expected } => {
                write!(f, "file {name} has {found} bytes, not {expected}")
            }
            FileError::NotContiguous { after, found } => {
                write!(f, "after the file at {after} comes one at {found}")
            }
            FileError::TooLarge { size, max } => {
                write!(f, "{size} bytes to write, a file takes {max}")
            }
        }
    }
}

impl std::error::Error for FileError {}

/// Why an entry was not stored or files could not be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreError {
    /// A follower was given an entry that does not follow its end (`INCONSISTENT_INDEX`).
    IndexGap {
        /// What should have been.
        expected: Index,
        /// What was found.
        found: Index,
    },
    /// An entry, header included, that fits no file or exceeds DLedger's 4 MiB encode buffer.
    EntryTooLarge {
        /// How many bytes.
        size: usize,
        /// How many there may be.
        max: i64,
    },
    /// The files themselves are wrong.
    File(FileError),
    /// An entry that the index names but the data does not hold.
    Corrupt {
        /// The entry's index.
        index: Index,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// Recovery would drop more than one whole file; the real process exits.
    TooMuchLost {
        /// Where the last good record ends.
        recovered_to: i64,
        /// Start of the last file.
        last_file: i64,
    },
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        StoreError::File(error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::IndexGap { expected, found } => {
                write!(f, "INCONSISTENT_INDEX: entry {found} where {expected} is next")
            }
            StoreError::EntryTooLarge { size, max } => {
                write!(f, "entry of {size} bytes, at most {max} allowed")
            }
            StoreError::File(error) => error.fmt(f),
            StoreError::Corrupt { index, error } => write!(f, "entry {index}: {error}"),
            StoreError::TooMuchLost { recovered_to, last_file } => {
                write!(
                    f,
                    "recovered to byte {recovered_to}, more than a file before the last one at {last_file}"
                )
            }
        }
    }
}

impl std::error::Error for StoreError {}

/// A `currterm` file that does not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VoteFileError {
    /// A line without `=`. Lines count from 1.
    NoValue {
        /// Line number, from 1.
        line: usize,
        /// What was found.
        found: String,
    },
    /// `currTerm` that is not a decimal number.
    BadTerm {
        /// Line number, from 1.
        line: usize,
        /// What was found.
        found: String,
    },
}

impl fmt::Display for VoteFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VoteFileError::NoValue { line, found } => {
                write!(f, "line {line}: {found:?} is not key=value")
            }
            VoteFileError::BadTerm { line, found } => {
                write!(f, "line {line}: currTerm {found:?} is not a number")
            }
        }
    }
}

impl std::error::Error for VoteFileError {}

/// A line of a DLedger `checkpoint` file that is not `key=number`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckpointError {
    /// Line number, from 1.
    pub line: usize,
    /// The line.
    pub found: String,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {:?} is not key=number", self.line, self.found)
    }
}

impl std::error::Error for CheckpointError {}
