//! Votes, from both sides: `DLedgerLeaderElector.handleVote` and `maintainAsCandidate`.
//!
//! Nothing here or in a handler adopts a larger term: only the maintainer's step C2 raises it.

use super::config::VOTE_ROUND_WAIT;
use super::heartbeat::HeartbeatRound;
use super::member::{Context, Countdown, Draw, Member, MemberId, Role};
use super::message::{CallTag, Note, Request, VoteResult};
use super::rules::Rule;
use crate::shown::named;
use crate::store::{Index, Term};
use crate::time::{Loop, Micros};

/// `VoteResponse.ParseResult`: how a vote round ended, and so what the next one does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ParseResult {
    /// ask again later, in the same term
    WaitToRevote,
    /// ask again on the next pass, in the same term
    RevoteImmediately,
    /// elected
    Passed,
    /// ask again later, in a larger term
    WaitToVoteNext,
}

named!(ParseResult {
    WaitToRevote "wait_to_revote",
    RevoteImmediately "revote_immediately",
    Passed "passed",
    WaitToVoteNext "wait_to_vote_next",
});

/// The state maintainer's memory (`DLedgerLeaderElector`).
#[derive(Clone, Debug)]
pub(super) struct Elector {
    pub passes: Loop,
    pub last_parse_result: ParseResult,
    /// when the pause that ends at `next_time_to_request_vote` began, for the eye only
    pub paused_since: Micros,
    pub next_time_to_request_vote: Option<Micros>,
    pub need_increase_term_immediately: bool,
    pub last_leader_heartbeat: Option<Micros>,
    pub last_send_heartbeat: Option<Micros>,
    pub last_successful_heartbeat: Option<Micros>,
    pub rounds: u32,
    pub blocked: Blocked,
}

/// What the maintainer thread waits for inside a pass. RPC handlers go on meanwhile.
#[derive(Clone, Debug)]
pub(super) enum Blocked {
    No,
    /// not a wait: the term is raised, the round about to begin; others' requests may come in between
    Asking,
    Voting(VoteRound),
    Beating(HeartbeatRound),
    /// the 10 ms that follow every heartbeat round
    BeatPause {
        round: HeartbeatRound,
        until: Micros,
    },
}

/// A vote round that waits for its answers.
#[derive(Clone, Debug)]
pub(super) struct VoteRound {
    round: u32,
    term: Term,
    since: Micros,
    deadline: Micros,
    answered: u32,
    valid: u32,
    accepted: u32,
    not_ready: u32,
    bigger_ledger: u32,
    already_has_leader: bool,
    max_term: Term,
}

impl Elector {
    pub fn new(passes: Loop) -> Elector {
        Elector {
            passes,
            last_parse_result: ParseResult::WaitToRevote,
            paused_since: Micros::ZERO,
            next_time_to_request_vote: None,
            need_increase_term_immediately: false,
            last_leader_heartbeat: None,
            last_send_heartbeat: None,
            last_successful_heartbeat: None,
            rounds: 0,
            blocked: Blocked::No,
        }
    }
}

impl VoteRound {
    fn count(&mut self, term: Term, result: VoteResult) {
        self.answered += 1;
        if result != VoteResult::Unknown {
            self.valid += 1;
        }
        match result {
            VoteResult::Accept => self.accepted += 1,
            VoteResult::RejectAlreadyHasLeader => self.already_has_leader = true,
            VoteResult::RejectTermNotReady => self.not_ready += 1,
            VoteResult::RejectExpiredLedgerTerm | VoteResult::RejectSmallLedgerEndIndex => {
                self.bigger_ledger += 1;
            }
            VoteResult::RejectExpiredVoteTerm | VoteResult::RejectTermSmallThanLedger => {
                self.max_term = self.max_term.max(term);
            }
            _ => {}
        }
    }
}

