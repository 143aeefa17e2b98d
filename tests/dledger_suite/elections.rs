//! LeaderElectorTest

use super::group::*;
use ledgerscope::ledger::{Code, Config, Preset, Role};
use ledgerscope::store::Term;

/// Three members of which one leads and two follow.
fn three() -> Group {
    let mut group = Group::of(3).started();
    group.run(2000);
    assert_eq!((group.having(Role::Leader).len(), group.having(Role::Follower).len()), (1, 2));
    group
}

#[test]
fn a_single_member_leads_within_a_second_and_again_in_the_same_term_after_a_restart() {
    let mut group = Group::of(1).started();
    group.run(1000);
    assert_eq!(group.leader(), N0);
    for i in 0..10 {
        assert_eq!(group.append_and_wait(N0, b"body", 1000), (i, Code::Success));
    }
    let term = group.member(N0).term();
    group.stop(N0);
    group.start(N0);
    group.run(1000);
    assert_eq!((group.leader(), group.member(N0).term()), (N0, term));
}

#[test]
fn whoever_is_made_to_stand_with_a_larger_term_leads_two_seconds_later() {
    let mut group = three();
    for round in 0..10 {
        let chosen = group.ids().nth(round % 3).unwrap();
        let max = group.ids().map(|id| group.member(id).term()).max().unwrap();
        // The original sets its term and has it stand at once. So does a process that starts in that term.
        group.stop(chosen);
        group.disk(chosen).vote.write(max.next(), None);
        group.start(chosen);
        group.run(2000);
        assert_eq!((group.leader(), group.having(Role::Follower).len()), (chosen, 2), "round {round}");
    }
    let leader = group.leader();
    for i in 0..5 {
        assert_eq!(group.append_and_wait(leader, b"body", 2000), (i, Code::Success));
    }
}

#[test]
fn a_restarted_follower_follows_again_within_two_seconds_and_changes_nothing() {
    let mut group = three();
    let leader = group.leader();
    let term = group.member(leader).term();
    for follower in group.having(Role::Follower) {
        group.stop(follower);
        group.start(follower);
        group.run(2000);
        assert_eq!(group.member(follower).role(), Role::Follower);
        assert_eq!((group.leader(), group.member(leader).term()), (leader, term));
    }
}

#[test]
fn one_of_two_survivors_leads_within_five_heartbeat_intervals() {
    let mut group = three();
    let dead = group.leader();
    group.stop(dead);
    group.run_until(11_500, |g| g.having(Role::Leader).len() == 1 && g.having(Role::Follower).len() == 1);
    assert_ne!(group.leader(), dead);
}

#[test]
fn a_leader_without_followers_is_a_candidate_of_its_own_term_within_four_intervals() {
    let mut group = three();
    let leader = group.leader();
    let term = group.member(leader).term();
    for follower in group.having(Role::Follower) {
        group.stop(follower);
    }
    group.run(8000);
    assert_eq!((group.member(leader).role(), group.member(leader).term()), (Role::Candidate, term));
}

#[test]
fn the_preferred_leader_leads_whenever_it_is_there() {
    let config = Config { preferred_leaders: vec![N2], ..Preset::DLedger04.config() };
    let mut group = Group::configured(3, config).started();
    let leads = |g: &Group, id| g.having(Role::Leader) == [id];
    group.run_until(4000, |g| leads(g, N2));
    group.run(1000);
    group.stop(N2);
    group.run_until(9000, |g| g.having(Role::Leader).len() == 1);
    let others = group.member(group.leader()).term();
    assert!(others > Term(0));
    group.run(1000);
    group.start(N2);
    group.run_until(4500, |g| leads(g, N2));
    assert!(group.member(N2).term() > others);
}
