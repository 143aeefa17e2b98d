//! A CommitLog of the time before DLedger, alone and with DLedger's after it.

use ledgerscope::store::{CqUnit, Entry, EntryKind, Index, Message, Term, Version, tags_code};

use crate::folder::{Folder, of_type, put};

const LOG: &str = "commitlog/00000000000000000000";
const SECOND: &str = "commitlog/00000000000000001024";
const QUEUE: &str = "consumequeue/Old/0/00000000000000000000";

fn message(queue_offset: i64, physical_offset: i64) -> Vec<u8> {
    let message = Message {
        version: Version::V1,
        topic: "Old".to_owned(),
        queue_id: 0,
        flag: 0,
        queue_offset,
        physical_offset,
        sys_flag: 0,
        born_timestamp_ms: 1000,
        born_host: "10.0.0.9:1234".parse().unwrap(),
        store_timestamp_ms: 2000 + queue_offset,
        store_host: "10.0.0.1:10911".parse().unwrap(),
        reconsume_times: 0,
        prepared_transaction_offset: 0,
        body: vec![7; 100],
        properties: "TAGS\u{1}TagA\u{2}".to_owned(),
    };
    message.encode().unwrap()
}

/// Two files of 1024 bytes with four messages each of 204 bytes and a blank of 208, a third with one message, then a
/// data file of DLedger with another.
fn mixed() -> Folder {
    let folder = Folder::new();
    let mut units = Vec::new();
    let mut unit = |physical_offset: i64, size: usize| {
        let unit = CqUnit { offset: physical_offset, size: size as i32, tags_code: tags_code("TagA") };
        units.extend_from_slice(&unit.encode());
    };
    let mut q = 0;
    for start in [0, 1024, 2048] {
        let mut file = Vec::new();
        for _ in 0..4 {
            let at = start + file.len() as i64;
            let bytes = message(q, at);
            unit(at, bytes.len());
            file.extend_from_slice(&bytes);
            q += 1;
        }
        let rest = 1024 - file.len() as i32;
        assert_eq!(rest, 208);
        file.extend_from_slice(&rest.to_be_bytes());
        file.extend_from_slice(&(-875_286_124_i32).to_be_bytes());
        // RocketMQ does not clear what is behind the eight bytes.
        file.resize(1024, 0xAB);
        folder.write(&format!("commitlog/{start:020}"), &file);
    }
    let body = message(q, 3072 + 48);
    unit(3072 + 48, body.len());
    let entry = Entry {
        magic: EntryKind::Normal,
        index: Index(0),
        term: Term(1),
        pos: 3072,
        channel: 0,
        chain_crc: 0,
        body_crc: 0,
        body: body.into(),
    };
    let mut data = entry.encode();
    data.resize(1024, 0);
    folder.write("dledger-n0/data/00000000000000003072", &data);
    units.resize(400, 0);
    folder.write(QUEUE, &units);
    folder
}

#[test]
fn an_old_log_and_dledgers_behind_it_are_one_log_to_the_queues() {
    let folder = mixed();
    let (findings, summary) = folder.assert_clean();
    assert_eq!((summary.entries, summary.messages, summary.queue_units), (1, 13, 13));
    assert_eq!((summary.notes, of_type(&findings, "padding").len()), (0, 3));
    folder.edit(QUEUE, put(5 * 20, 5_i64.to_be_bytes()));
    folder.assert_first(QUEUE, 100, "physical offset is 5, allowed: at least 1228");
    folder.edit(QUEUE, put(12 * 20, 3073_i64.to_be_bytes()));
    folder.edit(QUEUE, put(5 * 20, 1229_i64.to_be_bytes()));
    folder.assert_first(QUEUE, 100, "physical offset is 1229, allowed: where a message begins");
    assert_eq!(folder.inspect().1.problems, 2);
}

#[test]
fn each_field_of_a_message_in_a_plain_log_is_missed_where_it_is() {
    for (at, byte, told_at, says) in [
        (0, 1, 0, "TOTALSIZE is 16777420, allowed: at most 820"),
        (3, 9, 0, "TOTALSIZE is 9, allowed: at least 91"),
        (4, 1, 4, "MAGICCODE is 27467943, allowed: one of [-626843481, -626843477]"),
        (28, 1, 28, "PHYSICALOFFSET is 72057594037929164, allowed: 1228"),
        (90, 1, 8, "BODYCRC is "),
    ] {
        let folder = mixed();
        folder.edit(SECOND, put(204 + at, [byte]));
        let (file, offset, problem) = folder.first_problem();
        assert_eq!((file.as_str(), offset), (SECOND, 204 + told_at));
        assert!(problem.starts_with(says), "{problem}");
        let (_, summary) = folder.inspect();
        let read = if matches!(told_at, 8 | 28) { 13 } else { 12 };
        assert_eq!(summary.messages, read, "{says}");
    }
    let folder = mixed();
    folder.edit(LOG, put(816, 7_i32.to_be_bytes()));
    folder.assert_first(LOG, 816, "blank size is 7, allowed: 208");
    folder.edit(LOG, put(816, [0; 8]));
    folder.assert_first(LOG, 820, "MAGICCODE is 0, allowed: one of [-626843481, -626843477]");
}

#[test]
fn a_plain_log_ends_with_zeroes_or_with_what_a_truncate_left() {
    let folder = mixed();
    folder.remove("dledger-n0");
    folder.remove("consumequeue");
    let last = "commitlog/00000000000000002048";
    folder.edit(last, |log| log[204..].fill(0));
    let (findings, summary) = folder.assert_clean();
    assert_eq!(summary.messages, 9);
    assert_eq!(of_type(&findings, "unwritten")[0]["offset"], 204);
    // Half of a message that is gone, then one that was stored before the end of the log.
    folder.edit(last, |log| {
        log[204..300].fill(0x11);
        let old = message(3, 2048 + 300);
        log[300..300 + old.len()].copy_from_slice(&old);
    });
    let (findings, summary) = folder.assert_clean();
    assert_eq!(summary.messages, 9);
    assert_eq!(of_type(&findings, "note")[0]["offset"], 204);

    let folder = mixed();
    folder.rename(SECOND, "commitlog/00000000000000001000");
    folder.assert_first("commitlog/00000000000000001000", 0, "file name is 1000, allowed: 1024");
    assert_eq!(folder.inspect().1.problems, 1);
}