impl Member {
    /// `handleVote`: the first rule that fits answers. The log is looked at before the term, so that a
    /// candidate with an older log cannot move anybody.
    pub(super) fn handle_vote(
        &mut self,
        ctx: &mut Context,
        candidate: MemberId,
        term: Term,
        ledger_end_index: Index,
        ledger_end_term: Term,
        from_self: bool,
    ) -> (Term, VoteResult) {
        let own_term = self.term();
        let (own_end_index, own_end_term) = self.ledger_end();
        if !self.is_member(candidate) {
            return (own_term, VoteResult::RejectUnknownLeader); // 1
        }
        if !from_self && candidate == self.id {
            return (own_term, VoteResult::RejectUnexpectedLeader); // 2
        }
        // Without the rule whoever asks in the right term gets the vote, whatever its log lacks.
        if self.config.rules.keep(Rule::CompareLogsBeforeVoting) {
            if ledger_end_term < own_end_term {
                return (own_term, VoteResult::RejectExpiredLedgerTerm); // 3
            }
            if ledger_end_term == own_end_term && ledger_end_index < own_end_index {
                return (own_term, VoteResult::RejectSmallLedgerEndIndex); // 4
            }
        }
        if term < own_term {
            return (own_term, VoteResult::RejectExpiredVoteTerm); // 5
        }
        if term == own_term && self.voted_for().is_some_and(|v| v != candidate) {
            let result = if self.leader.is_some() {
                VoteResult::RejectAlreadyHasLeader // 6
            } else {
                VoteResult::RejectAlreadyVoted // 7
            };
            return (own_term, result);
        }
        if term > own_term {
            self.hear_of_larger_term(ctx, term);
            return (own_term, VoteResult::RejectTermNotReady); // 8
        }
        if term < own_end_term {
            return (own_end_term, VoteResult::RejectTermSmallThanLedger); // 9
        }
        let as_good = ledger_end_term == own_end_term && own_end_index >= ledger_end_index;
        if !from_self && self.is_taking_leadership() && as_good {
            return (own_term, VoteResult::RejectTakingLeadership); // 10
        }
        self.set_vote(term, Some(candidate));
        ctx.note(Note::VoteGiven { term, candidate });
        (own_term, VoteResult::Accept) // 11
    }

    /// `maintainAsCandidate`, one pass.
    pub(super) fn maintain_as_candidate(&mut self, ctx: &mut Context) {
        let elector = &self.elector;
        let waiting = elector.next_time_to_request_vote.is_some_and(|t| ctx.now < t);
        if waiting && !elector.need_increase_term_immediately {
            return; // C0
        }
        // C2: the only place where the term is raised.
        let must_increase = self.elector.need_increase_term_immediately;
        if must_increase || self.elector.last_parse_result == ParseResult::WaitToVoteNext {
            self.next_term(ctx);
            self.elector.last_parse_result = ParseResult::WaitToRevote;
        }
        if must_increase {
            // C3: it only moved; the one who made it move asks first.
            self.elector.need_increase_term_immediately = false;
            self.pause_voting(ctx, Micros::ZERO);
            return;
        }
        self.elector.blocked = Blocked::Asking; // C4
    }

    /// `nextTerm()`: one more, or straight to the largest term heard of. The vote is cleared.
    fn next_term(&mut self, ctx: &mut Context) {
        let term = self.term();
        let next = if self.known_max_term > term { self.known_max_term } else { Term(term.0 + 1) };
        self.set_vote(next, None);
        ctx.note(Note::TermRaised { term: next });
    }

    /// So many votes decide. Without the rule half of all members, rounded down, will do.
    fn elects(&self, votes: u32) -> bool {
        self.is_quorum_if(self.config.rules.keep(Rule::MajorityToWin), votes)
    }

