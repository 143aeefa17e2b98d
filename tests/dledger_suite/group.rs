//! A group of members over a network of the test's own: 1 to 3 ms each way, immediate failure for a dead member.
//!
//! With `by_hand` the electors are off, as with `enableLeaderElector=false`: who leads is what the test says.

use std::collections::{BTreeMap, HashMap};

use ledgerscope::ledger::{
    Address, CallId, CallTag, Code, Config, Context, Disk, Member, MemberId, Note, Output, Preset,
    RPC_TIMEOUT, Request, Response, Role, VoteResult,
};
use ledgerscope::store::{Entry, Index, Term};
use ledgerscope::time::Micros;

pub const N0: MemberId = MemberId(0);
pub const N1: MemberId = MemberId(1);
pub const N2: MemberId = MemberId(2);

/// What becomes of a request or an answer.
pub enum Fate {
    Delivered,
    /// lost: the caller gives up after 3 s
    Silence,
}

enum Mail {
    Call { from: MemberId, to: MemberId, id: u64, request: Request },
    Answer { id: u64, response: Response },
    GivenUp { id: u64 },
}

/// A call that is open: who asked whom, with which tag, and what stands for an answer that never comes.
struct Open {
    caller: (MemberId, u32),
    callee: MemberId,
    tag: CallTag,
    failed: Response,
}

type RequestFilter = Box<dyn FnMut(MemberId, MemberId, &Request) -> Fate>;
type AnswerFilter = Box<dyn FnMut(MemberId, &Response) -> Fate>;

pub struct Group {
    pub now: Micros,
    pub config: Config,
    members: Vec<Option<Member>>,
    /// of those that are down
    disks: Vec<Option<Disk>>,
    lives: Vec<u32>,
    mail: BTreeMap<(Micros, u64), Mail>,
    open: HashMap<u64, Open>,
    sent: u64,
    random: u64,
    by_hand: Option<(MemberId, Term)>,
    pub on_request: RequestFilter,
    /// from whom, and what
    pub on_answer: AnswerFilter,
    asked: HashMap<u64, Response>,
    outcomes: HashMap<(MemberId, Index), Code>,
}

/// Calls of the test itself have numbers from here on.
const BY_TEST: u64 = 1 << 60;

impl Group {
    /// Members that are down, with empty disks.
    pub fn of(members: u8) -> Group {
        Group::configured(members, Preset::DLedger04.config())
    }

    pub fn configured(members: u8, config: Config) -> Group {
        let count = usize::from(members);
        Group {
            now: Micros::seconds(1),
            config,
            members: (0..members).map(|_| None).collect(),
            disks: vec![Some(Disk::default()); count],
            lives: vec![0; count],
            mail: BTreeMap::new(),
            open: HashMap::new(),
            sent: 0,
            random: 1,
            by_hand: None,
            on_request: Box::new(|_, _, _| Fate::Delivered),
            on_answer: Box::new(|_, _| Fate::Delivered),
            asked: HashMap::new(),
            outcomes: HashMap::new(),
        }
    }

    /// All members up.
    pub fn started(mut self) -> Group {
        for n in 0..self.members.len() as u8 {
            self.start(MemberId(n));
        }
        self
    }

    /// Electors off; this member leads this term whatever the others say, and those that are started follow it.
    pub fn by_hand(mut self, leader: MemberId, term: i64) -> Group {
        self.by_hand = Some((leader, Term(term)));
        self
    }

    pub fn disk(&mut self, id: MemberId) -> &mut Disk {
        self.disks[usize::from(id.0)].as_mut().expect("it is down")
    }

    pub fn start(&mut self, id: MemberId) {
        let n = usize::from(id.0);
        let mut disk = self.disks[n].take().expect("it is down").recover().unwrap();
        if let Some((leader, term)) = self.by_hand {
            disk.vote.write(term, Some(&leader.self_id()));
        }
        let members = self.members.len() as u8;
        self.members[n] = Some(Member::start(id, members, self.config.clone(), disk, self.now + Micros(1)));
        match self.by_hand {
            Some((leader, _)) if leader == id => self.run(2),
            Some((leader, term)) => {
                self.ask(id, leader, Request::HeartBeat { term });
            }
            None => {}
        }
    }

