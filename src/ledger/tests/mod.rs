//! A member by itself: what it answers and does, rule by rule. Scenes of several members are in
//! `tests/stories`.

mod client_api;
mod commit;
mod flush;
mod replication;
mod rules;
mod rules_of_raft;
mod threads;
mod transfer;
mod voting;

use super::message::{CallTag, Output, Push, PushKind, PushResponse, Request, Response};
use super::*;
use crate::store::{Entry, EntryKind, Index, Term};
use crate::time::Micros;

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const C: MemberId = MemberId(2);

/// A member on the bench: its clock, and what it wanted done since the last look.
#[derive(Clone)]
struct Bench {
    member: Member,
    now: Micros,
    out: Vec<Output>,
    calls: u64,
}

impl Bench {
    /// A of three, just started, with entries of the given terms on its disk.
    fn of_three(terms: &[i64]) -> Bench {
        Bench::with_config(terms, Config::default())
    }

    /// The same with other settings.
    fn with_config(terms: &[i64], config: Config) -> Bench {
        Bench::in_group(3, terms, config)
    }

    /// The same in a group of another size.
    fn in_group(members: u8, terms: &[i64], config: Config) -> Bench {
        let mut disk = Disk::default();
        for term in terms {
            let appended = disk.store.append_as_leader(EntryKind::Normal, Term(*term), body(), |_, _| {});
            appended.unwrap();
        }
        if let Some(last) = terms.last() {
            disk.vote.write(Term(*last), None);
        }
        let member = Member::start(A, members, config, disk, Micros::millis(1));
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

    /// How the client append that waits for `index` ended.
    fn outcome(&self, index: Index) -> Option<Code> {
        self.notes().into_iter().find_map(|note| match note {
            Note::AppendDone { index: i, code } if i == index => Some(code),
            _ => None,
        })
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
        self.member.elector.blocked = election::Blocked::No; // whatever it waited for
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

fn compare(index: i64, term: i64) -> Push {
    Push::Compare { pre_log_index: Index(index), pre_log_term: Term(term) }
}

fn truncate(index: i64, leaders_term: i64) -> Push {
    Push::Truncate { pre_log_index: Index(index), pre_log_term: Term(leaders_term) }
}

/// A follows C in term 5, with entries of these terms.
fn follower(terms: &[i64]) -> Bench {
    let mut bench = Bench::of_three(terms);
    bench.follow(5);
    bench
}

/// A leads with entries of these terms, no no-op; what it pushes is answered by `answer`.
struct Leader {
    bench: Bench,
    term: i64,
}

impl Leader {
    fn new(terms: &[i64]) -> Leader {
        Leader::without(terms, &[])
    }

    /// These rules are not kept.
    fn without(terms: &[i64], rules: &[Rule]) -> Leader {
        let rules = Rules::SAFE.without(&[Rule::NoopOnElection]).without(rules);
        Leader::with_config(terms, Config { rules, ..Config::default() })
    }

    fn with_config(terms: &[i64], config: Config) -> Leader {
        let mut bench = Bench::with_config(terms, config);
        let term = bench.elect();
        if terms.is_empty() {
            bench.run(Micros::millis(1)); // the dispatchers have seen the leadership, and have nothing to compare
        }
        bench.sent();
        Leader { bench, term }
    }

    /// The pushes to `to` within the next milliseconds.
    fn pushes(&mut self, to: MemberId, ms: u64) -> Vec<(CallTag, Push)> {
        self.bench.run(Micros::millis(ms));
        let sent = self.bench.sent().into_iter();
        let pushes = sent.filter(|(peer, ..)| *peer == to).filter_map(|(_, tag, request)| match request {
            Request::Push { push, .. } => Some((tag, push)),
            _ => None,
        });
        pushes.collect()
    }

    fn answer(&mut self, from: MemberId, (tag, push): &(CallTag, Push), code: Code) {
        let response = PushResponse::new(Term(self.term), code, push);
        self.reply(from, *tag, response);
    }

    fn reply(&mut self, from: MemberId, tag: CallTag, response: PushResponse) {
        self.bench.with(|m, ctx| m.on_answer(ctx, from, tag, Response::Push(response)));
    }

    /// Compares and truncates with `peer`, so that entries can be sent.
    fn open(&mut self, peer: MemberId) {
        for kind in [PushKind::Compare, PushKind::Truncate] {
            let pushes = self.pushes(peer, 2);
            assert_eq!(pushes.iter().map(|(_, p)| p.kind()).collect::<Vec<_>>(), [kind]);
            self.answer(peer, &pushes[0], Code::Success);
        }
    }

    fn append(&mut self) -> Index {
        self.bench.with(|m, ctx| m.append(ctx, body(), |_, _| {})).unwrap().0
    }
}
