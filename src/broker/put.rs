//! Records become the bodies of entries: `DLedgerCommitLog.asyncPutMessage` and `asyncPutMessages`.

use super::{Broker, BrokerAnswer, BrokerContext, BrokerRole, QueueId};
use crate::ledger::{CallId, Code, Rule};
use crate::shown::named;
use crate::store::{
    ENTRY_HEADER_SIZE, Index, MAX_ENTRY_SIZE, Message, PHYSICAL_OFFSET_AT, QUEUE_OFFSET_AT, Version,
    properties, sys_flag,
};

/// A topic's name may have this many bytes (`Byte.MAX_VALUE`), a retry topic's [`TOPIC_MAX`].
const PLAIN_TOPIC_MAX: usize = 127;
const TOPIC_MAX: usize = 255;
const RETRY_TOPIC_PREFIX: &str = "%RETRY%";

/// `PutMessageStatus`, or that the broker does not take messages at all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PutStatus {
    /// committed
    PutOk,
    /// not by a broker with DLedger, as the next two
    FlushDiskTimeout,
    FlushSlaveTimeout,
    SlaveNotAvailable,
    /// the store takes nothing at present
    ServiceNotAvailable,
    /// a plain CommitLog had no file to write to
    CreateMappedFileFailed,
    /// topic, body or batch are not as they may be
    MessageIllegal,
    /// surfaces as MESSAGE_ILLEGAL with DLedger
    PropertiesSizeExceeded,
    /// DLedger refused the append
    OsPageCacheBusy,
    /// the entry's term ended before it was committed, so that it may still be; or something went wrong
    UnknownError,
    /// stored by the leader, not by enough others in time; may still be committed
    InSyncReplicasNotEnough,
    /// no status of a put: the broker is a slave and refuses all sends with this remoting code
    SystemBusy,
}

named!(PutStatus {
    PutOk "PUT_OK",
    FlushDiskTimeout "FLUSH_DISK_TIMEOUT",
    FlushSlaveTimeout "FLUSH_SLAVE_TIMEOUT",
    SlaveNotAvailable "SLAVE_NOT_AVAILABLE",
    ServiceNotAvailable "SERVICE_NOT_AVAILABLE",
    CreateMappedFileFailed "CREATE_MAPPED_FILE_FAILED",
    MessageIllegal "MESSAGE_ILLEGAL",
    PropertiesSizeExceeded "PROPERTIES_SIZE_EXCEEDED",
    OsPageCacheBusy "OS_PAGE_CACHE_BUSY",
    UnknownError "UNKNOWN_ERROR",
    InSyncReplicasNotEnough "IN_SYNC_REPLICAS_NOT_ENOUGH",
    SystemBusy "SYSTEM_BUSY",
});

impl PutStatus {
    /// The remoting code that the producer gets (`SendMessageProcessor.handlePutMessageResult`).
    pub const fn code(self) -> i64 {
        match self {
            PutStatus::PutOk => 0,
            PutStatus::UnknownError
            | PutStatus::InSyncReplicasNotEnough
            | PutStatus::CreateMappedFileFailed => 1,
            PutStatus::OsPageCacheBusy | PutStatus::SystemBusy => 2,
            PutStatus::FlushDiskTimeout => 10,
            PutStatus::SlaveNotAvailable => 11,
            PutStatus::FlushSlaveTimeout => 12,
            PutStatus::MessageIllegal | PutStatus::PropertiesSizeExceeded => 13,
            PutStatus::ServiceNotAvailable => 14,
        }
    }
}

/// A put that waits for its (last) entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    index: Index,
    call: CallId,
    /// of its first message
    queue_offset: i64,
}

impl Broker {
    /// Appends the messages to the leader's log; several are a batch. They come without version, store time and
    /// offsets. Refused at once, or answered when DLedger is through with the last entry, if it ever is.
    pub(super) fn put(
        &mut self,
        ctx: &mut BrokerContext,
        call: CallId,
        queue: QueueId,
        messages: Vec<Message>,
    ) {
        match self.append(ctx, queue, messages) {
            Ok((index, queue_offset)) => self.waiting.push(Waiting { index, call, queue_offset }),
            Err(status) => ctx.answer(call, put_answer(status, Index::NONE, -1)),
        }
    }

