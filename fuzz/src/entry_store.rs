//! A member's log opened from files: arbitrary ones, and real ones with something broken.

use ledgerscope::store::{
    Entry, EntryKind, EntryStore, INDEX_UNIT_SIZE, Index, IndexUnit, Options, StoreError, Term,
};

use super::input::{Files, Input, files};

/// Longest log that a program of `damaged_store` makes.
const MAX_STEPS: usize = 32;

/// Opens data and index files made of the input's bytes.
pub fn entry_store(bytes: &[u8]) {
    let mut input = Input(bytes);
    let options = Options {
        data_file_size: 57 + i64::from(input.short() % 8192),
        index_file_size: (1 + i64::from(input.byte() % 64)) * INDEX_UNIT_SIZE as i64,
    };
    let data_start = input.start(options.data_file_size);
    let index_start = input.start(options.index_file_size);
    let data_len = usize::from(input.short());
    let data = files(data_start, options.data_file_size, input.take(data_len));
    let index = files(index_start, options.index_file_size, input.0);
    open(options, data, index);
}

/// Lets the input write a log, as leader, as follower, with truncations and restarts; then breaks its files.
pub fn damaged_store(bytes: &[u8]) {
    let mut input = Input(bytes);
    let options = Options {
        data_file_size: 64 + i64::from(input.byte()),
        index_file_size: (1 + i64::from(input.byte() % 4)) * INDEX_UNIT_SIZE as i64,
    };
    let mut store = EntryStore::new(options);
    let (mut term, steps) = (Term(0), usize::from(input.byte()) % MAX_STEPS);
    for _ in 0..steps {
        write(&mut store, &mut term, &mut input);
    }
    sound(&store);
    let [mut data, mut index] = exported(&store);
    // What was written soundly opens, and says the same in memory and from files.
    let loaded = EntryStore::load(options, data.clone(), index.clone()).expect("a sound log opens");
    same(&loaded, &store.reopen().expect("a sound log opens again"));
    while !input.is_empty() {
        damage(&mut data, &mut index, &mut input);
    }
    open(options, data, index);
}

fn write(store: &mut EntryStore, term: &mut Term, input: &mut Input) {
    let step = input.byte();
    if step & 0x80 != 0 {
        *term = term.next();
    }
    let max_body = (store.options().data_file_size - 48 - 8).min(100);
    let body = |len: u8| vec![len; usize::from(len) % (max_body as usize + 1)];
    let written = match step % 8 {
        0 => {
            let first = store.begin_index().0 + i64::from(input.byte()) % (store.end_index().0 + 2);
            store.truncate(Index(first), step & 0x40 != 0);
            Ok(())
        }
        1 => {
            *store = store.clone().reopen().expect("a sound log opens");
            Ok(())
        }
        2 => store.append_as_leader(EntryKind::Noop, *term, Vec::new(), |_, _| {}).map(|_| ()),
        3 => store.append_as_follower(&Entry {
            magic: if step & 0x40 != 0 { EntryKind::Noop } else { EntryKind::Normal },
            index: store.end_index().next(),
            term: *term,
            pos: i64::from(input.short()),
            channel: i32::from(input.byte()),
            chain_crc: 0,
            body_crc: 0,
            body: body(input.byte()).into(),
        }),
        _ => {
            let body = body(input.byte());
            store.append_as_leader(EntryKind::Normal, *term, body, |_, _| {}).map(|_| ())
        }
    };
    written.expect("what fits a file is written");
}

fn damage(data: &mut Files, index: &mut Files, input: &mut Input) {
    let how = input.byte();
    let files = if how & 1 == 0 { data } else { index };
    if files.is_empty() {
        return;
    }
    let number = usize::from(input.byte()) % files.len();
    let content = &mut files[number].1;
    let at = usize::from(input.short()) % content.len();
    match how / 2 % 8 {
        0 => drop(files.remove(0)),
        1 => drop(files.pop()),
        2 => content[at..].fill(0),
        3 => content[at] ^= input.byte() | 1,
        4 => overwrite(content, at / 4 * 4, &(i32::from(input.byte()) - 1).to_be_bytes()),
        5 => overwrite(content, at / 4 * 4, &input.long().to_be_bytes()),
        6 => overwrite(content, at / 4 * 4, &(i64::from(input.byte()) - 1).to_be_bytes()),
        _ => overwrite(content, at, input.take(usize::from(how))),
    }
}

