//! A RocketMQ message as the CommitLog stores it, owned: build one, encode it, decode it with every check of
//! `CommitLog.checkMessageAndReturnSize`. Reading fields in place is `record.rs`; properties are `properties.rs`.

use super::body_crc;
use super::bytes::{push_i32, push_i64};
use super::error::{DecodeError, EncodeError};
use super::host::{Host, offset_msg_id};
use super::properties;
use super::record::{FIXED_SIZE, Record};

/// Bits of SYSFLAG (`MessageSysFlag`), as far as the store looks at them.
pub mod sys_flag {
    /// The two bits that say what a message is to a transaction.
    pub const TRANSACTION_MASK: i32 = 0xC;
    /// Not part of a transaction: the usual message.
    pub const TRANSACTION_NOT: i32 = 0x0;
    /// Half a message: no queue offset, no ConsumeQueue unit.
    pub const TRANSACTION_PREPARED: i32 = 0x4;
    /// The real message after the commit.
    pub const TRANSACTION_COMMIT: i32 = 0x8;
    /// A transaction taken back: no queue offset, no ConsumeQueue unit.
    pub const TRANSACTION_ROLLBACK: i32 = 0xC;
    /// The born host is IPv6.
    pub const BORN_HOST_V6: i32 = 0x10;
    /// The store host is IPv6.
    pub const STORE_HOST_V6: i32 = 0x20;
}

/// Which magic a record carries, hence how long its topic length field is (`MessageVersion`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// Topic length in one byte, at most 127.
    V1,
    /// Topic length in two bytes.
    V2,
}

impl Version {
    /// MAGICCODE.
    pub const fn magic(self) -> i32 {
        match self {
            Version::V1 => -626_843_481,
            Version::V2 => -626_843_477,
        }
    }

    pub(super) const fn of_magic(magic: i32) -> Option<Self> {
        match magic {
            -626_843_481 => Some(Version::V1),
            -626_843_477 => Some(Version::V2),
            _ => None,
        }
    }

    /// V2 above 127 (UTF-16) characters, as the broker chooses with `autoMessageVersionOnTopicLen` (the default).
    pub fn for_topic(topic: &str) -> Self {
        if topic.encode_utf16().count() > i8::MAX as usize { Version::V2 } else { Version::V1 }
    }

    const fn max_topic_bytes(self) -> usize {
        match self {
            Version::V1 => i8::MAX as usize,
            Version::V2 => i16::MAX as usize,
        }
    }
}

/// Every field of a record but those that follow from others (sizes, BODYCRC).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Which record format; see [`Version::for_topic`].
    pub version: Version,
    /// The topic's name.
    pub topic: String,
    /// The queue within the topic.
    pub queue_id: i32,
    /// The producer's own flag; brokers pass it on.
    pub flag: i32,
    /// Position in the queue; 0 for prepared and rolled-back transaction messages.
    pub queue_offset: i64,
    /// Position of this record: DLedger's pos + 48.
    pub physical_offset: i64,
    /// See [`sys_flag`]. Encoding sets the two IPv6 bits to what the hosts are.
    pub sys_flag: i32,
    /// The producer's clock.
    pub born_timestamp_ms: i64,
    /// The producer.
    pub born_host: Host,
    /// The broker's clock.
    pub store_timestamp_ms: i64,
    /// The broker that accepted the message, whoever stores it now.
    pub store_host: Host,
    /// How often a consumer has sent it back.
    pub reconsume_times: i32,
    /// Physical offset of the prepared message that this one commits or rolls back; else 0.
    pub prepared_transaction_offset: i64,
    /// As the producer sent it, possibly compressed.
    pub body: Vec<u8>,
    /// As stored; see [`properties::encode`] and [`properties::pairs`].
    pub properties: String,
}

impl Message {
    /// Bytes of the record (`MessageExtEncoder.calMsgLength`).
    pub fn encoded_size(&self) -> usize {
        let hosts = self.born_host.size() + self.store_host.size() - 16;
        let topic_length = match self.version {
            Version::V1 => 0,
            Version::V2 => 1,
        };
        FIXED_SIZE + hosts + self.body.len() + topic_length + self.topic.len() + self.properties.len()
    }