    pub fn stop(&mut self, id: MemberId) {
        let n = usize::from(id.0);
        let member = self.members[n].take().expect("it is up");
        self.disks[n] = Some(member.into_disk(self.now));
        self.lives[n] += 1;
        // Its connections break: who waits for its answer learns so.
        let waiting: Vec<u64> = self.open.iter().filter(|(_, o)| o.callee == id).map(|(id, _)| *id).collect();
        for call in waiting {
            self.post(Micros(1), Mail::GivenUp { id: call });
        }
    }

    pub fn member(&self, id: MemberId) -> &Member {
        self.up(id).expect("it is up")
    }

    pub fn up(&self, id: MemberId) -> Option<&Member> {
        self.members[usize::from(id.0)].as_ref()
    }

    pub fn ids(&self) -> impl Iterator<Item = MemberId> + use<> {
        (0..self.members.len() as u8).map(MemberId)
    }

    /// Those up that have this role.
    pub fn having(&self, role: Role) -> Vec<MemberId> {
        self.ids().filter(|id| self.up(*id).is_some_and(|m| m.role() == role)).collect()
    }

    /// The one that leads.
    pub fn leader(&self) -> MemberId {
        let leaders = self.having(Role::Leader);
        assert_eq!(leaders.len(), 1, "{leaders:?} lead");
        leaders[0]
    }

    pub fn end(&self, id: MemberId) -> i64 {
        self.member(id).end_index().0
    }

    pub fn committed(&self, id: MemberId) -> i64 {
        self.member(id).committed_index().0
    }

    /// All entries of a member.
    pub fn entries(&self, id: MemberId) -> Vec<Entry> {
        let store = self.member(id).store();
        (0..=store.end_index().0).map(|i| store.get(Index(i)).unwrap()).collect()
    }

    /// A request of the test in the name of `from`, answered at once.
    pub fn ask(&mut self, to: MemberId, from: MemberId, request: Request) -> Response {
        self.sent += 1;
        let call = BY_TEST + self.sent;
        self.with(to, |member, ctx| member.on_call(ctx, from, CallId(call), request));
        self.asked.remove(&call).expect("it is answered at once")
    }

