//! VoteRequestTest and HeartbeatRequestTest

use super::group::*;
use ledgerscope::ledger::{Code, MemberId, Request, Response, Role, VoteResult};
use ledgerscope::store::{EntryKind, Index, Term};

const STRANGER: MemberId = MemberId(7);

fn vote(group: &mut Group, to: MemberId, from: MemberId, term: i64, end: (i64, i64)) -> VoteResult {
    let (index, end_term) = end;
    let request =
        Request::Vote { term: Term(term), ledger_end_index: Index(index), ledger_end_term: Term(end_term) };
    match group.ask(to, from, request) {
        Response::Vote { result, .. } => result,
        other => panic!("{other:?}"),
    }
}

fn heartbeat(group: &mut Group, to: MemberId, from: MemberId, term: i64) -> Code {
    match group.ask(to, from, Request::HeartBeat { term: Term(term) }) {
        Response::HeartBeat { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

/// Two members: the one that leads, the other, and their term.
fn two() -> (Group, MemberId, MemberId, i64) {
    let mut group = Group::of(2).started();
    group.run(3000);
    let leader = group.leader();
    let follower = if leader == N0 { N1 } else { N0 };
    let term = group.member(leader).term().0;
    (group, leader, follower, term)
}

const EMPTY: (i64, i64) = (-1, -1);

#[test]
fn two_members_elect_a_leader_that_both_know() {
    let (group, leader, follower, term) = two();
    assert_eq!(group.member(follower).role(), Role::Follower);
    for id in [leader, follower] {
        let member = group.member(id);
        assert_eq!((member.leader(), member.term().0, member.end_index()), (Some(leader), term, Index::NONE));
    }
}

#[test]
fn each_kind_of_vote_request_gets_its_answer() {
    use VoteResult::*;
    let (mut group, leader, follower, term) = two();
    assert_eq!(vote(&mut group, leader, STRANGER, term, EMPTY), RejectUnknownLeader);
    assert_eq!(vote(&mut group, follower, leader, term, EMPTY), Accept, "again");
    assert_eq!(vote(&mut group, leader, leader, term, EMPTY), RejectUnexpectedLeader);
    assert_eq!(vote(&mut group, leader, follower, term - 1, EMPTY), RejectExpiredVoteTerm);
    assert_eq!(vote(&mut group, leader, follower, term, EMPTY), RejectAlreadyHasLeader);
    assert_eq!(vote(&mut group, leader, follower, term, (-1, -2)), RejectExpiredLedgerTerm);
    assert_eq!(vote(&mut group, leader, follower, term, (-2, -1)), RejectSmallLedgerEndIndex);
}

#[test]
fn a_member_whose_log_is_of_a_larger_term_than_itself_leads_in_exactly_that_term() {
    let of_term_8 = |group: &mut Group| {
        let store = &mut group.disk(N0).store;
        store.append_as_leader(EntryKind::Normal, Term(8), vec![1], |_, _| {}).unwrap();
    };
    let mut pair = Group::of(2);
    of_term_8(&mut pair);
    pair.start(N0);
    assert_eq!(vote(&mut pair, N0, N1, 0, (0, 8)), VoteResult::RejectTermSmallThanLedger);

    let mut single = Group::of(1);
    of_term_8(&mut single);
    single.start(N0);
    single.run(2000);
    assert_eq!((single.leader(), single.member(N0).term()), (N0, Term(8)));
}

#[test]
fn a_vote_is_given_once_in_a_term_and_the_next_term_helps() {
    let mut pair = Group::of(2);
    pair.disk(N0).vote.write(Term(0), Some("n0"));
    pair.start(N0);
    assert_eq!(vote(&mut pair, N0, N1, 0, EMPTY), VoteResult::RejectAlreadyVoted);

    let mut single = Group::of(1);
    single.disk(N0).vote.write(Term(0), Some("n2"));
    single.start(N0);
    single.run(2000);
    assert_eq!((single.leader(), single.member(N0).term()), (N0, Term(1)));
}

#[test]
fn each_kind_of_heartbeat_gets_its_answer() {
    let (mut group, leader, follower, term) = two();
    assert_eq!(heartbeat(&mut group, follower, STRANGER, term), Code::UnknownMember);
    assert_eq!(heartbeat(&mut group, follower, follower, term), Code::UnexpectedMember);
    assert_eq!(heartbeat(&mut group, follower, leader, term - 1), Code::ExpiredTerm);
    assert_eq!(heartbeat(&mut group, leader, follower, term), Code::InconsistentLeader);
    assert_eq!(heartbeat(&mut group, follower, leader, term), Code::Success);
    assert_eq!(heartbeat(&mut group, follower, leader, term + 1), Code::TermNotReady);
    group.run(100);
    assert_eq!(heartbeat(&mut group, follower, leader, term + 1), Code::Success);
}
