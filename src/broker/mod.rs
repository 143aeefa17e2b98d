//! RocketMQ around a DLedger member.
//!
//! * `remoting`: what clients, brokers and the name server say to each other
//! * `send`: a producer's messages become records (`SendMessageProcessor`)
//! * `put`: records become the bodies of entries (`DLedgerCommitLog`)
//! * `dispatch`: committed records become ConsumeQueue units (`ReputMessageService`)
//! * `get_message`, `pull`, `hold`: what a consumer gets, and how long it waits for it (`PullMessageProcessor`,
//!   `PullRequestHoldService`)
//! * `offsets`, `consumers`: how far consumers are and who they are (`ConsumerOffsetManager`, `ConsumerManager`)
//! * `role`: what a change of the member's role does to the broker (`DLedgerRoleChangeHandler`)
//! * `register`, `slave`: registering with the name server; what a slave copies from the master
//! * `disk`, `flush`, `recover`: what survives, and what a new process makes of it

mod config;
mod consumers;
mod disk;
mod dispatch;
mod flush;
mod get_message;
mod hold;
mod offsets;
mod pull;
mod put;
mod queues;
mod recover;
mod register;
mod remoting;
mod role;
mod send;
mod slave;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use crate::ledger::{
    self, CallId, CallTag, Context, Member, MemberId, Note, Output, Random, Request, Response, Rules,
};
use crate::store::{ConsumeQueue, Index};
use crate::time::Micros;

pub use config::{BrokerConfig, FileSizes, Topic};
pub use disk::Disk;
pub use flush::Checkpoint;
pub use get_message::GetMessageStatus;
pub use hold::Held;
pub use offsets::OffsetTable;
pub use put::PutStatus;
pub use queues::Queues;
pub use remoting::*;
pub use role::BrokerRole;

/// What a broker wants done or known, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// of its DLedger member
    Ledger(Output),
    /// answer a client's call
    Answer { call: CallId, answer: BrokerAnswer },
    /// a ConsumeQueue got the unit of an entry
    Dispatched { index: Index, queue: QueueId, queue_offset: i64 },
    /// brokerId or role changed
    Identity { broker_id: i64, role: BrokerRole },
    /// register with the name server
    Register(Registration),
    /// a slave calls GET_ALL_CONSUMER_OFFSET: [`BrokerRequest::AllOffsets`], and [`Input::Offsets`] with the answer
    CopyOffsets { from: MemberId },
    /// NOTIFY_CONSUMER_IDS_CHANGED to all of these, who are what the group now consists of
    ConsumersChanged { group: GroupId, consumers: Vec<ConsumerId> },
}

/// What happens to a broker process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// a call from another member
    Call { from: MemberId, call: CallId, request: Request },
    /// the answer to a call of this process, or the failure that stands for it
    Answer { from: MemberId, tag: CallTag, response: Response },
    /// a client's call, or a slave's. One-way ones get no answer.
    Client { call: CallId, request: BrokerRequest },
    /// the name server's answer to a two-way registration: the address of the present id 0
    Registered { master: Option<MemberId> },
    /// the master's answer to [`Effect::CopyOffsets`]
    Offsets(Vec<((GroupId, QueueId), i64)>),
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

impl BrokerContext<'_> {
    fn answer(&mut self, call: CallId, answer: BrokerAnswer) {
        self.out.push(Effect::Answer { call, answer });
    }
}

/// One broker process.
#[derive(Clone, Debug)]
pub struct Broker {
    config: Rc<BrokerConfig>,
    member: Member,
    queues: Queues,
    role: role::RoleChange,
    reput: dispatch::Reput,
    /// `topicQueueTable`: the next queue offset of each queue
    next_offsets: Vec<i64>,
    /// puts that wait for their entries, oldest first
    waiting: Vec<put::Waiting>,
    holds: hold::Holds,
    offsets: offsets::Offsets,
    consumers: consumers::Consumers,
    registering: register::Registering,
    slave_sync: slave::SlaveSync,
    flush: flush::Flush,
    /// kept for its memory only
    outputs: Vec<Output>,
}

impl Broker {
    /// Starts a process on `disk`, which was recovered ([`Disk::recover`]). `now` is when its threads start.
    pub fn start(id: MemberId, members: u8, config: &BrokerConfig, disk: Disk, now: Micros) -> Broker {
        let Disk { ledger, queues, consumer_offsets, checkpoint, dispatched_to, .. } = disk;
        let mut broker = Broker {
            member: Member::start(id, members, config.ledger.clone(), ledger, now),
            reput: dispatch::Reput::new(now),
            next_offsets: Vec::new(),
            queues,
            role: role::RoleChange::new(),
            waiting: Vec::new(),
            holds: hold::Holds::new(config.long_polling_enable, now),
            offsets: offsets::Offsets::new(consumer_offsets, now),
            consumers: consumers::Consumers::new(now),
            registering: register::Registering::new(config.register_every, now),
            slave_sync: slave::SlaveSync::new(now),
            flush: flush::Flush::new(checkpoint, now),
            config: Rc::new(config.clone()),
            outputs: Vec::new(),
        };
        broker.set_first_dispatch_position(dispatched_to);
        broker.recover_topic_queue_table();
        broker
    }

