//! Message records.

use ledgerscope::store::{BODY_CRC_AT, Message, Record, body_crc, parse_offset_msg_id};

/// A record that parses is made again to the byte, but for a wrong checksum, which the owned form refuses. Both forms
/// say the same, and a torn record is refused.
pub fn message(bytes: &[u8]) {
    let Ok(record) = Record::parse(bytes) else {
        assert!(Message::decode(bytes).is_err());
        return;
    };
    let size = record.total_size() as usize;
    assert_eq!(record.bytes(), &bytes[..size]);
    assert_eq!(Record::flag_and_queue_id(&bytes[..size]), Some((record.flag(), record.queue_id())));
    assert!(size == bytes.len() || Record::flag_and_queue_id(bytes).is_none());
    assert!(Record::parse(&bytes[..size - 1]).is_err());

    let message = Message::from(record);
    let mut right = record.bytes().to_vec();
    right[BODY_CRC_AT..BODY_CRC_AT + 4].copy_from_slice(&body_crc(record.body()).to_be_bytes());
    assert_eq!(message.encode().as_ref(), Ok(&right));
    assert_eq!(message.encoded_size(), size);
    assert_eq!(Message::decode(&right).as_ref(), Ok(&message));
    assert_eq!(record.check_body().is_ok(), right == record.bytes());
    assert_eq!(Message::decode(bytes).is_ok(), record.check_body().is_ok());

    assert_eq!(record.tags(), message.tags());
    let id = message.offset_msg_id();
    assert_eq!(parse_offset_msg_id(&id), Ok((message.store_host, message.physical_offset)));
}
