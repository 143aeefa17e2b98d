//! Three `RawNode`s of tikv's raft on its `MemStorage`, driven as its examples do: all messages under way are stepped,
//! then every node that has something ready gets it done.

use std::collections::VecDeque;

use prost::Message as _;
use raft::prelude::{ConfState, Config, Message, RawNode};
use raft::storage::MemStorage;
use slog::{Discard, Logger, o};

use crate::{BODY, Bytes, Group};

const IDS: [u64; 3] = [1, 2, 3];

/// How the nodes are configured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tuning {
    /// by its defaults: one entry in a message; a commit is told to the followers at once, by messages of its own
    Default,
    /// a commit is told with the next entry, as in DLedger
    LazyCommits,
    /// and all entries that wait go in one message
    Batching,
}

impl Tuning {
    /// All, with what distinguishes their names.
    pub const ALL: [(&'static str, Tuning); 3] =
        [("", Tuning::Default), (" lazy", Tuning::LazyCommits), (" batching", Tuning::Batching)];

    fn config(self, id: u64) -> Config {
        let batching = self == Tuning::Batching;
        Config {
            id,
            skip_bcast_commit: self != Tuning::Default,
            batch_append: batching,
            max_size_per_msg: if batching { 1 << 20 } else { 0 },
            ..Config::default()
        }
    }
}

/// The group and what passes between its nodes. The first node leads.
pub struct RaftNodes {
    nodes: Vec<RawNode<MemStorage>>,
    letters: VecDeque<Message>,
    /// each node's log in its own encoding
    files: Option<Vec<Vec<u8>>>,
    messages: u64,
    proposed: u64,
    before: u64,
}

impl RaftNodes {
    /// A group whose leader replicates to both others.
    pub fn elected(tuning: Tuning, bytes: Bytes) -> RaftNodes {
        let logger = Logger::root(Discard, o!());
        let node = |id| {
            let storage = MemStorage::new_with_conf_state(ConfState::from((IDS.to_vec(), Vec::new())));
            RawNode::new(&tuning.config(id), storage, &logger).expect("the configuration is valid")
        };
        let mut group = RaftNodes {
            nodes: IDS.map(node).into(),
            letters: VecDeque::new(),
            files: None,
            messages: 0,
            proposed: 0,
            before: 0,
        };
        group.nodes[0].campaign().expect("a node can stand");
        group.pass_messages();
        group.propose();
        group.pass_messages();
        group.before = group.nodes[0].raft.raft_log.committed;
        assert_eq!(group.before, 2, "the leader's own entry and the first proposal");
        group.proposed = 0;
        group.messages = 0;
        group.files = (bytes == Bytes::Written).then(|| vec![Vec::new(); IDS.len()]);
        group
    }

    fn pass_messages(&mut self) {
        loop {
            while let Some(message) = self.letters.pop_front() {
                self.messages += 1;
                self.nodes[message.to as usize - 1].step(message).expect("a message of the group");
            }
            for n in 0..self.nodes.len() {
                if self.nodes[n].has_ready() {
                    self.handle_ready(n);
                }
            }
            if self.letters.is_empty() {
                return;
            }
        }
    }

    fn handle_ready(&mut self, n: usize) {
        let node = &mut self.nodes[n];
        let mut ready = node.ready();
        self.letters.extend(ready.take_messages());
        drop(ready.take_committed_entries()); // there is no state machine
        if !ready.entries().is_empty() {
            if let Some(files) = &mut self.files {
                for entry in ready.entries() {
                    entry.encode_length_delimited(&mut files[n]).expect("a buffer that grows");
                }
            }
            node.mut_store().wl().append(ready.entries()).expect("entries that follow");
        }
        if let Some(state) = ready.hs() {
            node.mut_store().wl().set_hardstate(state.clone());
        }
        self.letters.extend(ready.take_persisted_messages());
        let mut light = node.advance(ready);
        if let Some(commit) = light.commit_index() {
            node.mut_store().wl().mut_hard_state().set_commit(commit);
        }
        self.letters.extend(light.take_messages());
        drop(light.take_committed_entries());
        node.advance_apply();
    }
}

impl Group for RaftNodes {
    fn propose(&mut self) {
        self.proposed += 1;
        self.nodes[0].propose(Vec::new(), BODY.to_vec()).expect("the leader takes what is proposed");
    }

    fn settle(&mut self) {
        self.pass_messages();
        debug_assert_eq!(self.committed(), self.proposed);
    }

    fn committed(&self) -> u64 {
        self.nodes[0].raft.raft_log.committed - self.before
    }

    fn messages(&self) -> u64 {
        self.messages
    }
}
