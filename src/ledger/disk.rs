//! What a member keeps on disk, and what of it a loss of power takes.
//!
//! DLedger answers before it flushes: a process that dies loses nothing it wrote, a machine that loses power
//! everything since the last pass of the flush thread. With `Rule::FlushBeforeAcknowledging` answers wait for that pass.

use super::config::FLUSH_INTERVAL;
use crate::store::{EntryStore, Index, Options, StoreError, VoteFile};
use crate::time::{Loop, Micros};

/// What survives the death of the process: the log and the vote.
#[derive(Clone, Debug)]
pub struct Disk {
    /// entries and their index
    pub store: EntryStore,
    /// `currterm`. It is never forced to the disk; here it is taken to be there at once.
    pub vote: VoteFile,
    /// the committedIndex in the file `checkpoint`, which 0.4 does not have
    pub checkpoint: Index,
    /// no more entries fit
    pub full: bool,
    /// `FlushDataService`
    flushes: Loop,
    /// the first entry that was not flushed yet, and when it was written
    unflushed: Option<(Micros, Index)>,
}

impl Default for Disk {
    /// Empty folders, files of DLedger's default sizes.
    fn default() -> Disk {
        Disk::new(Options::default())
    }
}

impl Disk {
    /// Empty folders.
    pub fn new(options: Options) -> Disk {
        Disk {
            store: EntryStore::new(options),
            vote: VoteFile::new(),
            checkpoint: Index::NONE,
            full: false,
            flushes: Loop::starting_at(Micros::ZERO, FLUSH_INTERVAL),
            unflushed: None,
        }
    }

    /// What a starting process makes of the files: the real scan over their bytes.
    ///
    /// # Errors
    /// Files that no member wrote.
    pub fn recover(self) -> Result<Disk, StoreError> {
        Ok(Disk { store: self.store.reopen()?, ..self })
    }

    /// The process starts: its flush thread too. What it found is taken to be on the disk.
    pub(super) fn started(&mut self, now: Micros) {
        self.flushes = Loop::starting_at(now, FLUSH_INTERVAL);
        self.unflushed = None;
    }

    /// The entry at `index` was written.
    pub(super) fn wrote(&mut self, now: Micros, index: Index) {
        if self.first_unflushed(now).is_none() {
            self.unflushed = Some((now, index));
        }
    }

    /// Entries from `first` on were deleted; that is taken to be on the disk at once.
    pub(super) fn truncated(&mut self, first: Index) {
        self.unflushed = self.unflushed.filter(|(_, index)| *index < first);
    }

    fn first_unflushed(&self, now: Micros) -> Option<Index> {
        let (flush, index) = self.next_flush()?;
        (flush > now).then_some(index)
    }

    /// The flush that reaches all that no flush had reached when it was written, and the first such entry. It may be over.
    fn next_flush(&self) -> Option<(Micros, Index)> {
        let (written, index) = self.unflushed?;
        Some((self.flushes.pass_at_or_after(written + Micros(1)), index))
    }

    /// The last entry that a loss of power would leave.
    pub(super) fn flushed(&self, now: Micros) -> Index {
        self.first_unflushed(now).map_or(self.store.end_index(), Index::prev)
    }

    /// When the flush comes that some entries wait for.
    pub(super) fn flush_due(&self, now: Micros) -> Option<Micros> {
        Some(self.next_flush()?.0).filter(|flush| *flush > now)
    }

    /// The power goes: what no flush has reached is not there when it comes back.
    pub fn lose_power(&mut self, now: Micros) {
        if let Some(first) = self.first_unflushed(now) {
            self.store.truncate(first, true);
        }
        self.unflushed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{EntryKind, Term};

    fn write(disk: &mut Disk, at: Micros) {
        let (index, _) =
            disk.store.append_as_leader(EntryKind::Normal, Term(1), vec![7; 10], |_, _| {}).unwrap();
        disk.wrote(at, index);
    }

    #[test]
    fn a_loss_of_power_takes_what_was_written_since_the_last_flush() {
        let mut disk = Disk::default();
        disk.started(Micros::millis(5)); // flushes at 5, 15, 25 ms ...
        write(&mut disk, Micros::millis(7));
        write(&mut disk, Micros::millis(15)); // written as the flush of that moment runs: too late for it
        write(&mut disk, Micros::millis(16));
        let mut at_24 = disk.clone();
        at_24.lose_power(Micros::millis(24));
        assert_eq!(at_24.store.end_index(), Index(0));
        assert_eq!(at_24.store.clone().reopen().unwrap().end_index(), Index(0));
        disk.lose_power(Micros::millis(25));
        assert_eq!(disk.store.end_index(), Index(2));
    }

    #[test]
    fn what_was_deleted_is_not_waited_for() {
        let mut disk = Disk::default();
        disk.started(Micros::ZERO);
        write(&mut disk, Micros::millis(1));
        write(&mut disk, Micros::millis(11));
        disk.store.truncate(Index(1), true);
        disk.truncated(Index(1));
        disk.lose_power(Micros::millis(12));
        assert_eq!(disk.store.end_index(), Index(0));
    }
}
