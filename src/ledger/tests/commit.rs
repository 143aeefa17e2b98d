//! Counting copies, committing, the answers to client appends, and what of it survives the process.

use super::*;

#[test]
fn an_entry_of_an_older_term_is_committed_only_together_with_one_of_the_present_term() {
    let mut leader = Leader::new(&[1, 1]);
    leader.open(B);
    leader.pushes(B, 5);
    assert_eq!(leader.bench.member.committed_index(), Index::NONE, "two of three hold both, and yet");
    leader.append();
    let sent = leader.pushes(B, 0);
    leader.answer(B, &sent[0], Code::Success);
    leader.bench.run(Micros::millis(1));
    assert_eq!(leader.bench.member.committed_index(), Index(2));
}

#[test]
fn a_new_leader_appends_a_no_op_only_if_something_is_uncommitted() {
    let mut bench = Bench::of_three(&[1]);
    bench.elect();
    assert_eq!(bench.member.store().entry(Index(1)).unwrap().magic, EntryKind::Noop);
    let mut bench = Bench::of_three(&[]);
    bench.elect();
    assert_eq!(bench.member.end_index(), Index::NONE);
}

#[test]
fn a_client_append_without_a_majority_is_answered_after_two_to_three_seconds_and_stays() {
    let mut leader = Leader::new(&[]);
    let index = leader.append();
    let timeout = Note::AppendDone { index, code: Code::WaitQuorumAckTimeout };
    leader.bench.member.elector.last_successful_heartbeat = Some(leader.bench.now);
    leader.bench.run(Micros::millis(1999));
    assert!(!leader.bench.notes().contains(&timeout));
    leader.bench.run(Micros::millis(1003));
    assert!(leader.bench.notes().contains(&timeout));
    assert_eq!(leader.bench.member.end_index(), index);
}

#[test]
fn a_client_append_ends_with_its_term() {
    let mut leader = Leader::new(&[]);
    let index = leader.append();
    leader.bench.call(C, Request::HeartBeat { term: Term(9) });
    leader.bench.run(Micros::millis(12));
    let ended = Note::AppendDone { index, code: Code::ExpiredTerm };
    assert!(leader.bench.notes().contains(&ended));
}

#[test]
fn only_a_leader_takes_appends() {
    let mut bench = Bench::of_three(&[]);
    let refused = bench.with(|m, ctx| m.append(ctx, body(), |_, _| {}));
    assert_eq!(refused, Err(Code::NotLeader));
}

#[test]
fn an_append_is_given_up_at_the_first_scan_that_finds_it_two_seconds_old() {
    // Scans are at 1 ms and every 1001 ms from there: 2003, 3004, 4005.
    for (since, ends) in [(Micros::millis(1004), 3004), (Micros(1_004_001), 4005)] {
        let mut leader = Leader::new(&[]);
        leader.bench.run(since - leader.bench.now);
        let index = leader.append();
        leader.bench.run(Micros(ends * 1000 - 1) - leader.bench.now);
        assert_eq!(leader.bench.outcome(index), None);
        leader.bench.run(Micros(1));
        assert_eq!(leader.bench.outcome(index), Some(Code::WaitQuorumAckTimeout));
    }
}

#[test]
fn an_append_is_given_up_by_a_leader_that_stepped_down_too() {
    let mut leader = Leader::new(&[]);
    let index = leader.append();
    leader.bench.with(|m, ctx| m.change_to_candidate(ctx, m.term()));
    leader.bench.run(Micros::millis(1900));
    assert_eq!(leader.bench.outcome(index), None, "the term is the same");
    leader.bench.run(Micros::millis(1102));
    assert_eq!(leader.bench.outcome(index), Some(Code::WaitQuorumAckTimeout));
}

