//! Ledgerscope: a RocketMQ broker group that replicates through DLedger, simulated to the byte.
//!
//! Each module knows only those above it in this list, and none but [`web`] knows the browser:
//!
//! * [`time`] – microseconds
//! * [`store`] – bytes on a broker's disk
//! * [`ledger`] – DLedger, one member of the group as a state machine
//! * [`broker`] – RocketMQ around a member
//! * [`client`] – producers and the way they find the master
//! * [`scenario`] – what a run starts from
//! * [`sim`] – the world, with its clock, network and seeded randomness
//! * [`check`] – what must hold in a run, watched from outside
//! * `schema` – the JSON Schema of a scenario; native only
//! * `trace` – a run as lines of JSON in the shape of the recordings of the original; native only
//! * `export` – a broker's files, written as the real programs have them; native only
//! * `inspect` – real store folders on disk, decoded and checked; knows [`store`] only, and is native only
//! * [`web`] – the frame that is drawn, and the surface that JavaScript sees

#![forbid(unsafe_op_in_unsafe_fn)]

/// Whether this is the page's first module, which has runs of brokers and one producer, rules as they are meant, and of
/// commands kill, restart and send. Where the rest begins this is asked, so that none of it is downloaded before there is a
/// picture.
pub(crate) const PLAIN: bool = cfg!(all(target_arch = "wasm32", not(feature = "lab")));

pub mod broker;
pub mod check;
pub mod client;
#[cfg(not(target_arch = "wasm32"))]
pub mod export;
#[cfg(not(target_arch = "wasm32"))]
pub mod inspect;
pub mod ledger;
pub mod scenario;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
mod shown;
pub mod sim;
pub mod store;
pub mod time;
#[cfg(not(target_arch = "wasm32"))]
pub mod trace;
pub mod web;
