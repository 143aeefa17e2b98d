//! Each fault that can be commanded, and what it does to a group.

use ledgerscope::broker::PutStatus;
use ledgerscope::check::Safety;
use ledgerscope::check::soak::{advance, watch};
use ledgerscope::client::SendStatus;
use ledgerscope::ledger::{Countdown, MemberId, Role, Rule};
use ledgerscope::scenario::{Draft, Groups, LinkChange, Refusal, Scenario};
use ledgerscope::sim::{Command, DiskState, Event, Kind, Party, Purpose, Record, Stream, World};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

const SECOND: u64 = 1_000_000;

/// A group that nobody sends to, with a leader that is master, and what happened until then forgotten.
fn group(brokers: u8) -> (World, MemberId) {
    let mut world = World::new(Scenario { poll_name_server_ms: 10, ..Scenario::silent(7, brokers) });
    world.advance(Micros(3 * SECOND));
    world.take_events();
    let leader = world.leader().unwrap();
    assert_eq!(world.master(), Some(leader));
    (world, leader)
}

fn run(world: &mut World, us: u64) -> Vec<Record> {
    let until = world.now() + Micros(us);
    world.advance(until);
    world.take_events()
}

fn follower(leader: MemberId) -> MemberId {
    MemberId(u8::from(leader.0 == 0))
}

fn role(world: &World, broker: MemberId) -> Role {
    world.up(usize::from(broker.0)).unwrap().member().role()
}

fn committed(world: &World, broker: MemberId) -> Index {
    world.up(usize::from(broker.0)).unwrap().member().committed_index()
}

/// Sends a message; how it ended, and how long that took.
fn send(world: &mut World) -> (SendStatus, Micros) {
    let begin = world.now();
    world.command(Command::Send { producer: 0 }).unwrap();
    loop {
        assert!(world.step() && world.now() < begin + Micros(60 * SECOND), "an answer or a time-out comes");
        for record in world.take_events() {
            if let Event::PutResult { status, .. } = record.event {
                return (status, record.at - begin);
            }
        }
    }
}

fn when(events: &[Record], wanted: impl Fn(&Event) -> bool) -> Option<Micros> {
    events.iter().find(|record| wanted(&record.event)).map(|record| record.at)
}

#[test]
fn who_hears_no_leader_stands_in_vain_as_long_as_the_others_hear_it() {
    let (mut world, leader) = group(3);
    let deaf = follower(leader);
    world.command(Command::Cut { from: leader, to: deaf }).unwrap();
    let events = run(&mut world, 20 * SECOND);
    assert_eq!(role(&world, deaf), Role::Candidate);
    assert_eq!(world.leader(), Some(leader), "its calls arrive, and are refused");
    assert!(when(&events, |event| matches!(event, Event::Term { .. })).is_none());
    world.command(Command::Heal { from: leader, to: deaf }).unwrap();
    run(&mut world, 3 * SECOND);
    assert_eq!(role(&world, deaf), Role::Follower);
}

#[test]
fn who_is_heard_by_nobody_follows_on_but_its_copies_do_not_count() {
    let (mut world, leader) = group(3);
    let mute = follower(leader);
    assert_eq!(send(&mut world).0, SendStatus::OK);
    run(&mut world, SECOND);
    world.command(Command::Cut { from: mute, to: leader }).unwrap();
    let other = MemberId(3 - leader.0 - mute.0);
    world.command(Command::Cut { from: leader, to: other }).unwrap();
    let (status, _) = send(&mut world);
    assert_ne!(status, SendStatus::OK);
    let held = world.up(usize::from(mute.0)).unwrap().member().end_index();
    assert!(held > Index(0), "it has the entry");
    assert_eq!(committed(&world, leader), Index(0), "and its leader does not know");
}

