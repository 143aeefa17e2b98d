//! Pushes, from both sides.

use super::*;

#[test]
fn a_comparison_says_where_the_log_ends_or_since_when_it_differs() {
    let mut bench = follower(&[1, 2, 2, 2, 3]);
    let mut ask = |index, term| {
        let r = bench.push(C, 5, -1, compare(index, term)).unwrap();
        (r.code, r.x_term.0, r.x_index.0, r.end_index.0)
    };
    let differs = Code::InconsistentState;
    assert_eq!(ask(-1, -1), (Code::Success, -1, -1, 0));
    assert_eq!(ask(4, 3), (Code::Success, -1, -1, 0));
    assert_eq!(ask(2, 2), (Code::Success, -1, -1, 0));
    assert_eq!(ask(3, 4), (differs, 2, 1, 0), "its run of term 2 begins at 1");
    assert_eq!(ask(9, 4), (differs, -1, -1, 4));
    assert_eq!(ask(2, -1), (differs, 2, 1, 0), "only the empty log agrees with every other");
}

#[test]
fn who_does_not_follow_refuses_control_pushes_and_keeps_appends_waiting() {
    let mut bench = Bench::of_three(&[1]);
    let refused = bench.push(C, 1, -1, compare(0, 1)).unwrap();
    assert_eq!(refused.code, Code::NotFollower);
    assert_eq!(bench.push(C, 1, -1, append(1, 1)), None);
    bench.follow(1);
    bench.run(Micros::millis(1));
    assert_eq!(bench.terms(), [1, 1]);
}

#[test]
fn pushes_of_another_term_or_of_another_than_the_known_leader_change_nothing() {
    let mut bench = follower(&[1, 1]);
    for (from, term) in [(C, 4), (C, 6), (B, 5)] {
        let codes =
            [compare(1, 1), truncate(0, 3), append(2, 4)].map(|p| bench.push(from, term, 1, p).unwrap().code);
        assert!(!codes.contains(&Code::Success), "{codes:?}");
        assert_eq!(
            bench.push(from, term, 1, Push::Commit).unwrap().code,
            if from == B { Code::InconsistentLeader } else { Code::InconsistentTerm }
        );
    }
    assert_eq!((bench.terms(), bench.member.committed_index()), (vec![1, 1], Index::NONE));
}

#[test]
fn a_truncate_deletes_what_conflicts() {
    let mut bench = follower(&[1, 2, 2]);
    assert_eq!(bench.push(C, 5, 0, truncate(1, 3)).unwrap().code, Code::Success);
    assert_eq!(bench.terms(), [1]);
    assert_eq!(bench.member.committed_index(), Index(0));
    assert!(bench.notes().contains(&Note::Truncated { from: Index(1), count: 2 }));
}

#[test]
fn a_truncate_leaves_what_is_the_leaders_own() {
    let mut bench = follower(&[1, 2, 2, 5]);
    // repeated, after the leader had sent entries again
    assert_eq!(bench.push(C, 5, -1, truncate(1, 2)).unwrap().code, Code::Success);
    // sent before the leader had an entry 3
    assert_eq!(bench.push(C, 5, -1, truncate(3, -1)).unwrap().code, Code::Success);
    assert_eq!(bench.terms(), [1, 2, 2, 5]);
    // beyond the end there is nothing to delete, but then the logs do not meet
    assert_eq!(bench.push(C, 5, -1, truncate(4, -1)).unwrap().code, Code::Success);
    assert_eq!(bench.push(C, 5, -1, truncate(9, -1)).unwrap().code, Code::InconsistentState);
}

#[test]
fn appends_are_written_in_order_whatever_the_order_they_come_in() {
    let mut bench = follower(&[1]);
    assert_eq!(bench.push(C, 5, -1, append(2, 5)), None);
    assert_eq!(bench.push(C, 5, -1, append(2, 5)).unwrap().code, Code::RepeatedPush);
    assert_eq!(bench.push(C, 5, 2, append(1, 5)).unwrap().code, Code::Success);
    assert_eq!(bench.terms(), [1, 5, 5]);
    assert_eq!(
        bench.member.committed_index(),
        Index(1),
        "as far as the log went when the request was handled"
    );
}

