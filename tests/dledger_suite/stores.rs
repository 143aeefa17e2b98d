//! DLedgerMappedFileStoreTest and DLedgerEntryCoderTest

use ledgerscope::store::{Entry, EntryKind, EntryStore, Index, Options, Term};

/// Files that take nine entries with a body of ten bytes.
const NINE_A_FILE: Options = Options { data_file_size: 540, index_file_size: 32 * 1024 };

/// Twelve full files.
fn twelve_files() -> EntryStore {
    let mut store = EntryStore::new(NINE_A_FILE);
    for n in 0..108 {
        store.append_as_leader(EntryKind::Normal, Term(0), vec![n; 10], |_, _| {}).unwrap();
    }
    assert_eq!(store.data_spans().count(), 12);
    store
}

/// The store as a new process finds it, with this many data files left.
fn reopened(store: &EntryStore, data_files: usize) -> EntryStore {
    EntryStore::load(NINE_A_FILE, store.data_files().take(data_files), store.index_files()).unwrap()
}

#[test]
fn an_append_hook_can_write_the_position_into_the_body() {
    let mut store = EntryStore::new(Options::default());
    for _ in 0..10 {
        let hook = |pos: i64, body: &mut [u8]| body[..8].copy_from_slice(&pos.to_be_bytes());
        let (index, pos) = store.append_as_leader(EntryKind::Normal, Term(0), vec![0; 8], hook).unwrap();
        let body = store.get(index).unwrap().body;
        assert_eq!(body[..], (pos + 48).to_be_bytes());
    }
}

#[test]
fn what_a_leader_and_a_follower_append_reads_back() {
    let (mut leader, mut follower) = (EntryStore::new(NINE_A_FILE), EntryStore::new(NINE_A_FILE));
    for i in 0..100 {
        let body = format!("Hello Leader{i}").into_bytes();
        let (index, _) =
            leader.append_as_leader(EntryKind::Normal, Term(0), body.clone(), |_, _| {}).unwrap();
        follower.append_as_follower(&leader.get(index).unwrap()).unwrap();
        assert_eq!(index, Index(i));
        assert_eq!(leader.get(index).unwrap().body[..], body[..]);
    }
    for i in 0..100 {
        assert_eq!(leader.get(Index(i)), follower.get(Index(i)));
    }
    assert_eq!(leader.data_files().collect::<Vec<_>>(), follower.data_files().collect::<Vec<_>>());
}

#[test]
fn a_new_process_finds_everything() {
    let store = twelve_files();
    let reopened = reopened(&store, 12);
    assert_eq!((reopened.end_index(), reopened.end_term()), (Index(107), Term(0)));
    assert!((0..108).all(|i| reopened.get(Index(i)) == store.get(Index(i))));
    assert_eq!(reopened.wrote_position(), store.wrote_position());
}

#[test]
fn a_new_process_goes_on_behind_the_last_data_file_that_is_left() {
    let store = twelve_files();
    let mut reopened = reopened(&store, 10);
    assert_eq!(reopened.end_index(), Index(89));
    assert_eq!(reopened.index_wrote_position(), 90 * 32, "the index is cut to it");
    let appended = reopened.append_as_leader(EntryKind::Normal, Term(1), vec![7], |_, _| {}).unwrap();
    assert_eq!(appended.0, Index(90));
}

#[test]
fn without_data_files_the_log_is_empty() {
    let reopened = reopened(&twelve_files(), 0);
    assert_eq!((reopened.end_index(), reopened.end_term()), (Index::NONE, Term::NONE));
}

#[test]
fn an_entry_is_encoded_with_all_its_fields() {
    let entry = Entry {
        magic: EntryKind::Normal,
        index: Index(1),
        term: Term(3),
        pos: 1000,
        channel: 12,
        chain_crc: 123,
        body_crc: 456,
        body: (*b"body").into(),
    };
    let bytes = entry.encode();
    assert_eq!(bytes.len(), 48 + 4);
    assert_eq!(Entry::decode(&bytes), Ok(entry));
}

#[test]
fn a_body_that_claims_to_be_longer_than_its_entry_is_not_read() {
    let mut store = EntryStore::new(NINE_A_FILE);
    let (index, _) = store.append_as_leader(EntryKind::Normal, Term(0), vec![1; 10], |_, _| {}).unwrap();
    let mut bytes = store.get(index).unwrap().encode();
    bytes[44..48].copy_from_slice(&100_i32.to_be_bytes());
    // The original hands out an entry without a body; here that is an error.
    assert!(Entry::decode(&bytes).is_err());
}
