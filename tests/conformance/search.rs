//! Finding the moment: trying a step, and taking it back if the recorded node did not do that.

use ledgerscope::ledger::{Request, Role, Thread};
use ledgerscope::store::Index;
use ledgerscope::time::Micros;

use crate::differences::What as Differs;
use crate::inputs::Held;
use crate::passes::once_a_second;
use crate::player::{CLOCK_READ, EARLY, LATE, LATE_LOOK, PATIENCE, Player, Vote};
use crate::recording::Last;
use crate::streams::{Item, Stream};

/// Something that may have come before a recorded output.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    Pass(Thread),
    Give(Held),
}

/// So many steps are looked for at most between two recorded outputs.
const DEPTH: usize = 3;

impl Player<'_> {
    /// Takes a step if it goes somewhere and nothing it puts out differs from the recording.
    pub fn attempt(&mut self, step: impl FnOnce(&mut Self) -> bool) -> bool {
        let (before, found) = (self.state.clone(), self.found.len());
        if step(self) && self.found.len() == found {
            return true;
        }
        self.state = before;
        self.found.truncate(found);
        false
    }

    /// Looks for the fewest steps after which `reached` holds.
    fn search(&mut self, first: &[Step], reached: &dyn Fn(&Self) -> bool) -> bool {
        (0..=DEPTH).any(|depth| self.search_to(depth, first, reached))
    }

    fn search_to(&mut self, depth: usize, first: &[Step], reached: &dyn Fn(&Self) -> bool) -> bool {
        if depth == 0 {
            return reached(self);
        }
        let held = self.state.held.iter().map(|(_, held)| Step::Give(held.clone()));
        let others = held.chain(self.state.member.threads().map(Step::Pass));
        let mut steps = first.to_vec();
        steps.extend(others.filter(|step| !first.contains(step)));
        steps.iter().any(|step| self.attempt(|p| p.step(step) && p.search_to(depth - 1, first, reached)))
    }

    fn step(&mut self, step: &Step) -> bool {
        let thread = match step {
            Step::Give(held @ Held::Answer(id, _)) => {
                return self.state.calls.contains_key(id) && self.give(held);
            }
            Step::Give(held) => return self.give(held),
            Step::Pass(thread) => *thread,
        };
        let early = if once_a_second(thread) { LATE_LOOK } else { EARLY };
        let Some(due) = self.due(thread).filter(|due| *due <= self.state.now + early) else {
            return false;
        };
        for back in CLOCK_READ {
            let clock = Micros(self.state.now.0.saturating_sub(back.0));
            if self.attempt(|p| p.pass_as_of(thread, clock) > 0) {
                return true;
            }
        }
        if once_a_second(thread) {
            return false;
        }
        self.state.now = self.state.now.max(due);
        self.pass(thread);
        true
    }

    /// Brings the member to whatever the recorded node has put out by now.
    pub fn reach_all(&mut self) -> bool {
        let mut progress = false;
        for stream in self.overdue(self.state.now) {
            while self.next(stream).is_some_and(|next| next.at <= self.state.now) && self.reach(stream) {
                progress = true;
            }
        }
        progress
    }

    /// Streams in which the recorded node is ahead, the longest overdue first.
    fn overdue(&self, by: Micros) -> Vec<Stream> {
        let next = self.expected.streams().filter_map(|s| Some((self.next(s)?.at, s)));
        let mut overdue: Vec<_> = next.filter(|(at, _)| *at <= by).collect();
        overdue.sort();
        overdue.into_iter().map(|(_, stream)| stream).collect()
    }

    fn reach(&mut self, stream: Stream) -> bool {
        if matches!(stream, Stream::Append(_)) && self.commits() {
            self.send_before_commit();
        }
        let done = self.done(stream);
        let first: Vec<_> = threads_of(stream).into_iter().map(Step::Pass).collect();
        self.search(&first, &|p| p.done(stream) > done)
    }

    /// Where the recording was waited for in vain, the member makes what it would make; what it does not make at
    /// all is noted.
    pub fn give_up_on(&mut self, until: Micros) {
        for stream in self.overdue(Micros(until.0.saturating_sub(PATIENCE.0))) {
            let done = self.done(stream);
            if !self.reach(stream) {
                // Whatever it puts out there, even if it differs.
                let (before, found) = (self.state.clone(), self.found.len());
                self.step(&Step::Pass(threads_of(stream)[0]));
                if self.done(stream) == done {
                    self.state = before;
                    self.found.truncate(found);
                }
            }
        }
        self.match_votes();
        self.give_up_on_votes(until);
        for stream in self.overdue(Micros(until.0.saturating_sub(LATE.0))) {
            while let Some(next) = self.next(stream).filter(|next| next.at + LATE < until).cloned() {
                self.differs(Differs::TheirsOnly { stream, recorded: next.item });
                self.advance(stream);
            }
        }
    }

    /// An input whose outcome is known was taken in.
    pub fn must_have_taken(&mut self, held: &Held) {
        let first = [Step::Give(held.clone())];
        if self.holds(held) && !self.search(&first, &|p| !p.holds(held)) {
            self.give(held);
        }
    }

    pub fn must_have_replied(&mut self, id: u64) {
        if self.state.replied.contains(&id) {
            return;
        }
        let call = Held::Call(id);
        let first =
            [Step::Give(call.clone()), Step::Pass(Thread::EntryHandler), Step::Pass(Thread::GapCheck)];
        if self.search(&first, &|p| p.state.replied.contains(&id)) {
            return;
        }
        self.give(&call);
        if !self.state.replied.contains(&id) {
            self.pass(Thread::EntryHandler);
        }
        if !self.state.replied.contains(&id) {
            let (request, recorded) =
                (self.recording.sent[&id].request.clone(), self.recording.replies[&id].1);
            self.differs(Differs::ReplyTheirsOnly { request, recorded });
        }
    }

    /// The vote round begins that the node had begun.
    pub fn ask(&mut self) {
        self.state.asks = false;
        self.pass(Thread::Maintainer);
    }

    /// A push carries the commit index of the moment it was made, which is before the moment it was seen to
    /// leave: what still carries the old one was made before the index moves.
    pub fn send_before_commit(&mut self) {
        let committed = self.state.member.committed_index();
        let pushes: Vec<_> = self.expected.streams().filter(|s| matches!(s, Stream::Pushes(_))).collect();
        for stream in pushes {
            let carries_old = |p: &Self| match p.next(stream) {
                Some(next) if next.at <= p.state.now + LATE => {
                    matches!(&next.item, Item::Request(Request::Push { commit_index, .. }) if *commit_index == committed)
                }
                _ => false,
            };
            while carries_old(self) && self.reach(stream) {}
        }
    }

    /// The node's log and its commit index were seen to go this far.
    pub fn must_have_reached(&mut self, committed: Index, end: Index) {
        while self.state.member.end_index() < end && self.state.member.role() == Role::Leader {
            let next = self.state.member.end_index().next();
            let is_next = |held: &&Held| match held {
                Held::Append(body) => self.recording.indices.get(body) == Some(&next),
                _ => false,
            };
            let Some(append) = self.state.held.iter().map(|(_, held)| held).find(is_next).cloned() else {
                break;
            };
            if !self.search(&[Step::Give(append)], &|p| p.state.member.end_index() >= next) {
                break;
            }
        }
        let reached = |p: &Self| p.state.member.committed_index() >= committed;
        if !reached(self) {
            self.send_before_commit();
            self.search(&[Step::Pass(Thread::QuorumChecker)], &reached);
        }
    }

    /// The node was seen with these votes, one after the other; those in between may have been missed.
    pub fn match_votes(&mut self) {
        while let Some((_, vote)) = self.state.looks.front().copied() {
            if !self.had_vote(vote) {
                self.search(&[Step::Pass(Thread::Maintainer)], &|p| p.had_vote(vote));
            }
            let Some(at) = self.state.votes.iter().position(|v| *v == vote) else {
                return;
            };
            self.state.votes.drain(..at);
            self.state.looks.pop_front();
            self.state.compared.votes += 1;
        }
    }

    fn had_vote(&self, vote: Vote) -> bool {
        self.state.votes.contains(&vote)
    }

    pub fn give_up_on_votes(&mut self, until: Micros) {
        while let Some((_, recorded)) = self.state.looks.front().filter(|(at, _)| *at + LATE < until).copied()
        {
            let ours = self.state.votes.back().copied().unwrap_or(recorded);
            self.differs(Differs::Vote { recorded, ours });
            self.state.looks.pop_front();
        }
    }

    pub fn must_have_loaded(&mut self, recorded: Vote) {
        match self.state.votes.front().copied() {
            Some(ours) if ours != recorded && self.state.compared.votes == 0 => {
                self.differs(Differs::Vote { recorded, ours });
            }
            _ => {}
        }
    }

    /// Compares what the member is with what the node was when the recording ended.
    pub fn must_be(&mut self, last: &Last) {
        let member = &self.state.member;
        let entries = (0..=member.end_index().0).filter_map(|i| member.store().get(Index(i)));
        let ours = Last {
            role: member.role(),
            term: member.term(),
            leader: member.leader(),
            committed: member.committed_index(),
            log: entries.map(|e| (e.term, e.magic, e.body.to_vec())).collect(),
        };
        if ours == *last {
            self.state.compared.ends += 1;
        } else {
            self.differs(Differs::End { recorded: last.clone(), ours });
        }
    }
}

/// The threads that put a stream out, if no input does.
fn threads_of(stream: Stream) -> Vec<Thread> {
    match stream {
        Stream::Votes(_) | Stream::Heartbeats(_) | Stream::Roles | Stream::Terms | Stream::Rounds => {
            vec![Thread::Maintainer]
        }
        Stream::Pushes(peer) => vec![Thread::Dispatcher(peer)],
        Stream::Append(_) => vec![Thread::QuorumChecker, Thread::TimeoutScan],
        Stream::Transfers(_) | Stream::TransferEnds => vec![Thread::Transfers],
    }
}
