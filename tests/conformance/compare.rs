//! Compares what the member puts out with what the recorded node did.

use std::ops::AddAssign;

use ledgerscope::ledger::{Note, Output, Push, Request, Response};
use ledgerscope::time::Micros;

use crate::differences::What as Differs;
use crate::player::{LATE, Player};
use crate::streams::{Expected, Item, Stream, stream_of};

/// How much was found to be equal, and how far apart in time.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Compared {
    pub requests: u64,
    pub replies: u64,
    /// calls of role-change handlers
    pub roles: u64,
    /// terms raised
    pub terms: u64,
    /// vote rounds parsed
    pub rounds: u64,
    /// ends of client appends and of transfers
    pub appends: u64,
    /// looks at the vote of a node
    pub votes: u64,
    /// nodes at the end of a recording
    pub ends: u64,
    /// outputs of passes by how much later the recorded node made them than the member would by itself: within
    /// each of [`CLASSES`], and more
    pub late: [u64; CLASSES.len() + 1],
}

/// Upper bounds of the classes, the last is [`LATE`].
pub const CLASSES: [Micros; 4] =
    [Micros::millis(5), Micros::millis(15), Micros::millis(30), Micros::millis(100)];

impl AddAssign for Compared {
    fn add_assign(&mut self, other: Compared) {
        self.requests += other.requests;
        self.replies += other.replies;
        self.roles += other.roles;
        self.terms += other.terms;
        self.rounds += other.rounds;
        self.appends += other.appends;
        self.votes += other.votes;
        self.ends += other.ends;
        self.late.iter_mut().zip(other.late).for_each(|(sum, more)| *sum += more);
    }
}

impl Compared {
    /// All that was compared.
    pub fn total(&self) -> u64 {
        self.requests
            + self.replies
            + self.roles
            + self.terms
            + self.rounds
            + self.appends
            + self.votes
            + self.ends
    }
}

impl Player<'_> {
    pub fn done(&self, stream: Stream) -> usize {
        self.state.done.get(&stream).copied().unwrap_or(0)
    }

    /// What the recorded node put out next.
    pub fn next(&self, stream: Stream) -> Option<&Expected> {
        self.expected.get(stream, self.done(stream))
    }

    pub fn last_met(&self, stream: Stream) -> Option<&Expected> {
        self.expected.get(stream, self.done(stream).checked_sub(1)?)
    }

    pub fn advance(&mut self, stream: Stream) {
        *self.state.done.entry(stream).or_default() += 1;
    }

    /// Says how much there was to compare.
    pub fn compare_all(&mut self, outputs: Vec<Output>) -> usize {
        let mut put_out = outputs.len();
        for output in outputs {
            match output {
                Output::Call { to, tag, request } => {
                    if let Some(id) = self.compare(stream_of(to, &request), Item::Request(request)) {
                        self.state.calls.insert(id, tag);
                    }
                }
                Output::Reply { call, response } => self.compare_reply(call.0, response),
                Output::Note(Note::Role { term, role, .. }) => {
                    let current = self.state.member.term();
                    self.compare(Stream::Roles, Item::Role { role, term, current });
                }
                Output::Note(Note::TermRaised { term }) => {
                    self.compare(Stream::Terms, Item::Term(term));
                }
                Output::Note(Note::RoundEnded { term, outcome, .. }) => {
                    self.compare(Stream::Rounds, Item::Round { term, outcome });
                }
                Output::Note(Note::AppendDone { index, code }) => {
                    self.compare(Stream::Append(index), Item::AppendDone(code));
                }
                // A transfer of the member's own making has nobody to tell.
                Output::Note(Note::TransferEnded { code, .. }) if self.expected.has(Stream::TransferEnds) => {
                    self.compare(Stream::TransferEnds, Item::TransferDone(code));
                }
                // Nothing recorded tells when; pushes and answers that depend on it do.
                Output::Note(Note::Committed { .. } | Note::TransferEnded { .. }) => {}
                Output::Note(Note::VoteGiven { .. } | Note::Appended { .. } | Note::Truncated { .. }) => {
                    put_out -= 1
                }
            }
        }
        put_out
    }

    /// Compares with what comes next in the recorded stream; gives the id of the request that ours stands for.
    pub fn compare(&mut self, stream: Stream, ours: Item) -> Option<u64> {
        let latest = self.state.now + LATE;
        let Some(next) = self.next(stream).filter(|next| next.at <= latest).cloned() else {
            self.differs(Differs::OursOnly { stream, ours });
            return None;
        };
        if next.item == ours {
            self.count(stream, next.at);
            self.advance(stream);
            return next.id;
        }
        self.advance(stream);
        if self.next(stream).is_some_and(|after| after.item == ours && after.at <= latest) {
            self.differs(Differs::TheirsOnly { stream, recorded: next.item });
            return self.compare(stream, ours);
        }
        self.differs(Differs::Content { stream, recorded: next.item, ours });
        next.id
    }

    fn count(&mut self, stream: Stream, at: Micros) {
        let compared = &mut self.state.compared;
        match stream {
            Stream::Votes(_) | Stream::Heartbeats(_) | Stream::Pushes(_) | Stream::Transfers(_) => {
                compared.requests += 1;
            }
            Stream::Roles => compared.roles += 1,
            Stream::Terms => compared.terms += 1,
            Stream::Rounds => compared.rounds += 1,
            Stream::Append(_) | Stream::TransferEnds => compared.appends += 1,
        }
        if let Some(due) = self.state.pass_due {
            let late = Micros(at.0.saturating_sub(due.0));
            let class = CLASSES.iter().position(|most| late <= *most).unwrap_or(CLASSES.len());
            compared.late[class] += 1;
        }
    }

    fn compare_reply(&mut self, id: u64, ours: Response) {
        self.state.replied.insert(id);
        let request = || self.recording.sent[&id].request.clone();
        let differs = match self.recording.replies.get(&id) {
            None => Differs::ReplyOursOnly { request: request(), ours },
            Some((_, recorded)) if *recorded != ours => {
                Differs::Reply { request: request(), recorded: *recorded, ours }
            }
            Some((at, _)) if *at > self.state.now + LATE => {
                Differs::ReplyEarly { request: request(), early: *at - self.state.now }
            }
            Some((at, _)) if self.is_repeated_before(id, *at) => Differs::TakenIn { id },
            Some(_) => {
                self.state.compared.replies += 1;
                return;
            }
        };
        self.differs(differs);
    }

    /// Whether an APPEND of the same index came in before this one was answered, and was refused for it.
    fn is_repeated_before(&self, id: u64, answered: Micros) -> bool {
        let Request::Push { push: Push::Append { entries }, .. } = &self.recording.sent[&id].request else {
            return false;
        };
        let repeats = self.repeats.get(&entries[0].index).into_iter().flatten();
        repeats
            .into_iter()
            .any(|(at, repeat)| *at <= answered && *repeat != id && !self.state.replied.contains(repeat))
    }
}
