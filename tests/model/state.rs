//! A state of the group: three members, what is under way, and what has been seen so far.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use ledgerscope::ledger::{Frozen, MemberId, Role};

use crate::packets::{Packet, What, renamed_call};
use crate::seen::Seen;

pub const MEMBERS: u8 = 3;

/// Mixes words by multiplying, many times faster than the library's.
#[derive(Default)]
pub struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word);
            self.write_u64(u64::from_le_bytes(padded));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(word.into());
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(word.into());
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        // Each step can be undone, so that two lists of words part for good where they first differ only by chance.
        let mixed = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 29;
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

pub fn hash_of(value: &impl Hash) -> u64 {
    let mut mixer = Mixer::default();
    value.hash(&mut mixer);
    mixer.finish()
}

/// A member, hashed once if at all.
#[derive(Debug)]
pub struct Kept {
    pub frozen: Frozen,
    hash: OnceLock<u64>,
    looks: OnceLock<u64>,
}

impl Kept {
    pub fn new(frozen: Frozen) -> Arc<Kept> {
        Arc::new(Kept { frozen, hash: OnceLock::new(), looks: OnceLock::new() })
    }

    /// How it looks by itself, whatever its name.
    fn looks(&self) -> u64 {
        *self.looks.get_or_init(|| self.frozen.looks::<Mixer>(|id| u64::from(id == self.frozen.id)))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Kept) -> bool {
        self.frozen == other.frozen
    }
}

impl Eq for Kept {}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.get_or_init(|| hash_of(&self.frozen)).hash(state);
    }
}

/// How much of what is bounded has been used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Spent {
    pub appends: u8,
    pub restarts: u8,
    pub power_losses: u8,
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
        let mut looks: Vec<u64> = self.members.iter().map(|kept| kept.looks()).collect();
        if (1..looks.len()).any(|n| looks[..n].contains(&looks[n])) {
            looks = self.closer_looks(&looks);
        }
        let mut order: Vec<usize> = (0..usize::from(MEMBERS)).collect();
        order.sort_by_key(|n| looks[*n]);
        if order.is_sorted() {
            return;
        }
        *self = self.reordered(&order);
    }

    /// The same with the members in another order, each called by its new place.
    pub fn reordered(&self, order: &[usize]) -> State {
        let place = |id: MemberId| order.iter().position(|n| *n == usize::from(id.0));
        let name = |id: MemberId| place(id).map_or(id, |at| MemberId(at as u8));
        let mut state = self.clone();
        for (at, n) in order.iter().enumerate() {
            let mut frozen = self.members[*n].frozen.renamed(name);
            frozen.calls_mut().for_each(|call| *call = renamed_call(*call, name));
            (state.names[at], state.members[at]) = (self.names[*n], Kept::new(frozen));
        }
        for packet in &mut state.packets {
            (packet.from, packet.to) = (name(packet.from), name(packet.to));
        }
        state.packets.sort_unstable();
        state.seen = Arc::new(self.seen.renamed(name));
        state
    }

    /// Two follow the third, and all have the same log and know that all of it is committed.
    pub fn is_at_rest(&self) -> bool {
        let Some(leader) = State::ids().find(|id| self.member(*id).role == Role::Leader) else {
            return false;
        };
        let first = self.member(leader);
        State::ids().map(|id| self.member(id)).all(|member| {
            (member.leader, member.term, &member.log) == (Some(leader), first.term, &first.log)
                && member.committed.next().0 == member.log.len() as i64
        })
    }

    /// How members look who are alike by themselves: by who follows them or voted for them, and by what is
    /// under way to and from them.
    fn closer_looks(&self, looks: &[u64]) -> Vec<u64> {
        let class = |id: MemberId| looks[usize::from(id.0)];
        let of_packet = |id: MemberId, packet: &Packet| {
            let (from, to) = (packet.from == id, packet.to == id);
            if from || to {
                hash_of(&(from, to, class(packet.from), class(packet.to), &packet.what))
            } else {
                0
            }
        };
        let of_other = |id: MemberId, other: MemberId| {
            let frozen = self.member(other);
            hash_of(&(class(other), frozen.voted_for == Some(id), frozen.leader == Some(id)))
        };
        State::ids()
            .map(|id| {
                let of_packets = self.packets.iter().map(|packet| of_packet(id, packet));
                let of_others = State::ids().map(|other| of_other(id, other));
                let around = of_packets.chain(of_others).fold(0, u64::wrapping_add);
                self.member(id).looks::<Mixer>(class).wrapping_add(around)
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
