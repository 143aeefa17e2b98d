//! The world: its clock, its network, its seeded randomness, and the trace of what happens.
//!
//! Scenario, seed and commands decide a run to the byte, on every machine:
//!
//! ```
//! use ledgerscope::{scenario::Scenario, sim::World, time::Micros};
//!
//! let run = || {
//!     let mut world = World::new(Scenario { seed: 7, ..Scenario::default() });
//!     world.advance(Micros::seconds(5));
//!     world.trace_hash()
//! };
//! assert_eq!(run(), run());
//! ```

mod clock;
mod event;
mod network;
mod random;
mod rpc;
mod shown;
mod summary;
pub mod swarm;
mod world;

pub use crate::scenario::{COMMANDS, Command, Refusal};
pub use event::{Event, Kind, Outcome, Party, Record, Summary, TraceHash};
pub(crate) use network::DISORDER;
pub use network::{Link, Network, Packet, Payload};
pub use random::{Purpose, Stream};
pub use summary::{Carried, carried};
pub use world::{BrokerState, DiskState, World};
