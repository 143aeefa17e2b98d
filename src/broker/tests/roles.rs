//! Section 7: identity, role changes, registration, what a slave copies.

use super::*;

fn identities(bench: &Bench, n: usize) -> Vec<(i64, BrokerRole)> {
    let told = bench.wanted(n, |effect| match effect {
        Effect::Identity { broker_id, role } => Some((*broker_id, *role)),
        _ => None,
    });
    told.into_iter().map(|(_, identity)| identity).collect()
}

fn registrations(bench: &Bench, n: usize) -> Vec<(Micros, Registration)> {
    bench.wanted(
        n,
        |effect| if let Effect::Register(registration) = effect { Some(*registration) } else { None },
    )
}

fn copies(bench: &Bench, n: usize) -> Vec<(Micros, MemberId)> {
    bench.wanted(n, |effect| if let Effect::CopyOffsets { from } = effect { Some(*from) } else { None })
}

#[test]
fn a_broker_has_no_id_before_its_first_role_event_and_registers_so() {
    let mut bench = Bench::of(2, config());
    bench.kill(B); // so that nobody can lead
    bench.run(Micros::seconds(10));
    let registration = Registration { broker: MemberId(0), broker_id: -1, one_way: false };
    assert_eq!(registrations(&bench, A), [(Micros::seconds(10), registration)]);
    assert_eq!(identities(&bench, A), []);
}

#[test]
fn the_master_has_id_0_and_slaves_the_number_of_their_self_id_and_one() {
    let bench = Bench::of_three(config());
    assert_eq!(identities(&bench, A).last(), Some(&(0, BrokerRole::SyncMaster)));
    assert_eq!(
        [B, C].map(|n| (bench.up(n).broker_id(), bench.up(n).role())),
        [(2, BrokerRole::Slave), (3, BrokerRole::Slave)]
    );
}

#[test]
fn a_follower_registers_once_more_for_each_leader_it_follows_a_candidate_only_if_it_was_no_slave() {
    let mut bench = Bench::of_three(config());
    let before = registrations(&bench, B).len();
    for (role, registers) in
        [(Role::Candidate, 0), (Role::Follower, 1), (Role::Follower, 2), (Role::Candidate, 2)]
    {
        bench.with(B, |broker, ctx| {
            broker.role.enqueue(role);
            broker.change_role(ctx);
        });
        assert_eq!(registrations(&bench, B).len() - before, registers, "{role:?}");
    }
    assert!(registrations(&bench, B)[before..].iter().all(|(_, r)| r.one_way && r.broker_id == 2));
    assert_eq!(identities(&bench, B).len(), 1, "its identity has not changed");

    bench.with(A, |broker, ctx| {
        broker.role.enqueue(Role::Candidate);
        broker.change_role(ctx);
    });
    assert_eq!((bench.up(A).role(), bench.up(A).broker_id()), (BrokerRole::Slave, 1));
}

use crate::ledger::Role;

#[test]
fn an_empty_log_makes_a_leader_master_at_once() {
    let mut bench = Bench::of(1, config());
    bench.run_until(|bench| bench.up(A).member().is_leader());
    assert_eq!(bench.up(A).role(), BrokerRole::SyncMaster);
}

#[test]
fn a_leader_is_master_when_its_log_is_committed_and_dispatched_which_it_looks_at_every_100_ms() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["a"]);
    bench.cut_off[C] = true;
    bench.put(A, "b");
    bench.run(Micros::millis(1)); // B has it, and nobody knows that it is committed
    bench.kill(A);
    bench.cut_off[C] = false;
    bench.run_until(|bench| bench.up(B).member().is_leader());
    let elected = bench.now;
    assert!(bench.up(B).waits_to_be_master());
    assert_eq!(bench.up(B).role(), BrokerRole::Slave);
    let send = BrokerRequest::Send { queue: T0, messages: [produced(0)].into() };
    let refused = BrokerAnswer::Put { status: PutStatus::SystemBusy, index: Index::NONE, queue_offset: -1 };
    assert_eq!(bench.asked(B, send), refused);

    bench.run_until(|bench| bench.up(B).role() == BrokerRole::SyncMaster);
    assert_eq!((bench.now - elected).0 % 100_000, 0);
    assert_eq!((bench.max_offset(B), bench.up(B).next_queue_offset(T0)), (2, Some(2)));
    let last = registrations(&bench, B).pop();
    let registration = Registration { broker: MemberId(1), broker_id: 0, one_way: true };
    assert_eq!(last, Some((bench.now, registration)));
}

