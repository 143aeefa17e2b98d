//! Golden folders are clean, and every record in them is found where its recording says.

use serde_json::Value;

use crate::folder::{Folder, golden_json, of_type};

const CASES: [&str; 8] = [
    "store/single",
    "store/rolling",
    "store/truncate_entry",
    "store/noop",
    "store/truncate_index",
    "store/truncate_only",
    "store-0.3.1.2/single",
    "store-0.3.1.2/rolling",
];

/// The file and byte of a position in files of `size` bytes.
fn place(folder: &str, position: i64, size: i64) -> (Value, Value) {
    (format!("{folder}/{:020}", position / size * size).into(), (position % size).into())
}

#[test]
fn every_entry_of_the_golden_stores_is_found_as_a_restart_finds_it() {
    for case in CASES {
        let recorded = golden_json(&format!("{case}/entries.json"));
        let (findings, summary) = Folder::of(case).assert_clean();
        let expected = recorded["afterReopen"]["entries"].as_array().unwrap();
        assert_eq!(summary.entries as usize, expected.len(), "{case}");
        let data_size = recorded["mappedFileSizeForEntryData"].as_i64().unwrap();
        for (entry, expected) in of_type(&findings, "entry").into_iter().zip(expected) {
            for key in ["index", "term", "magic", "pos", "size"] {
                assert_eq!(entry[key], expected[key], "{case}");
            }
            let (file, offset) = place("files/data", entry["pos"].as_i64().unwrap(), data_size);
            assert_eq!((&entry["file"], &entry["offset"]), (&file, &offset), "{case}");
        }
        let units = of_type(&findings, "indexUnit");
        let units: Vec<_> =
            units.iter().filter(|unit| unit["file"].as_str().unwrap().starts_with("files/")).collect();
        assert_eq!(units.len(), expected.len(), "{case}");
        let index_size = recorded["mappedFileSizeForEntryIndex"].as_i64().unwrap();
        for (unit, expected) in units.into_iter().zip(expected) {
            for key in ["index", "term", "pos", "size"] {
                assert_eq!(unit[key], expected[key], "{case}");
            }
            let (file, offset) = place("files/index", expected["index"].as_i64().unwrap() * 32, index_size);
            assert_eq!((&unit["file"], &unit["offset"]), (&file, &offset), "{case}");
        }
        let vote = of_type(&findings, "vote")[0];
        assert_eq!(vote["currTerm"], recorded["afterReopen"]["currTerm"], "{case}");
        assert_eq!(vote["voteLeader"], recorded["afterReopen"]["voteFor"], "{case}");
        let checkpoints = of_type(&findings, "ledgerCheckpoint");
        assert_eq!(checkpoints.len(), if case.starts_with("store/") { 0 } else { 2 }, "{case}");
        for checkpoint in checkpoints {
            assert_eq!(checkpoint["endIndex"], recorded["stateAtEnd"]["ledgerEndIndex"], "{case}");
        }
    }
}

#[test]
fn a_leaders_noop_and_bytes_behind_a_truncate_are_notes() {
    let notes = |case: &str| {
        let (findings, _) = Folder::of(case).assert_clean();
        let note =
            |note: &&Value| (note["offset"].as_i64().unwrap(), note["text"].as_str().unwrap().to_owned());
        of_type(&findings, "note").iter().map(note).collect::<Vec<_>>()
    };
    let noop = notes("store/noop");
    assert_eq!(noop.iter().map(|note| note.0).collect::<Vec<_>>(), [32, 96]);
    assert!(noop.iter().all(|(_, text)| text.contains("NOOP")));
    let truncated = [(853, "bytes left behind by a truncate: the log ends here".to_owned())];
    assert_eq!(notes("store/truncate_entry"), truncated);
    assert_eq!(notes("store/single"), []);
}

#[test]
fn every_message_and_unit_of_the_golden_broker_is_found() {
    let recorded = golden_json("rocketmq/messages.json");
    let (findings, summary) = Folder::of("rocketmq").assert_clean();
    let mut messages = recorded["messagesFixedTime"].as_array().unwrap().clone();
    messages.extend(recorded["messagesPutByAsyncPutMessage"].as_array().unwrap().clone());
    let entries = of_type(&findings, "entry");
    assert_eq!((summary.entries, summary.messages, entries.len()), (28, 28, messages.len()));
    for (entry, expected) in entries.into_iter().zip(&messages) {
        assert_eq!(entry["index"], expected["dledgerIndex"]);
        assert_eq!(entry["pos"], expected["dledgerPos"]);
        let message = &entry["message"];
        let keys = "topic queueId queueOffset physicalOffset flag sysFlag bornTimestamp bornHost storeTimestamp \
             storeHost reconsumeTimes preparedTransactionOffset bodyCRC tagsCode offsetMsgId";
        for key in keys.split_whitespace() {
            assert_eq!(message[key], expected[key], "{key}");
        }
        assert_eq!(message["totalSize"], expected["msgSize"]);
    }

    let mut units = 0;
    for queue in recorded["consumeQueues"].as_array().unwrap() {
        let folder =
            format!("store-dledger/consumequeue/{}/{}", queue["topic"].as_str().unwrap(), queue["queueId"]);
        for expected in queue["units"].as_array().unwrap() {
            let (file, offset) = place(&folder, expected["queueOffset"].as_i64().unwrap() * 20, 80);
            let unit = findings.iter().find(|found| {
                found["type"] == "queueUnit" && found["file"] == file && found["offset"] == offset
            });
            let unit = unit.unwrap();
            for key in ["queueOffset", "physicalOffset", "size", "tagsCode"] {
                assert_eq!(unit[key], expected[key]);
            }
            units += 1;
        }
    }
    assert_eq!((summary.queue_units, summary.notes), (units, 0));
    assert_eq!(of_type(&findings, "indexHeader")[0]["indexCount"], 13);
    let checkpoint = of_type(&findings, "storeCheckpoint")[0];
    assert_eq!(checkpoint["physicMsgTimestamp"], messages[27]["storeTimestamp"]);
}
