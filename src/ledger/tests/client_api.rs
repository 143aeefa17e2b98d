//! What clients ask for: appends of one or several bodies, gets, reads, metadata.

use super::*;
use crate::store::{EntryStore, Options};

const GROUP: &str = "default";

fn to(remote: MemberId, group: &str) -> Address<'_> {
    Address { group, remote }
}

fn here() -> Address<'static> {
    to(A, GROUP)
}

#[test]
fn the_first_thing_wrong_with_an_append_answers_it() {
    let mut bench = Bench::of_three(&[]);
    bench.member.config.max_pending_requests = 0;
    let ask = |bench: &mut Bench, address, bodies: Vec<Vec<u8>>| {
        bench.with(|m, ctx| m.handle_append(ctx, address, bodies)).unwrap_err()
    };
    assert_eq!(ask(&mut bench, to(B, "other"), vec![]), Code::UnknownMember);
    assert_eq!(ask(&mut bench, to(A, "other"), vec![]), Code::UnknownGroup);
    assert_eq!(ask(&mut bench, here(), vec![]), Code::NotLeader);
    bench.elect();
    bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap();
    bench.with(|m, ctx| m.transfer_leadership(ctx, B)).unwrap();
    bench.member.disk.full = true;
    assert_eq!(ask(&mut bench, here(), vec![]), Code::LeaderTransferring);
    let term = bench.member.term();
    let failed = Response::Transfer { term, code: Code::TakeLeadershipFailed };
    bench.with(|m, ctx| m.on_answer(ctx, B, CallTag::Transfer { term }, failed));
    assert_eq!(ask(&mut bench, here(), vec![]), Code::LeaderPendingFull);
    bench.member.config.max_pending_requests = 1;
    assert_eq!(ask(&mut bench, here(), vec![]), Code::RequestWithEmptyBodys);
    let too_large = vec![vec![0; 4 * 1024 * 1024 - 47]];
    assert_eq!(ask(&mut bench, here(), too_large.clone()), Code::DiskFull);
    bench.member.disk.full = false;
    assert_eq!(ask(&mut bench, here(), too_large), Code::DiskError);
    assert_eq!(bench.member.end_index(), Index(0), "nothing was stored");
}

#[test]
fn more_than_the_limit_of_appends_may_not_wait() {
    let mut bench = Bench::of_three(&[]);
    bench.member.config.max_pending_requests = 2;
    bench.elect();
    let mut append =
        || bench.with(|m, ctx| m.handle_append(ctx, here(), vec![body()])).map(|(index, _)| index.0);
    assert_eq!([append(), append(), append()], [Ok(0), Ok(1), Ok(2)], "it is looked at before");
    assert_eq!(append(), Err(Code::LeaderPendingFull));
}

#[test]
fn only_appends_of_the_present_term_count_against_the_limit() {
    let mut bench =
        Bench::with_config(&[], Config { max_pending_requests: 0, ..Preset::DLedger031.config() });
    bench.elect();
    bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap();
    bench.with(|m, ctx| m.change_to_candidate(ctx, Term(9)));
    bench.elect();
    assert_eq!(bench.outcome(Index(0)), None, "it still waits, in 0.3.1");
    assert!(bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).is_ok());
}

#[test]
fn a_batch_is_an_entry_for_each_body_and_one_outcome() {
    let mut leader = Leader::new(&[]);
    let bodies: Vec<Vec<u8>> = (1..=10).map(|size| vec![b'x'; size]).collect();
    let placed = leader.bench.with(|m, ctx| m.handle_append(ctx, here(), bodies)).unwrap();
    assert_eq!(placed.0, Index(9));
    let steps: Vec<i64> = placed.1.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(steps, (1..10).map(|size| 48 + size).collect::<Vec<_>>());
    leader.open(B);
    let pushes = leader.pushes(B, 2);
    for push in &pushes {
        leader.answer(B, push, Code::Success);
    }
    leader.bench.run(Micros::millis(1));
    let done: Vec<_> =
        leader.bench.notes().into_iter().filter(|n| matches!(n, Note::AppendDone { .. })).collect();
    assert_eq!(done, [Note::AppendDone { index: Index(9), code: Code::Success }]);
}

#[test]
fn an_error_in_the_middle_of_a_batch_leaves_what_came_before() {
    let mut leader = Leader::new(&[]);
    let bodies = vec![body(), vec![0; 5 * 1024 * 1024], body()];
    let refused = leader.bench.with(|m, ctx| m.handle_append(ctx, here(), bodies));
    assert_eq!(refused, Err(Code::DiskError));
    assert_eq!(leader.bench.member.end_index(), Index(0));
    leader.open(B);
    assert_eq!(leader.pushes(B, 2).len(), 1, "and it is replicated");
}

#[test]
fn a_get_is_served_by_whoever_takes_itself_for_the_leader_committed_or_not() {
    let get =
        |bench: &Bench, address, index| bench.member.handle_get(address, Index(index)).map(|e| e.index.0);
    let bench = follower(&[1]);
    assert_eq!(get(&bench, to(B, "other"), 0), Err(Code::UnknownMember));
    assert_eq!(get(&bench, to(A, "other"), 0), Err(Code::UnknownGroup));
    assert_eq!(get(&bench, here(), -1), Err(Code::NotLeader));
    let leader = Leader::new(&[1, 1]);
    assert_eq!(get(&leader.bench, here(), -1), Err(Code::IndexOutOfRange));
    assert_eq!(get(&leader.bench, here(), 2), Err(Code::IndexOutOfRange));
    assert_eq!((get(&leader.bench, here(), 1), leader.bench.member.committed_index()), (Ok(1), Index::NONE));
}

