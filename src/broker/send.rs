//! A producer's messages become records: `SendMessageProcessor`.

use super::put::put_answer;
use super::{Broker, BrokerContext, ProducerMessage, PutStatus, QueueId};
use crate::ledger::CallId;
use crate::store::{Host, Index, Message, Version, properties};
use crate::time::Micros;

/// Added by the broker to every message.
const CLUSTER: &str = "DefaultCluster";
/// Last byte of the first producer's address.
const PRODUCER_ADDRESS: u8 = 100;

/// A broker's clock at simulated time 0, in milliseconds since 1970: 14 November 2023, 22:13:20 UTC.
const CLOCK_AT_ZERO_MS: i64 = 1_700_000_000_000;

pub(super) fn clock_ms(at: Micros) -> i64 {
    CLOCK_AT_ZERO_MS + at.as_millis() as i64
}

impl ProducerMessage {
    fn address(&self) -> u8 {
        PRODUCER_ADDRESS.wrapping_add(self.producer.0)
    }

    /// What the broker stores, but for the fields that are [`Broker::put`]'s to fill.
    fn message(&self, topic: &str, queue: u8, broker: u8) -> Message {
        let key = self.unique_key();
        let tag = self.tag.map(|tag| (properties::TAGS, tag));
        let others = [(properties::UNIQ_KEY, key.as_str()), ("CLUSTER", CLUSTER)];
        let body = match &self.body {
            Some(body) => body.to_vec(),
            None => format!("hello {}", self.number).into_bytes(),
        };
        Message {
            version: Version::V1,
            topic: topic.to_string(),
            queue_id: i32::from(queue),
            flag: self.number as i32,
            queue_offset: 0,
            physical_offset: 0,
            sys_flag: 0,
            born_timestamp_ms: clock_ms(self.born),
            born_host: host(self.address(), 40_000),
            store_timestamp_ms: 0,
            store_host: host(broker + 1, 10_911),
            reconsume_times: 0,
            prepared_transaction_offset: 0,
            body,
            properties: properties::encode(tag.into_iter().chain(others)),
        }
    }

    /// `MessageClientIDSetter`: address, process id, class loader's hash, time, counter. The same on every
    /// attempt, so that a message stored twice can be told.
    fn unique_key(&self) -> String {
        let (address, made, counter) = (self.address(), self.made.as_millis(), self.number as u16);
        format!("0A0000{address:02X}{:04X}{:08X}{made:08X}{counter:04X}", 4711, 0x18b4_aac2_u32)
    }
}

fn host(last: u8, port: i32) -> Host {
    Host::V4 { address: [10, 0, 0, last], port }
}

impl Broker {
    /// SEND_MESSAGE or SEND_BATCH_MESSAGE arrived. A slave refuses them all (`rejectRequest`).
    pub(super) fn on_send(
        &mut self,
        ctx: &mut BrokerContext,
        call: CallId,
        queue: QueueId,
        messages: &[ProducerMessage],
    ) {
        if self.refuses_sends() {
            return ctx.answer(call, put_answer(PutStatus::SystemBusy, Index::NONE, -1));
        }
        let topic = self.queues.topic(queue.topic).unwrap_or_default();
        let broker = self.member.id().0;
        let messages = messages.iter().map(|message| message.message(topic, queue.queue, broker)).collect();
        self.put(ctx, call, queue, messages);
    }
}
