//! RocketMQ around a DLedger member: the put path, the dispatch of committed messages to ConsumeQueues, and
//! the role of master or slave.
//!
//! * `put`: a producer's message becomes a record, the record the body of an entry (`DLedgerCommitLog`)
//! * `dispatch`: committed records become ConsumeQueue units (`ReputMessageService`)
//! * `role`: what a change of the member's role does to the broker (`DLedgerRoleChangeHandler`)

mod dispatch;
mod put;
mod role;

use crate::ledger::{
    self, CallId, CallTag, Config, Context, Member, MemberId, Note, Output, Random, Request, Response,
};
use crate::store::{CQ_DEFAULT_FILE_SIZE, ConsumeQueue, Index, StoreError};
use crate::time::Micros;

pub use put::{ProducerMessage, PutStatus, TOPIC};
pub use role::BrokerRole;

/// What survives the death of a broker's process.
#[derive(Clone, Debug)]
pub struct Disk {
    /// DLedger's folder
    pub ledger: ledger::Disk,
    /// ConsumeQueues of the topic, by queueId
    pub queues: Vec<ConsumeQueue>,
}

impl Disk {
    /// Empty folders.
    pub fn new(queues: u8) -> Disk {
        let queues = (0..queues).map(|_| ConsumeQueue::new(CQ_DEFAULT_FILE_SIZE)).collect();
        Disk { ledger: ledger::Disk::default(), queues }
    }

    /// What a starting process makes of the files: the real scan over their bytes.
    ///
    /// # Errors
    /// Files that no broker wrote.
    pub fn recover(self) -> Result<Disk, StoreError> {
        Ok(Disk {
            ledger: self.ledger.recover()?,
            queues: self.queues.into_iter().map(ConsumeQueue::reopen).collect(),
        })
    }
}

/// What a broker wants done or known, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// of its DLedger member
    Ledger(Output),
    /// answer a producer's call: how the put ended, and at which entry
    Answer { call: CallId, status: PutStatus, index: Index },
    /// a ConsumeQueue got the unit of an entry
    Dispatched { index: Index, queue: u8, queue_offset: i64 },
    /// the broker's RocketMQ identity changed: it registers with the name server
    Registered { broker_id: i64, master: bool },
}

/// What happens to a broker process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// a call from another member
    Call { from: MemberId, call: CallId, request: Request },
    /// the answer to a call of this process, or the failure that stands for it
    Answer { from: MemberId, tag: CallTag, response: Response },
    /// a producer's call
    Send { call: CallId, message: ProducerMessage },
    /// an operator asks the leader to hand its leadership to another
    Transfer { to: MemberId },
    /// its time has come: see [`Broker::next_wakeup`]
    Wake,
}

/// What the world hands to a broker for the length of one call.
pub struct BrokerContext<'a> {
    pub now: Micros,
    pub random: &'a mut dyn Random,
    /// what the broker wants done, in order
    pub out: &'a mut Vec<Effect>,
}

/// One broker process.
#[derive(Clone, Debug)]
pub struct Broker {
    member: Member,
    queues: Vec<ConsumeQueue>,
    role: role::RoleChange,
    reput: dispatch::Reput,
    /// `topicQueueTable`: the next queue offset of each queue
    next_offsets: Vec<i64>,
    /// producers' calls and the entries they wait for, oldest first
    waiting: Vec<(Index, CallId)>,
    /// kept for its memory only
    outputs: Vec<Output>,
}

impl Broker {
    /// Starts a process on `disk`, which was recovered ([`Disk::recover`]). `now` is when its threads start.
    pub fn start(id: MemberId, members: u8, config: Config, disk: Disk, now: Micros) -> Broker {
        let Disk { ledger, queues } = disk;
        let mut broker = Broker {
            member: Member::start(id, members, config, ledger, now),
            reput: dispatch::Reput::new(&queues, now),
            next_offsets: Vec::new(),
            queues,
            role: role::RoleChange::new(),
            waiting: Vec::new(),
            outputs: Vec::new(),
        };
        broker.recover_topic_queue_table();
        broker
    }

    /// The process dies; what it had written stays.
    pub fn into_disk(self, now: Micros) -> Disk {
        Disk { ledger: self.member.into_disk(now), queues: self.queues }
    }

    /// The DLedger member inside.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// The ConsumeQueues of the topic, by queueId.
    pub fn queues(&self) -> &[ConsumeQueue] {
        &self.queues
    }

    /// Takes in what happened, or does what is due.
    pub fn handle(&mut self, ctx: &mut BrokerContext, input: Input) {
        match input {
            Input::Call { from, call, request } => {
                self.drive(ctx, |member, ctx| member.on_call(ctx, from, call, request));
            }
            Input::Answer { from, tag, response } => {
                self.drive(ctx, |member, ctx| member.on_answer(ctx, from, tag, response));
            }
            Input::Send { call, message } => self.on_send(ctx, call, &message),
            Input::Transfer { to } => {
                if let Err(code) = self.drive(ctx, |member, ctx| member.transfer_leadership(ctx, to)) {
                    ctx.out.push(Effect::Ledger(Output::Note(Note::TransferEnded { to, code })));
                }
            }
            Input::Wake => {
                self.drive(ctx, Member::wake);
                self.dispatch(ctx);
                self.change_role(ctx);
            }
        }
    }

    /// When [`Input::Wake`] would next do something, given that something was just handled at `now`.
    pub fn next_wakeup(&self, now: Micros) -> Option<Micros> {
        [self.member.next_wakeup(now), self.next_dispatch(now), self.next_role_poll()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets the member act, passes on what it wants, and reacts to what happened in it.
    fn drive<R>(&mut self, ctx: &mut BrokerContext, act: impl FnOnce(&mut Member, &mut Context) -> R) -> R {
        let mut outputs = std::mem::take(&mut self.outputs);
        let mut inner = Context { now: ctx.now, random: &mut *ctx.random, out: &mut outputs };
        let result = act(&mut self.member, &mut inner);
        self.pass_on(ctx, outputs);
        result
    }

    fn pass_on(&mut self, ctx: &mut BrokerContext, mut outputs: Vec<Output>) {
        for output in outputs.drain(..) {
            let note = if let Output::Note(note) = output { Some(note) } else { None };
            ctx.out.push(Effect::Ledger(output));
            match note {
                Some(Note::Role { role, .. }) => self.role.enqueue(role),
                Some(Note::AppendDone { index, code }) => self.on_append_done(ctx, index, code),
                _ => {}
            }
        }
        self.outputs = outputs;
        self.change_role(ctx);
    }
}
