//! Damage in what RocketMQ writes around DLedger.

use serde_json::Value;

use crate::folder::{Folder, golden_json, of_type, put};

const DATA: &str = "store-dledger/dledger-n0/data/00000000000000000000";
const QUEUE: &str = "store-dledger/consumequeue/TopicTest/0/00000000000000000000";

fn message(n: usize) -> Value {
    golden_json("rocketmq/messages.json")["messagesFixedTime"][n].clone()
}

#[test]
fn each_field_of_a_message_is_missed_where_it_is() {
    let message = message(2);
    let at = message["physicalOffset"].as_u64().unwrap();
    let size = &message["msgSize"];
    let crc = &message["bodyCRC"];
    let check = |offset: u64, bytes: &[u8], told_at: u64, says: &str| {
        let folder = Folder::of("rocketmq");
        folder.edit(DATA, |data| data[(at + offset) as usize..][..bytes.len()].copy_from_slice(bytes));
        let (file, offset, problem) = folder.first_problem();
        assert_eq!((file.as_str(), offset), (DATA, at + told_at));
        assert!(problem.starts_with(says), "{problem}");
        let (_, summary) = folder.inspect();
        assert_eq!(summary.entries, 28);
    };
    check(0, &[0, 0, 0, 100], 0, &format!("TOTALSIZE is 100, allowed: {size}"));
    check(0, &[0, 1, 0, 0], 0, &format!("TOTALSIZE is 65536, allowed: {size}"));
    check(4, &[1], 4, "MAGICCODE is ");
    check(8, &[0x7F; 4], 8, &format!("BODYCRC is 2139062143, allowed: {crc}"));
    check(28, &[0, 0, 0, 0, 0, 0, 0, 1], 28, &format!("PHYSICALOFFSET is 1, allowed: {at}"));
    check(84, &[0xFF; 4], 84, "BODY length is -1, allowed: at least 0");
    check(88, &[0xFF], 8, &format!("BODYCRC is {crc}, allowed: "));
}

#[test]
fn a_unit_that_does_not_fit_its_message_is_told_by_field() {
    for (at, bytes, told_at, says) in [
        // Unit 2 points to the entry's header, not to the message.
        (47, vec![0xAF_u8], 40, "physical offset is 1967, allowed: where a message begins"),
        (48, vec![0, 0, 4, 0], 48, "size is 1024, allowed: 1156"),
        (48, vec![0xFF; 4], 48, "size is -1, allowed: at least 1"),
        (52, vec![0; 8], 52, "tagsCode is 0, allowed: 1359775119"),
        // Behind the end of the log, which has a message for this place.
        (40, vec![1], 40, "physical offset is 72057594037929951, allowed: at most 9922"),
        // It points to a message of queue 1.
        (40, 375_i64.to_be_bytes().to_vec(), 48, "size is 1156, allowed: 208"),
    ] {
        let folder = Folder::of("rocketmq");
        folder.edit(QUEUE, |queue| queue[at..at + bytes.len()].copy_from_slice(&bytes));
        folder.assert_first(QUEUE, told_at, says);
    }
}

#[test]
fn swapped_units_are_told_at_the_first_with_the_log_and_at_the_second_without() {
    let folder = Folder::of("rocketmq");
    folder.edit(QUEUE, |queue| {
        let (first, second) = queue[..40].split_at_mut(20);
        first.swap_with_slice(second);
    });
    folder.assert_first(QUEUE, 0, "QUEUEOFFSET of the message is 1, allowed: 0");
    folder.remove("store-dledger/dledger-n0");
    folder.assert_first(QUEUE, 20, "physical offset is 48, allowed: at least 327");
}

#[test]
fn a_queue_under_another_name_with_a_hole_or_cut_is_told() {
    let folder = Folder::of("rocketmq");
    folder.rename("store-dledger/consumequeue/T/3", "store-dledger/consumequeue/T/2");
    let file = "store-dledger/consumequeue/T/2/00000000000000000000";
    folder.assert_first(file, 0, "message is that of topic T queue 3, allowed: that of topic T queue 2");

    let folder = Folder::of("rocketmq");
    folder.edit(QUEUE, put(20, [0; 20]));
    folder.assert_first(QUEUE, 28, "size is 0, allowed: at least 1");

    let folder = Folder::of("rocketmq");
    folder.edit(QUEUE, |queue| queue.truncate(50));
    folder.assert_first(QUEUE, 50, "file length is 50, allowed: 80");
    let second = "store-dledger/consumequeue/TopicTest/0/00000000000000000080";
    folder.remove(second);
    folder.remove("store-dledger/consumequeue/TopicTest/0/00000000000000000160");
    folder.assert_first(QUEUE, 40, "file length is 50, allowed: a multiple of 20");

    let folder = Folder::of("rocketmq");
    folder.rename(second, "store-dledger/consumequeue/TopicTest/0/00000000000000000100");
    let renamed = "store-dledger/consumequeue/TopicTest/0/00000000000000000100";
    folder.assert_first(renamed, 0, "file name is 100, allowed: 80");
}