    /// The record's bytes.
    ///
    /// # Errors
    /// A topic or properties longer than their length fields can say; a record longer than an i32 can. Limits of the
    /// broker's configuration are the broker's to check.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let max = self.version.max_topic_bytes();
        if self.topic.len() > max {
            return Err(EncodeError::TopicTooLong { bytes: self.topic.len(), max });
        }
        if self.properties.len() > properties::MAX_SIZE {
            let (bytes, max) = (self.properties.len(), properties::MAX_SIZE);
            return Err(EncodeError::PropertiesTooLong { bytes, max });
        }
        let size = self.encoded_size();
        let total = i32::try_from(size)
            .map_err(|_| EncodeError::MessageTooLong { bytes: size, max: i32::MAX as usize })?;

        let mut bytes = Vec::with_capacity(size);
        push_i32(&mut bytes, total);
        push_i32(&mut bytes, self.version.magic());
        push_i32(&mut bytes, body_crc(&self.body));
        push_i32(&mut bytes, self.queue_id);
        push_i32(&mut bytes, self.flag);
        push_i64(&mut bytes, self.queue_offset);
        push_i64(&mut bytes, self.physical_offset);
        push_i32(&mut bytes, self.stored_sys_flag());
        push_i64(&mut bytes, self.born_timestamp_ms);
        self.born_host.encode_to(&mut bytes);
        push_i64(&mut bytes, self.store_timestamp_ms);
        self.store_host.encode_to(&mut bytes);
        push_i32(&mut bytes, self.reconsume_times);
        push_i64(&mut bytes, self.prepared_transaction_offset);
        push_i32(&mut bytes, self.body.len() as i32);
        bytes.extend_from_slice(&self.body);
        match self.version {
            Version::V1 => bytes.push(self.topic.len() as u8),
            Version::V2 => bytes.extend_from_slice(&(self.topic.len() as i16).to_be_bytes()),
        }
        bytes.extend_from_slice(self.topic.as_bytes());
        bytes.extend_from_slice(&(self.properties.len() as i16).to_be_bytes());
        bytes.extend_from_slice(self.properties.as_bytes());
        debug_assert_eq!(bytes.len(), size);
        Ok(bytes)
    }

    fn stored_sys_flag(&self) -> i32 {
        let bit = |v6: bool, bit: i32| if v6 { bit } else { 0 };
        self.sys_flag & !(sys_flag::BORN_HOST_V6 | sys_flag::STORE_HOST_V6)
            | bit(self.born_host.is_v6(), sys_flag::BORN_HOST_V6)
            | bit(self.store_host.is_v6(), sys_flag::STORE_HOST_V6)
    }

    /// The message at the start of `bytes`, body checked.
    ///
    /// # Errors
    /// As [`Record::parse`] and [`Record::check_body`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let record = Record::parse(bytes)?;
        record.check_body()?;
        Ok(Message::from(record))
    }

    /// BODYCRC.
    pub fn body_crc(&self) -> i32 {
        body_crc(&self.body)
    }

    /// The value of the TAGS property.
    pub fn tags(&self) -> Option<&str> {
        properties::get(&self.properties, properties::TAGS)
    }

    /// The broker's id of this message, right once the physical offset is.
    pub fn offset_msg_id(&self) -> String {
        offset_msg_id(&self.store_host, self.physical_offset)
    }
}