#[test]
fn a_partition_replaces_what_was_cut_between_brokers_and_leaves_clients_alone() {
    let (mut world, leader) = group(5);
    let cut = |world: &World, from: u8, to: u8| {
        world.link(Party::Broker(MemberId(from)), Party::Broker(MemberId(to))).cut
    };
    world.command(Command::Cut { from: MemberId(0), to: MemberId(1) }).unwrap();
    let groups = Groups::new(&[&[MemberId(0), MemberId(1)], &[MemberId(2)]]);
    world.command(Command::Partition { groups }).unwrap();
    assert!(!cut(&world, 0, 1) && cut(&world, 0, 2) && cut(&world, 2, 3) && !cut(&world, 3, 4));
    assert!(!world.link(Party::Broker(leader), Party::NameServer).cut);
    world.command(Command::Partition { groups: Groups::default() }).unwrap();
    assert!((0..25).all(|n| !cut(&world, n / 5, n % 5)));
}

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
fn what_arrives_twice_is_done_once() {
    let (mut world, leader) = group(3);
    let change = LinkChange { duplicate_permille: Some(1000), ..LinkChange::default() };
    world.command(Command::Network { from: None, to: None, change }).unwrap();
    let mut safety = Safety::default();
    for _ in 0..5 {
        world.command(Command::Send { producer: 0 }).unwrap();
        let until = world.now() + Micros(SECOND);
        advance(&mut world, &mut safety, until).unwrap();
    }
    assert_eq!(safety.acknowledged(), 5);
    run(&mut world, 3 * SECOND);
    // The copies of a send are written each, as a broker cannot tell; those of a push are not.
    for n in 0..3 {
        assert_eq!(world.up(n).unwrap().member().end_index(), Index(9));
        assert_eq!(committed(&world, MemberId(n as u8)), Index(9));
    }
    assert_eq!(world.leader(), Some(leader));
}

#[test]
fn links_lose_double_and_disorder_only_by_chances_of_their_own() {
    // The same run, but that one link is said to be what it is already: nothing changes.
    let hash = |change: Option<LinkChange>| {
        let (mut world, _) = group(3);
        if let Some(change) = change {
            world.command(Command::Network { from: Some(MemberId(0)), to: None, change }).unwrap();
        }
        run(&mut world, 20 * SECOND);
        world.trace_hash()
    };
    let as_it_is = LinkChange { latency_us: Some(1000), jitter_us: Some(2000), ..LinkChange::default() };
    assert_eq!(hash(None), hash(Some(as_it_is)));
    assert_eq!(hash(None), hash(Some(LinkChange { loss_permille: Some(0), ..as_it_is })));
    assert_ne!(hash(None), hash(Some(LinkChange { loss_permille: Some(500), ..as_it_is })));
    assert_ne!(hash(None), hash(Some(LinkChange { jitter_us: Some(1999), ..as_it_is })));
}

#[test]
fn a_share_of_messages_is_lost_and_overtaken_as_told() {
    let (mut world, _) = group(3);
    let change =
        LinkChange { loss_permille: Some(200), reorder_permille: Some(300), ..LinkChange::default() };
    world.command(Command::Network { from: None, to: None, change }).unwrap();
    let mut last = vec![(0, Micros::ZERO); 100];
    let (mut lost, mut delivered, mut overtaken) = (0, 0, 0);
    for _ in 0..300 {
        world.command(Command::Send { producer: 0 }).unwrap();
        for record in run(&mut world, SECOND / 5) {
            match record.event {
                Event::Lost { .. } => lost += 1,
                Event::Delivered { id, from: Party::Broker(from), to: Party::Broker(to), .. } => {
                    delivered += 1;
                    let (before, at) = &mut last[usize::from(from.0 * 3 + to.0)];
                    overtaken += u32::from(id < *before);
                    (*before, *at) = (id.max(*before), record.at);
                }
                _ => {}
            }
        }
    }
    assert!((150..250).contains(&(lost * 1000 / (lost + delivered))), "{lost} of {delivered}");
    assert!(overtaken > 50, "{overtaken}");
}

