//! A message record seen in place: its layout is checked once, then fields are read from the slice without copying the
//! body. What dispatch and reads need; the owned form, encoding and the body check are in `message.rs`.
//!
//! Layout: facts/rocketmq-store.md 1.1 (`MessageExtEncoder`, `CommitLog.checkMessageAndReturnSize`).

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
    /// A slice shorter than TOTALSIZE, an unknown magic, negative lengths, lengths that do not add up to TOTALSIZE
    /// (facts 1.1), topic or properties that are not UTF-8.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let total =
            be_i32(bytes, TOTAL_SIZE_AT).ok_or(DecodeError::short("message", bytes.len(), FIXED_SIZE))?;
        let magic = be_i32(bytes, MAGIC_AT).ok_or(DecodeError::short("message", bytes.len(), FIXED_SIZE))?;
        let version = Version::of_magic(magic).ok_or(DecodeError {
            what: "MAGICCODE",
            offset: MAGIC_AT,
            found: i64::from(magic),
            allowed: Allowed::OneOf(MAGICS),
        })?;
        let size = length("TOTALSIZE", TOTAL_SIZE_AT, i64::from(total), FIXED_SIZE as i64)?;
        let record = bytes.get(..size).ok_or(DecodeError::short("message", bytes.len(), size))?;
        let torn = || DecodeError::short("message", size, size + 1);

        let flags = be_i32(record, SYS_FLAG_AT).ok_or_else(torn)?;
        let born_host =
            Host::decode(record, BORN_HOST_AT, flags & sys_flag::BORN_HOST_V6 != 0).ok_or_else(torn)?;
        let store_host_at = BORN_HOST_AT + born_host.size() + 8;
        let store_host =
            Host::decode(record, store_host_at, flags & sys_flag::STORE_HOST_V6 != 0).ok_or_else(torn)?;

        let body_size_at = store_host_at + store_host.size() + 12;
        let body_size = i64::from(be_i32(record, body_size_at).ok_or_else(torn)?);
        let body_at = body_size_at + 4;
        let topic_size_at = body_at + length("BODY length", body_size_at, body_size, 0)?;
        let body = record.get(body_at..topic_size_at).ok_or_else(torn)?;
        let (topic_size, topic_at) = match version {
            // A Java byte: beyond 127 it would be negative.
            Version::V1 => (record.get(topic_size_at).map(|&b| i64::from(b as i8)), topic_size_at + 1),
            Version::V2 => (be_i16(record, topic_size_at).map(i64::from), topic_size_at + 2),
        };
        let topic_size = length("TOPIC length", topic_size_at, topic_size.ok_or_else(torn)?, 0)?;
        let properties_size_at = topic_at + topic_size;
        let topic = utf8("TOPIC", record, topic_at, topic_size).ok_or_else(torn)??;
        let properties_size = i64::from(be_i16(record, properties_size_at).ok_or_else(torn)?);
        let properties_size = length("PROPERTIES length", properties_size_at, properties_size, 0)?;
        let end = properties_size_at + 2 + properties_size;
        if end != size {
            let (found, allowed) = (i64::from(total), Allowed::Exactly(end as i64));
            return Err(DecodeError { what: "TOTALSIZE", offset: TOTAL_SIZE_AT, found, allowed });
        }
        let properties =
            utf8("PROPERTIES", record, properties_size_at + 2, properties_size).ok_or_else(torn)??;
        Ok(Record { bytes: record, version, born_host, store_host, body_size_at, body, topic, properties })
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

/// A length field as a number of bytes.
fn length(what: &'static str, offset: usize, found: i64, min: i64) -> Result<usize, DecodeError> {
    usize::try_from(found).ok().filter(|_| found >= min).ok_or(DecodeError {
        what,
        offset,
        found,
        allowed: Allowed::AtLeast(min),
    })
}

/// `None` when the bytes are not there, an error when they are not text.
fn utf8<'a>(
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
    len: usize,
) -> Option<Result<&'a str, DecodeError>> {
    let text = bytes.get(at..at + len)?;
    Some(std::str::from_utf8(text).map_err(|error| {
        let offset = at + error.valid_up_to();
        DecodeError { what, offset, found: i64::from(bytes[offset]), allowed: Allowed::Utf8 }
    }))
}
