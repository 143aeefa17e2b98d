//! The bytes that a truncate left behind the ends of the files: recovery finds them (bug B16).

use super::entry_store::EntryStore;
use super::files::FileList;

/// What lies behind the written end of a log's data files, and of its index files. Zeros at the end are left out.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct LeftBehind {
    data: Vec<u8>,
    index: Vec<u8>,
}

impl EntryStore {
    /// What a truncate left behind the ends of the last files.
    pub fn left_behind(&self) -> LeftBehind {
        LeftBehind { data: behind(&self.data), index: behind(&self.index) }
    }

    /// Puts such bytes behind the ends.
    pub fn leave_behind(&mut self, left: &LeftBehind) {
        for (files, bytes) in [(&mut self.data, &left.data), (&mut self.index, &left.index)] {
            files.open_last(0);
            files.write_at(files.wrote_position(), bytes);
        }
    }
}

fn behind(files: &FileList) -> Vec<u8> {
    let end = files.wrote_position();
    let used = files.used().last().map_or(0, |(start, used)| start + used);
    let bytes = files.read_raw(end, (used - end).max(0) as usize).unwrap_or_default();
    let len = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    bytes[..len].to_vec()
}

#[cfg(test)]
mod tests {
    use super::super::{EntryKind, Index, Options, Term};
    use super::*;

    fn of_three() -> EntryStore {
        let mut store = EntryStore::new(Options::default());
        for n in 0..3 {
            store.append_as_leader(EntryKind::Normal, Term(1), vec![n], |_, _| {}).unwrap();
        }
        store
    }

    #[test]
    fn what_was_not_erased_comes_back_wherever_it_is_put() {
        let mut cut = of_three();
        cut.truncate(Index(1), false);
        let left = cut.left_behind();
        let mut other = of_three();
        other.truncate(Index(1), true);
        assert_eq!(other.left_behind(), LeftBehind::default());
        other.leave_behind(&left);
        assert_eq!((other.end_index(), other.left_behind()), (Index(0), left));
        assert_eq!(other.reopen().unwrap().end_index(), Index(2));
    }
}
