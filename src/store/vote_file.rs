//! The `currterm` file: the term a member is in and whom it voted for (`MemberState.persistTerm`).
//!
//! Text, two lines, in the order that the original's hash table gives them. The original deletes the file before it
//! renames the new one over it (bug B14); here a write replaces the content at once, which is what was meant. Who
//! writes when is the ledger's rule, not this module's.

use std::rc::Rc;

use super::Term;
use super::bytes::{split_at_byte, split_bytes};
use super::error::VoteFileError;

/// What the file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// The member's current term.
    pub term: Term,
    /// Id of the member voted for in that term.
    pub voted_for: Option<Rc<str>>,
}

impl Default for Vote {
    /// What a member without a file starts with: term 0, no vote.
    fn default() -> Self {
        Vote { term: Term(0), voted_for: None }
    }
}

impl Vote {
    /// The file's text.
    pub fn encode(&self) -> String {
        format!("voteLeader={}\ncurrTerm={}\n", self.voted_for.as_deref().unwrap_or(""), self.term)
    }

    /// Reads the file's text. A missing line means its default; unknown keys and comments (`#`) are skipped.
    ///
    /// # Errors
    /// A line without `=`, a term that is no number.
    pub fn parse(text: &str) -> Result<Self, VoteFileError> {
        let mut vote = Vote::default();
        for (number, line) in split_bytes(text, b'\n').enumerate() {
            let (line, number) = (line.trim_ascii(), number + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((key, value)) = split_at_byte(line, b'=') else {
                return Err(VoteFileError::NoValue { line: number, found: line.to_owned() });
            };
            match (key.trim_ascii(), value.trim_ascii()) {
                ("currTerm", value) => {
                    let bad = |_| VoteFileError::BadTerm { line: number, found: value.to_owned() };
                    vote.term = Term(value.parse().map_err(bad)?);
                }
                ("voteLeader", value) => vote.voted_for = (!value.is_empty()).then(|| value.into()),
                _ => {}
            }
        }
        Ok(vote)
    }
}

/// The file on disk, and the `.bak` that the last write left.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VoteFile {
    content: Option<Rc<str>>,
    backup: Option<Rc<str>>,
}

impl VoteFile {
    /// No file yet.
    pub const fn new() -> Self {
        VoteFile { content: None, backup: None }
    }

    /// Replaces the content; the old one becomes the backup.
    pub fn write(&mut self, term: Term, voted_for: Option<&str>) {
        let text = Vote { term, voted_for: voted_for.map(Rc::from) }.encode();
        let old = self.content.replace(text.into());
        if old.is_some() {
            self.backup = old;
        }
    }

    /// A crash cut the last write short: the old file was deleted, the new one had not got its name.
    pub fn lose(&mut self) {
        self.content = None;
    }

    /// What a starting member reads; the default when there is no file. The backup is never read.
    ///
    /// # Errors
    /// As [`Vote::parse`]; cannot happen to what [`write`](Self::write) wrote.
    pub fn read(&self) -> Result<Vote, VoteFileError> {
        self.content.as_deref().map_or_else(|| Ok(Vote::default()), Vote::parse)
    }

    /// The text of `currterm`.
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// The text of `currterm.bak`.
    pub fn backup(&self) -> Option<&str> {
        self.backup.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_reads_back_and_a_missing_file_is_term_zero_without_a_vote() {
        let mut file = VoteFile::new();
        assert_eq!(file.read(), Ok(Vote::default()));
        file.write(Term(3), None);
        assert_eq!((file.content(), file.backup()), (Some("voteLeader=\ncurrTerm=3\n"), None));
        file.write(Term(3), Some("n0"));
        assert_eq!(file.content(), Some("voteLeader=n0\ncurrTerm=3\n"));
        assert_eq!(file.backup(), Some("voteLeader=\ncurrTerm=3\n"));
        assert_eq!(file.read(), Ok(Vote { term: Term(3), voted_for: Some("n0".into()) }));
    }

    #[test]
    fn text_that_is_no_vote_is_refused_with_its_line() {
        assert_eq!(
            Vote::parse("voteLeader=n0\ncurrTerm=x\n"),
            Err(VoteFileError::BadTerm { line: 2, found: "x".to_owned() })
        );
        assert_eq!(
            Vote::parse("nonsense"),
            Err(VoteFileError::NoValue { line: 1, found: "nonsense".to_owned() })
        );
        assert_eq!(Vote::parse("#c\r\ncurrTerm = 4\r\n").map(|vote| vote.term), Ok(Term(4)));
    }
}
