//! What a slave copies from the master (`DLedgerRoleChangeHandler.handleSlaveSynchronize`, `SlaveSynchronize`): of
//! all it copies, the consumer offsets are what a simulated client can see.

use super::{Broker, BrokerContext, Effect};
use crate::ledger::MemberId;
use crate::time::Micros;

/// A slave looks this often whether to copy.
const PERIOD: Micros = Micros::seconds(3);
/// It does when the last time is longer ago.
const COPY_EVERY: Micros = Micros::seconds(10);

/// The slave's task.
#[derive(Clone, Debug)]
pub(super) struct SlaveSync {
    /// when the present task looks next; none on a master
    next: Option<Micros>,
    /// of the process, whatever its role: `lastSyncTimeMs`
    last: Micros,
    /// who to copy from; learnt from the answers to two-way registrations only
    master: Option<MemberId>,
}

impl SlaveSync {
    pub fn new(now: Micros) -> SlaveSync {
        SlaveSync { next: None, last: now, master: None }
    }

    /// The broker became a slave, perhaps once more: a new task, which knows no master yet.
    pub fn start(&mut self, now: Micros) {
        self.master = None;
        self.next = Some(now + PERIOD);
        self.skip_idle_looks();
    }

    /// The broker became master.
    pub fn stop(&mut self) {
        self.master = None;
        self.next = None;
    }

    pub fn on_registered(&mut self, master: Option<MemberId>) {
        self.master = master;
    }

    /// Moves to the first look that finds the last copy old enough: strictly older, as the original compares.
    fn skip_idle_looks(&mut self) {
        let due = self.last + COPY_EVERY;
        if let Some(next) = self.next.as_mut().filter(|next| **next <= due) {
            let looks = (due - *next).0 / PERIOD.0 + 1;
            *next += Micros(looks * PERIOD.0);
        }
    }
}

impl Broker {
    /// The broker that this slave copies from, if it has heard of one since it became slave, and when it last tried.
    pub fn copies_from(&self) -> (Option<MemberId>, Micros) {
        (self.slave_sync.master, self.slave_sync.last)
    }

    pub(super) fn next_slave_sync(&self) -> Option<Micros> {
        self.slave_sync.next
    }

    /// Copies, if it is time. Without an address nothing is copied, and the next try is as far away all the same.
    pub(super) fn sync_slave(&mut self, ctx: &mut BrokerContext) {
        let sync = &mut self.slave_sync;
        if sync.next.is_none_or(|next| ctx.now < next) {
            return;
        }
        sync.last = ctx.now;
        sync.skip_idle_looks();
        let own = self.member.id();
        if let Some(from) = sync.master.filter(|master| *master != own) {
            ctx.out.push(Effect::CopyOffsets { from });
        }
    }
}
