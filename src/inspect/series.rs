//! The files of one folder that follow each other, each named by the offset of its first byte. One is open at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use super::report::{Error, Kind, Problem, Report, What};
use super::window::{Source, Window};

/// One file.
pub(super) struct Piece {
    /// As findings name it.
    pub file: String,
    path: PathBuf,
    /// Offset of its first byte: what its name says, unless its content shows the name to be wrong.
    pub start: i64,
    /// Bytes.
    pub len: u64,
    /// Whether the file before ends where this one starts.
    pub follows: bool,
    /// Whether a problem about its name has been reported.
    pub misnamed: bool,
}

/// A file's name as an offset: 20 decimal digits.
pub(super) fn start_of_name(name: &str) -> Option<i64> {
    (name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.parse().ok())?
}

pub(super) struct Series<'a> {
    pub pieces: Vec<Piece>,
    /// The length that most files have; of several such the largest.
    usual_len: u64,
    open: Option<(usize, Window<'a>)>,
}

impl<'a> Series<'a> {
    /// Files of one folder. `start` of each is by its name.
    pub fn new(files: impl IntoIterator<Item = (PathBuf, String, i64, u64)>) -> Self {
        let mut pieces: Vec<Piece> = files
            .into_iter()
            .map(|(path, file, start, len)| Piece { file, path, start, len, follows: true, misnamed: false })
            .collect();
        pieces.sort_by_key(|piece| piece.start);
        let mut counts = BTreeMap::new();
        for piece in &pieces {
            *counts.entry(piece.len).or_insert(0) += 1;
        }
        let usual_len = counts.into_iter().max_by_key(|&(len, count)| (count, len)).map_or(0, |(len, _)| len);
        Series { pieces, usual_len, open: None }
    }

    /// One source.
    pub fn single(file: &str, start: i64, source: Box<dyn Source + 'a>) -> io::Result<Self> {
        let window = Window::new(source)?;
        let mut series = Series::new([(PathBuf::new(), file.to_owned(), start, window.len())]);
        series.open = Some((0, window));
        Ok(series)
    }

    pub fn file(&self, piece: usize) -> &str {
        &self.pieces[piece].file
    }

    pub fn len(&self, piece: usize) -> u64 {
        self.pieces[piece].len
    }

    /// `size` bytes at `at` of a file, or those that there are.
    pub fn bytes(&mut self, piece: usize, at: u64, size: usize) -> Result<&[u8], Error> {
        let one = &self.pieces[piece];
        let failed = |error| Error::Read { file: one.file.clone(), offset: at, error };
        if self.open.as_ref().is_none_or(|(open, _)| *open != piece) {
            let file = File::open(&one.path).map_err(failed)?;
            self.open = Some((piece, Window::new(Box::new(file)).map_err(failed)?));
        }
        match &mut self.open {
            Some((_, window)) => window.bytes(at, size).map_err(failed),
            None => Ok(&[]),
        }
    }

    /// Offset in the series of byte `at` of a file.
    pub fn position(&self, piece: usize, at: u64) -> i64 {
        self.pieces[piece].start.saturating_add_unsigned(at)
    }

    /// The file and the byte in it that hold position `pos` of the series.
    pub fn locate(&self, pos: i64) -> Option<(usize, u64)> {
        let piece = self.pieces.partition_point(|piece| piece.start <= pos).checked_sub(1)?;
        let at = pos.checked_sub(self.pieces[piece].start)? as u64;
        (at < self.pieces[piece].len).then_some((piece, at))
    }

    /// First position of the first file.
    pub fn begin(&self) -> i64 {
        self.pieces.first().map_or(0, |piece| piece.start)
    }

    /// Whether the files from `piece` on have nothing but zero where records would begin.
    pub fn all_unwritten(&mut self, piece: usize) -> Result<bool, Error> {
        for piece in piece..self.pieces.len() {
            if self.bytes(piece, 0, 64)?.iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Says that a file begins, and whether its name and length fit those of the others. `unit`: what its length must
    /// be a multiple of.
    pub fn begin_file(
        &mut self,
        piece: usize,
        kind: Kind,
        unit: u64,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let usual = self.usual_len;
        let expected = self.end_of_file_before(piece);
        let one = &mut self.pieces[piece];
        report.say(&one.file, 0, What::File { kind, size: one.len })?;
        if one.len != usual {
            let problem = Problem::exactly("file length", one.len, usual as i64);
            report.problem(&one.file, one.len.min(usual), problem)?;
        } else if one.len == 0 || !one.len.is_multiple_of(unit) {
            let problem = Problem::new("file length", one.len, format_args!("a multiple of {unit}"));
            report.problem(&one.file, one.len / unit * unit, problem)?;
        }
        if let Some(expected) = expected.filter(|expected| *expected != one.start) {
            report.problem(&one.file, 0, Problem::exactly("file name", one.start, expected))?;
            (one.follows, one.misnamed) = (false, true);
        } else if unit > 1 && one.start % unit as i64 != 0 {
            let allowed = format!("a multiple of {unit}");
            report.problem(&one.file, 0, Problem::new("file name", one.start, allowed))?;
            one.misnamed = true;
        }
        Ok(())
    }

    fn end_of_file_before(&self, piece: usize) -> Option<i64> {
        let before = self.pieces.get(piece.checked_sub(1)?)?;
        Some(before.start.saturating_add_unsigned(self.usual_len))
    }

    /// Takes `start` for the offset of the file's first byte, because its records say so.
    pub fn correct_start(&mut self, piece: usize, start: i64, report: &mut Report<'_>) -> Result<(), Error> {
        let follows = self.end_of_file_before(piece).is_none_or(|end| end == start);
        let one = &mut self.pieces[piece];
        if !one.misnamed {
            report.problem(&one.file, 0, Problem::exactly("file name", one.start, start))?;
            one.misnamed = true;
        }
        (one.start, one.follows) = (start, follows);
        Ok(())
    }
}
