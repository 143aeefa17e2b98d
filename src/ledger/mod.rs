//! DLedger: one member of the group as a state machine without clock, randomness or I/O of its own.
//!
//! The world calls a [`Member`] with the time, and gets back what to send and what happened:
//!
//! ```
//! use std::collections::VecDeque;
//! use ledgerscope::ledger::{Config, Context, Disk, Member, MemberId, Output, Role};
//! use ledgerscope::time::Micros;
//!
//! let mut dice = |_draw, bound: u64| bound / 2; // any source of numbers below `bound`
//! let mut members: Vec<Member> = (0..3)
//!     .map(|n| Member::start(MemberId(n), 3, Config::default(), Disk::default(), Micros(n as u64 * 10_000)))
//!     .collect();
//! let mut mail = VecDeque::new(); // calls and answers on their way, delivered at once here
//! let mut now = Micros::ZERO;
//! while !members.iter().any(|m| m.role() == Role::Leader) {
//!     now = members.iter().filter_map(|m| m.next_wakeup(now)).min().unwrap();
//!     for n in 0..3 {
//!         let mut out = Vec::new();
//!         members[n].wake(&mut Context { now, random: &mut dice, out: &mut out });
//!         mail.extend(out.into_iter().map(|o| (n, o)));
//!         while let Some((from, output)) = mail.pop_front() {
//!             let Output::Call { to, tag, request } = output else { continue };
//!             let mut out = Vec::new();
//!             let mut answers = Vec::new();
//!             let call = ledgerscope::ledger::CallId(0);
//!             members[to.0 as usize].on_call(
//!                 &mut Context { now, random: &mut dice, out: &mut out },
//!                 MemberId(from as u8), call, request,
//!             );
//!             for output in out {
//!                 match output {
//!                     Output::Reply { response, .. } => members[from].on_answer(
//!                         &mut Context { now, random: &mut dice, out: &mut answers }, to, tag, response,
//!                     ),
//!                     other => mail.push_back((to.0 as usize, other)),
//!                 }
//!             }
//!             mail.extend(answers.into_iter().map(|o| (from, o)));
//!         }
//!     }
//! }
//! assert_eq!(members[0].term().0, 0); // the first to ask got the others' votes of term 0
//! ```
//!
//! * `election`: votes, from both sides (`DLedgerLeaderElector`, candidate and voter)
//! * `heartbeat`: heartbeats, from both sides, and time-outs
//! * `dispatcher`: the leader's side of replication, one for each peer (`EntryDispatcher`)
//! * `entry_handler`: the follower's side (`EntryHandler`)
//! * `client_api`: gets, reads and metadata
//! * `transfer`: handing the leadership over, and to whom it should belong
//! * `disk`: what a member keeps, and what a loss of power takes
//! * `rules`: the rules that can be taken away, and the sets of them that released programs keep
//! * `quorum`: counting acknowledgements, committing, answering client appends (`QuorumAckChecker`)
//!
//! By default the rules are those of DLedger 0.4 in their intended form: where the released code has a known bug
//! that endangers the log, the rule that mends it has a name ([`Rule`]) and can be taken away.

mod client_api;
mod config;
mod disk;
mod dispatcher;
mod election;
mod entry_handler;
#[cfg(not(target_arch = "wasm32"))]
mod frozen;
mod heartbeat;
mod member;
mod message;
mod quorum;
mod rules;
#[cfg(test)]
mod tests;
mod threads;
mod transfer;

pub use client_api::{Address, Metadata, Read, ReadMode};
pub use config::{Config, RPC_TIMEOUT};
pub use disk::Disk;
pub use election::ParseResult;
#[cfg(not(target_arch = "wasm32"))]
pub use frozen::{Frozen, FrozenEntry, FrozenPush, FrozenRequest, FrozenWaiting, THAWED_AT};
pub use member::{Context, Countdown, Draw, Member, MemberId, Random, Role};
pub use message::{
    CallId, CallTag, Code, Note, Output, Push, PushKind, PushResponse, Request, Response, VoteResult,
};
pub use rules::{Preset, Rule, Rules};
pub use threads::Thread;