#[test]
fn a_gap_is_reported_when_it_is_a_second_old() {
    let mut bench = follower(&[1]);
    bench.run(Micros::millis(1));
    assert_eq!(bench.push(C, 5, -1, append(3, 5)), None);
    let call = CallId(bench.calls);
    bench.run(Micros::millis(999));
    assert_eq!(bench.answer_to(call), None);
    bench.run(Micros::millis(1002));
    match bench.answer_to(call) {
        Some(Response::Push(r)) => assert_eq!(r.code, Code::InconsistentState),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_repeated_append_waits_for_the_look_that_is_taken_once_a_second() {
    let mut bench = follower(&[1]);
    bench.push(C, 5, -1, append(1, 5));
    bench.run(Micros::millis(300));
    assert_eq!(bench.push(C, 5, -1, append(1, 5)), None);
    let (same, other) = (CallId(bench.calls), CallId(bench.calls + 1));
    bench.run(Micros::millis(700));
    assert_eq!(bench.answer_to(same), None);
    bench.run(Micros::millis(1)); // a second after the start
    let code = |answer| match answer {
        Some(Response::Push(response)) => response.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(bench.answer_to(same)), Code::Success);

    assert_eq!(bench.push(C, 5, -1, append(1, 4)), None);
    bench.run(Micros::millis(1000));
    assert_eq!(code(bench.answer_to(other)), Code::InconsistentState, "another entry than the log's");
}

#[test]
fn an_answer_carries_the_index_of_the_first_entry_if_there_was_one() {
    let mut bench = follower(&[1]);
    assert_eq!(bench.push(C, 5, -1, append(1, 5)).unwrap().index, Index(1));
    for push in [compare(1, 5), truncate(2, -1), Push::Commit] {
        assert_eq!(bench.push(C, 5, -1, push).unwrap().index, Index::NONE);
    }
}

#[test]
fn the_commit_index_is_capped_by_the_own_end_and_never_falls() {
    let mut bench = follower(&[1, 1, 1]);
    bench.push(C, 5, 9, Push::Commit);
    assert_eq!(bench.member.committed_index(), Index(2));
    bench.push(C, 5, 0, Push::Commit);
    assert_eq!(bench.member.committed_index(), Index(2));
}

#[test]
fn a_new_leader_compares_at_the_end_of_its_log_and_waits_half_a_second_after_a_refusal() {
    let mut leader = Leader::new(&[1, 1]);
    let first = leader.pushes(B, 2);
    assert_eq!(first[0].1, compare(1, 1));
    leader.answer(B, &first[0], Code::NotFollower);
    assert_eq!(leader.pushes(B, 499), []);
    assert_eq!(leader.pushes(B, 2)[0].1, compare(1, 1));
}

#[test]
fn comparing_goes_to_the_last_entry_that_may_agree() {
    let mut leader = Leader::new(&[1, 2, 2, 4]);
    let first = leader.pushes(B, 2);
    // The peer has term 2 from index 1 up to 3: the leader's own run of term 2 ends at 2.
    let differs = PushResponse::new(Term(leader.term), Code::InconsistentState, &first[0].1);
    leader.reply(B, first[0].0, PushResponse { x_term: Term(2), x_index: Index(1), ..differs });
    let second = leader.pushes(B, 2);
    assert_eq!(second[0].1, compare(2, 2));
    // It has term 3 there, which the leader does not know: on below that run.
    let differs = PushResponse::new(Term(leader.term), Code::InconsistentState, &second[0].1);
    leader.reply(B, second[0].0, PushResponse { x_term: Term(3), x_index: Index(1), ..differs });
    let third = leader.pushes(B, 2);
    assert_eq!(third[0].1, compare(0, 1));
    leader.answer(B, &third[0], Code::Success);
    assert_eq!(leader.pushes(B, 2)[0].1, truncate(1, 2));
}

#[test]
fn an_append_goes_out_at_once_and_again_after_a_second_without_an_answer() {
    let mut leader = Leader::new(&[1]);
    leader.open(B);
    leader.pushes(B, 5);
    leader.append();
    let sent = leader.pushes(B, 0);
    assert_eq!(sent[0].1.kind(), PushKind::Append);
    leader.pushes(B, 1000);
    let again = leader.pushes(B, 2);
    assert_eq!(again.iter().map(|(_, p)| p).collect::<Vec<_>>(), [&sent[0].1]);
}

#[test]
fn the_commit_index_is_pushed_after_a_second_of_quiet() {
    let mut leader = Leader::new(&[1]);
    leader.open(B);
    let kinds = |pushes: Vec<(CallTag, Push)>| pushes.iter().map(|(_, p)| p.kind()).collect::<Vec<_>>();
    assert_eq!(kinds(leader.pushes(B, 1000)), []);
    assert_eq!(kinds(leader.pushes(B, 2)), [PushKind::Commit]);
}

#[test]
fn an_append_without_entries_is_malformed() {
    let mut bench = follower(&[1]);
    let empty = Push::Append { entries: [].into() };
    assert_eq!(bench.push(C, 5, -1, empty).unwrap().code, Code::UnexpectedArgument);
}

#[test]
fn a_compare_forgets_the_appends_that_wait_and_never_answers_them() {
    let mut bench = follower(&[1]);
    assert_eq!(bench.push(C, 5, -1, append(2, 5)), None);
    let call = CallId(bench.calls);
    bench.push(C, 5, -1, compare(0, 1));
    bench.push(C, 5, -1, append(1, 5));
    bench.run(Micros::seconds(3));
    assert_eq!((bench.terms(), bench.answer_to(call)), (vec![1, 5], None));
}

#[test]
fn a_follower_with_a_full_disk_refuses_appends() {
    let mut bench = follower(&[1]);
    bench.member.disk.full = true;
    assert_eq!(bench.push(C, 5, 0, append(1, 5)).unwrap().code, Code::InconsistentState);
    assert_eq!((bench.terms(), bench.member.committed_index()), (vec![1], Index::NONE));
}

#[test]
fn no_more_than_a_thousand_pushes_are_under_way_to_a_peer() {
    let mut leader = Leader::new(&[]);
    for _ in 0..1500 {
        leader.append();
    }
    leader.open(B);
    let pushes = leader.pushes(B, 2);
    assert_eq!(pushes.len(), 1000);
    leader.answer(B, &pushes[0], Code::Success);
    assert_eq!(leader.pushes(B, 2).len(), 1);
}