    fn start_vote_round(&mut self, ctx: &mut Context) {
        let term = self.term();
        let (end_index, end_term) = self.ledger_end();
        self.elector.rounds += 1;
        let round = self.elector.rounds;
        let wait = ctx.random.below(Draw::VoteWait, self.config.max_vote_interval.as_millis().max(1));
        let mut votes = VoteRound {
            round,
            term,
            since: ctx.now,
            deadline: ctx.now + VOTE_ROUND_WAIT + Micros::millis(wait),
            answered: 0,
            valid: 0,
            accepted: 0,
            not_ready: 0,
            bigger_ledger: 0,
            already_has_leader: false,
            max_term: term,
        };
        for peer in self.peers() {
            ctx.call(
                peer,
                CallTag::Vote { round },
                Request::Vote { term, ledger_end_index: end_index, ledger_end_term: end_term },
            );
        }
        let (own_term, own) = self.handle_vote(ctx, self.id, term, end_index, end_term, true);
        votes.count(own_term, own);
        self.elector.blocked = Blocked::Voting(votes);
        self.end_vote_round_if_decided(ctx);
    }

    pub(super) fn count_vote(&mut self, round: u32, term: Term, result: VoteResult) {
        match &mut self.elector.blocked {
            Blocked::Voting(votes) if votes.round == round => votes.count(term, result),
            _ => {} // the round was parsed without it
        }
    }

    /// C5: the latch opens on a known leader, on a majority of votes, on a majority that would vote once it
    /// knows the term, or when everybody has answered (a failed call is an answer).
    pub(super) fn end_vote_round_if_decided(&mut self, ctx: &mut Context) {
        let Blocked::Voting(votes) = &self.elector.blocked else {
            return;
        };
        if self.is_decided(votes) || ctx.now >= votes.deadline {
            self.parse_vote_round(ctx);
        }
    }

    fn is_decided(&self, votes: &VoteRound) -> bool {
        votes.already_has_leader
            || self.elects(votes.accepted)
            || self.elects(votes.accepted + votes.not_ready)
            || votes.answered == u32::from(self.members)
    }

    /// C6: the parse table, first match wins. The role is not looked at again: a member that became
    /// follower during the round parses it all the same.
    fn parse_vote_round(&mut self, ctx: &mut Context) {
        let Blocked::Voting(votes) = std::mem::replace(&mut self.elector.blocked, Blocked::No) else {
            return;
        };
        self.elector.passes.pass_done(ctx.now);
        let outcome = if votes.max_term > votes.term {
            self.pause_voting(ctx, Micros::ZERO);
            ParseResult::WaitToVoteNext
        } else if votes.already_has_leader {
            self.pause_voting(ctx, self.config.leak_time());
            ParseResult::WaitToRevote
        } else if !self.elects(votes.valid) {
            self.pause_voting(ctx, Micros::ZERO);
            ParseResult::WaitToRevote
        } else if !self.elects(votes.valid - votes.bigger_ledger) {
            self.pause_voting(ctx, self.config.max_vote_interval);
            ParseResult::WaitToRevote
        } else if self.elects(votes.accepted) {
            ParseResult::Passed
        } else if self.elects(votes.accepted + votes.not_ready) {
            ParseResult::RevoteImmediately
        } else {
            self.pause_voting(ctx, Micros::ZERO);
            self.after_lost_round()
        };
        self.elector.last_parse_result = outcome;
        ctx.note(Note::RoundEnded {
            term: votes.term,
            outcome,
            accepted: votes.accepted,
            valid: votes.valid,
            not_ready: votes.not_ready,
        });
        if votes.max_term > votes.term {
            self.change_to_candidate(ctx, votes.max_term);
        } else if outcome == ParseResult::Passed {
            self.change_to_leader(ctx, votes.term);
        }
    }

    /// Who lost a round stands in a larger term next. Without the rule in the same one, with a vote to give again.
    fn after_lost_round(&mut self) -> ParseResult {
        if self.config.rules.keep(Rule::RaiseTheTerm) {
            return ParseResult::WaitToVoteNext;
        }
        self.set_vote(self.term, None);
        ParseResult::WaitToRevote
    }

