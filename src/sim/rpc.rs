//! Calls that wait for their answer: who asked whom, and when the caller gives up.

use std::collections::VecDeque;

use super::event::Party;
use crate::ledger::{CallTag, RPC_TIMEOUT, Response};
use crate::time::Micros;

/// A call without an answer yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rpc {
    pub caller: Party,
    /// which process of the caller: its successor knows nothing of the call
    pub incarnation: u32,
    pub callee: Party,
    pub purpose: Purpose,
    since: Micros,
    /// the callee's process has it; if that dies, the connection breaks
    pub arrived: bool,
}

/// What the caller wants with the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// a member's call: its tag, and what stands for an answer if there is none
    Ledger { tag: CallTag, failed: Response },
    /// a producer's message
    Send { number: u32, attempt: u32 },
}

/// All open calls, oldest first. They all have the same time-out, so the oldest is always the next to end.
#[derive(Clone, Debug, Default)]
pub struct RpcTable {
    /// number of the first slot
    first: u64,
    slots: VecDeque<Option<Rpc>>,
}

impl RpcTable {
    /// Opens a call.
    pub fn open(&mut self, now: Micros, caller: (Party, u32), callee: Party, purpose: Purpose) -> u64 {
        let (caller, incarnation) = caller;
        let rpc = Rpc { caller, incarnation, callee, purpose, since: now, arrived: false };
        self.slots.push_back(Some(rpc));
        self.first + self.slots.len() as u64 - 1
    }

    fn slot(&mut self, id: u64) -> Option<&mut Option<Rpc>> {
        let at = id.checked_sub(self.first)?;
        self.slots.get_mut(at as usize)
    }

    /// The open call of that number.
    pub fn get(&self, id: u64) -> Option<&Rpc> {
        let at = id.checked_sub(self.first)?;
        self.slots.get(at as usize)?.as_ref()
    }

    /// The callee has it now.
    pub fn mark_arrived(&mut self, id: u64) {
        if let Some(Some(rpc)) = self.slot(id) {
            rpc.arrived = true;
        }
    }

    /// Ends a call; `None` if it had ended before.
    pub fn close(&mut self, id: u64) -> Option<Rpc> {
        let rpc = self.slot(id)?.take();
        while matches!(self.slots.front(), Some(None)) {
            self.slots.pop_front();
            self.first += 1;
        }
        rpc
    }

    /// When the oldest call is given up.
    pub fn next_timeout(&self) -> Option<Micros> {
        let oldest = self.slots.front()?.as_ref()?;
        Some(oldest.since + RPC_TIMEOUT)
    }

    /// The number of the oldest call.
    pub fn oldest(&self) -> u64 {
        self.first
    }

    /// Open calls that `callee`'s process has, oldest first.
    pub fn arrived_at(&self, callee: Party) -> Vec<u64> {
        let numbers = self.slots.iter().zip(self.first..);
        numbers
            .filter_map(|(slot, id)| slot.as_ref().map(|rpc| (rpc, id)))
            .filter(|(rpc, _)| rpc.callee == callee && rpc.arrived)
            .map(|(_, id)| id)
            .collect()
    }
}
