//! AppendAndPushTest and BatchPushTest, of two members whose roles are set by hand, and CommitIndexTest

use super::group::*;
use ledgerscope::ledger::{Code, Config, Preset, PushKind, Response, Role, Rule};

/// n0 leads term 0, alone so far. One by one, and with batching on (AppendAndPushTest, BatchPushTest).
fn lonely_leaders() -> Vec<Group> {
    let start = |batch_append| {
        let config = Config { batch_append, max_pending_requests: 1000, ..Preset::DLedger04.config() };
        let mut group = Group::configured(2, config).by_hand(N0, 0);
        group.start(N0);
        group.run(20);
        assert_eq!((group.leader(), group.member(N0).term().0), (N0, 0));
        group
    };
    vec![start(false), start(true)]
}

#[test]
fn a_follower_that_starts_gets_what_is_there_and_commits_it() {
    for mut group in lonely_leaders() {
        for i in 0..10 {
            assert_eq!(group.append(N0, &[b"body"]).unwrap().0.0, i);
        }
        assert_eq!((group.end(N0), group.committed(N0)), (9, -1));
        group.start(N1);
        group.run_until(3000, |g| g.committed(N0) == 9 && g.committed(N1) == 9);
        assert_eq!(group.entries(N0), group.entries(N1));
    }
}

#[test]
fn without_the_follower_appends_time_out_and_a_flood_is_refused() {
    for mut group in lonely_leaders() {
        for _ in 0..10 {
            group.append(N0, &[b"body"]).unwrap();
        }
        group.run(3500);
        for i in 0..10 {
            assert_eq!(group.outcome(N0, i), Some(Code::WaitQuorumAckTimeout));
        }
        let flood: Vec<_> =
            (0..2000).map(|_| group.append(N0, &[b"body"]).map(|(index, _)| index.0)).collect();
        assert_eq!(
            flood.iter().filter(|result| result.is_ok()).count(),
            1001,
            "refused when more than 1000 wait"
        );
        assert_eq!(flood[1001], Err(Code::LeaderPendingFull));
    }
}

#[test]
fn an_append_waits_for_a_follower_that_comes_and_goes() {
    for mut group in lonely_leaders() {
        for i in 0..2 {
            group.append(N0, &[b"body"]).unwrap();
            group.run(200);
            assert_eq!(group.outcome(N0, i), None);
            group.start(N1);
            group.run_until(1500, |g| g.outcome(N0, i) == Some(Code::Success));
            if i == 0 {
                group.stop(N1);
            }
        }
        assert_eq!((group.end(N0), group.end(N1)), (1, 1));
    }
}

#[test]
fn appends_succeed_although_every_third_push_is_never_answered() {
    for mut group in lonely_leaders() {
        group.start(N1);
        let mut pushes = 0;
        group.on_request = Box::new(move |_, to, request| {
            pushes += usize::from(to == N1 && is_push(request));
            if is_push(request) && pushes % 3 == 0 { Fate::Silence } else { Fate::Delivered }
        });
        for i in 0..10 {
            assert_eq!(group.append_and_wait(N0, b"body", 3000), (i, Code::Success));
        }
    }
}

#[test]
fn an_old_leader_with_the_longer_log_is_cut_to_the_new_leaders() {
    for mut old in lonely_leaders() {
        for _ in 0..10 {
            old.append(N0, &[b"body"]).unwrap();
        }
        old.stop(N0);
        let long = old.disk(N0).clone();

        let mut group = Group::configured(2, old.config.clone()).by_hand(N1, 1);
        *group.disk(N0) = long;
        group.start(N1);
        group.run(20);
        for _ in 0..5 {
            group.append(N1, &[b"other"]).unwrap();
        }
        group.start(N0);
        group.run_until(3000, |g| g.end(N0) == 4);
        for i in 5..15 {
            assert_eq!(group.append_and_wait(N1, b"new", 3000), (i, Code::Success));
        }
        assert_eq!(group.entries(N0), group.entries(N1));
    }
}

#[test]
fn a_batch_of_growing_bodies_is_one_success() {
    for mut group in lonely_leaders() {
        group.start(N1);
        let bodies: Vec<Vec<u8>> = (1..=10).map(|size| vec![b'x'; size]).collect();
        let slices: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let (last, positions) = group.append(N0, &slices).unwrap();
        assert_eq!(last.0, 9);
        for (pair, body) in positions.windows(2).zip(&bodies) {
            assert_eq!(pair[1] - pair[0], 48 + body.len() as i64);
        }
        group.run_until(3000, |g| g.outcome(N0, 9) == Some(Code::Success));
        assert_eq!((group.end(N0), group.end(N1)), (9, 9));
        assert!((0..9).all(|i| group.outcome(N0, i).is_none()));
    }
}

/// n0 leads, has stored entry 0 on all three and given it up, since no acknowledgement reached it, and is gone; one
/// of the others leads.
fn entry_that_nobody_acknowledged(fast_advance: bool) -> Group {
    let config = Preset::DLedger04.config();
    let rules = config.rules.with(Rule::NoopOnElection, fast_advance);
    let mut group = Group::configured(3, Config { preferred_leaders: vec![N0], rules, ..config }).started();
    group.run_until(5000, |g| g.having(Role::Leader) == [N0]);
    group.run_until(5000, |g| g.having(Role::Follower).len() == 2);
    group.on_answer = Box::new(|_, response| match response {
        Response::Push(r) if r.kind == PushKind::Append && r.index.0 == 0 => Fate::Silence,
        _ => Fate::Delivered,
    });
    assert_eq!(group.append_and_wait(N0, b"body", 3500), (0, Code::WaitQuorumAckTimeout));
    for id in group.ids() {
        assert_eq!((group.end(id), group.committed(id)), (0, -1));
    }
    group.stop(N0);
    group.on_answer = Box::new(|_, _| Fate::Delivered);
    group.run_until(15_000, |g| g.having(Role::Leader).len() == 1);
    group
}

#[test]
fn an_old_entry_is_committed_with_the_next_append() {
    let mut group = entry_that_nobody_acknowledged(false);
    group.run(2000);
    assert_eq!((group.committed(N1), group.committed(N2)), (-1, -1));
    let leader = group.leader();
    assert_eq!(group.append_and_wait(leader, b"body", 3000), (1, Code::Success));
    group.run_until(2000, |g| g.committed(N1) == 1 && g.committed(N2) == 1);
    group.start(N0);
    group.run_until(6000, |g| g.having(Role::Leader) == [N0]);
    assert_eq!(group.committed(N0), 1);
}

#[test]
fn with_fast_advance_an_old_entry_is_committed_without_a_client() {
    let mut group = entry_that_nobody_acknowledged(true);
    group.run_until(3000, |g| g.committed(N1) == 1 && g.committed(N2) == 1);
    let leader = group.leader();
    assert_eq!(group.append_and_wait(leader, b"body", 3000), (2, Code::Success));
    group.run_until(2000, |g| g.committed(N1) == 2 && g.committed(N2) == 2);
    group.start(N0);
    group.run_until(6000, |g| g.having(Role::Leader) == [N0]);
    group.run(1000);
    assert_eq!((group.committed(N0), group.end(N0)), (2, 2), "nothing was pending, so no further no-op");
}
