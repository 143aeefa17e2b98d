//! Plays one life of a recorded node with a member of ours.
//!
//! The member gets what the node got, when the node got it. What the recording cannot say is when the node's
//! threads ran in between; on a busy machine a loop of 1 ms waits for 20. So the recording decides *when* a thread
//! makes its pass, within [`LATE`] of when the member would make it by itself, and never *what* the pass does: a
//! pass is made where what it puts out is what the node put out then. Likewise a request is handled at the first
//! moment between its arrival and its answer at which the member's answer is the recorded one; if there is none,
//! when the answer left.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ledgerscope::ledger::{CallTag, Code, Config, Disk, Member, MemberId, Response, Thread};
use ledgerscope::store::{Index, Term};
use ledgerscope::time::Micros;

use crate::compare::Compared;
use crate::differences::{Difference, What as Differs};
use crate::inputs::Held;
use crate::passes::once_a_second;
use crate::recording::{Line, Recording, What};
use crate::streams::{Stream, Streams, element};

/// A thread of the recorded node may have run this much later than the member's would: the machine that recorded
/// was shared, and at times stood still for half a second.
pub const LATE: Micros = Micros::millis(700);
/// And this much earlier, as the loops of the two tick at other moments.
pub const EARLY: Micros = Micros::millis(30);
/// Some looks are taken once a second, at moments that nothing in a recording tells; and which look finds an
/// append that is just two seconds old is a matter of a millisecond. It may be the next.
pub const LATE_LOOK: Micros = Micros::millis(1100);
/// The clock that a pass went by may have been read this long before the line that tells of it was written.
pub const CLOCK_READ: [Micros; 3] = [Micros::ZERO, Micros::millis(1), Micros::millis(3)];
/// How long a recorded output that the member cannot make is waited for before the member makes what it would.
pub const PATIENCE: Micros = Micros::millis(60);

pub struct Player<'a> {
    pub recording: &'a Recording,
    pub node: MemberId,
    pub lines: Vec<&'a Line>,
    /// the next line to be read
    pub cursor: usize,
    pub expected: Streams,
    /// APPENDs that were refused as repeated, by their index, with the time at which they came
    pub repeats: BTreeMap<Index, Vec<(Micros, u64)>>,
    pub found: Vec<Difference>,
    pub state: State,
}

/// What a trial changes, and a trial that fails gives back.
#[derive(Clone)]
pub struct State {
    pub member: Member,
    pub now: Micros,
    /// elements of each stream that are done with: met, or given up
    pub done: BTreeMap<Stream, usize>,
    /// inputs that came and wait for the moment at which they were handled, with the time at which they came
    pub held: Vec<(Micros, Held)>,
    /// passes that were due and would put something out, and wait for the recorded node to put it out
    pub owed: BTreeMap<Thread, Micros>,
    /// calls that wait for an answer, by the ids of the requests that they stand for
    pub calls: BTreeMap<u64, CallTag>,
    pub replied: BTreeSet<u64>,
    /// a vote round had begun, as the node's clock said later, before it was seen to ask
    pub asks: bool,
    /// when the member last sent heartbeats
    pub beat: Option<Micros>,
    /// the vote round that is open, and the answers it was given
    pub counted: (u32, u32),
    /// when the pass that is being made was due
    pub pass_due: Option<Micros>,
    pub compared: Compared,
    /// terms and votes the member had, in order, the one it was last seen with first
    pub votes: VecDeque<Vote>,
    /// looks at the node's vote that the member does not match yet
    pub looks: VecDeque<(Micros, Vote)>,
}

/// A term, and the vote in it.
pub type Vote = (Term, Option<MemberId>);

/// Plays `lines`, one life of a node, on `disk`; gives the disk back.
pub fn play(
    recording: &Recording,
    lines: Vec<&Line>,
    mut config: Config,
    disk: Disk,
    until_first: bool,
) -> (Disk, Compared, Vec<Difference>) {
    let (node, now) = (lines[0].node, lines[0].at);
    for line in &lines {
        if let What::Preferred(preferred) = &line.what {
            // It was set while the node ran, but before anybody looked at it.
            assert!(line.at < now + Micros::millis(1000));
            config.preferred_leaders = preferred.clone();
        }
    }
    let member = Member::start(node, recording.nodes, config, disk, now);
    let loaded = (member.term(), member.voted_for());
    let mut player = Player {
        recording,
        node,
        expected: Streams::of(&lines, recording),
        repeats: repeats(recording, &lines),
        lines,
        cursor: 0,
        found: Vec::new(),
        state: State {
            member,
            now,
            done: BTreeMap::new(),
            held: Vec::new(),
            owed: BTreeMap::new(),
            calls: BTreeMap::new(),
            replied: BTreeSet::new(),
            asks: false,
            beat: None,
            counted: (0, 0),
            pass_due: None,
            compared: Compared::default(),
            votes: VecDeque::from([loaded]),
            looks: VecDeque::new(),
        },
    };
    player.run(until_first);
    let State { member, now, compared, .. } = player.state;
    (member.into_disk(now), compared, player.found)
}

