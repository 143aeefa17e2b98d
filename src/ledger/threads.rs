//! The member's threads one by one, for a world that decides itself when each of them runs.
//!
//! [`Member::wake`] runs them in their own rhythm, and [`Member::on_call`], [`Member::on_answer`] and
//! [`Member::append`] run at once those that they wake. On a real machine there is a gap, in which other
//! threads run: who replays a recording gives inputs with the `take_…` functions, which only leave them where
//! the threads look, and lets the threads run one pass at a time.

use super::member::{Context, Member, MemberId};
use super::message::{CallId, CallTag, Request, Response};
use crate::time::Micros;

/// A thread that works in passes (`StateMaintainer`, `EntryHandler`, one `EntryDispatcher` for each
/// peer, `QuorumAckChecker`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thread {
    Maintainer,
    EntryHandler,
    /// what the entry handler does in one pass of a second: looking at APPENDs that do not fit
    GapCheck,
    Dispatcher(MemberId),
    QuorumChecker,
    /// what the quorum checker does in one pass of a second: ending appends that waited too long
    TimeoutScan,
    /// the waiting of a transferee, and `checkPreferredLeader`
    Transfers,
}

impl Member {
    /// All threads, in the order in which [`Member::wake`] runs them.
    pub fn threads(&self) -> impl Iterator<Item = Thread> + use<> {
        [Thread::Maintainer, Thread::EntryHandler, Thread::GapCheck]
            .into_iter()
            .chain(self.peers().map(Thread::Dispatcher))
            .chain([Thread::QuorumChecker, Thread::TimeoutScan, Thread::Transfers])
    }

    /// One pass of `thread` now, whatever its rhythm says. A pass that finds nothing to do does nothing.
    pub fn pass(&mut self, ctx: &mut Context, thread: Thread) {
        match thread {
            Thread::Maintainer => self.maintainer_pass(ctx),
            Thread::EntryHandler => self.work_on_pushes(ctx),
            Thread::GapCheck => self.check_gaps(ctx),
            Thread::Dispatcher(peer) => self.dispatcher_pass(ctx, peer),
            Thread::QuorumChecker => self.count_pass(ctx),
            Thread::TimeoutScan => self.timeout_scan(ctx),
            Thread::Transfers => self.transfers_pass(ctx),
        }
    }

    /// When `thread` would next do something by itself; see [`Member::next_wakeup`].
    pub fn next_pass(&self, thread: Thread, now: Micros) -> Option<Micros> {
        match thread {
            Thread::Maintainer => self.next_maintenance(now),
            Thread::EntryHandler => self.next_push_work(now),
            Thread::GapCheck => self.next_gap_check(now),
            Thread::Dispatcher(peer) => self.next_dispatch_to(peer, now),
            Thread::QuorumChecker => self.next_count(now),
            Thread::TimeoutScan => self.next_timeout_scan(now),
            Thread::Transfers => self.next_transfer(now),
        }
    }

    /// A call from another member arrived. Votes and heartbeats are answered by the thread that takes them
    /// in; pushes wait for the entry handler, but for those refused at the door.
    pub fn take_call(&mut self, ctx: &mut Context, from: MemberId, call: CallId, request: Request) {
        match request {
            Request::Vote { term, ledger_end_index, ledger_end_term } => {
                let (term, result) =
                    self.handle_vote(ctx, from, term, ledger_end_index, ledger_end_term, false);
                ctx.reply(call, Response::Vote { term, result });
            }
            Request::HeartBeat { term } => {
                let (term, code) = self.handle_heartbeat(ctx, from, term);
                ctx.reply(call, Response::HeartBeat { term, code });
            }
            Request::Push { term, commit_index, push } => {
                self.take_push(ctx, from, call, term, commit_index, push);
            }
            Request::Transfer { .. } if crate::PLAIN => {}
            Request::Transfer { term, transferee, ledger_index } => {
                self.handle_transfer(ctx, from, call, (term, transferee, ledger_index));
            }
        }
    }

    /// The answer to a call of this process arrived. Votes are counted; the maintainer parses the round.
    pub fn take_answer(&mut self, ctx: &mut Context, from: MemberId, tag: CallTag, response: Response) {
        match (tag, response) {
            (CallTag::Vote { round }, Response::Vote { term, result }) => {
                self.count_vote(round, term, result);
            }
            (CallTag::HeartBeat { round }, Response::HeartBeat { term, code }) => {
                self.on_heartbeat_answer(ctx, from, round, (term, code));
            }
            (CallTag::Push { term, call }, Response::Push(response)) => {
                self.on_push_answer(ctx, from, term, call, response);
            }
            (CallTag::Transfer { term }, Response::Transfer { code, .. }) if !crate::PLAIN => {
                self.on_transfer_answer(ctx, from, term, code);
            }
            _ => debug_assert!(false, "answer of another kind than the call"),
        }
    }
}