impl From<Record<'_>> for Message {
    fn from(record: Record<'_>) -> Self {
        Message {
            version: record.version(),
            topic: record.topic().to_owned(),
            queue_id: record.queue_id(),
            flag: record.flag(),
            queue_offset: record.queue_offset(),
            physical_offset: record.physical_offset(),
            sys_flag: record.sys_flag(),
            born_timestamp_ms: record.born_timestamp_ms(),
            born_host: record.born_host(),
            store_timestamp_ms: record.store_timestamp_ms(),
            store_host: record.store_host(),
            reconsume_times: record.reconsume_times(),
            prepared_transaction_offset: record.prepared_transaction_offset(),
            body: record.body().to_vec(),
            properties: record.properties().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            version: Version::V1,
            topic: "T".to_owned(),
            queue_id: 3,
            flag: 7,
            queue_offset: 5,
            physical_offset: 48,
            sys_flag: 0,
            born_timestamp_ms: 1000,
            born_host: Host::V4 { address: [10, 0, 0, 9], port: 1234 },
            store_timestamp_ms: 2000,
            store_host: Host::V4 { address: [10, 0, 0, 1], port: 10911 },
            reconsume_times: 0,
            prepared_transaction_offset: 0,
            body: b"hi".to_vec(),
            properties: properties::encode([("TAGS", "TagA")]),
        }
    }

    #[test]
    fn a_record_whose_lengths_do_not_add_up_is_refused() {
        let good = message().encode().unwrap();
        assert_eq!(Message::decode(&good), Ok(message()));
        let broken = |at: usize, value: &[u8]| {
            let mut bytes = good.clone();
            bytes[at..at + value.len()].copy_from_slice(value);
            Message::decode(&bytes).map_err(|error| (error.what, error.offset))
        };
        assert_eq!(broken(0, &[0, 0, 0, 100]), Err(("TOTALSIZE", 0)));
        assert_eq!(broken(0, &[0, 0, 0, 90]), Err(("TOTALSIZE", 0)));
        assert_eq!(broken(0, &[0, 0, 0, 200]), Err(("message", 0)));
        assert_eq!(broken(4, &[0]), Err(("MAGICCODE", 4)));
        assert_eq!(broken(84, &[255, 255, 255, 255]), Err(("BODY length", 84)));
        assert_eq!(broken(84, &[0, 0, 1, 0]), Err(("message", 0)));
        assert_eq!(broken(88, b"ho"), Err(("BODYCRC", 8)));
        assert_eq!(broken(90, &[128]), Err(("TOPIC length", 90)));
        assert_eq!(broken(91, &[255]), Err(("TOPIC", 91)));
        assert_eq!(broken(92, &[255, 255]), Err(("PROPERTIES length", 92)));
        assert_eq!(broken(92, &[0, 9]), Err(("TOTALSIZE", 0)));
        assert_eq!(Message::decode(&good[..3]).map_err(|error| error.what), Err("message"));
    }

    #[test]
    fn flag_and_queue_are_read_of_whole_records_only() {
        let good = message().encode().unwrap();
        assert_eq!(Record::flag_and_queue_id(&good), Some((7, 3)));
        assert_eq!(Record::flag_and_queue_id(&good[..good.len() - 1]), None);
        assert_eq!(Record::flag_and_queue_id(&[0; 40]), None);
        assert_eq!(Record::flag_and_queue_id(b""), None);
        let unknown = [&good[..4], &[0; 4], &good[8..]].concat();
        assert_eq!(Record::flag_and_queue_id(&unknown), None);
    }

    #[test]
    fn a_topic_of_128_characters_makes_a_v2_record() {
        let topic = "x".repeat(128);
        assert_eq!(Version::for_topic(&topic[1..]), Version::V1);
        assert_eq!(Version::for_topic(&topic), Version::V2);
        let v1 = Message { topic: topic.clone(), ..message() };
        assert_eq!(v1.encode(), Err(EncodeError::TopicTooLong { bytes: 128, max: 127 }));
        let v2 = Message { version: Version::V2, ..v1 };
        assert_eq!(Message::decode(&v2.encode().unwrap()), Ok(v2));
    }

    #[test]
    fn properties_beyond_32767_bytes_are_refused() {
        let long = Message { properties: "x".repeat(32768), ..message() };
        assert_eq!(long.encode(), Err(EncodeError::PropertiesTooLong { bytes: 32768, max: 32767 }));
    }

    #[test]
    fn ipv6_hosts_set_their_sys_flag_bits() {
        let mut v6 = Message { store_host: "[::2]:10911".parse().unwrap(), ..message() };
        let bytes = v6.encode().unwrap();
        v6.sys_flag = sys_flag::STORE_HOST_V6;
        assert_eq!(Message::decode(&bytes), Ok(v6));
    }
}