    /// `getNextTimeToRequestVote()` and what some results add to it.
    fn pause_voting(&mut self, ctx: &mut Context, extra: Micros) {
        let config = &self.config;
        let (min, max) = if self.is_taking_leadership() {
            (config.min_take_leadership_vote_interval, config.max_take_leadership_vote_interval)
        } else {
            (config.min_vote_interval, config.max_vote_interval)
        };
        let spread = max.as_millis().saturating_sub(min.as_millis()).max(1);
        let delay = Micros::millis(ctx.random.below(Draw::RetryDelay, spread));
        let pause = min + delay + extra;
        self.elector.paused_since = ctx.now;
        self.elector.next_time_to_request_vote = Some(ctx.now + pause);
    }

    /// `StateMaintainer.doWork`: ends a wait whose time is over, or makes the pass that is due.
    pub(super) fn maintain(&mut self, ctx: &mut Context) {
        let waits = !matches!(self.elector.blocked, Blocked::No);
        if waits || self.next_maintenance(ctx.now) == Some(ctx.now) {
            self.maintainer_pass(ctx);
        }
        if matches!(self.elector.blocked, Blocked::Asking) {
            self.maintainer_pass(ctx);
        }
    }

    pub(super) fn maintainer_pass(&mut self, ctx: &mut Context) {
        match &self.elector.blocked {
            Blocked::Asking => self.start_vote_round(ctx),
            Blocked::Voting(_) => self.end_vote_round_if_decided(ctx),
            Blocked::Beating(round) if ctx.now >= round.deadline => self.end_heartbeat_wait(ctx),
            Blocked::BeatPause { until, .. } if ctx.now >= *until => {
                self.parse_heartbeat_round(ctx);
            }
            Blocked::No => {
                self.elector.passes.pass_done(ctx.now);
                match self.role {
                    Role::Candidate => self.maintain_as_candidate(ctx),
                    Role::Follower => self.maintain_as_follower(ctx),
                    Role::Leader => self.maintain_as_leader(ctx),
                }
            }
            _ => {}
        }
    }

    /// When the maintainer next does something by itself.
    pub(super) fn next_maintenance(&self, now: Micros) -> Option<Micros> {
        let elector = &self.elector;
        let due = match &elector.blocked {
            Blocked::Asking => return Some(now),
            Blocked::Voting(votes) if self.is_decided(votes) => return Some(now),
            Blocked::Voting(votes) => return Some(votes.deadline),
            Blocked::Beating(round) => return Some(round.deadline),
            Blocked::BeatPause { until, .. } => return Some(*until),
            Blocked::No => match self.role {
                Role::Candidate if elector.need_increase_term_immediately => now,
                Role::Candidate => elector.next_time_to_request_vote.unwrap_or(now),
                Role::Follower => {
                    just_after(elector.last_leader_heartbeat, self.config.follower_timeout(), now)
                }
                Role::Leader => just_after(elector.last_send_heartbeat, self.config.heartbeat_interval, now),
            },
        };
        Some(elector.passes.pass_at_or_after(due.max(now)))
    }

    /// What this member counts down to: the ring around it.
    pub fn countdown(&self) -> Option<Countdown> {
        let elector = &self.elector;
        if let Blocked::Voting(votes) = &elector.blocked {
            return Some(Countdown::Round { since: votes.since, until: votes.deadline });
        }
        Some(match self.role {
            Role::Candidate => {
                Countdown::Retry { since: elector.paused_since, until: elector.next_time_to_request_vote? }
            }
            Role::Follower => {
                let since = elector.last_leader_heartbeat?;
                Countdown::Election { since, until: since + self.config.follower_timeout() }
            }
            Role::Leader => {
                let since = elector.last_send_heartbeat?;
                Countdown::Heartbeat { since, until: since + self.config.heartbeat_interval }
            }
        })
    }

    /// Votes granted in the round that is open.
    pub fn votes_granted(&self) -> Option<u32> {
        match &self.elector.blocked {
            Blocked::Voting(votes) => Some(votes.accepted),
            _ => None,
        }
    }
}

/// The first moment at which more than `limit` has passed since `start`.
fn just_after(start: Option<Micros>, limit: Micros, now: Micros) -> Micros {
    start.map_or(now, |start| start + limit + Micros(1))
}
