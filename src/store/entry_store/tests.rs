//! Rules of append, truncate and recovery, and a comparison with a store that keeps plain bytes and nothing else.

use super::*;

const SMALL: Options = Options { data_file_size: 400, index_file_size: 96 };

fn append(store: &mut EntryStore, term: i64, body: &[u8]) -> (Index, i64) {
    store.append_as_leader(EntryKind::Normal, Term(term), body.to_vec(), |_, _| {}).unwrap()
}

/// A log of one term with `count` bodies of ten bytes.
fn log_of(count: u8) -> EntryStore {
    let mut store = EntryStore::new(Options::default());
    for n in 0..count {
        append(&mut store, 1, &[n; 10]);
    }
    store
}

fn files(store: &EntryStore) -> [Vec<(String, Vec<u8>)>; 2] {
    [store.data_files().collect(), store.index_files().collect()]
}

fn load(store: &EntryStore) -> Result<EntryStore, StoreError> {
    let [data, index] = files(store);
    EntryStore::load(store.options(), data, index)
}

#[test]
fn an_empty_store_ends_before_the_first_index_in_no_term() {
    let store = EntryStore::new(Options::default());
    assert_eq!((store.end_index(), store.end_term()), (Index::NONE, Term::NONE));
    assert_eq!((store.wrote_position(), store.data_files().count()), (0, 0));
    assert_eq!(store.clone().reopen().unwrap().end_index(), Index::NONE);
}

#[test]
fn the_hook_patches_the_body_with_the_position_behind_the_header() {
    let mut store = log_of(1);
    let appended = store.append_as_leader(EntryKind::Normal, Term(1), vec![0; 8], |pos, body| {
        body.copy_from_slice(&pos.to_be_bytes());
    });
    assert_eq!(appended, Ok((Index(1), 58)));
    assert_eq!(store.raw_data(58 + 48, 8).unwrap(), 106_i64.to_be_bytes());
    assert_eq!(store.body_at(106, 8).as_deref(), Some(&106_i64.to_be_bytes()[..]));
    assert_eq!(store.body_at(58, 8), None);
}

#[test]
fn a_follower_refuses_an_entry_that_does_not_follow_its_end() {
    let (leader, mut follower) = (log_of(3), EntryStore::new(Options::default()));
    let gap = |expected, found| Err(StoreError::IndexGap { expected: Index(expected), found: Index(found) });
    assert_eq!(follower.append_as_follower(leader.entry(Index(1)).unwrap()), gap(0, 1));
    assert_eq!(follower.append_as_follower(leader.entry(Index(0)).unwrap()), Ok(()));
    assert_eq!(follower.append_as_follower(leader.entry(Index(0)).unwrap()), gap(1, 0));
    assert_eq!(follower.end_index(), Index(0));
    assert!(Rc::ptr_eq(&follower.get(Index(0)).unwrap().body, &leader.get(Index(0)).unwrap().body));
}

#[test]
fn an_entry_too_large_for_a_file_is_refused_and_leaves_the_store_as_it_was() {
    let mut store = EntryStore::new(SMALL);
    append(&mut store, 1, b"x");
    let too_large = store.append_as_leader(EntryKind::Normal, Term(1), vec![0; 345], |_, _| {});
    assert_eq!(too_large, Err(StoreError::EntryTooLarge { size: 393, max: 392 }));
    assert_eq!((store.wrote_position(), store.end_index()), (49, Index(0)));
    assert_eq!(append(&mut store, 1, &[0; 344]), (Index(1), 400));
}

#[test]
fn truncate_beyond_the_end_does_nothing_and_at_zero_empties_the_log() {
    let mut store = log_of(3);
    assert_eq!(store.truncate(Index(3), true), Index(2));
    assert_eq!(store.truncate(Index(0), true), Index::NONE);
    assert_eq!((store.end_term(), store.wrote_position(), store.index_wrote_position()), (Term::NONE, 0, 0));
    assert_eq!(append(&mut store, 2, b"again"), (Index(0), 0));
}