fn repeats(recording: &Recording, lines: &[&Line]) -> BTreeMap<Index, Vec<(Micros, u64)>> {
    let mut repeats: BTreeMap<Index, Vec<(Micros, u64)>> = BTreeMap::new();
    for line in lines {
        let What::Arrived(id) = line.what else { continue };
        if let Some((_, Response::Push(response))) = recording.replies.get(&id)
            && response.code == Code::RepeatedPush
        {
            repeats.entry(response.index).or_default().push((line.at, id));
        }
    }
    repeats
}

impl Player<'_> {
    fn run(&mut self, until_first: bool) {
        while let Some(line) = self.lines.get(self.cursor).copied() {
            self.catch_up(line.at);
            self.state.now = self.state.now.max(line.at);
            self.cursor += 1;
            self.read(line);
            self.settle();
            if until_first && self.found.iter().any(|d| d.explanation().is_none()) {
                return;
            }
        }
        self.give_up_on(self.state.now + PATIENCE);
        self.give_up_on(self.state.now + LATE + Micros(1));
    }

    fn read(&mut self, line: &Line) {
        match &line.what {
            What::Started { term, voted_for } => self.must_have_loaded((*term, *voted_for)),
            What::Arrived(id) => self.hold(Held::Call(*id)),
            What::Answered(id) if self.recording.broken.contains(id) => {
                let request = self.recording.sent[id].request.clone();
                self.hold(Held::Answer(*id, request.failed()));
                self.differs(Differs::Broken { request });
            }
            What::Answered(id) => self.hold(Held::Answer(*id, self.recording.replies[id].1)),
            What::Failed(id) => self.hold(Held::Answer(*id, self.recording.sent[id].request.failed())),
            What::Transfer { to } => self.hold(Held::Transfer(*to)),
            What::Append { body } => self.hold(Held::Append(body.clone())),
            What::AppendDone { body, .. } => self.must_have_taken(&Held::Append(body.clone())),
            What::Replied(id) => self.must_have_replied(*id),
            What::Reached { committed, end } => self.must_have_reached(*committed, *end),
            What::Voted { term, voted_for } => {
                self.state.looks.push_back((line.at, (*term, *voted_for)));
                self.match_votes();
            }
            What::HeartbeatsParsed => self.parse_heartbeats(),
            What::RoundStarted => self.state.asks = self.state.member.votes_granted().is_none(),
            What::RoundEnded { .. } => self.state.asks = false,
            What::Final(last) => {
                self.settle();
                self.must_be(last);
            }
            _ => {}
        }
        if element(line, self.recording).is_some() {
            self.reach_all();
        }
    }

    /// What the member would have done by itself before `until`: passes that put nothing out when they are due,
    /// those that do when the recording cannot be waited for any longer.
    fn catch_up(&mut self, until: Micros) {
        self.fail_unanswered(until);
        self.give_what_waited_too_long(until);
        self.give_up_on(until);
        for _ in 0..10_000 {
            if !self.pass_due_by(until) {
                return;
            }
        }
        panic!("{}: {} is busy without end at {}", self.recording.name, self.node.self_id(), self.state.now);
    }

    /// Makes one of the passes that are due by then; false if there is none that can be made.
    fn pass_due_by(&mut self, until: Micros) -> bool {
        let threads = self.state.member.threads().filter_map(|t| Some((self.due(t)?, t)));
        let mut threads: Vec<_> = threads.filter(|(due, _)| *due <= until).collect();
        threads.sort();
        for (due, thread) in threads {
            let before = self.state.clone();
            let found = self.found.len();
            self.state.now = self.state.now.max(due);
            let put_out = self.pass(thread);
            let idles = || self.due(thread).is_none_or(|next| next > due);
            if put_out == 0 && !self.is_awaited(thread, due) && idles() {
                return true;
            }
            self.state = before;
            self.found.truncate(found);
            if put_out == 0 {
                continue;
            }
            let late = if once_a_second(thread) { LATE_LOOK } else { LATE };
            if due + late <= until {
                self.state.now = self.state.now.max(due + late);
                self.pass_as_of(thread, due);
                return true;
            }
            self.state.owed.insert(thread, due);
        }
        false
    }

    /// Whether the recorded node's maintainer did something just after the member's found nothing to do.
    fn is_awaited(&self, thread: Thread, due: Micros) -> bool {
        if thread != Thread::Maintainer {
            return false;
        }
        if self.state.member.is_leader() && self.parses_heartbeats_after(due) {
            return true;
        }
        let soon = due..=due + EARLY;
        self.expected.streams().any(|stream| {
            let done_by_it = matches!(stream, Stream::Roles | Stream::Terms | Stream::Votes(_));
            done_by_it && self.next(stream).is_some_and(|next| soon.contains(&next.at))
        })
    }

    pub fn differs(&mut self, what: Differs) {
        self.found.push(Difference { at: self.state.now, node: self.node, what });
    }
}
