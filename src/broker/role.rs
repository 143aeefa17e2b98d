//! What a change of the member's role does to the broker: `DLedgerRoleChangeHandler`, one event after the
//! other.

use std::collections::VecDeque;

use super::{Broker, BrokerContext, Effect};
use crate::ledger::{Role, Rule};
use crate::shown::named;
use crate::store::Index;
use crate::time::Micros;

/// A new leader looks this often whether all of its log is committed and dispatched.
const MASTER_POLL: Micros = Micros::millis(100);
/// brokerId of a master (`MixAll.MASTER_ID`).
const MASTER_ID: i64 = 0;

/// `MessageStoreConfig.brokerRole`
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BrokerRole {
    /// as configured, before the first role event
    AsyncMaster,
    Slave,
    SyncMaster,
}

named!(BrokerRole {
    AsyncMaster "ASYNC_MASTER",
    Slave "SLAVE",
    SyncMaster "SYNC_MASTER",
});

/// The broker's RocketMQ identity and the role events that wait.
#[derive(Clone, Debug)]
pub(super) struct RoleChange {
    role: BrokerRole,
    /// 0 master, selfId's number + 1 slave, -1 before the first role event
    broker_id: i64,
    events: VecDeque<Role>,
    next_poll: Option<Micros>,
}

impl RoleChange {
    pub fn new() -> RoleChange {
        RoleChange { role: BrokerRole::AsyncMaster, broker_id: -1, events: VecDeque::new(), next_poll: None }
    }

    pub fn enqueue(&mut self, role: Role) {
        self.events.push_back(role);
    }
}

impl Broker {
    /// The broker's RocketMQ role.
    pub fn role(&self) -> BrokerRole {
        self.role.role
    }

    /// The brokerId it has for the name server: 0 master, selfId's number + 1 slave, -1 before the first role event.
    pub fn broker_id(&self) -> i64 {
        self.role.broker_id
    }

    /// The member leads, and the broker is not master yet: it waits for its log to be committed and dispatched.
    pub fn waits_to_be_master(&self) -> bool {
        self.role.next_poll.is_some()
    }

    pub(super) fn next_role_poll(&self) -> Option<Micros> {
        self.role.next_poll
    }

    /// Handles the waiting role events in order. A LEADER event waits until the whole log is committed and
    /// dispatched, so that queue offsets go on exactly where the queues end, or until the member no longer
    /// leads.
    pub(super) fn change_role(&mut self, ctx: &mut BrokerContext) {
        if self.role.next_poll.is_some_and(|poll| ctx.now < poll) {
            return;
        }
        self.role.next_poll = None;
        while let Some(event) = self.role.events.front() {
            match event {
                Role::Candidate if self.is_slave() => {}
                Role::Candidate | Role::Follower => self.change_to_slave(ctx),
                Role::Leader if !self.member.is_leader() => {}
                Role::Leader if self.may_serve() => self.change_to_master(ctx),
                Role::Leader => {
                    self.role.next_poll = Some(ctx.now + MASTER_POLL);
                    return;
                }
            }
            self.role.events.pop_front();
        }
    }

    /// Without the rule a leader may at once.
    fn may_serve(&self) -> bool {
        let end = self.member.end_index();
        !self.member.rules().keep(Rule::RecoverBeforeServing)
            || end == Index::NONE
            || (end == self.member.committed_index() && self.dispatch_behind_bytes() == 0)
    }

    fn change_to_slave(&mut self, ctx: &mut BrokerContext) {
        let broker_id = i64::from(self.member.id().0) + 1;
        self.slave_sync.start(ctx.now);
        self.take_identity(ctx, BrokerRole::Slave, broker_id);
    }

    fn change_to_master(&mut self, ctx: &mut BrokerContext) {
        self.recover_topic_queue_table();
        self.slave_sync.stop();
        self.take_identity(ctx, BrokerRole::SyncMaster, MASTER_ID);
    }

    /// Registers in any case: a follower of a new leader does although nothing about it changed.
    fn take_identity(&mut self, ctx: &mut BrokerContext, role: BrokerRole, broker_id: i64) {
        if (self.role.role, self.role.broker_id) != (role, broker_id) {
            self.role.role = role;
            self.role.broker_id = broker_id;
            ctx.out.push(Effect::Identity { broker_id, role });
        }
        self.register(ctx, true);
    }
}