    /// Lets a member act, and takes what it wants done.
    pub fn with<R>(&mut self, id: MemberId, act: impl FnOnce(&mut Member, &mut Context) -> R) -> R {
        let mut out = Vec::new();
        let state = &mut self.random;
        let mut dice = |_, bound: u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*state >> 33) % bound
        };
        let mut ctx = Context { now: self.now, random: &mut dice, out: &mut out };
        let member = self.members[usize::from(id.0)].as_mut().expect("it is up");
        let result = act(member, &mut ctx);
        for output in out {
            match output {
                Output::Call { to, tag, request } => self.call(id, to, tag, request),
                Output::Reply { call, response } if call.0 > BY_TEST => {
                    self.asked.insert(call.0, response);
                }
                Output::Reply { call, response } => {
                    if matches!((self.on_answer)(id, &response), Fate::Delivered) {
                        let delay = self.delay();
                        self.post(delay, Mail::Answer { id: call.0, response });
                    }
                }
                Output::Note(Note::AppendDone { index, code }) => {
                    self.outcomes.insert((id, index), code);
                }
                Output::Note(_) => {}
            }
        }
        result
    }

    fn delay(&mut self) -> Micros {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Micros(1000 + (self.random >> 33) % 2001)
    }

    fn post(&mut self, delay: Micros, mail: Mail) {
        self.sent += 1;
        self.mail.insert((self.now + delay, self.sent), mail);
    }

    fn call(&mut self, from: MemberId, to: MemberId, tag: CallTag, request: Request) {
        self.sent += 1;
        let id = self.sent;
        let caller = (from, self.lives[usize::from(from.0)]);
        self.open.insert(id, Open { caller, callee: to, tag, failed: request.failed() });
        self.post(RPC_TIMEOUT, Mail::GivenUp { id });
        if self.by_hand.is_some() && self.stands_by_hand(from, to, id, &request) {
            return;
        }
        if matches!((self.on_request)(from, to, &request), Fate::Delivered) {
            let delay = self.delay();
            self.post(delay, Mail::Call { from, to, id, request });
        }
    }

    /// With electors off: the leader gets every vote, and its heartbeats are well received even by the dead; nobody
    /// else gets a vote.
    fn stands_by_hand(&mut self, from: MemberId, to: MemberId, id: u64, request: &Request) -> bool {
        let leads = self.by_hand.is_some_and(|(leader, _)| leader == from);
        let response = match request {
            Request::Vote { term, .. } if leads => Response::Vote { term: *term, result: VoteResult::Accept },
            Request::Vote { .. } => return true,
            Request::HeartBeat { .. } if self.up(to).is_none() => {
                Response::HeartBeat { term: Term::NONE, code: Code::Success }
            }
            _ => return false,
        };
        self.post(Micros(1), Mail::Answer { id, response });
        true
    }

    pub fn run(&mut self, ms: u64) {
        let until = self.now + Micros::millis(ms);
        while self.step(until) {}
        self.now = until;
    }

    /// Runs until it holds, at most so many milliseconds.
    pub fn run_until(&mut self, ms: u64, what: impl Fn(&Group) -> bool) {
        let until = self.now + Micros::millis(ms);
        while !what(self) {
            assert!(self.step(until), "not within {ms} ms");
        }
    }

    fn step(&mut self, until: Micros) -> bool {
        let wakeups = self.members.iter().flatten().filter_map(|m| m.next_wakeup(self.now));
        let mail = self.mail.keys().next().map(|(at, _)| *at);
        let Some(at) = wakeups.chain(mail).min().filter(|at| *at <= until) else {
            return false;
        };
        self.now = at;
        while let Some(entry) = self.mail.first_entry().filter(|e| e.key().0 <= at) {
            let mail = entry.remove();
            self.deliver(mail);
        }
        for id in self.ids() {
            if self.up(id).is_some_and(|m| m.next_wakeup(at).is_some_and(|next| next <= at)) {
                self.with(id, |member, ctx| member.wake(ctx));
            }
        }
        true
    }

    fn deliver(&mut self, mail: Mail) {
        match mail {
            Mail::Call { from, to, id, request } if self.up(to).is_some() => {
                self.with(to, |member, ctx| member.on_call(ctx, from, CallId(id), request));
            }
            Mail::Call { id, .. } => self.post(Micros(1), Mail::GivenUp { id }),
            Mail::Answer { id, response } => self.close(id, Some(response)),
            Mail::GivenUp { id } => self.close(id, None),
        }
    }

    fn close(&mut self, id: u64, response: Option<Response>) {
        let Some(Open { caller: (caller, life), callee, tag, failed }) = self.open.remove(&id) else {
            return;
        };
        if self.lives[usize::from(caller.0)] == life {
            self.with(caller, |member, ctx| member.on_answer(ctx, callee, tag, response.unwrap_or(failed)));
        }
    }

    /// `handleAppend` of these bodies: the last index and all positions.
    pub fn append(&mut self, to: MemberId, bodies: &[&[u8]]) -> Result<(Index, Vec<i64>), Code> {
        let address = Address { group: "default", remote: to };
        let bodies = bodies.iter().map(|body| body.to_vec()).collect();
        let placed = self.with(to, |member, ctx| member.handle_append(ctx, address, bodies))?;
        self.outcomes.remove(&(to, placed.0));
        Ok(placed)
    }

    /// How the append at this member and index ended.
    pub fn outcome(&self, id: MemberId, index: i64) -> Option<Code> {
        self.outcomes.get(&(id, Index(index))).copied()
    }

    /// An append, and how it ends within so many milliseconds.
    pub fn append_and_wait(&mut self, to: MemberId, body: &[u8], ms: u64) -> (i64, Code) {
        let (index, _) = self.append(to, &[body]).unwrap();
        self.run_until(ms, |g| g.outcome(to, index.0).is_some());
        (index.0, self.outcome(to, index.0).unwrap())
    }
}

/// Whether it is a push, of whatever kind.
pub fn is_push(request: &Request) -> bool {
    matches!(request, Request::Push { .. })
}