fn overwrite(content: &mut [u8], at: usize, bytes: &[u8]) {
    let len = bytes.len().min(content.len() - at);
    content[at..at + len].copy_from_slice(&bytes[..len]);
}

fn exported(store: &EntryStore) -> [Files; 2] {
    [store.data_files().collect(), store.index_files().collect()]
}

/// A log that opens is sound, its data is as it was found, a second opening finds the same, and it can be written on.
fn open(options: Options, data: Files, index: Files) {
    let Ok(store) = EntryStore::load(options, data.clone(), index) else { return };
    sound(&store);
    let [kept, _] = exported(&store);
    assert_eq!(kept, data[..kept.len()]);

    let again = store.clone().reopen().expect("a recovered log opens");
    let [data_again, index_again] = exported(&store);
    same(&again, &EntryStore::load(options, data_again, index_again).expect("its files open"));
    if kept.len() == data.len() {
        same(&again, &store);
    } else {
        // Files were dropped, so recovery begins at an earlier one, and writes the units of more NOOPs right.
        same_log(&again, &store);
    }
    write_on(store);
}

/// Entries follow each other in index, term and position; their bytes and index units are where they say.
fn sound(store: &EntryStore) {
    let (mut end, mut term) = (0, Term::NONE);
    for index in (store.begin_index().0..=store.end_index().0).map(Index) {
        let entry = store.entry(index).expect("an entry between begin and end");
        assert_eq!((entry.index, store.term_at(index)), (index, Some(entry.term)));
        assert!(entry.term >= term, "terms never fall");
        let at = store.position_of(index).expect("an entry has a position");
        assert!(at >= end, "entries do not overlap");
        let size = entry.size();
        assert_eq!(store.raw_data(at, size), Some(entry.encode()), "in one file, to the byte");
        assert_eq!(store.entry_at_position(at), Some(entry));
        if !entry.body.is_empty() {
            assert_eq!(store.body_at(at + 48, entry.body.len()), Some(entry.body.clone()));
        }
        let unit =
            store.raw_index(index.0 * INDEX_UNIT_SIZE as i64, INDEX_UNIT_SIZE).expect("a unit is there");
        let unit = IndexUnit::decode(&unit).expect("a unit of a live entry");
        assert_eq!((unit.pos, unit.size, unit.index, unit.term), (at, size as i32, index, entry.term));
        (end, term) = (at + size as i64, entry.term);
    }
    assert_eq!(store.end_term(), term);
    assert_eq!(store.entry(store.end_index().next()), None);
    assert_eq!(store.entry(store.begin_index().prev()), None);
    assert!(end <= store.wrote_position());
    let units = store.end_index().next().0 * INDEX_UNIT_SIZE as i64;
    assert!(store.index_wrote_position() == units || store.index_spans().count() == 0);
}

/// The same entries at the same places.
fn same_log(one: &EntryStore, other: &EntryStore) {
    assert_eq!((one.begin_index(), one.end_index()), (other.begin_index(), other.end_index()));
    for index in (one.begin_index().0..=one.end_index().0).map(Index) {
        assert_eq!(one.entry(index), other.entry(index));
        assert_eq!(one.position_of(index), other.position_of(index));
    }
    assert!(one.data_spans().eq(other.data_spans()));
    assert!(one.data_files().eq(other.data_files()));
    assert_eq!(one.index_wrote_position(), other.index_wrote_position());
}

fn same(one: &EntryStore, other: &EntryStore) {
    same_log(one, other);
    assert!(one.index_spans().eq(other.index_spans()));
    assert!(one.index_files().eq(other.index_files()));
}

/// A recovered log takes an entry, and a restart finds it. A log that cannot take it stays as it is.
fn write_on(mut store: EntryStore) {
    let before = store.clone();
    let term = store.end_term().max(Term(0));
    match store.append_as_leader(EntryKind::Normal, term, vec![7], |_, _| {}) {
        Ok((index, at)) => {
            sound(&store);
            let entry = store.get(index);
            let reopened = store.reopen().expect("a log written on opens");
            sound(&reopened);
            assert_eq!((reopened.get(index), reopened.position_of(index)), (entry, Some(at)));
        }
        Err(StoreError::File(_)) => same(&store, &before),
        Err(error) => panic!("{error}"),
    }
}