#[test]
fn a_leader_that_no_longer_leads_when_its_event_is_handled_changes_nothing() {
    let mut bench = Bench::of_three(config());
    bench.with(B, |broker, ctx| {
        broker.role.enqueue(Role::Leader);
        broker.change_role(ctx);
    });
    assert_eq!((bench.up(B).role(), bench.up(B).waits_to_be_master()), (BrokerRole::Slave, false));
}

#[test]
fn the_periodic_registration_waits_for_its_answer_and_its_period_has_bounds() {
    let periods = |register_every| {
        let mut bench = Bench::of(1, BrokerConfig { register_every, ..config() });
        bench.run(Micros::seconds(131));
        let all = registrations(&bench, A).into_iter();
        let periodic = all.filter(|(_, r)| !r.one_way && r.broker_id == 0);
        periodic.map(|(at, _)| at.as_millis() / 1000).collect::<Vec<_>>()
    };
    assert_eq!(periods(Micros::seconds(30)), [10, 40, 70, 100, 130]);
    assert_eq!(periods(Micros::seconds(1))[..3], [10, 20, 30]);
    assert_eq!(periods(Micros::seconds(600)), [10, 70, 130]);
}

#[test]
fn a_slave_copies_when_the_last_time_is_more_than_ten_seconds_ago() {
    let mut bench = Bench::of_three(config());
    let became = registrations(&bench, B).last().unwrap().0;
    let master = Some(MemberId(0));
    bench.tell(B, Input::Registered { master });
    bench.run(Micros::seconds(40));
    let at: Vec<_> = copies(&bench, B).into_iter().map(|(at, from)| (at - became, from)).collect();
    // Looks are 3, 6, 9, 12 ... s after it became a slave; the process is a little older than that.
    assert_eq!(at, [12, 24, 36].map(|s| (Micros::seconds(s), MemberId(0))));
}

#[test]
fn without_the_masters_address_nothing_is_copied_and_the_next_try_is_as_far() {
    let mut bench = Bench::of_three(config());
    let became = registrations(&bench, B).last().unwrap().0;
    bench.run(Micros::seconds(13) + became - bench.now);
    assert_eq!(copies(&bench, B), []);
    assert_eq!(bench.up(B).copies_from(), (None, became + Micros::seconds(12)));
    bench.tell(B, Input::Registered { master: Some(MemberId(0)) });
    bench.run(Micros::seconds(13));
    assert_eq!(copies(&bench, B), [(became + Micros::seconds(24), MemberId(0))]);
}

#[test]
fn who_becomes_a_slave_once_more_forgets_the_master_and_a_master_copies_nothing() {
    let mut bench = Bench::of_three(config());
    for n in [A, B] {
        bench.tell(n, Input::Registered { master: Some(MemberId(0)) });
    }
    bench.with(B, |broker, ctx| {
        broker.role.enqueue(Role::Follower);
        broker.change_role(ctx);
    });
    assert_eq!(bench.up(B).copies_from().0, None);
    bench.run(Micros::seconds(60));
    assert_eq!([A, B].map(|n| copies(&bench, n).len()), [0, 0]);
}

#[test]
fn nobody_copies_from_itself() {
    let mut bench = Bench::of_three(config());
    bench.tell(B, Input::Registered { master: Some(MemberId(1)) });
    bench.run(Micros::seconds(30));
    assert_eq!(copies(&bench, B), []);
}

#[test]
fn a_copy_replaces_what_the_master_knows_of_a_topic_and_a_group_keeps_the_rest_and_is_saved() {
    let mut bench = Bench::of_three(config());
    for (group, queue, offset) in [(G, T0, 9), (G, T1, 9), (H, T0, 9)] {
        bench.ask(B, BrokerRequest::UpdateOffset { group, queue, offset });
    }
    bench.tell(B, Input::Offsets(vec![((G, T0), 3)]));
    bench.kill(B);
    bench.restart(B);
    let known = [(G, T0), (G, T1), (H, T0)].map(|(group, queue)| bench.up(B).consumer_offset(group, queue));
    assert_eq!(known, [Some(3), None, Some(9)]);
}