#[test]
fn entries_truncated_without_erasing_come_back_after_a_restart() {
    let mut store = log_of(10);
    assert_eq!(store.truncate(Index(5), false), Index(4));
    assert_eq!(store.clone().reopen().unwrap().end_index(), Index(9));

    let ten_bytes = [42; 10];
    append(&mut store, 1, &ten_bytes);
    let mixed = store.clone().reopen().unwrap();
    assert_eq!(mixed.end_index(), Index(9), "an entry of equal size and term lets the old tail follow");
    assert_eq!(*mixed.entry(Index(5)).unwrap().body, ten_bytes);

    let mut newer = log_of(10);
    newer.truncate(Index(5), false);
    append(&mut newer, 2, &ten_bytes);
    assert_eq!(newer.clone().reopen().unwrap().end_index(), Index(5), "a newer term hides the old tail");
}

#[test]
fn entries_truncated_and_erased_stay_away_after_a_restart() {
    let mut store = log_of(10);
    store.truncate(Index(5), true);
    assert_eq!(store.clone().reopen().unwrap().end_index(), Index(4));
    append(&mut store, 1, &[42; 10]);
    assert_eq!(store.clone().reopen().unwrap().end_index(), Index(5));
}

#[test]
fn what_comes_after_a_truncate_lies_where_it_does_for_who_never_had_what_was_cut() {
    let mut leader = EntryStore::new(SMALL);
    append(&mut leader, 1, &[1; 290]);
    let mut follower = leader.clone();
    append(&mut follower, 1, &[2; 300]);
    assert_eq!(follower.position_of(Index(1)), Some(400), "it did not fit into the first file");
    let mut original = follower.clone();
    assert_eq!(append(&mut leader, 2, b""), (Index(1), 338));

    follower.truncate(Index(1), true);
    assert_eq!(follower.wrote_position(), 338);
    follower.append_as_follower(leader.entry(Index(1)).unwrap()).unwrap();
    assert_eq!(files(&follower), files(&leader));

    original.truncate(Index(1), false);
    original.append_as_follower(leader.entry(Index(1)).unwrap()).unwrap();
    assert_eq!(original.position_of(Index(1)), Some(400), "the padding stayed");
}

#[test]
fn a_restart_shares_bodies_with_the_store_it_came_from() {
    let store = log_of(3);
    let reopened = store.clone().reopen().unwrap();
    assert!(Rc::ptr_eq(&store.get(Index(2)).unwrap().body, &reopened.get(Index(2)).unwrap().body));
}

#[test]
fn a_lost_index_is_rebuilt_from_the_data() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..20 {
        append(&mut store, 1, &[n; 30]);
    }
    let [data, index] = files(&store);
    let kept: Vec<_> = index.iter().take(2).cloned().collect();
    let loaded = EntryStore::load(SMALL, data.clone(), kept).unwrap();
    assert_eq!((loaded.end_index(), files(&loaded)), (Index(19), [data, index]));
}

#[test]
fn files_whose_head_was_deleted_begin_at_a_later_index() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..20 {
        append(&mut store, 1, &[n; 30]);
    }
    let [data, index] = files(&store);
    let loaded = EntryStore::load(SMALL, data.into_iter().skip(1), index).unwrap();
    assert_eq!((loaded.begin_index(), loaded.end_index()), (Index(5), Index(19)));
    assert_eq!(loaded.data_begin(), 400);
    assert_eq!(loaded.get(Index(4)), None);
    assert_eq!(loaded.get(Index(5)), store.get(Index(5)));
}

#[test]
fn a_leaders_own_noop_lies_in_the_head_under_an_index_unit_that_says_normal() {
    let mut store = EntryStore::new(SMALL);
    store.append_as_leader(EntryKind::Noop, Term(1), vec![0; 30], |_, _| {}).unwrap();
    for n in 1..30 {
        append(&mut store, 1, &[n; 30]);
    }
    let loaded = load(&store).unwrap();
    assert_eq!((loaded.begin_index(), loaded.end_index()), (Index(0), Index(29)));
    assert_eq!(files(&loaded), files(&store));
}

#[test]
fn an_index_lost_whole_is_rebuilt_from_where_the_data_begins() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..12 {
        append(&mut store, 1, &[n; 30]);
    }
    let [data, _] = files(&store);
    let loaded = EntryStore::load(SMALL, data.into_iter().skip(1), []).unwrap();
    assert_eq!((loaded.begin_index(), loaded.end_index()), (Index(5), Index(11)));
    assert!(loaded.index_spans().eq([(96, 96), (192, 96), (288, 96)]), "from the file that holds unit 5 on");
    let mut units = store.raw_index(96, 96).unwrap();
    units[..64].fill(0);
    assert_eq!(loaded.raw_index(96, 96), Some(units), "units 3 and 4 are nobody's");
    assert_eq!(loaded.raw_index(192, 96), store.raw_index(192, 96));
}

