//! Each fault that can be commanded, and what it does to a group.

mod links;
mod machines;
mod together;

use ledgerscope::client::SendStatus;
use ledgerscope::ledger::{MemberId, Role};
use ledgerscope::scenario::Scenario;
use ledgerscope::sim::{Command, Event, Record, World};
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
