//! Who consumes: `ConsumerManager`, fed by the consumers' heartbeats.

use super::{BrokerContext, ConsumerId, Effect, GroupId};
use crate::time::{Loop, Micros};

/// A consumer that has been silent for longer than this is forgotten (`CHANNEL_EXPIRED_TIMEOUT`) ...
const EXPIRES_AFTER: Micros = Micros::seconds(120);
/// ... by the next scan (`ClientHousekeepingService`).
const SCAN_PERIOD: Micros = Micros::seconds(10);

/// The members of all groups.
#[derive(Clone, Debug)]
pub(super) struct Consumers {
    /// by group and consumer, with the time of the last heartbeat
    known: Vec<(GroupId, ConsumerId, Micros)>,
    scans: Loop,
}

impl Consumers {
    pub fn new(now: Micros) -> Consumers {
        Consumers { known: Vec::new(), scans: Loop::starting_at(now + SCAN_PERIOD, SCAN_PERIOD) }
    }

    fn find(&self, consumer: ConsumerId, group: GroupId) -> Result<usize, usize> {
        self.known.binary_search_by_key(&(group, consumer), |(group, consumer, _)| (*group, *consumer))
    }

    /// HEART_BEAT. A consumer that was not known is told to all, itself included.
    pub fn heartbeat(&mut self, ctx: &mut BrokerContext, consumer: ConsumerId, group: GroupId) {
        match self.find(consumer, group) {
            Ok(at) => self.known[at].2 = ctx.now,
            Err(at) => {
                self.known.insert(at, (group, consumer, ctx.now));
                self.tell(ctx, group);
            }
        }
    }

    /// UNREGISTER_CLIENT. Those that remain are told.
    pub fn unregister(&mut self, ctx: &mut BrokerContext, consumer: ConsumerId, group: GroupId) {
        if let Ok(at) = self.find(consumer, group) {
            self.known.remove(at);
            self.tell(ctx, group);
        }
    }

    fn tell(&self, ctx: &mut BrokerContext, group: GroupId) {
        let consumers = self.of(group);
        if !consumers.is_empty() {
            ctx.out.push(Effect::ConsumersChanged { group, consumers });
        }
    }

    /// GET_CONSUMER_LIST_BY_GROUP
    pub fn of(&self, group: GroupId) -> Vec<ConsumerId> {
        self.known.iter().filter(|(of, ..)| *of == group).map(|(_, consumer, _)| *consumer).collect()
    }

    /// `scanNotActiveChannel`: nobody is told; the others notice at their next rebalance.
    pub fn expire(&mut self, now: Micros) {
        if self.scans.is_pass(now) {
            self.known.retain(|(.., last)| now <= *last + EXPIRES_AFTER);
        }
    }

    /// The scan that forgets somebody, unless there are heartbeats.
    pub fn next_expiry(&self, now: Micros) -> Option<Micros> {
        let oldest = self.known.iter().map(|(.., last)| *last).min()?;
        Some(self.scans.pass_at_or_after((oldest + EXPIRES_AFTER + Micros(1)).max(now)))
    }
}
