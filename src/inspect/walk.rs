//! Records that follow each other through the files of a log, read one by one.

use super::report::{Error, Kind, Report, What};
use super::series::Series;

/// What comes after a record.
pub(super) enum Step {
    /// Another one, at this byte of the file.
    To(u64),
    NextFile,
    LogEnd,
}

/// Who knows what a record is.
pub(super) trait Records<'a, 'r> {
    const KIND: Kind;

    fn parts(&mut self) -> (&mut Series<'a>, &mut Report<'r>);

    /// The position that a record says it has, and its size, if one is there.
    fn head(&mut self, piece: usize, at: u64) -> Result<Option<(i64, i64)>, Error>;

    /// The records of a file come next.
    fn begin(&mut self, _piece: usize) {}

    /// Reads one record, or says why there is none.
    fn step(&mut self, piece: usize, at: u64) -> Result<Step, Error>;

    /// Reads all.
    fn walk(&mut self) -> Result<(), Error> {
        let mut over = false;
        for piece in 0..self.parts().0.pieces.len() {
            let (series, report) = self.parts();
            series.begin_file(piece, Self::KIND, 1, report)?;
            if over {
                report.say(series.file(piece), 0, What::Unwritten { size: series.len(piece) })?;
                continue;
            }
            self.settle_start(piece)?;
            self.begin(piece);
            let mut at = 0;
            loop {
                match self.step(piece, at)? {
                    Step::To(next) => at = next,
                    Step::NextFile => break,
                    Step::LogEnd => {
                        over = true;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// When the records of a file agree that it starts elsewhere than its name says, the name is wrong, not each of
    /// them.
    fn settle_start(&mut self, piece: usize) -> Result<(), Error> {
        let one = &self.parts().0.pieces[piece];
        let (start, misnamed) = (one.start, one.misnamed);
        let Some((first, size)) = self.head(piece, 0)? else {
            return Ok(());
        };
        if first == start || first < 0 {
            return Ok(());
        }
        let second = self.head(piece, size as u64)?;
        if misnamed || second.is_some_and(|(second, _)| first.checked_add(size) == Some(second)) {
            let (series, report) = self.parts();
            series.correct_start(piece, first, report)?;
        }
        Ok(())
    }
}
