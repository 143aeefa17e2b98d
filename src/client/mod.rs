//! Who talks to the group from outside: the producer, and the name server where it finds the master.
//!
//! Simplified, and said so in docs/fidelity.md: brokers register and clients ask without delay, so that a
//! route is never stale.

mod names;
mod producer;

pub use names::NameServer;
pub use producer::{Producer, ProducerAction, SendStatus};