#[test]
fn a_blank_that_claims_more_than_its_file_has_left_ends_the_log() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..6 {
        append(&mut store, 1, &[n; 30]);
    }
    let [mut data, index] = files(&store);
    assert_eq!(data[0].1[390..398], [255, 255, 255, 255, 0, 0, 0, 10]);
    data[0].1[397] = 11;
    let loaded = EntryStore::load(SMALL, data, index).unwrap();
    assert_eq!((loaded.end_index(), loaded.wrote_position()), (Index(4), 390));
}

#[test]
fn losing_more_than_a_whole_file_is_refused() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..30 {
        append(&mut store, 1, &[n; 30]);
    }
    let [mut data, index] = files(&store);
    assert!(data.len() > 4);
    let third_last = data.len() - 3;
    data[third_last].1[78..].fill(0);
    let result = EntryStore::load(SMALL, data, index);
    assert!(matches!(result, Err(StoreError::TooMuchLost { .. })), "{result:?}");
}

#[test]
fn positions_lead_back_to_entries() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..9 {
        append(&mut store, 1, &[n; 30]);
    }
    let index = |pos| store.entry_at_position(pos).map(|entry| entry.index.0);
    assert_eq!(
        [0, 77, 78, 389, 390, 399, 400].map(index),
        [Some(0), Some(0), Some(1), Some(4), None, None, Some(5)]
    );
    assert_eq!(index(store.wrote_position()), None);
}

#[test]
fn bytes_that_a_truncate_left_behind_are_in_use() {
    let mut store = EntryStore::new(SMALL);
    for n in 0..7 {
        append(&mut store, 1, &[n; 30]);
    }
    let used = |store: &EntryStore| [store.data_used().collect::<Vec<_>>(), store.index_used().collect()];
    assert_eq!(used(&store), [vec![(0, 400), (400, 156)], vec![(0, 96), (96, 96), (192, 32)]]);
    let mut erased = store.clone();
    erased.truncate(Index(6), true);
    assert_eq!(used(&erased), [vec![(0, 400), (400, 78)], vec![(0, 96), (96, 96), (192, 0)]]);
    store.truncate(Index(6), false);
    let pages = [vec![(0, 400), (400, 400)], vec![(0, 96), (96, 96), (192, 96)]];
    assert_eq!(used(&store), pages, "rounded up to a page, or the file");
}

/// The same operations on plain bytes.
struct Plain {
    data: FileList,
    index: FileList,
}

impl Plain {
    fn append(&mut self, stored: &Stored) {
        assert_eq!(self.data.append(&stored.entry.encode()), Ok(stored.at));
        self.index.append(&stored.unit().encode()).unwrap();
    }

    fn files(&self) -> [Vec<(String, Vec<u8>)>; 2] {
        [self.data.export().collect(), self.index.export().collect()]
    }
}

#[test]
fn every_byte_is_what_a_store_of_plain_bytes_holds() {
    let mut state = 1_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut store = EntryStore::new(SMALL);
    let mut plain =
        Plain { data: FileList::new(400, Rolling::Padded), index: FileList::new(96, Rolling::Exact) };
    let mut term = 0;
    for step in 0..3_000 {
        match draw(12) {
            0 => {
                let first = Index(draw((store.end_index().0 + 3) as u64) as i64);
                let erase = draw(2) == 0;
                if let Some(at) = store.position_of(first) {
                    let end = |index| Some(store.position_of(index)? + store.entry(index)?.size() as i64);
                    let before = end(first.prev()).filter(|_| erase).unwrap_or(at);
                    plain.data.truncate(before, erase);
                    plain.index.truncate(first.0 * 32, erase);
                }
                store.truncate(first, erase);
            }
            1 => {
                let (reopened, loaded) = (store.clone().reopen(), load(&store));
                match (reopened, loaded) {
                    (Ok(reopened), Ok(loaded)) => {
                        assert_eq!(reopened.end_index(), loaded.end_index());
                        assert_eq!(reopened.end_term(), loaded.end_term());
                        assert_eq!(files(&reopened), files(&loaded), "step {step}");
                        assert!(reopened.data_spans().eq(loaded.data_spans()));
                        assert!(reopened.index_spans().eq(loaded.index_spans()));
                        for i in 0..=reopened.end_index().0 {
                            assert_eq!(reopened.get(Index(i)), loaded.get(Index(i)));
                        }
                        store = if draw(2) == 0 { reopened } else { loaded };
                        let [data, index] = files(&store);
                        plain.data = FileList::load(400, Rolling::Padded, data).unwrap();
                        plain.data.truncate(store.wrote_position(), false);
                        plain.index = FileList::load(96, Rolling::Exact, index).unwrap();
                        plain.index.truncate(store.index_wrote_position(), false);
                        term = term.max(store.end_term().0);
                    }
                    (reopened, loaded) => assert_eq!(reopened.err(), loaded.err()),
                }
            }
            kind => {
                term += i64::from(draw(10) == 0);
                let body = vec![draw(256) as u8; if kind < 8 { 10 } else { draw(120) as usize }];
                let magic = if kind == 2 { EntryKind::Noop } else { EntryKind::Normal };
                store.append_as_leader(magic, Term(term), body, |_, _| {}).unwrap();
                plain.append(store.entries.last().unwrap());
            }
        }
        assert_eq!(files(&store), plain.files(), "step {step}");
    }
}

