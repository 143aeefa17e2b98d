//! Brokers that stand still, clocks that are wrong, disks that are slow or full, rules that are taken away.

use ledgerscope::broker::PutStatus;
use ledgerscope::client::SendStatus;
use ledgerscope::ledger::{Countdown, MemberId, Role, Rule};
use ledgerscope::scenario::{Groups, LinkChange, Refusal};
use ledgerscope::sim::{Command, DiskState, Event, Kind, Party};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use super::{SECOND, committed, follower, group, role, run, send, when};

#[test]
fn what_a_paused_broker_is_asked_it_answers_when_it_goes_on() {
    let (mut world, leader) = group(3);
    let broker = follower(leader);
    world.command(Command::Pause { broker }).unwrap();
    assert!(world.is_paused(usize::from(broker.0)));
    assert_eq!(world.command(Command::Pause { broker }), Err(Refusal::IsPaused { broker }));
    let events = run(&mut world, 5 * SECOND);
    let from_it = |event: &Event| matches!(event, Event::Sent { from, .. } if *from == Party::Broker(broker));
    assert_eq!(when(&events, from_it), None);
    let (status, _) = send(&mut world);
    assert_eq!(status, SendStatus::OK, "the other two are a majority");
    world.command(Command::Resume { broker }).unwrap();
    let events = run(&mut world, 2 * SECOND);
    let entries =
        events.iter().filter(|r| matches!(r.event, Event::Appended { broker: b, .. } if b == broker));
    assert_eq!(entries.count(), 1);
    assert_eq!(role(&world, broker), Role::Follower, "the heartbeats that waited count from now");
    assert_eq!(world.command(Command::Resume { broker }), Err(Refusal::IsNotPaused { broker }));
}

#[test]
fn the_name_server_forgets_a_paused_broker_after_two_minutes_of_silence() {
    let (mut world, leader) = group(3);
    let broker = follower(leader);
    world.command(Command::Pause { broker }).unwrap();
    let events = run(&mut world, 150 * SECOND);
    let forgets = |event: &Event| matches!(event, Event::Unregistered { broker: b, .. } if *b == broker);
    let at = when(&events, forgets).unwrap();
    assert!(at > Micros(120 * SECOND), "{at}");
    assert!(when(&events, |event| matches!(event, Event::Refused { .. })).is_none());
    world.command(Command::Resume { broker }).unwrap();
    run(&mut world, SECOND);
    assert!(world.names().id_of(broker).is_some());
}

#[test]
fn the_death_of_a_paused_broker_breaks_its_connections_and_what_waited_is_gone() {
    let (mut world, leader) = group(3);
    let broker = follower(leader);
    world.command(Command::Pause { broker }).unwrap();
    run(&mut world, 2_500_000); // a heartbeat waits
    world.command(Command::Kill { broker }).unwrap();
    let events = run(&mut world, SECOND / 10);
    let refusal =
        |event: &Event| matches!(event, Event::Delivered { message, .. } if message.kind == Kind::Refused);
    assert!(when(&events, refusal).is_some());
    assert!(!world.is_paused(usize::from(broker.0)));
    assert_eq!(world.command(Command::Pause { broker }), Err(Refusal::IsDown { broker }));
    world.command(Command::Restart { broker }).unwrap();
    run(&mut world, 5 * SECOND);
    assert_eq!(role(&world, broker), Role::Follower);
}

#[test]
fn a_slow_clock_makes_a_follower_stand_later_and_its_countdown_is_shown_in_the_worlds_time() {
    let stands_after = |rate_permille: u16| {
        let (mut world, leader) = group(3);
        let slow = follower(leader);
        let n = usize::from(slow.0);
        world.command(Command::Clock { broker: slow, rate_permille }).unwrap();
        assert_eq!(world.clock_rate(n), rate_permille);
        run(&mut world, 5 * SECOND);
        world.command(Command::Isolate { broker: slow }).unwrap();
        run(&mut world, SECOND / 100);
        let Some(Countdown::Election { since, until }) = world.up(n).unwrap().member().countdown() else {
            panic!("it counts down");
        };
        let (since, until) = (world.world_time(n, since), world.world_time(n, until));
        let events = run(&mut world, 70 * SECOND);
        let stands =
            |e: &Event| matches!(e, Event::Role { broker, role: Role::Candidate, .. } if *broker == slow);
        let at = when(&events, stands).unwrap();
        assert!(
            at >= until && at.0 - until.0 <= 10_000 * 1000 / u64::from(rate_permille) + 1,
            "{at} {until}"
        );
        (at - since).0 / 100_000
    };
    assert_eq!(stands_after(1000), 60);
    assert_eq!(stands_after(500), 120);
    assert_eq!(stands_after(100), 600);
}

