//! A member by itself: what it answers and does, rule by rule. Scenes of several members are in
//! `tests/stories`.

mod replication;
mod voting;

use super::message::{CallTag, Output, Push, PushResponse, Request, Response};
use super::*;
use crate::store::{Entry, EntryKind, Index, Term};
use crate::time::Micros;

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const C: MemberId = MemberId(2);

/// A member on the bench: its clock, and what it wanted done since the last look.
struct Bench {
    member: Member,
    now: Micros,
    out: Vec<Output>,
    calls: u64,
}

impl Bench {
    /// A of three, just started, with entries of the given terms on its disk.
    fn of_three(terms: &[i64]) -> Bench {
        let mut disk = Disk::default();
        for term in terms {
            let appended = disk.store.append_as_leader(EntryKind::Normal, Term(*term), body(), |_, _| {});
            appended.unwrap();
        }
        if let Some(last) = terms.last() {
            disk.vote.write(Term(*last), None);
        }
        let member = Member::start(A, 3, Config::default(), disk, Micros::millis(1));
        Bench { member, now: Micros::ZERO, out: Vec::new(), calls: 0 }
    }

    fn with<R>(&mut self, act: impl FnOnce(&mut Member, &mut Context) -> R) -> R {
        // All pauses are the shortest possible: 300 ms, and 2000 ms for a vote round.
        let mut dice = |_, _| 0;
        let mut ctx = Context { now: self.now, random: &mut dice, out: &mut self.out };
        act(&mut self.member, &mut ctx)
    }

    /// Lets time pass, waking the member whenever it wants to be.
    fn run(&mut self, length: Micros) {
        let until = self.now + length;
        while let Some(at) = self.member.next_wakeup(self.now).filter(|at| *at <= until) {
            self.now = at;
            self.with(|m, ctx| m.wake(ctx));
        }
        self.now = until;
    }

    /// A call; its answer, if there is one at once.
    fn call(&mut self, from: MemberId, request: Request) -> Option<Response> {
        self.calls += 1;
        let call = CallId(self.calls);
        self.with(|m, ctx| m.on_call(ctx, from, call, request));
        self.answer_to(call)
    }

    fn answer_to(&self, call: CallId) -> Option<Response> {
        self.out.iter().find_map(|o| match o {
            Output::Reply { call: to, response } if *to == call => Some(*response),
            _ => None,
        })
    }

    fn push(&mut self, from: MemberId, term: i64, commit: i64, push: Push) -> Option<PushResponse> {
        let request = Request::Push { term: Term(term), commit_index: Index(commit), push };
        self.call(from, request).map(|response| match response {
            Response::Push(response) => response,
            other => panic!("{other:?}"),
        })
    }

    /// The calls that went out since the last look.
    fn sent(&mut self) -> Vec<(MemberId, CallTag, Request)> {
        let calls = self.out.drain(..).filter_map(|o| match o {
            Output::Call { to, tag, request } => Some((to, tag, request)),
            _ => None,
        });
        calls.collect()
    }

    fn notes(&self) -> Vec<Note> {
        self.out.iter().filter_map(|o| if let Output::Note(note) = o { Some(*note) } else { None }).collect()
    }

    fn terms(&self) -> Vec<i64> {
        let store = self.member.store();
        (0..=store.end_index().0).map(|i| store.term_at(Index(i)).unwrap().0).collect()
    }

    /// Makes it the leader of its next term, with the vote of B.
    fn elect(&mut self) -> i64 {
        self.member.elector.last_parse_result = ParseResult::WaitToVoteNext;
        self.member.elector.next_time_to_request_vote = None;
        self.run(Micros::millis(20));
        let term = self.member.term();
        let round = self.member.elector.rounds;
        let (tag, yes) = (CallTag::Vote { round }, Response::Vote { term, result: VoteResult::Accept });
        self.with(|m, ctx| m.on_answer(ctx, B, tag, yes));
        assert!(self.member.is_leader());
        term.0
    }

    /// Makes it a follower of C in `term`.
    fn follow(&mut self, term: i64) {
        self.member.set_vote(Term(term), Some(C));
        self.call(C, Request::HeartBeat { term: Term(term) });
        assert_eq!((self.member.role(), self.member.leader()), (Role::Follower, Some(C)));
    }
}

fn body() -> Vec<u8> {
    b"body".to_vec()
}

fn entry(index: i64, term: i64) -> Entry {
    Entry {
        magic: EntryKind::Normal,
        index: Index(index),
        term: Term(term),
        pos: index * 52,
        channel: 0,
        chain_crc: 0,
        body_crc: 0,
        body: body().into(),
    }
}

fn append(index: i64, term: i64) -> Push {
    Push::Append { entries: [entry(index, term)].into() }
}
