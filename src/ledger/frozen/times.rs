//! What a member is when the time is taken out of it, and what may be asked of it then.

use super::{THAWED_AT, just_now};
use crate::ledger::ParseResult;
use crate::ledger::config::{DISPATCHER_ERROR_PAUSE, FLUSH_INTERVAL, MAINTAINER_PAUSE, PUSHER_PAUSE};
use crate::ledger::dispatcher::DispatcherState;
use crate::ledger::election::Blocked;
use crate::ledger::member::{Member, MemberId, Role};
use crate::ledger::message::CallTag;
use crate::ledger::rules::Rule;
use crate::ledger::threads::Thread;
use crate::store::{Index, Term};
use crate::time::Micros;

const LONG_AGO: Micros = Micros::ZERO;
const FAR_AHEAD: Micros = Micros::seconds(2_000_000);
/// A thread that is due within this is about to run, and not waiting for anything.
const SOON: Micros = Micros::millis(5);

impl Member {
    /// Whether the thread that made such a call to `peer` still waits for its answer. Of an APPEND and a COMMIT no
    /// thread does.
    pub fn awaits(&self, peer: MemberId, tag: CallTag) -> bool {
        match (tag, &self.elector.blocked) {
            (CallTag::Vote { round }, Blocked::Voting(open)) => open.round == round,
            (CallTag::HeartBeat { round }, Blocked::Beating(open)) => open.round == round,
            (CallTag::HeartBeat { round }, Blocked::BeatPause { round: open, .. }) => open.round == round,
            (CallTag::Push { call, .. }, _) => {
                self.dispatchers.iter().any(|d| d.peer == peer && d.awaiting == Some(call))
            }
            _ => false,
        }
    }

    /// Whether the maintainer is about to begin a vote round.
    pub fn is_about_to_ask(&self) -> bool {
        matches!(self.elector.blocked, Blocked::Asking)
    }

    /// Whether `thread` would run by itself about now.
    pub fn is_about_to_run(&self, thread: Thread) -> bool {
        self.next_pass(thread, THAWED_AT).is_some_and(|at| at < THAWED_AT + SOON)
    }

    /// The flush thread makes its pass.
    pub fn flush(&mut self) {
        self.disk.unflushed = None;
    }

    /// All that `thread` waits for took long enough.
    pub fn make_due(&mut self, thread: Thread) {
        match thread {
            Thread::Maintainer => {
                let elector = &mut self.elector;
                elector.last_successful_heartbeat = elector.last_successful_heartbeat.map(|_| LONG_AGO);
                match &mut elector.blocked {
                    Blocked::Voting(round) => round.deadline = LONG_AGO,
                    Blocked::Beating(round) => round.deadline = LONG_AGO,
                    Blocked::BeatPause { until, .. } => *until = LONG_AGO,
                    Blocked::No | Blocked::Asking => {}
                }
            }
            Thread::EntryHandler | Thread::QuorumChecker => {}
            Thread::GapCheck => self.handler.writes.iter_mut().for_each(|w| w.since = LONG_AGO),
            Thread::Dispatcher(peer) => {
                for d in self.dispatchers.iter_mut().filter(|d| d.peer == peer) {
                    d.paused_until = LONG_AGO;
                    d.last_push = d.last_push.map(|_| LONG_AGO);
                    d.pending.iter_mut().for_each(|pushed| pushed.sent = LONG_AGO);
                }
            }
            Thread::TimeoutScan => self.quorum.pending.iter_mut().for_each(|p| p.since = LONG_AGO),
            Thread::Transfers => {
                if let Some((_, since)) = &mut self.transfers.catching_up {
                    *since = LONG_AGO;
                }
            }
        }
    }

    /// As if all it ever did it had done at [`THAWED_AT`], and what is read no more were not there.
    pub fn forget_times(&mut self) {
        self.forget_elector();
        let finds_the_end = self.config.rules.keep(Rule::CompareFromTheEnd);
        for d in &mut self.dispatchers {
            d.passes = just_now(PUSHER_PAUSE);
            d.calls = 0;
            d.awaiting = d.awaiting.map(|_| 0);
            d.last_push = Some(THAWED_AT);
            let paused = d.paused_until > THAWED_AT;
            d.paused_until = if paused { THAWED_AT + DISPATCHER_ERROR_PAUSE } else { LONG_AGO };
            d.pending.iter_mut().for_each(|pushed| pushed.sent = THAWED_AT);
            if d.term != self.term {
                d.term = Term::NONE;
                d.awaiting = None;
                d.paused_until = LONG_AGO;
                if finds_the_end {
                    d.state = DispatcherState::Compare;
                }
                // Of COMPARE, where this starts, it is what an earlier leadership left; else it is set anew.
                if finds_the_end || d.state == DispatcherState::Append {
                    d.write_index = Index::NONE;
                }
                d.match_index = Index::NONE;
                d.pending.clear();
            }
        }
        let quorum = &mut self.quorum;
        quorum.passes = just_now(PUSHER_PAUSE);
        quorum.timeout_scans = just_now(PUSHER_PAUSE);
        quorum.pending.iter_mut().for_each(|p| p.since = THAWED_AT);
        if quorum.marks_term != self.term {
            quorum.marks_term = Term::NONE;
            quorum.marks.fill(Index::NONE);
        }
        quorum.dirty &= self.role == Role::Leader;
        if self.known_max_term <= self.term {
            self.known_max_term = Term::NONE;
        }
        self.handler.passes = just_now(PUSHER_PAUSE);
        self.handler.gap_checks = just_now(PUSHER_PAUSE);
        let waiting = self.handler.writes.iter_mut().chain(&mut self.handler.control);
        waiting.for_each(|w| w.since = THAWED_AT);
        self.disk.flushes = just_now(FLUSH_INTERVAL);
        self.disk.unflushed = self.disk.unflushed.map(|(_, index)| (THAWED_AT, index));
        self.transfers.waits = just_now(PUSHER_PAUSE);
        self.transfers.checks = just_now(PUSHER_PAUSE);
        if let Some((_, since)) = &mut self.transfers.catching_up {
            *since = THAWED_AT;
        }
    }

    fn forget_elector(&mut self) {
        let elector = &mut self.elector;
        elector.passes = just_now(MAINTAINER_PAUSE);
        elector.paused_since = LONG_AGO;
        elector.rounds = 0;
        // Every pass finds its time come: a candidate's for the next round, a follower's to give its leader up, a
        // leader's for the next heartbeats.
        elector.next_time_to_request_vote = None;
        elector.last_leader_heartbeat = None;
        elector.last_send_heartbeat = None;
        // A leader that never had an answer gives up at once; here it may also go on as if it had.
        elector.last_successful_heartbeat = Some(THAWED_AT);
        if elector.last_parse_result != ParseResult::WaitToVoteNext {
            elector.last_parse_result = ParseResult::WaitToRevote; // nobody asks which of the others it was
        }
        match &mut elector.blocked {
            Blocked::Voting(round) => {
                (round.round, round.since, round.deadline) = (0, LONG_AGO, FAR_AHEAD);
            }
            Blocked::Beating(round) => (round.round, round.deadline) = (0, FAR_AHEAD),
            Blocked::BeatPause { round, until } => {
                (round.round, round.deadline, *until) = (0, FAR_AHEAD, THAWED_AT);
            }
            Blocked::No | Blocked::Asking => {}
        }
    }
}
