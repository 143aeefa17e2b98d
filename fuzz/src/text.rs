//! Formats that are text: properties, `currterm`, addresses, message ids. Bytes that are not UTF-8 never reach them.

use std::str::from_utf8;

use ledgerscope::store::{
    Host, Vote, VoteFile, VoteFileError, offset_msg_id as id_of, parse_offset_msg_id, properties as store,
};

/// Reading keeps pairs of two non-empty texts, and these written again read as the same pairs.
pub fn properties(bytes: &[u8]) {
    let Ok(text) = from_utf8(bytes) else { return };
    let pairs: Vec<_> = store::pairs(text).collect();
    for (at, (name, value)) in pairs.iter().enumerate() {
        assert!(!name.is_empty() && !value.is_empty());
        assert!(!name.contains(['\u{1}', '\u{2}']) && !value.contains('\u{2}'));
        if !pairs[at + 1..].iter().any(|(later, _)| later == name) {
            assert_eq!(store::get(text, name), Some(*value));
        }
    }
    let written = store::encode(pairs.iter().copied());
    assert!(store::pairs(&written).eq(pairs));
    assert!(written.len() <= text.len() + 1, "only a last separator is added");
}

/// A vote that reads, reads the same once written; an error names a line that is there.
pub fn vote(bytes: &[u8]) {
    let Ok(text) = from_utf8(bytes) else { return };
    match Vote::parse(text) {
        Ok(vote) => {
            assert_ne!(vote.voted_for.as_deref(), Some(""));
            assert_eq!(Vote::parse(&vote.encode()).as_ref(), Ok(&vote));
            let mut file = VoteFile::new();
            file.write(vote.term, vote.voted_for.as_deref());
            assert_eq!(file.content(), Some(&*vote.encode()));
            assert_eq!(file.read(), Ok(vote));
        }
        Err(VoteFileError::NoValue { line, found } | VoteFileError::BadTerm { line, found }) => {
            assert!(text.split('\n').nth(line - 1).is_some_and(|there| there.contains(&found)));
        }
    }
}

/// An address that reads is written as text that reads the same, and so are its bytes.
pub fn host(bytes: &[u8]) {
    if let Some(host) = from_utf8(bytes).ok().and_then(|text| text.parse::<Host>().ok()) {
        assert_eq!(host.to_string().parse(), Ok(host));
        let mut encoded = Vec::new();
        host.encode_to(&mut encoded);
        assert_eq!(Host::decode(&encoded, 0, host.is_v6()), Some(host));
    }
    for (v6, size) in [(false, 8), (true, 20)] {
        let Some(host) = Host::decode(bytes, 0, v6) else {
            assert!(bytes.len() < size);
            continue;
        };
        let mut encoded = Vec::new();
        host.encode_to(&mut encoded);
        assert_eq!((&encoded[..], host.size(), host.is_v6()), (&bytes[..size], size, v6));
        let id = id_of(&host, i64::MIN);
        assert_eq!(parse_offset_msg_id(&id), Ok((host, i64::MIN)));
        let port: i32 = match host {
            Host::V4 { port, .. } | Host::V6 { port, .. } => port,
        };
        if u16::try_from(port).is_ok() {
            assert_eq!(host.to_string().parse(), Ok(host));
        }
    }
}

/// An id that reads is written again the same, in capitals.
pub fn offset_msg_id(bytes: &[u8]) {
    let Ok(id) = from_utf8(bytes) else { return };
    match parse_offset_msg_id(id) {
        Ok((host, offset)) => assert_eq!(id_of(&host, offset), id.to_ascii_uppercase()),
        Err(_) => {
            assert!(![32, 56].contains(&id.len()) || id.bytes().any(|byte| !byte.is_ascii_hexdigit()));
        }
    }
}
