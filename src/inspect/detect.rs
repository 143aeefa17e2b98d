//! Which kind of file it is: by name and folders where they say so, else by content.

use std::path::Path;

use crate::store::EntryHeader;

use super::bytes::{int, is_zero, long, words};
use super::commit_log::looks_like_commit_log;
use super::report::Kind;
use super::series::start_of_name;

/// Bytes of a file's start that are looked at.
pub(super) const HEAD: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Known(Kind),
    /// In a folder that holds nothing but files of this kind, with a name that none of them can have.
    Misnamed(Kind),
    /// The mark of a broker that runs, or did not stop cleanly.
    Abort,
    Unknown,
}

/// `path` with as many folders as are known; `head`: the first [`HEAD`] bytes, or all there are.
pub(super) fn classify(path: &Path, head: &[u8]) -> Class {
    let mut names =
        path.ancestors().map(|path| path.file_name().and_then(|name| name.to_str()).unwrap_or(""));
    let [name, folder, _, above] = [(); 4].map(|()| names.next().unwrap_or(""));
    match name {
        "currterm" | "currterm.bak" => return Class::Known(Kind::VoteFile),
        "consumerOffset.json" | "consumerOffset.json.bak" => return Class::Known(Kind::ConsumerOffset),
        // The text begins with a letter, the numbers with the upper bytes of a time.
        "checkpoint" | "checkpoint.bak" if head.first().is_some_and(|byte| *byte != 0) => {
            return Class::Known(Kind::LedgerCheckpoint);
        }
        "checkpoint" | "checkpoint.bak" => return Class::Known(Kind::StoreCheckpoint),
        "abort" => return Class::Abort,
        _ => {}
    }
    let named_by_offset = start_of_name(name).is_some();
    let digits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let kind = match (folder, above) {
        (_, "consumequeue") => Kind::ConsumeQueue,
        ("commitlog", _) => Kind::CommitLog,
        // RocketMQ's IndexFiles are in a folder of that name too, named by a time.
        ("index", _) if name.len() == 17 && digits => return Class::Known(Kind::IndexFile),
        ("index", _) if digits => Kind::EntryIndex,
        ("data", _) => Kind::EntryData,
        _ if named_by_offset => return by_content(head).map_or(Class::Unknown, Class::Known),
        _ => return Class::Unknown,
    };
    match named_by_offset {
        true => Class::Known(kind),
        false => Class::Misnamed(kind),
    }
}

fn by_content(head: &[u8]) -> Option<Kind> {
    if head.is_empty() || is_zero(head) {
        return None;
    }
    let (first, second) = words(head);
    if looks_like_commit_log(head) {
        return Some(Kind::CommitLog);
    }
    if EntryHeader::decode(head).is_ok() || first == crate::store::BLANK_MAGIC && second >= 8 {
        return Some(Kind::EntryData);
    }
    if (1..=3).contains(&first) && int(head, 12) >= 48 && long(head, 4) >= 0 {
        return Some(Kind::EntryIndex);
    }
    (long(head, 0) >= 0 && int(head, 8) > 0).then_some(Kind::ConsumeQueue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_decide_and_content_where_they_do_not() {
        let of = |path: &str, head: &[u8]| classify(Path::new(path), head);
        let zero = [0; HEAD];
        let offset = "00000000000000000000";
        assert_eq!(of(&format!("s/dledger-n0/data/{offset}"), &zero), Class::Known(Kind::EntryData));
        assert_eq!(of(&format!("s/dledger-n0/index/{offset}"), &zero), Class::Known(Kind::EntryIndex));
        assert_eq!(of("s/index/20261123025237121", &zero), Class::Known(Kind::IndexFile));
        assert_eq!(of(&format!("s/consumequeue/data/0/{offset}"), &zero), Class::Known(Kind::ConsumeQueue));
        assert_eq!(of(&format!("commitlog/{offset}"), &zero), Class::Known(Kind::CommitLog));
        assert_eq!(of("data/4096", &zero), Class::Misnamed(Kind::EntryData));
        assert_eq!(of("s/checkpoint", &zero), Class::Known(Kind::StoreCheckpoint));
        assert_eq!(of("s/checkpoint", b"endIndex=1"), Class::Known(Kind::LedgerCheckpoint));
        assert_eq!(of(offset, &zero), Class::Unknown);
        let mut head = zero;
        (head[3], head[7], head[47]) = (1, 50, 2);
        assert_eq!(of(offset, &head), Class::Known(Kind::EntryData));
        (head[7], head[15]) = (0, 50);
        assert_eq!(of(offset, &head), Class::Known(Kind::EntryIndex));
        (head[3], head[11]) = (0, 92);
        assert_eq!(of(offset, &head), Class::Known(Kind::ConsumeQueue));
        assert_eq!(of("readme", &head), Class::Unknown);
    }
}