#[test]
fn heal_all_leaves_nothing_of_what_was_done_to_links() {
    let (mut world, leader) = group(3);
    let (from, to) = (leader, follower(leader));
    let ends = (Party::Broker(from), Party::Broker(to));
    let before = *world.link(ends.0, ends.1);
    world.command(Command::Cut { from, to }).unwrap();
    world.command(Command::Delay { from, to, ms: 70 }).unwrap();
    let change = LinkChange {
        latency_us: Some(9),
        jitter_us: Some(8),
        loss_permille: Some(7),
        duplicate_permille: Some(6),
        reorder_permille: Some(5),
    };
    world.command(Command::Network { from: Some(from), to: Some(to), change }).unwrap();
    let link = world.link(ends.0, ends.1);
    assert_eq!((link.cut, link.delay, link.latency_us, link.jitter_us), (true, Micros(70_000), 9, 8));
    assert_eq!((link.loss_permille, link.duplicate_permille, link.reorder_permille), (7, 6, 5));
    assert_eq!(world.link(ends.1, ends.0).loss_permille, 0, "one way");
    world.command(Command::HealAll).unwrap();
    assert_eq!(*world.link(ends.0, ends.1), before);
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

/// The first message of a kind that flies, of all that follow from now on.
fn wait_for(world: &mut World, kind: Kind) -> (u64, Micros) {
    loop {
        let found = world.in_flight().find(|packet| packet.summary.kind == kind);
        if let Some(packet) = found {
            return (packet.id, packet.arrives_at);
        }
        assert!(world.step());
    }
}

#[test]
fn a_dropped_heartbeat_is_lost_at_once_and_can_be_dropped_only_once() {
    let (mut world, _) = group(3);
    let (message, _) = wait_for(&mut world, Kind::HeartbeatRequest);
    world.take_events();
    world.command(Command::Drop { message }).unwrap();
    let lost = |event: &Event| matches!(event, Event::Lost { id, .. } if *id == message);
    assert_eq!(when(&world.take_events(), lost), Some(world.now()));
    for command in
        [Command::Drop { message }, Command::Hold { message, ms: 1 }, Command::Duplicate { message }]
    {
        assert_eq!(world.command(command), Err(Refusal::NotInFlight { message }));
    }
    let events = run(&mut world, 3 * SECOND);
    let arrives = |event: &Event| matches!(event, Event::Delivered { id, .. } if *id == message);
    assert_eq!(when(&events, arrives), None);
}

#[test]
fn a_message_that_is_held_arrives_later_and_its_copy_under_its_own_number() {
    let (mut world, _) = group(3);
    let (message, arrives_at) = wait_for(&mut world, Kind::HeartbeatRequest);
    world.take_events();
    world.command(Command::Hold { message, ms: 500 }).unwrap();
    world.command(Command::Duplicate { message }).unwrap();
    let [Record { event: Event::Duplicated { id, copy }, .. }] = world.take_events()[..] else {
        panic!("it is told");
    };
    assert_eq!(id, message);
    let events = run(&mut world, SECOND);
    let arrival = |wanted| when(&events, |e| matches!(e, Event::Delivered { id, .. } if *id == wanted));
    assert_eq!(arrival(message), Some(arrives_at + Micros(500_000)));
    assert!(arrival(copy).is_some_and(|at| at < arrives_at + Micros(10_000)));
}

#[test]
fn the_end_of_a_connection_is_neither_held_nor_doubled() {
    let (mut world, leader) = group(3);
    world.command(Command::Kill { broker: leader }).unwrap();
    let (message, _) = wait_for(&mut world, Kind::Closed);
    assert_eq!(world.command(Command::Hold { message, ms: 1 }), Err(Refusal::IsAnEnd { message }));
    assert_eq!(world.command(Command::Duplicate { message }), Err(Refusal::IsAnEnd { message }));
    world.command(Command::Drop { message }).unwrap();
    run(&mut world, SECOND);
    assert_eq!(world.names().id_of(leader), Some(0), "so the name server learns nothing");
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

/// Anything that can be done, but the loss of power, which takes acknowledged messages, and full disks, which can leave
/// a group without a master.
fn any_fault(random: &mut Stream, world: &World) -> Command {
    let brokers = u64::from(world.scenario().brokers);
    let mut any = || MemberId(random.below(brokers) as u8);
    let (broker, from, to) = (any(), any(), any());
    let some = |random: &mut Stream, member| (random.below(2) == 0).then_some(member);
    let flying = world.in_flight().map(|packet| packet.id).max().unwrap_or(0);
    match random.below(24) {
        0 => Command::Kill { broker },
        1..=2 => Command::Restart { broker },
        3 => Command::Pause { broker },
        4..=5 => Command::Resume { broker },
        6 => Command::Partition { groups: Groups::new(&[&[broker, from], &[to]]) },
        7..=9 => Command::Network {
            from: some(random, from),
            to: some(random, to),
            change: LinkChange {
                latency_us: Some(random.between(1, 50_000) as u32),
                jitter_us: Some(random.below(100_000) as u32),
                loss_permille: Some(random.below(200) as u16),
                duplicate_permille: Some(random.below(500) as u16),
                reorder_permille: Some(random.below(1000) as u16),
            },
        },
        10..=11 => Command::Clock { broker, rate_permille: random.between(100, 4000) as u16 },
        12 => Command::Clock { broker, rate_permille: 1000 },
        13..=15 => Command::Disk { broker, slow_ms: Some(random.below(300) as u32), full: None },
        16 => Command::Drop { message: flying },
        17 => Command::Hold { message: flying, ms: random.below(3_000) as u32 },
        18..=19 => Command::Duplicate { message: flying },
        20 => Command::HealAll,
        21 => Command::Calm,
        22 => Command::Delay { from, to, ms: random.below(1_000) as u32 },
        _ => Command::Transfer { broker },
    }
}

/// A minute of all faults under watch, then quiet.
fn trouble(seed: u64) -> (World, usize) {
    let mut world = World::new(Scenario::silent(seed, [3, 5, 4][(seed % 3) as usize]));
    let mut safety = Safety::default();
    let mut random = Stream::new(seed, Purpose::Swarm, 2);
    let fine = |result: Result<(), _>| result.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    while world.now() < Micros(60 * SECOND) {
        let until = world.now() + Micros(random.between(1_000, 800_000));
        fine(advance(&mut world, &mut safety, until));
        let fault = any_fault(&mut random, &world);
        let _ = world.command(fault);
        let _ = world.command(Command::Send { producer: 0 });
        fine(watch(&mut world, &mut safety));
    }
    world.command(Command::Calm).unwrap();
    for broker in (0..world.scenario().brokers).map(MemberId) {
        let _ = world.command(Command::Restart { broker });
    }
    fine(advance(&mut world, &mut safety, Micros(130 * SECOND)));
    let _ = world.command(Command::Send { producer: 0 });
    fine(advance(&mut world, &mut safety, Micros(140 * SECOND)));
    fine(safety.at_rest(&world));
    (world, safety.acknowledged())
}

#[test]
fn no_fault_breaks_a_promise_and_when_all_is_calm_the_group_works_again() {
    let mut acknowledged = 0;
    for seed in 0..100 {
        acknowledged += trouble(seed).1;
    }
    assert!(acknowledged > 1_000, "{acknowledged}");
}

#[test]
fn a_run_with_all_faults_is_the_same_run_again() {
    for seed in 0..4 {
        assert_eq!(trouble(seed).0.trace_hash(), trouble(seed).0.trace_hash());
    }
    let text = r#"{
        "message_every_ms": 100,
        "commands": [
            {"at_ms": 3000, "do": "network", "loss_permille": 50, "duplicate_permille": 50, "reorder_permille": 50},
            {"at_ms": 4000, "do": "clock", "broker": 0, "rate_permille": 700},
            {"at_ms": 5000, "do": "pause", "broker": 1},
            {"at_ms": 9000, "do": "resume", "broker": 1},
            {"at_ms": 9500, "do": "partition", "groups": [[0], [1, 2]]},
            {"at_ms": 15000, "do": "disk", "broker": 2, "slow_ms": 20},
            {"at_ms": 18000, "do": "rule", "rule": "noop_on_election", "kept": false},
            {"at_ms": 22000, "do": "calm"}
        ]
    }"#;
    let draft: Draft = serde_json::from_str(text).unwrap();
    let scenario = Scenario::from_draft(&draft).unwrap();
    let hash = |scenario: Scenario| {
        let mut world = World::new(scenario);
        world.advance(Micros(30 * SECOND));
        assert!(world.refused().is_empty());
        world.trace_hash()
    };
    let again: Draft = serde_json::from_str(&serde_json::to_string(&scenario).unwrap()).unwrap();
    assert_eq!(hash(scenario), hash(Scenario::from_draft(&again).unwrap()));
}
