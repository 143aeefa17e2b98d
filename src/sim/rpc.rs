//! Calls that wait for their answer: who asked whom, and when the caller gives up.

use std::collections::VecDeque;

use super::event::Party;
use crate::client::ClientTag;
use crate::ledger::{CallTag, Response};
use crate::time::Micros;

/// What is not answered belongs to no call.
pub const NO_RPC: u64 = u64::MAX;

/// How long callers wait, each the time-out of a class of calls: within one, the oldest call is the next to end.
const CLASSES: [Micros; 4] =
    [Micros::millis(3000), Micros::millis(5000), Micros::seconds(24), Micros::seconds(30)];

/// A call without an answer yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rpc {
    pub caller: Party,
    /// which process of the caller: its successor knows nothing of the call
    pub incarnation: u32,
    pub callee: Party,
    pub purpose: Purpose,
    until: Micros,
    /// the callee's process has it; if that dies, the connection breaks
    pub arrived: bool,
}

/// What the caller wants with the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// a member's call: its tag, and what stands for an answer if there is none
    Ledger { tag: CallTag, failed: Response },
    /// a client's call to a broker
    Client(ClientTag),
    /// a client's question to the name server
    Route,
    /// a broker's registration; a master has no use for the address it is told
    Register { slave: bool },
    /// a slave's question for the master's consumer offsets
    CopyOffsets,
}

/// Open calls of one class, oldest first.
#[derive(Clone, Debug, Default)]
struct Class {
    /// number of the first slot
    first: u64,
    slots: VecDeque<Option<Rpc>>,
}

/// All open calls. A call's number tells its class and its place in it.
#[derive(Clone, Debug, Default)]
pub struct RpcTable {
    classes: [Class; CLASSES.len()],
}

impl RpcTable {
    /// Opens a call that is given up after `timeout`, rounded up to that of a class.
    pub fn open(
        &mut self,
        now: Micros,
        caller: (Party, u32),
        callee: Party,
        timeout: Micros,
        purpose: Purpose,
    ) -> u64 {
        let (caller, incarnation) = caller;
        let n = CLASSES.iter().position(|class| *class >= timeout).unwrap_or(CLASSES.len() - 1);
        let until = now + CLASSES[n];
        let class = &mut self.classes[n];
        class.slots.push_back(Some(Rpc { caller, incarnation, callee, purpose, until, arrived: false }));
        (class.first + class.slots.len() as u64 - 1) * CLASSES.len() as u64 + n as u64
    }

    fn place(&self, id: u64) -> (usize, usize) {
        let n = (id % CLASSES.len() as u64) as usize;
        // A call that has ended is before the first slot: far behind the last one, so to speak.
        (n, (id / CLASSES.len() as u64).wrapping_sub(self.classes[n].first) as usize)
    }

    /// The open call of that number.
    pub fn get(&self, id: u64) -> Option<&Rpc> {
        let (n, at) = self.place(id);
        self.classes[n].slots.get(at)?.as_ref()
    }

    /// The callee has it now.
    pub fn mark_arrived(&mut self, id: u64) {
        let (n, at) = self.place(id);
        if let Some(Some(rpc)) = self.classes[n].slots.get_mut(at) {
            rpc.arrived = true;
        }
    }

    /// Ends a call; `None` if it had ended before.
    pub fn close(&mut self, id: u64) -> Option<Rpc> {
        let (n, at) = self.place(id);
        let class = &mut self.classes[n];
        let rpc = class.slots.get_mut(at)?.take();
        while matches!(class.slots.front(), Some(None)) {
            class.slots.pop_front();
            class.first += 1;
        }
        rpc
    }

    /// When a call is next given up, and its number.
    pub fn next_timeout(&self) -> Option<(Micros, u64)> {
        let mut next: Option<(Micros, u64)> = None;
        for (n, class) in self.classes.iter().enumerate() {
            if let Some(Some(rpc)) = class.slots.front()
                && next.is_none_or(|(until, _)| rpc.until < until)
            {
                next = Some((rpc.until, class.first * CLASSES.len() as u64 + n as u64));
            }
        }
        next
    }

    /// Open calls that `callee`'s process has: class by class, oldest first.
    pub fn arrived_at(&self, callee: Party) -> Vec<u64> {
        let mut found = Vec::new();
        for (n, class) in self.classes.iter().enumerate() {
            for (slot, number) in class.slots.iter().zip(class.first..) {
                if slot.as_ref().is_some_and(|rpc| rpc.callee == callee && rpc.arrived) {
                    found.push(number * CLASSES.len() as u64 + n as u64);
                }
            }
        }
        found
    }
}
