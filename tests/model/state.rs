//! A state of the group: three members, what is under way, and what has been seen so far.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ledgerscope::ledger::{Frozen, MemberId};

use crate::packets::Packet;
use crate::seen::Seen;

pub const MEMBERS: u8 = 3;

/// A member, hashed once.
#[derive(PartialEq, Eq, Debug)]
pub struct Kept {
    pub frozen: Frozen,
    hash: u64,
}

impl Kept {
    pub fn new(frozen: Frozen) -> Arc<Kept> {
        let mut hasher = DefaultHasher::new();
        frozen.hash(&mut hasher);
        Arc::new(Kept { frozen, hash: hasher.finish() })
    }
}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

/// How much of what is bounded has been used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Spent {
    pub appends: u8,
    pub restarts: u8,
    pub timeouts: u8,
    pub copies: u8,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    pub members: [Arc<Kept>; MEMBERS as usize],
    /// in order, each once
    pub packets: Vec<Packet>,
    pub seen: Arc<Seen>,
    pub spent: Spent,
}

impl State {
    pub fn member(&self, id: MemberId) -> &Frozen {
        &self.members[usize::from(id.0)].frozen
    }

    pub fn ids() -> impl Iterator<Item = MemberId> {
        (0..MEMBERS).map(MemberId)
    }

    pub fn send(&mut self, packet: Packet) {
        if let Err(at) = self.packets.binary_search(&packet) {
            self.packets.insert(at, packet);
        }
    }
}
