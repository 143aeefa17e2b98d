//! What must hold, watched from outside: from the stream of events and what is on the disks, never from a member's own
//! opinion of itself.
//!
//! * [`Invariant`]: the guarantees by name; [`Violation`]: what was broken, by whom and where
//! * [`Watch`]: looks at a run while it goes on. `logs`: entries, commits, leaders; `units`: ConsumeQueues; `clients`:
//!   what producers and consumers are promised; `liveness`: that it goes on after trouble
//! * [`swarm`]: runs of random trouble, by seed; [`Run`]: one of them under watch; [`search`]: many

mod clients;
mod invariant;
mod liveness;
mod logs;
mod run;
pub mod search;
pub mod swarm;
#[cfg(test)]
mod tests;
mod units;
mod violation;
mod watch;

pub use invariant::Invariant;
pub use run::{Run, Stats};
pub use violation::{Broken, Violation};
pub use watch::Watch;
