//! DLedger 0.3.1.2's `checkpoint` file: how far the log and the commit had come when it was last written, every 3 s and
//! at shutdown (`DLedgerMmapFileStore.persistCheckPoint`). DLedger 0.4.0 has none.

use super::Index;
use super::bytes::{split_at_byte, split_bytes};
use super::error::CheckpointError;

/// What the file says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LedgerCheckpoint {
    /// Index of the last entry.
    pub end_index: Index,
    /// Index of the last committed entry. A starting member takes it over, but no more than its log's end.
    pub committed_index: Index,
}

impl LedgerCheckpoint {
    /// The file's text, in the order that the original's hash table gives the lines.
    pub fn encode(&self) -> String {
        format!("committedIndex={}\nendIndex={}\n", self.committed_index, self.end_index)
    }

    /// Reads the file's text. A missing line means -1; unknown keys and comments (`#`) are skipped.
    ///
    /// # Errors
    /// A line without `=`, an index that is no number.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut checkpoint = LedgerCheckpoint { end_index: Index::NONE, committed_index: Index::NONE };
        for (number, line) in split_bytes(text, b'\n').enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || CheckpointError { line: number + 1, found: line.to_owned() };
            let (key, value) = split_at_byte(line, b'=').ok_or_else(wrong)?;
            let index = match key.trim_ascii() {
                "endIndex" => &mut checkpoint.end_index,
                "committedIndex" => &mut checkpoint.committed_index,
                _ => continue,
            };
            *index = Index(value.trim_ascii().parse().map_err(|_| wrong())?);
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_may_be_missing_or_unknown_but_not_without_a_number() {
        let found = LedgerCheckpoint::parse("# Mon\r\nendIndex = 7\r\nother=x\r\n");
        assert_eq!(found, Ok(LedgerCheckpoint { end_index: Index(7), committed_index: Index::NONE }));
        let wrong = |line, found: &str| Err(CheckpointError { line, found: found.to_owned() });
        assert_eq!(LedgerCheckpoint::parse("endIndex=1\ncommittedIndex=x"), wrong(2, "committedIndex=x"));
        assert_eq!(LedgerCheckpoint::parse("nonsense"), wrong(1, "nonsense"));
    }
}
