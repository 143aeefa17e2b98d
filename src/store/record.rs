//! A message record seen in place: its layout is checked once, then fields are read from the slice without copying the
//! body. What dispatch and reads need; the owned form, encoding and the body check are in `message.rs`.
//!
//! Layout: `MessageExtEncoder`, `CommitLog.checkMessageAndReturnSize`.

use super::body_crc;
use super::bytes::{be_i16, be_i32, be_i64};
use super::consume_queue::tags_code;
use super::error::{Allowed, DecodeError};
use super::host::Host;
use super::message::{Version, sys_flag};
use super::properties;

/// Bytes of the whole record, i32.
pub const TOTAL_SIZE_AT: usize = 0;
/// MAGICCODE, i32; see [`Version`].
pub const MAGIC_AT: usize = 4;
/// BODYCRC, i32.
pub const BODY_CRC_AT: usize = 8;
/// QUEUEID, i32.
pub const QUEUE_ID_AT: usize = 12;
/// FLAG, i32.
pub const FLAG_AT: usize = 16;
/// The broker patches it when it assigns the queue offset.
pub const QUEUE_OFFSET_AT: usize = 20;
/// The append hook patches it when DLedger assigns the position.
pub const PHYSICAL_OFFSET_AT: usize = 28;
/// SYSFLAG, i32; see [`sys_flag`].
pub const SYS_FLAG_AT: usize = 36;
/// BORNTIMESTAMP, i64 ms.
pub const BORN_TIMESTAMP_AT: usize = 40;
/// BORNHOST, 8 or 20 bytes.
pub const BORN_HOST_AT: usize = 48;
/// With an IPv4 born host; 12 later with an IPv6 one.
pub const STORE_TIMESTAMP_AT_V4: usize = 56;

/// Bytes of a V1 record with IPv4 hosts and nothing of variable length.
pub(super) const FIXED_SIZE: usize = 91;

const MAGICS: &[i64] = &[Version::V1.magic() as i64, Version::V2.magic() as i64];

/// A record whose lengths have been found to add up. Its body may still fail the checksum.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    bytes: &'a [u8],
    version: Version,
    born_host: Host,
    store_host: Host,
    /// Where the body length is.
    body_size_at: usize,
    body: &'a [u8],
    topic: &'a str,
    properties: &'a str,
}

