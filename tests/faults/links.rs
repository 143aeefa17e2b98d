//! Links that are cut, slow or unreliable, and messages in flight.

use ledgerscope::check::Safety;
use ledgerscope::check::soak::advance;
use ledgerscope::client::SendStatus;
use ledgerscope::ledger::{MemberId, Role};
use ledgerscope::scenario::{Groups, LinkChange, Refusal};
use ledgerscope::sim::{Command, Event, Kind, Party, Record, World};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use super::{SECOND, committed, follower, group, role, run, send, when};

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
