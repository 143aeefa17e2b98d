//! AppendAndGetTest, AppendAndReadTest, WriteTest and StateMachineCallerTest

use std::collections::BTreeMap;

use super::group::*;
use ledgerscope::ledger::{Address, Code, MemberId, Read, ReadMode, Role};
use ledgerscope::store::{EntryKind, Index};

/// Groups of one and of three that have a leader, and that.
fn led() -> Vec<(Group, MemberId)> {
    [1, 3]
        .into_iter()
        .map(|members| {
            let mut group = Group::of(members).started();
            group.run_until(3000, |g| g.having(Role::Leader).len() == 1);
            group.run(500);
            let leader = group.leader();
            (group, leader)
        })
        .collect()
}

fn here(remote: MemberId) -> Address<'static> {
    Address { group: "default", remote }
}

#[test]
fn what_was_appended_can_be_got() {
    for (mut group, leader) in led() {
        let mut at = 0;
        for i in 0..10 {
            let body = format!("HelloSingleServerInMemory{i}");
            let (index, positions) = group.append(leader, &[body.as_bytes()]).unwrap();
            assert_eq!((index.0, positions), (i, vec![at]));
            at += 48 + body.len() as i64;
            group.run_until(3000, |g| g.outcome(leader, i) == Some(Code::Success));
        }
        for i in 0..10 {
            let entry = group.member(leader).handle_get(here(leader), Index(i)).unwrap();
            assert_eq!(entry.index, Index(i));
            assert_eq!(&entry.body[..], format!("HelloSingleServerInMemory{i}").as_bytes());
        }
    }
}

#[test]
fn appends_under_way_together_all_succeed_and_are_everywhere() {
    for (mut group, leader) in led() {
        for i in 0..10 {
            let (index, positions) = group.append(leader, &[b"body"]).unwrap();
            let entry = group.member(leader).store().get(index).unwrap();
            assert_eq!((index.0, positions[0]), (i, entry.pos));
        }
        group.run_until(3000, |g| (0..10).all(|i| g.outcome(leader, i) == Some(Code::Success)));
        group.run(1500);
        for id in group.ids() {
            assert_eq!(group.entries(id), group.entries(leader));
        }
    }
}

/// A register for each key: what the entries up to an index leave. An entry is `key=value`.
fn register(group: &Group, id: MemberId, up_to: Index) -> BTreeMap<String, String> {
    let entries = group.entries(id).into_iter().take_while(|entry| entry.index <= up_to);
    let writes = entries.filter(|entry| entry.magic == EntryKind::Normal).map(|entry| {
        let text = String::from_utf8(entry.body.to_vec()).unwrap();
        let (key, value) = text.split_once('=').unwrap();
        (key.to_string(), value.to_string())
    });
    writes.collect()
}

/// RAFT_LOG_READ of a key.
fn read(group: &mut Group, leader: MemberId, key: &str) -> Option<String> {
    let asked = group.with(leader, |member, ctx| member.handle_read(ctx, ReadMode::RaftLogRead)).unwrap();
    let Read::AfterIndex(index) = asked else { panic!("{asked:?}") };
    group.run_until(3000, |g| g.member(leader).committed_index() >= index);
    register(group, leader, index).remove(key)
}

#[test]
fn reads_through_the_log_see_all_writes_before_them() {
    for (mut group, leader) in led() {
        let write = |group: &mut Group, text: &str| {
            assert_eq!(group.append_and_wait(leader, text.as_bytes(), 3000).1, Code::Success);
        };
        for key in 0..5 {
            assert_eq!(read(&mut group, leader, &key.to_string()), None);
        }
        for round in ["first", "second"] {
            for key in 0..5 {
                write(&mut group, &format!("{key}={round}"));
            }
            for key in 0..5 {
                assert_eq!(read(&mut group, leader, &key.to_string()).as_deref(), Some(round));
            }
        }
    }
}

#[test]
fn writes_succeed_in_order() {
    for (mut group, leader) in led() {
        for i in 0..10 {
            assert_eq!(group.append(leader, &[format!("counter={i}").as_bytes()]).unwrap().0.0, i);
        }
        for i in 0..10 {
            group.run_until(3000, |g| g.outcome(leader, i) == Some(Code::Success));
            assert!((0..i).all(|earlier| group.outcome(leader, earlier) == Some(Code::Success)));
            let result = register(&group, leader, Index(i)).remove("counter");
            assert_eq!(result, Some(i.to_string()));
        }
    }
}

#[test]
fn every_member_applies_what_is_committed() {
    for (mut group, leader) in led() {
        for i in 0..10 {
            assert_eq!(group.append_and_wait(leader, b"body", 3000), (i, Code::Success));
        }
        group.run(1500);
        for id in group.ids() {
            assert_eq!(group.committed(id), 9, "a second at most behind the leader");
        }
    }
}
