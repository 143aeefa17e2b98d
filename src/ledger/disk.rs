//! What a member keeps on disk, and what of it a loss of power takes.
//!
//! DLedger answers before it flushes: a process that dies loses nothing it wrote, a machine that loses power
//! everything since the last pass of the flush thread. With `Rule::FlushBeforeAcknowledging` answers wait for that pass.

use super::config::FLUSH_INTERVAL;
use crate::store::{EntryStore, Index, Options, StoreError, VoteFile};
use crate::time::{Loop, Micros};

/// When an entry was written, and which.
type Written = (Micros, Index);

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
    /// a flush takes this long
    pub slow: Micros,
    /// `FlushDataService`
    pub(super) flushes: Loop,
    /// the first entry that was not flushed yet, and when it was written
    pub(super) unflushed: Option<Written>,
    /// the first that the flush which is under way does not reach
    too_late: Option<Written>,
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
            slow: Micros::ZERO,
            flushes: Loop::starting_at(Micros::ZERO, FLUSH_INTERVAL),
            unflushed: None,
            too_late: None,
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
        self.too_late = None;
    }

    /// The entry at `index` was written.
    pub(super) fn wrote(&mut self, now: Micros, index: Index) {
        self.finish_flushes(now);
        match self.unflushed {
            None => self.unflushed = Some((now, index)),
            Some((written, _)) if self.too_late.is_none() && self.flush_of(written) <= now => {
                self.too_late = Some((now, index));
            }
            Some(_) => {}
        }
    }

    /// Entries from `first` on were deleted; that is taken to be on the disk at once.
    pub(super) fn truncated(&mut self, first: Index) {
        self.unflushed = self.unflushed.filter(|(_, index)| *index < first);
        self.too_late = self.too_late.filter(|(_, index)| *index < first);
    }

    /// The start of the flush that takes what was written then.
    fn flush_of(&self, written: Micros) -> Micros {
        self.flushes.pass_at_or_after(written + Micros(1))
    }

    /// What the flush that is next over takes, and what it does not reach. The next flush starts when the one before is
    /// over.
    fn not_flushed(&self, now: Micros) -> (Option<Written>, Option<Written>) {
        let (mut unflushed, mut too_late) = (self.unflushed, self.too_late);
        while let Some((written, _)) = unflushed {
            let over = self.flush_of(written) + self.slow;
            if over > now {
                break;
            }
            unflushed = too_late.take().map(|(since, index)| (since.max(over), index));
        }
        (unflushed, too_late)
    }

    /// Forgets what has reached the disk.
    fn finish_flushes(&mut self, now: Micros) {
        (self.unflushed, self.too_late) = self.not_flushed(now);
    }

    /// The last entry that a loss of power would leave.
    pub(super) fn flushed(&self, now: Micros) -> Index {
        self.not_flushed(now).0.map_or(self.store.end_index(), |(_, index)| index.prev())
    }

    /// When the flush is over that some entries wait for.
    pub(super) fn flush_due(&self, now: Micros) -> Option<Micros> {
        self.not_flushed(now).0.map(|(written, _)| self.flush_of(written) + self.slow)
    }

    /// From now on a flush takes this long. Those that are over stay so.
    pub fn set_slow(&mut self, now: Micros, slow: Micros) {
        self.finish_flushes(now);
        self.slow = slow;
    }

    /// The power goes: what no flush has reached is not there when it comes back.
    pub fn lose_power(&mut self, now: Micros) {
        self.finish_flushes(now);
        if let Some((_, first)) = self.unflushed.take() {
            self.store.truncate(first, true);
        }
        self.too_late = None;
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
    fn a_slow_flush_takes_only_what_was_there_when_it_began_and_the_next_one_waits_for_it() {
        let mut disk = Disk { slow: Micros::millis(100), ..Disk::default() };
        disk.started(Micros::ZERO);
        write(&mut disk, Micros::millis(1)); // the flush of 10 ms takes it, and is over at 110 ms
        write(&mut disk, Micros::millis(9));
        write(&mut disk, Micros::millis(50)); // that of 120 ms takes it, and is over at 220 ms
        write(&mut disk, Micros::millis(60));
        let after = |ms| {
            let mut disk = disk.clone();
            disk.lose_power(Micros::millis(ms));
            disk.store.end_index()
        };
        assert_eq!([109, 110, 219, 220].map(after), [Index::NONE, Index(1), Index(1), Index(3)]);
    }

    #[test]
    fn what_was_flushed_stays_so_when_the_disk_becomes_slow() {
        let mut disk = Disk::default();
        disk.started(Micros::ZERO);
        write(&mut disk, Micros::millis(1));
        disk.set_slow(Micros::millis(30), Micros::millis(100));
        disk.lose_power(Micros::millis(31));
        assert_eq!(disk.store.end_index(), Index(0));
    }

    #[test]
    fn a_slow_flush_is_due_when_it_is_over_and_not_while_it_writes() {
        let mut disk = Disk { slow: Micros::millis(100), ..Disk::default() };
        disk.started(Micros::ZERO);
        assert_eq!(disk.flush_due(Micros::ZERO), None);
        write(&mut disk, Micros::millis(1)); // the flush of 10 ms takes it
        assert_eq!(disk.flush_due(Micros::millis(1)), Some(Micros::millis(110)));
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

    #[test]
    fn a_deletion_flushes_nothing_of_what_stays() {
        let mut disk = Disk::default();
        disk.started(Micros::ZERO);
        for ms in [1, 11, 12, 13] {
            write(&mut disk, Micros::millis(ms));
        }
        disk.store.truncate(Index(3), true);
        disk.truncated(Index(3));
        disk.lose_power(Micros::millis(14));
        assert_eq!(disk.store.end_index(), Index(0));
    }

    #[test]
    fn what_takes_the_place_of_deleted_entries_waits_for_a_flush_of_its_own() {
        for slow in [Micros::ZERO, Micros::millis(100)] {
            let mut disk = Disk { slow, ..Disk::default() };
            disk.started(Micros::ZERO);
            (0..3).for_each(|_| write(&mut disk, Micros::millis(1)));
            write(&mut disk, Micros::millis(111));
            write(&mut disk, Micros::millis(122)); // too late for the flush of 120 ms
            disk.store.truncate(Index(2), true);
            disk.truncated(Index(2));
            assert_eq!(disk.flush_due(Micros::millis(122)), None);
            write(&mut disk, Micros::millis(123));
            assert_eq!(disk.flushed(Micros::millis(123)), Index(1));
            disk.lose_power(Micros::millis(124));
            assert_eq!(disk.store.end_index(), Index(1));
        }
    }
}
