//! Three `ledger::Member`s. Messages take no time; when none is under way, the clock jumps to the next moment at which
//! a member does something by itself.

use std::collections::VecDeque;

use ledgerscope::ledger::{
    CallId, CallTag, Config, Context, Disk, Member, MemberId, Note, Output, Request, Response,
};
use ledgerscope::store::{EntryKind, EntryStore, Index, IndexUnit};
use ledgerscope::time::Micros;

use crate::{BODY, Bytes, Group};

const MEMBERS: u8 = 3;

/// A message under way.
enum Letter {
    Call { from: MemberId, to: MemberId, tag: CallTag, request: Request },
    Answer { from: MemberId, to: MemberId, tag: CallTag, response: Response },
}

/// The bytes of a member's data file and index file.
#[derive(Default)]
struct Files {
    data: Vec<u8>,
    index: Vec<u8>,
}

impl Files {
    fn write(&mut self, store: &EntryStore, index: Index) {
        let (Some(entry), Some(pos)) = (store.entry(index), store.position_of(index)) else {
            return;
        };
        self.data.extend_from_slice(&entry.header().encode());
        self.data.extend_from_slice(&entry.body);
        let (magic, size) = (EntryKind::Normal, entry.size() as i32);
        let unit = IndexUnit { magic, pos, size, index, term: entry.term };
        self.index.extend_from_slice(&unit.encode());
    }
}

/// The group and what passes between its members.
pub struct Members {
    members: Vec<Member>,
    now: Micros,
    letters: VecDeque<Letter>,
    /// callers of the calls under way, by the number of the call, and the numbers that are free
    calls: Vec<(MemberId, CallTag)>,
    free: Vec<usize>,
    out: Vec<Output>,
    files: Option<Vec<Files>>,
    leader: usize,
    messages: u64,
    /// entries proposed, and where the log ended before
    proposed: u64,
    before: Index,
}

impl Members {
    /// A group whose leader replicates to both others.
    pub fn elected(bytes: Bytes) -> Members {
        let start = |n| {
            let first_pass = Micros::millis(1 + u64::from(n));
            Member::start(MemberId(n), MEMBERS, Config::default(), Disk::default(), first_pass)
        };
        let mut group = Members {
            members: (0..MEMBERS).map(start).collect(),
            now: Micros::ZERO,
            letters: VecDeque::new(),
            calls: Vec::new(),
            free: Vec::new(),
            out: Vec::new(),
            files: None,
            leader: 0,
            messages: 0,
            proposed: 0,
            before: Index::NONE,
        };
        let leader = loop {
            group.pass_time();
            group.deliver_all();
            if let Some(leader) = group.members.iter().position(Member::is_leader) {
                break leader;
            }
        };
        group.leader = leader;
        group.propose();
        // The first comparisons meet members that do not follow yet, and are made again half a second later.
        let settled = group.now + Micros::seconds(5);
        while group.now < settled {
            group.pass_time();
            group.deliver_all();
        }
        assert!(group.members.iter().all(|m| m.committed_index() == group.members[leader].end_index()));
        group.before = group.members[leader].end_index();
        group.proposed = 0;
        group.messages = 0;
        group.files = (bytes == Bytes::Written).then(|| (0..MEMBERS).map(|_| Files::default()).collect());
        group
    }

    /// Lets a member act and sends what it wants sent.
    fn act(&mut self, n: usize, act: impl FnOnce(&mut Member, &mut Context)) {
        let mut dice = |_, bound: u64| bound / 2;
        let mut out = std::mem::take(&mut self.out);
        act(&mut self.members[n], &mut Context { now: self.now, random: &mut dice, out: &mut out });
        let from = MemberId(n as u8);
        for output in out.drain(..) {
            match output {
                Output::Call { to, tag, request } => {
                    self.letters.push_back(Letter::Call { from, to, tag, request });
                }
                Output::Reply { call, response } => {
                    let call = call.0 as usize;
                    let (to, tag) = self.calls[call];
                    self.free.push(call);
                    self.letters.push_back(Letter::Answer { from, to, tag, response });
                }
                Output::Note(Note::Appended { index, .. }) => {
                    if let Some(files) = &mut self.files {
                        files[n].write(self.members[n].store(), index);
                    }
                }
                Output::Note(_) => {}
            }
        }
        self.out = out;
    }

    fn deliver_all(&mut self) {
        while let Some(letter) = self.letters.pop_front() {
            self.messages += 1;
            match letter {
                Letter::Call { from, to, tag, request } => {
                    let call = self.free.pop().unwrap_or(self.calls.len());
                    if call == self.calls.len() {
                        self.calls.push((from, tag));
                    } else {
                        self.calls[call] = (from, tag);
                    }
                    let id = CallId(call as u64);
                    self.act(usize::from(to.0), |member, ctx| member.on_call(ctx, from, id, request));
                }
                Letter::Answer { from, to, tag, response } => {
                    self.act(usize::from(to.0), |member, ctx| member.on_answer(ctx, from, tag, response));
                }
            }
        }
    }

    /// Goes to the next moment at which a member does something by itself, and wakes all that do then.
    fn pass_time(&mut self) {
        let mut wakeups = [None; MEMBERS as usize];
        for (wakeup, member) in wakeups.iter_mut().zip(&self.members) {
            *wakeup = member.next_wakeup(self.now);
        }
        let next = wakeups.iter().flatten().min();
        self.now = *next.expect("somebody always has a heartbeat to send or to miss");
        for (n, wakeup) in wakeups.into_iter().enumerate() {
            if wakeup == Some(self.now) {
                self.act(n, Member::wake);
            }
        }
    }
}

impl Group for Members {
    fn propose(&mut self) {
        self.proposed += 1;
        self.act(self.leader, |member, ctx| {
            let appended = member.append(ctx, BODY.to_vec(), |_, _| {});
            assert!(appended.is_ok(), "the leader takes what is proposed");
        });
    }

    fn settle(&mut self) {
        loop {
            self.deliver_all();
            if self.committed() == self.proposed {
                return;
            }
            self.pass_time();
        }
    }

    fn committed(&self) -> u64 {
        (self.members[self.leader].committed_index().0 - self.before.0) as u64
    }

    fn messages(&self) -> u64 {
        self.messages
    }
}