#[test]
fn a_head_whose_index_leads_to_another_entry_is_refused() {
    let corrupt = |loaded: Result<EntryStore, StoreError>| match loaded.map(|store| store.end_index()) {
        Err(StoreError::Corrupt { index, .. }) => index,
        other => panic!("{other:?}"),
    };
    let mut store = EntryStore::new(SMALL);
    for n in 0..30 {
        append(&mut store, 1, &[n; 30]);
    }
    let [data, index] = files(&store);
    let broken = |at: usize, value: i64| {
        let mut index = index.clone();
        index[0].1[at..at + 8].copy_from_slice(&value.to_be_bytes());
        corrupt(EntryStore::load(SMALL, data.clone(), index))
    };
    assert_eq!(broken(32 + 4, 2 * 78), Index(1), "position of the entry after it");
    assert_eq!(broken(32 + 16, 2), Index(1), "another index");
    assert_eq!(broken(64 + 4, i64::MIN), Index(2), "a position before all files");

    let mut gap = data.clone();
    gap[0].1[78..].fill(0);
    assert_eq!(corrupt(EntryStore::load(SMALL, gap, index.clone())), Index(1));
    let mut elsewhere = data.clone();
    elsewhere[0].1[8..16].copy_from_slice(&1000_i64.to_be_bytes());
    assert_eq!(corrupt(EntryStore::load(SMALL, elsewhere, index.clone())), Index(1000));
}

#[test]
fn an_entry_whose_index_no_index_file_can_hold_ends_the_log() {
    for index in [i64::MAX, i64::MAX / 32, i64::MIN, -1] {
        let entry = Entry { index: Index(index), ..log_of(1).get(Index(0)).unwrap() };
        let mut bytes = entry.encode();
        bytes.resize(400, 0);
        let store = EntryStore::load(SMALL, [(file_name(0), bytes)], []).unwrap();
        assert_eq!((store.begin_index(), store.end_index()), (Index(0), Index::NONE));
    }
}

#[test]
fn a_file_without_room_for_its_blank_record_takes_no_more_entries() {
    let entry = Entry { body: vec![1; 400 - 48 - 7].into(), ..log_of(1).get(Index(0)).unwrap() };
    let mut bytes = entry.encode();
    bytes.resize(400, 0);
    let mut store = EntryStore::load(SMALL, [(file_name(0), bytes)], []).unwrap();
    assert_eq!((store.end_index(), store.wrote_position()), (Index(0), 393));
    let before = files(&store);
    let refused = store.append_as_leader(EntryKind::Normal, Term(1), vec![2], |_, _| {});
    assert!(matches!(refused, Err(StoreError::File(_))), "{refused:?}");
    assert_eq!((files(&store), store.end_index(), store.wrote_position()), (before, Index(0), 393));
}

#[test]
fn a_blank_smaller_than_itself_ends_the_log() {
    let mut bytes = log_of(1).get(Index(0)).unwrap().encode();
    bytes.extend([255, 255, 255, 255, 0, 0, 0, 1]);
    bytes.resize(400, 0);
    let mut store = EntryStore::load(SMALL, [(file_name(0), bytes)], []).unwrap();
    assert_eq!(append(&mut store, 1, b"next"), (Index(1), 58), "written over it");
    assert_eq!(store.reopen().unwrap().end_index(), Index(1));
}
