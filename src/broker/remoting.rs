//! What clients, brokers and the name server say to each other: RocketMQ's remoting commands, those in use here,
//! with the fields that matter. Names and numbers are RocketMQ's (`RequestCode`, `ResponseCode`).

use std::rc::Rc;

use super::{GetMessageStatus, PutStatus};
use crate::ledger::MemberId;
use crate::store::Index;
use crate::time::Micros;

/// A topic, by its number in the scenario's list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TopicId(pub u8);

/// A queue of the one broker group there is (`MessageQueue` without its brokerName).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct QueueId {
    pub topic: TopicId,
    /// `queueId`
    pub queue: u8,
}

/// A consumer group, by its number among the different groups of the scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u8);

/// A consumer process, by number: its `clientId`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConsumerId(pub u8);

/// A producer process, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProducerId(pub u8);

/// One message as its producer sends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerMessage {
    /// which message of the run: carried in the record's FLAG, which is the user's to fill
    pub number: u32,
    /// the producer's number: its BORNHOST and UNIQ_KEY tell it
    pub producer: ProducerId,
    /// when the producer made it: part of its UNIQ_KEY, which every attempt shares
    pub made: Micros,
    /// when this attempt to send it began: its BORNTIMESTAMP
    pub born: Micros,
    /// TAGS, if it has any
    pub tag: Option<&'static str>,
    /// body; `None` stands for `hello <number>`
    pub body: Option<Rc<[u8]>>,
}

/// A call of a client, or of a slave, to a broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BrokerRequest {
    /// SEND_MESSAGE, or with several messages SEND_BATCH_MESSAGE
    Send { queue: QueueId, messages: Rc<[ProducerMessage]> },
    /// PULL_MESSAGE
    Pull(PullRequest),
    /// QUERY_CONSUMER_OFFSET
    QueryOffset { group: GroupId, queue: QueueId },
    /// UPDATE_CONSUMER_OFFSET; one-way
    UpdateOffset { group: GroupId, queue: QueueId, offset: i64 },
    /// GET_MAX_OFFSET
    MaxOffset { queue: QueueId },
    /// HEART_BEAT: the consumer is there (`ConsumerManager.registerConsumer`)
    HeartBeat { consumer: ConsumerId, group: GroupId },
    /// UNREGISTER_CLIENT; one-way
    Unregister { consumer: ConsumerId, group: GroupId },
    /// GET_CONSUMER_LIST_BY_GROUP
    ConsumerList { group: GroupId },
    /// GET_ALL_CONSUMER_OFFSET: a slave copies the master's table
    AllOffsets,
}

/// PULL_MESSAGE's fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PullRequest {
    pub group: GroupId,
    pub queue: QueueId,
    /// `queueOffset`
    pub offset: i64,
    /// `maxMsgNums`
    pub max: u32,
    /// piggy-backed `commitOffset`
    pub commit_offset: Option<i64>,
    /// the broker may hold the call if there is nothing new (FLAG_SUSPEND)
    pub suspend: bool,
    /// `suspendTimeoutMillis`
    pub suspend_timeout: Micros,
    /// tag to filter by; `None` is `*`
    pub tag: Option<&'static str>,
}

/// A broker's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BrokerAnswer {
    /// to a send; `index` is the (last) entry's, -1 if it was refused
    Put {
        status: PutStatus,
        index: Index,
        queue_offset: i64,
    },
    Pulled(PullResult),
    /// to QueryOffset (`None`: QUERY_NOT_FOUND) and MaxOffset
    Offset(Option<i64>),
    Consumers(Vec<ConsumerId>),
    Offsets(Vec<((GroupId, QueueId), i64)>),
    /// SUCCESS and nothing more
    Done,
    /// SYSTEM_BUSY: a slave does not serve pulls
    SystemBusy,
}

/// How a pull ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullResult {
    pub status: GetMessageStatus,
    /// `nextBeginOffset`
    pub next_offset: i64,
    pub min_offset: i64,
    pub max_offset: i64,
    /// the messages found: number, queue offset and entry of each
    pub messages: Rc<[Pulled]>,
}

/// A message pulled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pulled {
    pub queue_offset: i64,
    pub phy_offset: i64,
    pub index: Index,
    /// the producer's number of the message; -1 (as u32::MAX) if the body cannot be decoded
    pub number: u32,
}

/// REGISTER_BROKER
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Registration {
    pub broker: MemberId,
    /// 0 master, selfId's number + 1 slave, -1 before the first role event
    pub broker_id: i64,
    /// role changes register one-way; the periodic registration waits for the answer
    pub one_way: bool,
}