    /// The process dies at `now`; what it had written stays, in the system's memory if not yet on disk.
    pub fn into_disk(mut self, now: Micros) -> Disk {
        self.flush.catch_up(now, &mut self.queues);
        self.offsets.catch_up(now);
        self.leave(now, true)
    }

    /// The process ends in order: it dispatches what is committed and saves everything.
    pub fn shut_down(mut self, ctx: &mut BrokerContext) -> Disk {
        self.dispatch_to_the_end(ctx);
        self.flush.all(&mut self.queues);
        self.offsets.save();
        // The file `abort` goes only if nothing is left to dispatch.
        let abort = self.dispatch_behind_bytes() != 0;
        let committed = self.member.committed_index();
        let mut disk = self.leave(ctx.now, abort);
        disk.ledger.checkpoint = committed;
        disk
    }

    fn leave(self, now: Micros, abort: bool) -> Disk {
        Disk {
            dispatched_to: self.dispatched_to(),
            ledger: self.member.into_disk(now),
            queues: self.queues,
            consumer_offsets: self.offsets.into_saved(),
            checkpoint: self.flush.saved(),
            abort,
        }
    }

    /// The DLedger member inside.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// It keeps these rules from now on.
    pub fn set_rules(&mut self, rules: Rules) {
        Rc::make_mut(&mut self.config).ledger.rules = rules;
        self.member.set_rules(rules);
    }

    /// The disk of the DLedger member, for whoever decides how good it is.
    pub fn ledger_disk(&mut self) -> &mut ledger::Disk {
        self.member.disk_mut()
    }

    /// All ConsumeQueues.
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// A ConsumeQueue, for tests that break it.
    #[cfg(test)]
    pub(crate) fn queue_mut(&mut self, queue: QueueId) -> Option<&mut ConsumeQueue> {
        self.queues.get_mut(queue)
    }

    /// A ConsumeQueue.
    pub fn queue(&self, queue: QueueId) -> Option<&ConsumeQueue> {
        self.queues.get(queue)
    }

    /// The ConsumeQueues of a topic, by queueId.
    pub fn queues_of(&self, topic: TopicId) -> &[ConsumeQueue] {
        self.queues.of(topic)
    }

    /// The queue offset that the queue's next message will carry (`topicQueueTable`): what it is ahead of the
    /// ConsumeQueue's maximum is appended and cannot be seen.
    pub fn next_queue_offset(&self, queue: QueueId) -> Option<i64> {
        self.next_offsets.get(self.queues.position(queue)?).copied()
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
            Input::Client { call, request } => self.on_request(ctx, call, request),
            Input::Registered { master } => self.slave_sync.on_registered(master),
            Input::Offsets(table) => self.offsets.copy(table),
            Input::Transfer { .. } if crate::PLAIN => {}
            Input::Transfer { to } => {
                if let Err(code) = self.drive(ctx, |member, ctx| member.transfer_leadership(ctx, to)) {
                    ctx.out.push(Effect::Ledger(Output::Note(Note::TransferEnded { to, code })));
                }
            }
            Input::Wake => {
                self.drive(ctx, Member::wake);
                self.dispatch(ctx);
                self.change_role(ctx);
                self.register_again(ctx);
                self.sync_slave(ctx);
                if !crate::PLAIN {
                    self.check_held_pulls(ctx);
                }
                self.consumers.expire(ctx.now);
            }
        }
    }

    fn on_request(&mut self, ctx: &mut BrokerContext, call: CallId, request: BrokerRequest) {
        use BrokerRequest::{AllOffsets, Send};
        if crate::PLAIN && !matches!(request, Send { .. } | AllOffsets) {
            return;
        }
        match request {
            BrokerRequest::Send { queue, messages } => self.on_send(ctx, call, queue, &messages),
            BrokerRequest::Pull(request) => self.on_pull(ctx, call, request),
            BrokerRequest::QueryOffset { group, queue } => {
                let offset = self.query_offset(group, queue);
                ctx.answer(call, BrokerAnswer::Offset(offset));
            }
            BrokerRequest::UpdateOffset { group, queue, offset } => {
                self.offsets.commit(ctx.now, group, queue, offset);
            }
            BrokerRequest::MaxOffset { queue } => {
                let max = self.queues.get(queue).map(ConsumeQueue::max_offset);
                ctx.answer(call, BrokerAnswer::Offset(max));
            }
            BrokerRequest::HeartBeat { consumer, group } => {
                self.consumers.heartbeat(ctx, consumer, group);
                ctx.answer(call, BrokerAnswer::Done);
            }
            BrokerRequest::Unregister { consumer, group } => self.consumers.unregister(ctx, consumer, group),
            BrokerRequest::ConsumerList { group } => {
                ctx.answer(call, BrokerAnswer::Consumers(self.consumers.of(group)));
            }
            BrokerRequest::AllOffsets => {
                ctx.answer(call, BrokerAnswer::Offsets(self.offsets.table().to_vec()));
            }
        }
    }

    /// When [`Input::Wake`] would next do something, given that something was just handled at `now`.
    pub fn next_wakeup(&self, now: Micros) -> Option<Micros> {
        [
            self.member.next_wakeup(now),
            self.next_dispatch(now),
            self.next_role_poll(),
            Some(self.registering.next()),
            self.next_slave_sync(),
            self.holds.next_check(now),
            self.consumers.next_expiry(now),
        ]
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

    fn is_slave(&self) -> bool {
        self.role() == BrokerRole::Slave
    }
}