#[test]
fn a_fast_clock_makes_a_follower_stand_between_two_heartbeats() {
    let (mut world, leader) = group(3);
    let fast = follower(leader);
    world.command(Command::Clock { broker: fast, rate_permille: 4000 }).unwrap();
    let events = run(&mut world, 10 * SECOND);
    let stands =
        |e: &Event| matches!(e, Event::Role { broker, role: Role::Candidate, .. } if *broker == fast);
    assert!(when(&events, stands).is_some(), "6 s are over in 1.5 s");
    // Leaders too: a clock that is fast everywhere is nothing but a slow network.
    for broker in [0, 1, 2].map(MemberId) {
        world.command(Command::Clock { broker, rate_permille: 4000 }).unwrap();
    }
    run(&mut world, 20 * SECOND);
    assert!(world.leader().is_some());
    assert_eq!(send(&mut world).0, SendStatus::OK);
}

#[test]
fn a_leader_with_a_full_disk_refuses_and_leads_on() {
    let (mut world, leader) = group(3);
    let disk = |full| Command::Disk { broker: leader, slow_ms: None, full: Some(full) };
    world.command(disk(true)).unwrap();
    assert_eq!(world.disk_state(usize::from(leader.0)), DiskState { slow_ms: 0, full: true });
    world.command(Command::Send { producer: 0 }).unwrap();
    let events = run(&mut world, 4 * SECOND);
    let refused = |event: &Event| match event {
        Event::Delivered { message, .. } if message.kind == Kind::SendResponse => {
            message.result.is_some_and(|result| result.number() == PutStatus::OsPageCacheBusy.code())
        }
        _ => false,
    };
    assert!(when(&events, refused).is_some());
    assert_eq!(world.leader(), Some(leader));
    world.command(disk(false)).unwrap();
    assert_eq!(send(&mut world).0, SendStatus::OK);
}

#[test]
fn a_follower_with_a_full_disk_falls_behind_and_catches_up() {
    let (mut world, leader) = group(3);
    let broker = follower(leader);
    world.command(Command::Disk { broker, slow_ms: None, full: Some(true) }).unwrap();
    assert_eq!(send(&mut world).0, SendStatus::OK);
    run(&mut world, 3 * SECOND);
    assert_eq!(committed(&world, broker), Index::NONE);
    // A full disk stays full over a restart.
    world.command(Command::Kill { broker }).unwrap();
    world.command(Command::Restart { broker }).unwrap();
    run(&mut world, 8 * SECOND);
    assert_eq!(committed(&world, broker), Index::NONE);
    world.command(Command::Calm).unwrap();
    run(&mut world, 3 * SECOND);
    assert_eq!(committed(&world, broker), Index(0));
}

#[test]
fn who_is_elected_with_a_full_disk_and_an_open_tail_stays_without_a_master_until_the_next_election() {
    let (mut world, leader) = group(3);
    world.command(Command::Send { producer: 0 }).unwrap();
    while committed(&world, leader) == Index::NONE {
        world.step();
    }
    // The others have the entry, and do not know yet that it is committed.
    for broker in [0, 1, 2].map(MemberId) {
        world.command(Command::Disk { broker, slow_ms: None, full: Some(true) }).unwrap();
    }
    world.command(Command::Kill { broker: leader }).unwrap();
    run(&mut world, 20 * SECOND);
    let broker = world.leader().unwrap();
    assert_eq!(committed(&world, broker), Index::NONE, "its no-op did not fit, and is tried once");
    world.command(Command::Calm).unwrap();
    run(&mut world, 60 * SECOND);
    assert_ne!(send(&mut world).0, SendStatus::OK, "it waits for its log to be committed");
    world.command(Command::Restart { broker: leader }).unwrap();
    world.command(Command::Kill { broker }).unwrap();
    run(&mut world, 60 * SECOND);
    assert_eq!(send(&mut world).0, SendStatus::OK);
}

