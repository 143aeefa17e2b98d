//! Why files could not be written.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why files could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Something is there already: nothing is ever overwritten.
    NotEmpty { folder: PathBuf },
    /// The file system says no.
    Io { path: PathBuf, error: io::Error },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotEmpty { folder } => write!(f, "{}: not an empty folder", folder.display()),
            Error::Io { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::NotEmpty { .. } => None,
            Error::Io { error, .. } => Some(error),
        }
    }
}
