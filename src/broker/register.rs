//! Registering with the name server: on every change of role, and periodically (`registerBrokerAll`).

use super::{Broker, BrokerContext, Effect, Registration};
use crate::time::Micros;

/// The first periodic registration is this long after the start.
const FIRST_AFTER: Micros = Micros::seconds(10);
/// `registerNameServerPeriod` is used within these.
const SHORTEST: Micros = Micros::seconds(10);
const LONGEST: Micros = Micros::seconds(60);

/// When to register again.
#[derive(Clone, Debug)]
pub(super) struct Registering {
    next: Micros,
    every: Micros,
}

impl Registering {
    pub fn new(every: Micros, now: Micros) -> Registering {
        Registering { next: now + FIRST_AFTER, every: every.clamp(SHORTEST, LONGEST) }
    }

    pub fn next(&self) -> Micros {
        self.next
    }
}

impl Broker {
    /// The periodic registration, with whatever id the broker then has.
    pub(super) fn register_again(&mut self, ctx: &mut BrokerContext) {
        if ctx.now >= self.registering.next {
            self.registering.next += self.registering.every;
            self.register(ctx, false);
        }
    }

    pub(super) fn register(&self, ctx: &mut BrokerContext, one_way: bool) {
        let (broker, broker_id) = (self.member.id(), self.broker_id());
        ctx.out.push(Effect::Register(Registration { broker, broker_id, one_way }));
    }
}
