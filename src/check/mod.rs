//! What must hold, watched from outside: from the stream of events and the logs, never from a member's own
//! opinion of itself.
//!
//! * [`Safety`]: one leader in a term, committed entries equal everywhere, acknowledged messages kept,
//!   consumers get what is committed and in order
//! * [`soak`]: whole runs of random trouble under that watch

mod safety;
pub mod soak;

pub use safety::{Safety, Violation};