#[test]
fn messages_without_units_and_units_without_messages_are_notes() {
    let folder = Folder::of("rocketmq");
    let file = "store-dledger/consumequeue/T/3/00000000000000000000";
    folder.edit(file, put(20, [0; 20]));
    let (findings, _) = folder.assert_clean();
    let text = "messages with queue offset 1 to 1 have no unit: not dispatched yet, or lost from the queue";
    assert_eq!(of_type(&findings, "note")[0]["text"], text);

    let folder = Folder::of("rocketmq");
    let mut unit = [0; 20];
    (unit[6], unit[11]) = (0x40, 92);
    folder.edit(file, put(40, unit));
    let (findings, _) = folder.assert_clean();
    assert_eq!(of_type(&findings, "note")[0]["offset"], 40);

    // The first files of the log have been deleted.
    let folder = Folder::of("rocketmq");
    folder.remove(DATA);
    let (findings, summary) = folder.assert_clean();
    assert_eq!(summary.entries, 16);
    let text = "1 units point before the first file of the log, which has been deleted";
    assert!(of_type(&findings, "note").iter().any(|note| note["file"] == file && note["text"] == text));
}

#[test]
fn checkpoint_and_index_header_are_checked() {
    let says = |file: &str, at: usize, bytes: [u8; 4], offset: u64, says: &str| {
        let folder = Folder::of("rocketmq");
        folder.edit(file, put(at, bytes));
        folder.assert_first(file, offset, says);
    };
    let header = "store-dledger/index/20261123025237121";
    says(header, 24, [0xFF; 4], 24, "endPhyOffset is -4294957500, allowed: at least 375");
    says(header, 32, [0, 0, 0, 99], 32, "hashSlotCount is 99, allowed: at most 12");
    says(header, 36, [0, 1, 0, 0], 36, "indexCount is 65536, allowed: at most 66");
    let checkpoint = "store-dledger/checkpoint";
    says(checkpoint, 16, [0xFF; 4], 16, "indexMsgTimestamp is -4294967296, allowed: at least 0");
    let folder = Folder::of("rocketmq");
    folder.edit(checkpoint, |bytes| bytes.truncate(39));
    folder.assert_first(checkpoint, 39, "file length is 39, allowed: 4096");
}

#[test]
fn consumer_offsets_read_with_and_without_quotes() {
    let folder = Folder::of("rocketmq");
    let file = "store-dledger/config/consumerOffset.json";
    folder.write(file, b"{\n\"dataVersion\":{\"counter\":1},\n\"offsetTable\":{\"T@g\":{3:2,4:0},\"TopicTest@g\":{\"0\":12}}}");
    let (findings, summary) = folder.assert_clean();
    assert_eq!(summary.consumer_offsets, 3);
    let offsets = of_type(&findings, "consumerOffset");
    let row = |n: usize| {
        let found = |key: &str| offsets[n][key].clone();
        (found("topic"), found("group"), found("queueId"), found("nextOffset"), found("offset"))
    };
    assert_eq!(row(0), ("T".into(), "g".into(), 3.into(), 2.into(), 46.into()));
    assert_eq!(row(2), ("TopicTest".into(), "g".into(), 0.into(), 12.into(), 62.into()));
    let note = of_type(&findings, "note")[0];
    assert_eq!(note["text"], "group g is at offset 12 of TopicTest queue 0, which ends at 11");

    folder.write(file, b"{\"offsetTable\":{\"T@g\":{3:-2}}}");
    folder.assert_first(file, 16, "offset is -2, allowed: at least 0");
    folder.write(file, b"{\"offsetTable\":{\"T\":{}}}");
    folder.assert_first(file, 16, "key of offsetTable is \"T\", allowed: topic@group");
    folder.write(file, b"{\"offsetTable\":{\"T@g\":{3:2,4:?}}}");
    folder.assert_first(file, 29, "JSON is expected value, allowed: an object with offsetTable");
}
