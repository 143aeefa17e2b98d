//! A producer's message becomes a record, and the record the body of an entry: `SendMessageProcessor` and
//! `DLedgerCommitLog.asyncPutMessage`.

use super::{Broker, BrokerContext, BrokerRole, Effect};
use crate::ledger::{CallId, Code};
use crate::store::{Host, Index, Message, PHYSICAL_OFFSET_AT, Version, properties};
use crate::time::Micros;

/// The topic all messages go to.
pub const TOPIC: &str = "TopicTest";
/// Added by the broker to every message.
const CLUSTER: &str = "DefaultCluster";

/// A broker's clock at simulated time 0, in milliseconds since 1970: 14 November 2023, 22:13:20 UTC.
const CLOCK_AT_ZERO_MS: i64 = 1_700_000_000_000;

/// What a broker answers to a producer: its `PutMessageStatus`, or that it does not take messages at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PutStatus {
    /// committed
    PutOk,
    /// stored by the leader, not by enough others in time; may still be committed
    InSyncReplicasNotEnough,
    /// DLedger refused the append
    OsPageCacheBusy,
    /// the entry's term ended before it was committed; may still be committed
    UnknownError,
    /// the broker is a slave
    SystemBusy,
}

/// What a producer sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProducerMessage {
    /// the message's number, carried in the record's FLAG, which is the user's to fill
    pub number: u32,
    pub queue: u8,
    /// when the producer made it: part of its UNIQ_KEY
    pub made: Micros,
    /// when this attempt to send it began: its BORNTIMESTAMP
    pub born: Micros,
}

impl ProducerMessage {
    fn record(&self, now: Micros, broker: u8, queue_offset: i64) -> Message {
        let key = self.unique_key();
        let properties = [(properties::TAGS, "TagA"), (properties::UNIQ_KEY, &key), ("CLUSTER", CLUSTER)];
        Message {
            version: Version::for_topic(TOPIC),
            topic: TOPIC.to_string(),
            queue_id: i32::from(self.queue),
            flag: self.number as i32,
            queue_offset,
            physical_offset: 0,
            sys_flag: 0,
            born_timestamp_ms: clock_ms(self.born),
            born_host: host([10, 0, 0, 100], 40_000),
            store_timestamp_ms: clock_ms(now),
            store_host: host([10, 0, 0, broker + 1], 10_911),
            reconsume_times: 0,
            prepared_transaction_offset: 0,
            body: format!("hello {}", self.number).into_bytes(),
            properties: properties::encode(properties),
        }
    }

    /// `MessageClientIDSetter`: address, process id, class loader's hash, time, counter. The same on every
    /// attempt, so that a message stored twice can be told.
    fn unique_key(&self) -> String {
        format!("0A000064{:04X}{:08X}{:08X}{:04X}", 4711, 0x18b4_aac2_u32, self.made.as_millis(), self.number)
    }
}

fn host(address: [u8; 4], port: i32) -> Host {
    Host::V4 { address, port }
}

fn clock_ms(at: Micros) -> i64 {
    CLOCK_AT_ZERO_MS + at.as_millis() as i64
}

impl Broker {
    /// A producer's call arrived. Refused at once by a slave; otherwise answered when DLedger is through
    /// with the entry.
    pub(super) fn on_send(&mut self, ctx: &mut BrokerContext, call: CallId, message: &ProducerMessage) {
        if self.role() == BrokerRole::Slave {
            ctx.out.push(Effect::Answer { call, status: PutStatus::SystemBusy, index: Index::NONE });
            return;
        }
        let queue = usize::from(message.queue);
        let queue_offset = self.next_offsets[queue];
        // The fields are within the limits of the format, so that encoding cannot fail.
        let record = message.record(ctx.now, self.member.id().0, queue_offset).encode().unwrap_or_default();
        let appended = self.drive(ctx, |member, ctx| member.append(ctx, record, write_physical_offset));
        match appended {
            Ok((index, _)) => {
                self.next_offsets[queue] += 1; // taken at append, long before commit
                self.waiting.push((index, call));
            }
            Err(_) => {
                let status = PutStatus::OsPageCacheBusy;
                ctx.out.push(Effect::Answer { call, status, index: Index::NONE });
            }
        }
    }

    /// The outcome of an entry, in the producer's terms (`PutMessageStatus`).
    pub(super) fn on_append_done(&mut self, ctx: &mut BrokerContext, index: Index, code: Code) {
        let at = self.waiting.iter().position(|(waits_for, _)| *waits_for == index);
        let Some(at) = at else {
            return;
        };
        let (_, call) = self.waiting.remove(at);
        let status = match code {
            Code::Success => PutStatus::PutOk,
            Code::WaitQuorumAckTimeout => PutStatus::InSyncReplicasNotEnough,
            _ => PutStatus::UnknownError,
        };
        ctx.out.push(Effect::Answer { call, status, index });
    }
}

/// The append hook: the record learns where it lies.
fn write_physical_offset(phy_offset: i64, record: &mut [u8]) {
    if let Some(field) = record.get_mut(PHYSICAL_OFFSET_AT..PHYSICAL_OFFSET_AT + 8) {
        field.copy_from_slice(&phy_offset.to_be_bytes());
    }
}
