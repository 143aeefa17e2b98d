//! Heartbeats, from both sides, and what happens when they stay away: `handleHeartBeat`, `sendHeartbeats`,
//! `maintainAsLeader`, `maintainAsFollower`.

use super::config::HEARTBEAT_ROUND_PAUSE;
use super::election::Blocked;
use super::member::{Context, Member, MemberId, Role};
use super::message::{CallTag, Code, Request};
use super::rules::Rule;
use crate::store::Term;
use crate::time::{Micros, elapsed_more_than};

/// A heartbeat round that waits for its answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeartbeatRound {
    round: u32,
    term: Term,
    pub deadline: Micros,
    answered: u32,
    succeeded: u32,
    not_ready: u32,
    /// of the EXPIRED_TERM answer that came last, not of the largest
    expired_by: Term,
    inconsistent_leader: bool,
}

impl Member {
    /// `handleHeartBeat`: the first rule that fits answers.
    pub(super) fn handle_heartbeat(
        &mut self,
        ctx: &mut Context,
        leader: MemberId,
        term: Term,
    ) -> (Term, Code) {
        if !self.is_member(leader) {
            return (Term::NONE, Code::UnknownMember);
        }
        if leader == self.id {
            return (Term::NONE, Code::UnexpectedMember);
        }
        if term < self.term() {
            return (self.term(), Code::ExpiredTerm);
        }
        if term > self.term() {
            self.hear_of_larger_term(ctx, term);
            return (Term::NONE, Code::TermNotReady);
        }
        match self.leader {
            None => {
                self.change_to_follower(ctx, term, leader);
                (Term::NONE, Code::Success)
            }
            Some(known) if known == leader => {
                self.elector.last_leader_heartbeat = Some(ctx.now);
                (Term::NONE, Code::Success)
            }
            Some(_) => (Term::NONE, Code::InconsistentLeader),
        }
    }

    /// `maintainAsFollower`: the time-out is the same on every member; only the pause of a candidate is
    /// random.
    pub(super) fn maintain_as_follower(&mut self, ctx: &mut Context) {
        let last = self.elector.last_leader_heartbeat;
        if elapsed_more_than(ctx.now, last, self.config.follower_timeout()) {
            self.change_to_candidate(ctx, self.term());
        }
    }

    /// `maintainAsLeader`: starts a round when the interval is over.
    pub(super) fn maintain_as_leader(&mut self, ctx: &mut Context) {
        let interval = self.config.heartbeat_interval;
        if !elapsed_more_than(ctx.now, self.elector.last_send_heartbeat, interval) {
            return;
        }
        self.elector.last_send_heartbeat = Some(ctx.now);
        self.elector.rounds += 1;
        let round = self.elector.rounds;
        let term = self.term();
        for peer in self.peers() {
            ctx.call(peer, CallTag::HeartBeat { round }, Request::HeartBeat { term });
        }
        self.elector.blocked = Blocked::Beating(HeartbeatRound {
            round,
            term,
            deadline: ctx.now + interval - HEARTBEAT_ROUND_PAUSE,
            answered: 0,
            succeeded: 1, // itself
            not_ready: 0,
            expired_by: Term::NONE,
            inconsistent_leader: false,
        });
    }

    pub(super) fn on_heartbeat_answer(
        &mut self,
        ctx: &mut Context,
        from: MemberId,
        number: u32,
        (term, code): (Term, Code),
    ) {
        self.live[usize::from(from.0)] = code != Code::NetworkError;
        let members = u32::from(self.members);
        let quorum = members / 2 + 1;
        // Answers still count during the pause of 10 ms after the latch: that is what it is for.
        let round = match &mut self.elector.blocked {
            Blocked::Beating(round) | Blocked::BeatPause { round, .. } if round.round == number => round,
            _ => return,
        };
        round.answered += 1;
        match code {
            Code::Success => round.succeeded += 1,
            Code::ExpiredTerm => round.expired_by = term,
            Code::InconsistentLeader => round.inconsistent_leader = true,
            Code::TermNotReady => round.not_ready += 1,
            _ => {}
        }
        let decided = round.succeeded + round.not_ready >= quorum || round.answered == members - 1;
        if decided && matches!(self.elector.blocked, Blocked::Beating(_)) {
            self.end_heartbeat_wait(ctx);
        }
    }

    /// The latch opened or its time is over: another 10 ms, so that bad news close behind is still seen.
    pub(super) fn end_heartbeat_wait(&mut self, ctx: &mut Context) {
        if let Blocked::Beating(round) = self.elector.blocked {
            self.elector.blocked = Blocked::BeatPause { round, until: ctx.now + HEARTBEAT_ROUND_PAUSE };
        }
    }

    /// The leader's table, first match wins. The role is not looked at again.
    pub(super) fn parse_heartbeat_round(&mut self, ctx: &mut Context) {
        let Blocked::BeatPause { round, .. } = std::mem::replace(&mut self.elector.blocked, Blocked::No)
        else {
            return;
        };
        self.elector.passes.pass_done(ctx.now);
        let followed = self.is_quorum(round.succeeded + round.not_ready);
        let heeds = self.config.rules.keep(Rule::HeedLargerTerm) || !followed;
        if round.expired_by > round.term && heeds {
            self.step_down(ctx, round.expired_by);
        } else if self.is_quorum(round.succeeded) {
            self.elector.last_successful_heartbeat = Some(ctx.now);
        } else if followed {
            self.elector.last_send_heartbeat = None;
        } else if round.inconsistent_leader
            || elapsed_more_than(ctx.now, self.elector.last_successful_heartbeat, self.config.leak_time())
        {
            self.change_to_candidate(ctx, round.term);
        }
    }

    /// Whether this member leads.
    pub fn is_leader(&self) -> bool {
        self.role == Role::Leader
    }
}