#[test]
fn slow_disks_make_messages_wait_one_after_the_other_and_lose_more_with_the_power() {
    let (mut world, leader) = group(3);
    let fast = send(&mut world).1;
    let slow_ms = Some(200);
    world.command(Command::Disk { broker: leader, slow_ms, full: None }).unwrap();
    let slow = send(&mut world).1;
    assert!(slow >= Micros(200_000) && slow < Micros(220_000) + fast, "{slow}");
    let begin = world.now();
    for _ in 0..3 {
        world.command(Command::Send { producer: 0 }).unwrap();
    }
    let events = run(&mut world, SECOND);
    let written = events.iter().filter_map(|record| match record.event {
        Event::Appended { broker, .. } if broker == leader => Some((record.at - begin).0 / 200_000),
        _ => None,
    });
    assert_eq!(written.collect::<Vec<_>>(), [1, 2, 3]);
    let end = world.up(usize::from(leader.0)).unwrap().member().end_index();
    // The last one was written 400 ms ago: its flush is over. One that was written 150 ms ago is lost.
    world.command(Command::Send { producer: 0 }).unwrap();
    run(&mut world, 350_000);
    assert_eq!(world.up(usize::from(leader.0)).unwrap().member().end_index(), end.next());
    world.command(Command::PowerLoss { broker: leader }).unwrap();
    world.command(Command::Restart { broker: leader }).unwrap();
    run(&mut world, 5_000);
    assert_eq!(world.up(usize::from(leader.0)).unwrap().member().end_index(), end);
}

#[test]
fn a_slow_follower_keeps_its_leader_and_a_fast_disk_is_fast_at_once() {
    let (mut world, leader) = group(3);
    let broker = follower(leader);
    world.command(Command::Disk { broker, slow_ms: Some(60_000), full: None }).unwrap();
    for _ in 0..4 {
        assert_eq!(send(&mut world).0, SendStatus::OK);
        run(&mut world, 5 * SECOND);
    }
    assert_eq!(role(&world, broker), Role::Follower, "heartbeats do not wait");
    assert_eq!(committed(&world, broker), Index::NONE);
    world.command(Command::Disk { broker, slow_ms: Some(0), full: None }).unwrap();
    run(&mut world, 3 * SECOND);
    assert_eq!(committed(&world, broker), Index(3));
}

#[test]
fn a_rule_is_taken_from_all_brokers_also_from_those_that_start_later() {
    // Without the no-op a new leader cannot commit what an older term left, until it is sent something.
    let committed_after_failover = |kept: Option<bool>| {
        let (mut world, leader) = group(3);
        let dead = follower(leader);
        world.command(Command::Kill { broker: dead }).unwrap();
        if let Some(kept) = kept {
            world.command(Command::Rule { rule: Rule::NoopOnElection, kept }).unwrap();
            assert_eq!(world.rules().keep(Rule::NoopOnElection), kept);
        }
        world.command(Command::Restart { broker: dead }).unwrap();
        run(&mut world, 3 * SECOND);
        world.command(Command::Send { producer: 0 }).unwrap();
        let until = world.now() + Micros(SECOND);
        while committed(&world, leader) == Index::NONE && world.now() < until {
            world.step();
        }
        world.command(Command::Kill { broker: leader }).unwrap();
        run(&mut world, 20 * SECOND);
        committed(&world, world.leader().unwrap())
    };
    assert!(committed_after_failover(None) > Index::NONE);
    assert!(committed_after_failover(Some(true)) > Index::NONE);
    assert_eq!(committed_after_failover(Some(false)), Index::NONE);
}

#[test]
fn a_command_about_a_broker_that_is_not_there_is_refused() {
    let (mut world, _) = group(3);
    let broker = MemberId(3);
    let refusal = Err(Refusal::NoSuchBroker { broker, brokers: 3 });
    for command in [
        Command::Pause { broker },
        Command::Resume { broker },
        Command::Partition { groups: Groups::new(&[&[MemberId(0), broker]]) },
        Command::Network { from: None, to: Some(broker), change: LinkChange::default() },
        Command::Clock { broker, rate_permille: 1000 },
        Command::Disk { broker, slow_ms: None, full: None },
    ] {
        assert_eq!(world.command(command), refusal, "{command:?}");
    }
}