#[test]
fn a_get_of_an_entry_whose_file_was_deleted_says_so() {
    let options = Options { data_file_size: 400, index_file_size: 96 };
    let mut store = EntryStore::new(options);
    for _ in 0..20 {
        store.append_as_leader(EntryKind::Normal, Term(0), vec![7; 100], |_, _| {}).unwrap();
    }
    let (data, index) = (store.data_files().skip(1), store.index_files());
    let store = EntryStore::load(options, data, index).unwrap();
    let begin = store.begin_index();
    assert!(begin > Index(0));
    let mut disk = Disk::new(options);
    disk.store = store;
    let mut bench = Bench::of_three(&[]);
    bench.member = Member::start(A, 3, Config::default(), disk, Micros::millis(1));
    bench.elect();
    let get = |index| bench.member.handle_get(here(), index).map(|entry| entry.index);
    assert_eq!(get(begin.prev()), Err(Code::IndexLessThanLocalBegin));
    assert_eq!(get(begin), Ok(begin));
}

fn read(bench: &mut Bench, mode: ReadMode) -> Result<Read, Code> {
    bench.with(|m, ctx| m.handle_read(ctx, mode))
}

#[test]
fn an_unsafe_read_is_answered_by_everybody_and_the_modes_of_the_future_by_nobody() {
    for mut bench in [Bench::of_three(&[]), follower(&[1]), Leader::new(&[]).bench] {
        assert_eq!(read(&mut bench, ReadMode::UnsafeRead), Ok(Read::Now));
        assert_eq!(read(&mut bench, ReadMode::ReadIndexRead), Err(Code::Unsupported));
        assert_eq!(read(&mut bench, ReadMode::LeaseRead), Err(Code::Unsupported));
    }
}

#[test]
fn a_read_through_the_log_waits_for_a_no_op() {
    let mut leader = Leader::new(&[1]);
    leader.bench.member.config.max_pending_requests = 0;
    leader.append();
    assert_eq!(
        read(&mut leader.bench, ReadMode::RaftLogRead),
        Ok(Read::AfterIndex(Index(2))),
        "whatever waits"
    );
    let noop = leader.bench.member.store().get(Index(2)).unwrap();
    assert_eq!((noop.magic, noop.term.0, noop.body.len()), (EntryKind::Noop, leader.term, 0));
}

#[test]
fn a_read_that_cannot_be_served_says_unknown_whatever_the_reason() {
    assert_eq!(read(&mut follower(&[1]), ReadMode::RaftLogRead), Err(Code::Unknown));
    let mut leader = Leader::new(&[]);
    leader.bench.member.disk.full = true;
    assert_eq!(read(&mut leader.bench, ReadMode::RaftLogRead), Err(Code::Unknown));
    let mut leader = Leader::new(&[]);
    leader.bench.with(|m, ctx| m.transfer_leadership(ctx, B)).unwrap();
    for mode in [ReadMode::RaftLogRead, ReadMode::UnsafeRead, ReadMode::LeaseRead] {
        assert_eq!(read(&mut leader.bench, mode), Err(Code::Unknown), "{mode:?}");
    }
}

#[test]
fn metadata_names_the_members_and_the_known_leader() {
    let metadata = |bench: &Bench, address| bench.member.handle_metadata(address);
    let bench = Bench::of_three(&[]);
    assert_eq!(metadata(&bench, to(B, GROUP)), Err(Code::UnknownMember));
    assert_eq!(metadata(&bench, to(A, "other")), Err(Code::UnknownGroup));
    let peers = vec![A, B, C];
    assert_eq!(metadata(&bench, here()), Ok(Metadata { peers: peers.clone(), leader: None }));
    assert_eq!(metadata(&follower(&[1]), here()), Ok(Metadata { peers, leader: Some(C) }));
}

#[test]
fn the_first_thing_wrong_with_a_transfer_answers_it() {
    let ask = |bench: &mut Bench, address, transferee, term| {
        bench.with(|m, ctx| m.handle_leadership_transfer(ctx, address, (transferee, Term(term))))
    };
    let mut bench = Bench::of_three(&[]);
    assert_eq!(ask(&mut bench, to(B, "other"), MemberId(7), 9), Err(Code::UnknownMember));
    assert_eq!(ask(&mut bench, to(A, "other"), MemberId(7), 9), Err(Code::UnknownGroup));
    assert_eq!(ask(&mut bench, here(), MemberId(7), 9), Err(Code::UnknownMember));
    assert_eq!(ask(&mut bench, here(), B, 9), Err(Code::InconsistentTerm));
    let term = bench.member.term().0;
    assert_eq!(ask(&mut bench, here(), B, term), Err(Code::NotLeader));
    let term = bench.elect();
    assert_eq!(ask(&mut bench, here(), B, term), Ok(()));
    assert_eq!(ask(&mut bench, here(), C, term), Err(Code::LeaderTransferring));
}