impl<'a> Record<'a> {
    /// The record at the start of `bytes`; what follows it is not looked at.
    ///
    /// # Errors
    /// A slice shorter than TOTALSIZE, an unknown magic, negative lengths, lengths that do not add up to TOTALSIZE,
    /// topic or properties that are not UTF-8.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let short = |need| Err(DecodeError::short("message", bytes.len(), need));
        let (Some(total), Some(magic)) = (be_i32(bytes, TOTAL_SIZE_AT), be_i32(bytes, MAGIC_AT)) else {
            return short(FIXED_SIZE);
        };
        let Some(version) = Version::of_magic(magic) else {
            return wrong("MAGICCODE", MAGIC_AT, i64::from(magic), Allowed::OneOf(MAGICS));
        };
        let Some(size) = usize::try_from(total).ok().filter(|&size| size >= FIXED_SIZE) else {
            let allowed = Allowed::AtLeast(FIXED_SIZE as i64);
            return wrong("TOTALSIZE", TOTAL_SIZE_AT, i64::from(total), allowed);
        };
        let Some(record) = bytes.get(..size) else {
            return short(size);
        };
        Record::of_all(record, version).unwrap_or_else(|| Err(DecodeError::short("message", size, size + 1)))
    }

    /// FLAG and QUEUEID of the record that takes all of `bytes`; `None` when that is no record. Nothing else is looked
    /// at, because much that is shown of a run comes from here and is in logs already, where only whole records get.
    pub fn flag_and_queue_id(bytes: &[u8]) -> Option<(i32, i32)> {
        let whole = be_i32(bytes, TOTAL_SIZE_AT)? as usize == bytes.len();
        let known = Version::of_magic(be_i32(bytes, MAGIC_AT)?).is_some();
        let fields = (be_i32(bytes, FLAG_AT)?, be_i32(bytes, QUEUE_ID_AT)?);
        (whole && known).then_some(fields)
    }

    /// The record that takes all of `bytes`; `None` when they end before it does.
    fn of_all(bytes: &'a [u8], version: Version) -> Option<Result<Self, DecodeError>> {
        let too_short = |what, at, found: i64| Some(wrong(what, at, found, Allowed::AtLeast(0)));
        let flags = be_i32(bytes, SYS_FLAG_AT)?;
        let born_host = Host::decode(bytes, BORN_HOST_AT, flags & sys_flag::BORN_HOST_V6 != 0)?;
        let store_host_at = BORN_HOST_AT + born_host.size() + 8;
        let store_host = Host::decode(bytes, store_host_at, flags & sys_flag::STORE_HOST_V6 != 0)?;

        let body_size_at = store_host_at + store_host.size() + 12;
        let body_size = be_i32(bytes, body_size_at)?;
        if body_size < 0 {
            return too_short("BODY length", body_size_at, i64::from(body_size));
        }
        let body_at = body_size_at + 4;
        let topic_size_at = body_at + body_size as usize;
        let body = bytes.get(body_at..topic_size_at)?;
        let (topic_size, topic_at) = match version {
            // A Java byte: beyond 127 it would be negative.
            Version::V1 => (i16::from(*bytes.get(topic_size_at)? as i8), topic_size_at + 1),
            Version::V2 => (be_i16(bytes, topic_size_at)?, topic_size_at + 2),
        };
        if topic_size < 0 {
            return too_short("TOPIC length", topic_size_at, i64::from(topic_size));
        }
        let properties_size_at = topic_at + topic_size as usize;
        let topic = bytes.get(topic_at..properties_size_at)?;
        let Ok(topic) = std::str::from_utf8(topic) else {
            return Some(not_utf8("TOPIC", topic_at, topic));
        };
        let properties_size = be_i16(bytes, properties_size_at)?;
        if properties_size < 0 {
            return too_short("PROPERTIES length", properties_size_at, i64::from(properties_size));
        }
        let properties_at = properties_size_at + 2;
        let end = properties_at + properties_size as usize;
        if end != bytes.len() {
            let allowed = Allowed::Exactly(end as i64);
            return Some(wrong("TOTALSIZE", TOTAL_SIZE_AT, bytes.len() as i64, allowed));
        }
        let properties = bytes.get(properties_at..end)?;
        let Ok(properties) = std::str::from_utf8(properties) else {
            return Some(not_utf8("PROPERTIES", properties_at, properties));
        };
        Some(Ok(Record { bytes, version, born_host, store_host, body_size_at, body, topic, properties }))
    }

    /// Compares the body with BODYCRC. Recovery does; dispatch does not.
    ///
    /// # Errors
    /// When they differ.
    pub fn check_body(&self) -> Result<(), DecodeError> {
        let (found, right) = (self.body_crc(), body_crc(self.body));
        if found == right {
            return Ok(());
        }
        let (found, allowed) = (i64::from(found), Allowed::Exactly(i64::from(right)));
        Err(DecodeError { what: "BODYCRC", offset: BODY_CRC_AT, found, allowed })
    }

    /// The whole record.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes of the record: TOTALSIZE, the `size` of its ConsumeQueue unit.
    pub const fn total_size(&self) -> i32 {
        self.bytes.len() as i32
    }

    /// V1 or V2.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// BODYCRC as stored.
    pub fn body_crc(&self) -> i32 {
        self.int(BODY_CRC_AT)
    }

    /// The queue within the topic.
    pub fn queue_id(&self) -> i32 {
        self.int(QUEUE_ID_AT)
    }

    /// The producer's own flag.
    pub fn flag(&self) -> i32 {
        self.int(FLAG_AT)
    }

    /// Position in the queue.
    pub fn queue_offset(&self) -> i64 {
        self.long(QUEUE_OFFSET_AT)
    }

    /// Position of the record in the CommitLog, in bytes.
    pub fn physical_offset(&self) -> i64 {
        self.long(PHYSICAL_OFFSET_AT)
    }

    /// See [`sys_flag`].
    pub fn sys_flag(&self) -> i32 {
        self.int(SYS_FLAG_AT)
    }

    /// The producer's clock.
    pub fn born_timestamp_ms(&self) -> i64 {
        self.long(BORN_TIMESTAMP_AT)
    }

    /// The producer.
    pub const fn born_host(&self) -> Host {
        self.born_host
    }

    /// The accepting broker's clock.
    pub fn store_timestamp_ms(&self) -> i64 {
        self.long(BORN_HOST_AT + self.born_host.size())
    }

    /// The accepting broker.
    pub const fn store_host(&self) -> Host {
        self.store_host
    }

    /// How often a consumer has sent it back.
    pub fn reconsume_times(&self) -> i32 {
        self.int(self.body_size_at - 12)
    }

    /// Physical offset of the prepared message, else 0.
    pub fn prepared_transaction_offset(&self) -> i64 {
        self.long(self.body_size_at - 8)
    }

    /// The body's bytes.
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The topic's name.
    pub const fn topic(&self) -> &'a str {
        self.topic
    }

    /// The properties string as it is; see [`properties`].
    pub const fn properties(&self) -> &'a str {
        self.properties
    }

    /// The value of the TAGS property.
    pub fn tags(&self) -> Option<&'a str> {
        properties::get(self.properties, properties::TAGS)
    }

    /// What the ConsumeQueue unit gets: the hash of the tags, 0 without tags.
    pub fn tags_code(&self) -> i64 {
        self.tags().map_or(0, tags_code)
    }

    // `parse` has read up to the body length, which lies behind every fixed field.
    fn int(&self, at: usize) -> i32 {
        be_i32(self.bytes, at).unwrap_or_default()
    }

    fn long(&self, at: usize) -> i64 {
        be_i64(self.bytes, at).unwrap_or_default()
    }
}

fn wrong<T>(what: &'static str, offset: usize, found: i64, allowed: Allowed) -> Result<T, DecodeError> {
    Err(DecodeError { what, offset, found, allowed })
}

fn not_utf8<T>(what: &'static str, at: usize, text: &[u8]) -> Result<T, DecodeError> {
    let first = std::str::from_utf8(text).err().map_or(0, |error| error.valid_up_to());
    wrong(what, at + first, i64::from(text[first]), Allowed::Utf8)
}
