//! Passes of the member's threads, and the member's draws, which come from the recording.

use ledgerscope::ledger::{Context, Countdown, Draw, Member, Output, Random, Request, Thread};
use ledgerscope::time::Micros;

use crate::player::{CLOCK_READ, EARLY, LATE, Player};
use crate::recording::{Line, What};
use crate::streams::Stream;

/// A leader waits this long for the answers to its heartbeats.
const HEARTBEAT_WAIT: Micros = Micros::millis(1990);

/// Looks that are taken once a second, at moments that nothing in the recording tells.
pub fn once_a_second(thread: Thread) -> bool {
    matches!(thread, Thread::TimeoutScan | Thread::GapCheck)
}

/// Answers a member's draws.
#[derive(Default)]
struct Dice {
    retry: u64,
    wait: u64,
    drew_retry: bool,
}

impl Random for Dice {
    fn below(&mut self, draw: Draw, bound: u64) -> u64 {
        let drawn = match draw {
            Draw::RetryDelay => {
                self.drew_retry = true;
                self.retry
            }
            Draw::VoteWait => self.wait,
        };
        drawn.min(bound - 1)
    }
}

/// Lets a member act and gives what it puts out.
fn act(
    member: &mut Member,
    now: Micros,
    dice: &mut Dice,
    act: impl FnOnce(&mut Member, &mut Context),
) -> Vec<Output> {
    let mut out = Vec::new();
    act(member, &mut Context { now, random: dice, out: &mut out });
    out
}

impl Player<'_> {
    /// When a thread makes its next pass, or should have made it.
    pub fn due(&self, thread: Thread) -> Option<Micros> {
        let (state, now) = (&self.state, self.state.now);
        let owed = state.owed.get(&thread).copied();
        owed.or_else(|| state.member.next_pass(thread, now).map(|due| due.max(now)))
    }

    /// One pass of a thread now. Says how much it put out that is compared.
    pub fn pass(&mut self, thread: Thread) -> usize {
        self.pass_as_of(thread, self.state.now)
    }

    /// The same by a clock that was read at `now`.
    pub fn pass_as_of(&mut self, thread: Thread, now: Micros) -> usize {
        self.state.pass_due = self.due(thread).filter(|_| !once_a_second(thread));
        self.state.owed.remove(&thread);
        let before = self.state.member.clone();
        let wait = self.round_ends().map_or(u64::MAX, |at| at.0.saturating_sub(now.0) / 1000);
        let mut dice = Dice { wait: wait.saturating_sub(2000), ..Dice::default() };
        let mut out = act(&mut self.state.member, now, &mut dice, |m, ctx| m.pass(ctx, thread));
        if dice.drew_retry {
            // Asked with the shortest pause, the member says until when that would be; the recorded node drew what
            // is between that and its next round.
            let until = match self.state.member.countdown() {
                Some(Countdown::Retry { until, .. }) => until,
                _ => now + Micros::millis(300),
            };
            let next = self.next_round().map_or(u64::MAX, |at| at.0);
            dice.retry = next.saturating_sub(until.0) / 1000;
            self.state.member = before;
            out = act(&mut self.state.member, now, &mut dice, |m, ctx| m.pass(ctx, thread));
        }
        if out.iter().any(|o| matches!(o, Output::Call { request: Request::HeartBeat { .. }, .. })) {
            self.state.beat = Some(now);
        }
        let put_out = self.take(out);
        self.state.pass_due = None;
        put_out
    }

    /// Gives the member an input now. Says how much it put out that is compared.
    pub fn give_now(&mut self, give: impl FnOnce(&mut Member, &mut Context)) -> usize {
        let mut dice = Dice::default();
        let out = act(&mut self.state.member, self.state.now, &mut dice, give);
        assert!(!dice.drew_retry, "only the maintainer draws");
        self.take(out)
    }

    fn take(&mut self, out: Vec<Output>) -> usize {
        let member = &self.state.member;
        let vote = (member.term(), member.voted_for());
        if self.state.votes.back() != Some(&vote) {
            self.state.votes.push_back(vote);
        }
        self.compare_all(out)
    }

    /// What the member would be after a step, made at once and compared with nothing.
    pub fn after(&self, step: impl FnOnce(&mut Member, &mut Context)) -> Member {
        let mut after = self.state.member.clone();
        act(&mut after, self.state.now, &mut Dice::default(), step);
        after
    }

    /// When the recorded node next asked for votes or raised its term.
    fn next_round(&self) -> Option<Micros> {
        let asks = |line: &&&Line| match line.what {
            What::Sent(id) => matches!(self.recording.sent[&id].request, Request::Vote { .. }),
            What::Raised { .. } => true,
            _ => false,
        };
        self.lines[self.cursor..].iter().find(asks).map(|line| line.at)
    }

    /// When the recorded node next parsed a vote round.
    fn round_ends(&self) -> Option<Micros> {
        let parses = |line: &&&Line| matches!(line.what, What::RoundEnded { .. });
        self.lines[self.cursor..].iter().find(parses).map(|line| line.at)
    }

    /// How many answers, its own included, the recorded node counted in the round that is open.
    pub fn answers_in_round(&self) -> Option<u32> {
        let pending = self.next(Stream::Rounds)?.at;
        self.lines.iter().skip_while(|line| line.at < pending).find_map(|line| match line.what {
            What::RoundEnded { answers, .. } => Some(answers),
            _ => None,
        })
    }

    /// Whether the leader, who would look at the answers to its heartbeats at `due`, is seen to do it later.
    pub fn parses_heartbeats_after(&self, due: Micros) -> bool {
        if self.state.beat.is_some_and(|beat| due == beat + HEARTBEAT_WAIT) {
            return false; // the wait for answers is over; another 10 ms follow before it looks
        }
        let beats = |line: &&&Line| match line.what {
            What::Sent(id) => matches!(self.recording.sent[&id].request, Request::HeartBeat { .. }),
            What::HeartbeatsParsed => true,
            _ => false,
        };
        let mut ahead = self.lines[self.cursor..].iter().take_while(|line| line.at <= due + LATE);
        ahead.by_ref().find(beats).is_some_and(|line| line.what == What::HeartbeatsParsed)
    }

    /// The leader looks at the answers to its heartbeats. Whether it has been too long without a majority is a
    /// matter of a millisecond at times: if the node stepped down a moment later, that is when it looked.
    pub fn parse_heartbeats(&mut self) {
        let soon = self.state.now + EARLY;
        if self.next(Stream::Roles).is_some_and(|next| next.at <= soon) {
            return;
        }
        for back in CLOCK_READ {
            let clock = Micros(self.state.now.0.saturating_sub(back.0));
            if self.attempt(|p| p.pass_as_of(Thread::Maintainer, clock) == 0) {
                return;
            }
        }
    }

    /// Whether the quorum checker's next pass moves the commit index.
    pub fn commits(&self) -> bool {
        let after = self.after(|m, ctx| m.pass(ctx, Thread::QuorumChecker));
        after.committed_index() > self.state.member.committed_index()
    }
}
