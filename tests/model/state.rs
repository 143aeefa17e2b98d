//! A state of the group: three members, what is under way, and what has been seen so far.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ledgerscope::ledger::{Frozen, MemberId};

use crate::packets::{Packet, What, renamed_call};
use crate::seen::Seen;

pub const MEMBERS: u8 = 3;

/// A member, hashed once.
#[derive(PartialEq, Eq, Debug)]
pub struct Kept {
    pub frozen: Frozen,
    hash: u64,
    looks: u64,
}

impl Kept {
    pub fn new(frozen: Frozen) -> Arc<Kept> {
        let mut hasher = DefaultHasher::new();
        frozen.hash(&mut hasher);
        let looks = frozen.looks(|id| u64::from(id == frozen.id));
        Arc::new(Kept { frozen, hash: hasher.finish(), looks })
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
    pub rounds: u8,
    pub delays: u8,
}

#[derive(Clone, Debug)]
pub struct State {
    pub members: [Arc<Kept>; MEMBERS as usize],
    /// in order, each once
    pub packets: Vec<Packet>,
    pub seen: Arc<Seen>,
    pub spent: Spent,
    /// who each member was called at the start: for the reader, no part of the state
    pub names: [MemberId; MEMBERS as usize],
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.parts() == other.parts()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.parts().hash(hasher);
    }
}

impl State {
    pub fn member(&self, id: MemberId) -> &Frozen {
        &self.members[usize::from(id.0)].frozen
    }

    #[allow(clippy::type_complexity)]
    fn parts(&self) -> (&[Arc<Kept>; MEMBERS as usize], &[Packet], &Seen, &Spent) {
        (&self.members, &self.packets, &self.seen, &self.spent)
    }

    /// States that differ only in who is called how become one: members are put into the order of their looks.
    /// Where two look the same both orders stay, which costs states and hides none.
    pub fn put_into_order(&mut self) {
        let mut looks: Vec<u64> = self.members.iter().map(|kept| kept.looks).collect();
        if (1..looks.len()).any(|n| looks[..n].contains(&looks[n])) {
            looks = self.closer_looks(&looks);
        }
        let mut order: Vec<usize> = (0..usize::from(MEMBERS)).collect();
        order.sort_by_key(|n| looks[*n]);
        if order.is_sorted() {
            return;
        }
        let place = |id: MemberId| order.iter().position(|n| *n == usize::from(id.0));
        let name = |id: MemberId| place(id).map_or(id, |at| MemberId(at as u8));
        let (members, names) = (self.members.clone(), self.names);
        for (at, n) in order.iter().enumerate() {
            self.names[at] = names[*n];
            let mut frozen = members[*n].frozen.renamed(name);
            for waiting in &mut frozen.writes {
                waiting.call = renamed_call(waiting.call, name);
            }
            self.members[at] = Kept::new(frozen);
        }
        for packet in &mut self.packets {
            (packet.from, packet.to) = (name(packet.from), name(packet.to));
        }
        self.packets.sort_unstable();
        self.seen = Arc::new(self.seen.renamed(name));
    }

    /// How members look who are alike by themselves: by whom they follow, and by what is under way to and from them.
    fn closer_looks(&self, looks: &[u64]) -> Vec<u64> {
        let class = |id: MemberId| looks[usize::from(id.0)];
        let of_packet = |id: MemberId, packet: &Packet| {
            let mut hasher = DefaultHasher::new();
            let (from, to) = (packet.from == id, packet.to == id);
            (from, to, class(packet.from), class(packet.to), &packet.what).hash(&mut hasher);
            if from || to { hasher.finish() } else { 0 }
        };
        State::ids()
            .map(|id| {
                let of_packets = self.packets.iter().map(|packet| of_packet(id, packet));
                self.member(id).looks(class).wrapping_add(of_packets.fold(0, u64::wrapping_add))
            })
            .collect()
    }

    pub fn ids() -> impl Iterator<Item = MemberId> {
        (0..MEMBERS).map(MemberId)
    }

    /// This packet will arrive late.
    pub fn delay(&mut self, packet: &Packet) {
        for other in &mut self.packets {
            if other == packet
                && let What::Call { delayed, .. } = &mut other.what
            {
                *delayed = true;
            }
        }
    }
}