#[test]
fn appends_end_in_their_order() {
    let mut leader = Leader::new(&[]);
    leader.append();
    leader.open(B);
    leader.append();
    let pushes = leader.pushes(B, 2);
    assert_eq!(pushes.len(), 2);
    leader.answer(B, &pushes[1], Code::Success);
    leader.bench.run(Micros::millis(1));
    let done: Vec<_> =
        leader.bench.notes().into_iter().filter(|n| matches!(n, Note::AppendDone { .. })).collect();
    let success = |i| Note::AppendDone { index: Index(i), code: Code::Success };
    assert_eq!(done, [success(0), success(1)], "who has the later one has all before it");
}

#[test]
fn marks_only_rise() {
    let mut leader = Leader::new(&[]);
    leader.append();
    leader.open(B);
    leader.append();
    let pushes = leader.pushes(B, 2);
    leader.answer(B, &pushes[1], Code::Success);
    leader.answer(B, &pushes[0], Code::Success);
    assert_eq!(leader.bench.member.watermark(B), Index(1));
    assert_eq!(leader.bench.member.watermark(C), Index::NONE);
}

#[test]
fn a_group_of_one_commits_at_once_whatever_the_term() {
    let disk = Bench::of_three(&[1, 1]).member.into_disk(Micros::ZERO);
    let rules = Rules::SAFE.without(&[Rule::NoopOnElection]);
    let member = Member::start(A, 1, Config { rules, ..Config::default() }, disk, Micros::millis(1));
    let mut bench = Bench { member, now: Micros::ZERO, out: Vec::new(), calls: 0 };
    bench.run(Micros::millis(3));
    assert!(bench.member.is_leader());
    assert_eq!((bench.member.term(), bench.member.committed_index()), (Term(1), Index(1)));
    let index = bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap().0;
    bench.run(Micros::millis(1));
    assert_eq!(bench.outcome(index), Some(Code::Success));
}

/// A follows C in term 5 with three entries.
fn with_checkpoints() -> Bench {
    let mut bench = Bench::with_config(&[5, 5, 5], Preset::DLedger031.config());
    bench.run(Micros::millis(1));
    bench.follow(5);
    bench
}

#[test]
fn the_committed_index_is_written_every_three_seconds_in_0_3_1() {
    let mut bench = with_checkpoints();
    bench.push(C, 5, 0, Push::Commit);
    let left_at = |bench: &Bench, at| bench.member.clone().into_disk(Micros::millis(at)).checkpoint;
    assert_eq!(left_at(&bench, 3000), Index::NONE);
    assert_eq!(left_at(&bench, 3001), Index(0));
    bench.run(Micros::millis(3500));
    bench.push(C, 5, 2, Push::Commit);
    assert_eq!(left_at(&bench, 6000), Index(0), "as it was at 3001 ms");
    assert_eq!(left_at(&bench, 6001), Index(2));
}

#[test]
fn a_starting_process_knows_as_committed_what_the_checkpoint_says_up_to_the_end_of_its_log() {
    let mut bench = with_checkpoints();
    bench.push(C, 5, 2, Push::Commit);
    let disk = bench.member.into_disk(Micros::millis(4000)).recover().unwrap();
    let start = |disk: Disk, preset: Preset| {
        Member::start(A, 3, preset.config(), disk, Micros::millis(1)).committed_index()
    };
    assert_eq!(start(disk.clone(), Preset::DLedger031), Index(2));
    assert_eq!(start(disk.clone(), Preset::DLedger04), Index::NONE, "0.4 has no checkpoint");
    let mut shorter = disk;
    shorter.store.truncate(Index(1), true);
    assert_eq!(start(shorter, Preset::DLedger031), Index(0));
}

#[test]
fn an_entry_is_acknowledged_before_it_is_flushed() {
    let mut bench = follower(&[1]);
    bench.run(Micros::millis(12));
    assert_eq!(bench.push(C, 5, -1, append(1, 5)).unwrap().code, Code::Success);
    let left = |lost: bool| {
        let mut disk = bench.member.clone().into_disk(bench.now);
        if lost {
            disk.lose_power(bench.now);
        }
        disk.recover().unwrap().store.end_index()
    };
    assert_eq!((left(false), left(true)), (Index(1), Index(0)));
}