    /// The index of the last entry and the queue offset of the first.
    fn append(
        &mut self,
        ctx: &mut BrokerContext,
        queue: QueueId,
        messages: Vec<Message>,
    ) -> Result<(Index, i64), PutStatus> {
        // Without the rule DLedger alone refuses, as long as the member does not lead.
        let only_as_master = self.member.rules().keep(Rule::TakeOnlyAsMaster);
        if self.role() == BrokerRole::AsyncMaster && only_as_master {
            return Err(PutStatus::OsPageCacheBusy);
        }
        let queue = self.queues.position(queue).ok_or(PutStatus::MessageIllegal)?;
        let numbered = messages.first().is_some_and(takes_queue_offset);
        let mut records = self.serialize(ctx, messages)?;
        let first = if numbered { self.next_offsets[queue] } else { 0 };
        let mut next = first;
        for record in &mut records {
            write_i64(record, QUEUE_OFFSET_AT, next);
            next += 1;
        }
        let hook = |phy_offset, record: &mut [u8]| write_i64(record, PHYSICAL_OFFSET_AT, phy_offset);
        let appended = self.drive(ctx, |member, ctx| member.append_batch(ctx, records, hook));
        // `handleAppend` gives pos -1, whatever its reason. Of a batch some entries may be in the log then: they stay,
        // and the next message gets their queue offsets again.
        let (last, _) = appended.map_err(|_| PutStatus::OsPageCacheBusy)?;
        if numbered {
            self.next_offsets[queue] = next; // taken at append, long before commit
        }
        Ok((last, first))
    }

    /// `HookUtils.checkBeforePutMessage`, the rules of a batch, and the records (`MessageSerializer`).
    fn serialize(&self, ctx: &BrokerContext, messages: Vec<Message>) -> Result<Vec<Vec<u8>>, PutStatus> {
        if self.is_slave() {
            return Err(PutStatus::ServiceNotAvailable);
        }
        let is_batch = messages.len() > 1;
        let max = self.config.max_message_size;
        let mut total = 0;
        let mut records = Vec::with_capacity(messages.len());
        for mut message in messages {
            let topic_max =
                if message.topic.starts_with(RETRY_TOPIC_PREFIX) { TOPIC_MAX } else { PLAIN_TOPIC_MAX };
            if message.topic.len() > topic_max || is_batch && !may_be_batched(&message) {
                return Err(PutStatus::MessageIllegal);
            }
            message.version = Version::for_topic(&message.topic);
            // Never refreshed: the store times of a queue need not be in order.
            message.store_timestamp_ms = super::send::clock_ms(ctx.now);
            if !is_batch && message.body.len() > max {
                return Err(PutStatus::MessageIllegal); // MESSAGE_SIZE_EXCEEDED
            }
            let record = message.encode().map_err(|_| PutStatus::MessageIllegal)?;
            total += record.len();
            // A batch beyond the limit and an entry beyond DLedger's buffer are exceptions in the original; the
            // producer gets SYSTEM_ERROR for both.
            if is_batch && total > max || ENTRY_HEADER_SIZE + record.len() > MAX_ENTRY_SIZE {
                return Err(PutStatus::UnknownError);
            }
            records.push(record);
        }
        Ok(records)
    }

    /// The outcome of an entry, in the producer's terms.
    pub(super) fn on_append_done(&mut self, ctx: &mut BrokerContext, index: Index, code: Code) {
        let Some(at) = self.waiting.iter().position(|put| put.index == index) else {
            return;
        };
        let put = self.waiting.remove(at);
        let status = match code {
            Code::Success => PutStatus::PutOk,
            Code::InconsistentLeader | Code::NotLeader | Code::DiskFull => PutStatus::ServiceNotAvailable,
            Code::WaitQuorumAckTimeout => PutStatus::InSyncReplicasNotEnough,
            Code::LeaderPendingFull => PutStatus::OsPageCacheBusy,
            _ => PutStatus::UnknownError,
        };
        ctx.answer(put.call, put_answer(status, index, put.queue_offset));
    }
}

pub(super) fn put_answer(status: PutStatus, index: Index, queue_offset: i64) -> BrokerAnswer {
    BrokerAnswer::Put { status, index, queue_offset }
}

/// Prepared and rolled-back messages of a transaction have no place in a queue.
pub(super) fn has_queue_offset(sys_flags: i32) -> bool {
    matches!(sys_flags & sys_flag::TRANSACTION_MASK, sys_flag::TRANSACTION_NOT | sys_flag::TRANSACTION_COMMIT)
}

fn takes_queue_offset(message: &Message) -> bool {
    has_queue_offset(message.sys_flag)
}

/// No part of a transaction, and no delay.
fn may_be_batched(message: &Message) -> bool {
    let delay = properties::get(&message.properties, properties::DELAY);
    message.sys_flag & sys_flag::TRANSACTION_MASK == sys_flag::TRANSACTION_NOT
        && delay.is_none_or(|level| level.parse::<i32>().is_ok_and(|level| level <= 0))
}

fn write_i64(record: &mut [u8], at: usize, number: i64) {
    if let Some(field) = record.get_mut(at..at + 8) {
        field.copy_from_slice(&number.to_be_bytes());
    }
}
