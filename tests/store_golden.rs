//! What the real DLedger and RocketMQ wrote, made again by our store and compared byte for byte.
//!
//! The files in `golden/` were recorded by running the original Java classes; `golden/README.md` says which versions.

use std::fs;
use std::path::{Path, PathBuf};

use ledgerscope::store::{
    ConsumeQueue, Entry, EntryKind, EntryStore, INDEX_HEADER_SIZE, Index, IndexHeader, LedgerCheckpoint,
    Message, Options, PHYSICAL_OFFSET_AT, Put, QUEUE_OFFSET_AT, Record, StoreCheckpoint, Term, Version, Vote,
    VoteFile, body_crc, offset_msg_id, parse_offset_msg_id, properties, sys_flag, tags_code,
};
use serde_json::Value;

type Files = Vec<(String, Vec<u8>)>;

fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The files of a directory by name; none if it does not exist.
fn files_in(dir: &Path) -> Files {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut files: Files = entries
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn int(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap_or_else(|| panic!("no number {key} in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

fn kind(value: &Value) -> EntryKind {
    match int(value, "magic") {
        1 => EntryKind::Normal,
        2 => EntryKind::Noop,
        other => panic!("magic {other}"),
    }
}

fn entry(value: &Value) -> Entry {
    Entry {
        magic: kind(value),
        index: Index(int(value, "index")),
        term: Term(int(value, "term")),
        pos: int(value, "pos"),
        channel: int(value, "channel") as i32,
        chain_crc: int(value, "chainCrc") as i32,
        body_crc: int(value, "bodyCrc") as i32,
        body: unhex(text(value, "body")).into(),
    }
}

/// The end of the log and of the files, as `stateAtEnd` and `afterReopen` have them.
fn assert_state(store: &EntryStore, expected: &Value, case: &str) {
    assert_eq!(store.end_index(), Index(int(expected, "ledgerEndIndex")), "{case}");
    assert_eq!(store.end_term(), Term(int(expected, "ledgerEndTerm")), "{case}");
    assert_eq!(store.wrote_position(), int(expected, "dataMaxWrotePosition"), "{case}");
    assert_eq!(store.index_wrote_position(), int(expected, "indexMaxWrotePosition"), "{case}");
}

fn assert_files(store: &EntryStore, data: &Files, index: &Files, case: &str) {
    assert!(store.data_files().eq(data.iter().cloned()), "{case}: data files differ");
    assert!(store.index_files().eq(index.iter().cloned()), "{case}: index files differ");
}

fn replay(case: &str) {
    let dir = golden(case);
    let recorded = json(&dir.join("entries.json"));
    let mut store = EntryStore::new(Options {
        data_file_size: int(&recorded, "mappedFileSizeForEntryData"),
        index_file_size: int(&recorded, "mappedFileSizeForEntryIndex"),
    });
    let mut vote = VoteFile::new();
    let mut term = Term(0);
    let mut committed_index = Index::NONE;
    for op in recorded["operations"].as_array().unwrap() {
        match text(op, "op") {
            "becomeLeader" | "becomeFollower" => {
                if Term(int(op, "term")) != term {
                    term = Term(int(op, "term"));
                    vote.write(term, None);
                }
                vote.write(term, Some(text(op, "voteFor")));
            }
            "appendAsLeader" => {
                let body = unhex(text(op, "body"));
                let appended = store.append_as_leader(kind(op), term, body, |_, _| {}).unwrap();
                assert_eq!(appended, (Index(int(op, "index")), int(op, "pos")), "{case}");
                assert_eq!(store.get(appended.0), Some(entry(op)), "{case}");
            }
            "appendAsFollower" => store.append_as_follower(&entry(op)).unwrap(),
            "truncate" => {
                let end = store.truncate(Index(int(op, "truncateIndex")), false);
                assert_eq!(end, Index(int(op, "returned")), "{case}");
                assert_state(&store, op, case);
            }
            // The TRUNCATE of 0.3.x is a truncate and an append in one.
            "truncateEntry" => {
                let entry = entry(op);
                store.truncate(entry.index, false);
                store.append_as_follower(&entry).unwrap();
                assert_eq!(store.end_index(), Index(int(op, "returned")), "{case}");
            }
            "updateCommittedIndex" => committed_index = Index(int(op, "committedIndex")),
            other => panic!("operation {other}"),
        }
    }

    assert_state(&store, &recorded["stateAtEnd"], case);
    let entries: Vec<Entry> = recorded["entries"].as_array().unwrap().iter().map(entry).collect();
    assert_eq!(store.end_index(), Index(entries.len() as i64 - 1));
    for entry in &entries {
        assert_eq!(store.entry(entry.index), Some(entry), "{case}");
        assert_eq!(store.term_at(entry.index), Some(entry.term), "{case}");
        assert_eq!(Entry::decode(&entry.encode()).as_ref(), Ok(entry), "{case}");
    }
    let (data, mut index) = (files_in(&dir.join("files/data")), files_in(&dir.join("files/index")));
    assert!(!data.is_empty() && !index.is_empty());
    assert_files(&store, &data, &index, case);
    let read = |name: &str| fs::read_to_string(dir.join("files").join(name)).unwrap();
    assert_eq!(vote.content(), Some(&*read("currterm")), "{case}");
    assert_eq!(vote.backup(), Some(&*read("currterm.bak")), "{case}");

    // 0.3.1.2 alone writes one, and a backup of it when it writes again.
    for path in ["files/checkpoint", "files-after-recover/checkpoint.bak"] {
        match fs::read_to_string(dir.join(path)) {
            Ok(text) => {
                let checkpoint = LedgerCheckpoint { end_index: store.end_index(), committed_index };
                assert_eq!(LedgerCheckpoint::parse(&text), Ok(checkpoint), "{case}");
                assert_eq!(checkpoint.encode(), text, "{case}");
            }
            Err(_) => assert!(case.starts_with("store/"), "{case}: no {path}"),
        }
    }

    let after = &recorded["afterReopen"];
    for (name, bytes) in files_in(&dir.join("files-after-recover/index")) {
        index.iter_mut().find(|(found, _)| *found == name).unwrap().1 = bytes;
    }
    let loaded = EntryStore::load(store.options(), data.clone(), files_in(&dir.join("files/index"))).unwrap();
    for reopened in [store.clone().reopen().unwrap(), loaded] {
        assert_state(&reopened, after, case);
        assert_files(&reopened, &data, &index, case);
        for listed in after["entries"].as_array().unwrap() {
            let entry = reopened.entry(Index(int(listed, "index"))).unwrap();
            assert_eq!(entry.term, Term(int(listed, "term")), "{case}");
            assert_eq!(entry.magic, kind(listed), "{case}");
            assert_eq!(entry.pos, int(listed, "pos"), "{case}");
            assert_eq!(entry.size() as i64, int(listed, "size"), "{case}");
        }
    }
    let voted = Vote { term: Term(int(after, "currTerm")), voted_for: Some(text(after, "voteFor").into()) };
    assert_eq!(vote.read(), Ok(voted), "{case}");
}

#[test]
fn dledger_0_4_0_single() {
    replay("store/single");
}

#[test]
fn dledger_0_4_0_rolling() {
    replay("store/rolling");
}

#[test]
fn dledger_0_4_0_noop_gets_its_index_rewritten_on_recovery() {
    replay("store/noop");
}

#[test]
fn dledger_0_4_0_truncate_entry() {
    replay("store/truncate_entry");
}

#[test]
fn dledger_0_4_0_truncate_index() {
    replay("store/truncate_index");
}

#[test]
fn dledger_0_4_0_truncate_only_brings_the_entries_back_on_recovery() {
    replay("store/truncate_only");
}

#[test]
fn dledger_0_3_1_2_single() {
    replay("store-0.3.1.2/single");
}

#[test]
fn dledger_0_3_1_2_rolling() {
    replay("store-0.3.1.2/rolling");
}

/// All recorded messages in the order of the log, and the whole recording.
fn messages() -> (Vec<Value>, Value) {
    let recorded = json(&golden("rocketmq/messages.json"));
    let list = |key: &str| recorded[key].as_array().unwrap().clone();
    let mut messages = list("messagesFixedTime");
    messages.extend(list("messagesPutByAsyncPutMessage"));
    assert_eq!(messages.len(), 28);
    (messages, recorded)
}

/// The message that the recorded fields describe.
fn message(value: &Value) -> Message {
    Message {
        version: Version::for_topic(text(value, "topic")),
        topic: text(value, "topic").to_owned(),
        queue_id: int(value, "queueId") as i32,
        flag: int(value, "flag") as i32,
        queue_offset: int(value, "queueOffset"),
        physical_offset: int(value, "physicalOffset"),
        sys_flag: int(value, "sysFlag") as i32,
        born_timestamp_ms: int(value, "bornTimestamp"),
        born_host: text(value, "bornHost").parse().unwrap(),
        store_timestamp_ms: int(value, "storeTimestamp"),
        store_host: text(value, "storeHost").parse().unwrap(),
        reconsume_times: int(value, "reconsumeTimes") as i32,
        prepared_transaction_offset: int(value, "preparedTransactionOffset"),
        body: unhex(text(value, "body")),
        properties: text(value, "propertiesString").to_owned(),
    }
}

#[test]
fn rocketmq_messages_encode_to_their_bytes_and_decode_to_their_fields() {
    for value in messages().0 {
        let (message, stored) = (message(&value), unhex(text(&value, "stored")));
        let note = text(&value, "note");
        assert_eq!(message.encode().as_ref(), Ok(&stored), "{note}");
        assert_eq!(Message::decode(&stored).as_ref(), Ok(&message), "{note}");
        assert_eq!(message.encoded_size() as i64, int(&value, "msgSize"), "{note}");
        if let Some(serialized) = value["serialized"].as_str() {
            let fresh = Message { queue_offset: 0, physical_offset: 0, ..message.clone() };
            assert_eq!(fresh.encode(), Ok(unhex(serialized)), "{note}");
            let plain = Message { physical_offset: 0, ..message.clone() };
            assert_eq!(plain.encode(), Ok(unhex(text(&value, "messageExtEncoder"))), "{note}");
        }
        let magic = match text(&value, "version") {
            "MESSAGE_VERSION_V1" => Version::V1,
            _ => Version::V2,
        };
        assert_eq!((message.version, i64::from(magic.magic())), (magic, int(&value, "magicCode")));
        assert_eq!(i64::from(message.body_crc()), int(&value, "bodyCRC"), "{note}");
        assert_eq!(message.tags(), value["tags"].as_str(), "{note}");
        assert_eq!(message.tags().map_or(0, tags_code), int(&value, "tagsCode"), "{note}");
        assert_eq!(message.offset_msg_id(), text(&value, "offsetMsgId"), "{note}");
        let id = parse_offset_msg_id(text(&value, "offsetMsgId"));
        assert_eq!(id, Ok((message.store_host, message.physical_offset)), "{note}");

        let mut pairs: Vec<_> = properties::pairs(&message.properties).collect();
        pairs.sort();
        let mut expected: Vec<_> = value["properties"].as_object().unwrap().iter().collect();
        expected.sort_by_key(|(name, _)| *name);
        let expected = expected.into_iter().map(|(name, value)| (&**name, value.as_str().unwrap()));
        assert!(pairs.into_iter().eq(expected.filter(|(_, value)| !value.is_empty())), "{note}");
    }
}

#[test]
fn rocketmq_log_files_and_consume_queues_come_out_byte_for_byte() {
    let (messages, recorded) = messages();
    let mut store = EntryStore::new(Options {
        data_file_size: int(&recorded, "mappedFileSizeCommitLog"),
        ..Options::default()
    });
    let mut queues: Vec<(String, i32, ConsumeQueue)> = Vec::new();
    for value in &messages {
        let mut body = Message { physical_offset: 0, ..message(value) }.encode().unwrap();
        body[QUEUE_OFFSET_AT..QUEUE_OFFSET_AT + 8].copy_from_slice(&int(value, "queueOffset").to_be_bytes());
        let term = Term(int(value, "dledgerTerm"));
        let (index, pos) = store
            .append_as_leader(EntryKind::Normal, term, body, |physical_offset, body| {
                body[PHYSICAL_OFFSET_AT..PHYSICAL_OFFSET_AT + 8]
                    .copy_from_slice(&physical_offset.to_be_bytes());
            })
            .unwrap();
        assert_eq!((index.0, pos), (int(value, "dledgerIndex"), int(value, "dledgerPos")));

        let entry = store.get(index).unwrap();
        assert_eq!(*entry.body, unhex(text(value, "stored")));
        let record = Record::parse(&entry.body).unwrap();
        if record.sys_flag() & sys_flag::TRANSACTION_MASK == sys_flag::TRANSACTION_PREPARED {
            continue;
        }
        let at = queues
            .iter()
            .position(|(topic, id, _)| topic == record.topic() && *id == record.queue_id())
            .unwrap_or_else(|| {
                let queue = ConsumeQueue::new(int(&recorded, "mappedFileSizeConsumeQueue"));
                queues.push((record.topic().to_owned(), record.queue_id(), queue));
                queues.len() - 1
            });
        let (offset, size) = (record.physical_offset(), record.total_size());
        let put = queues[at].2.put(offset, size, record.tags_code(), record.queue_offset());
        assert_eq!(put, Put::Appended);
    }

    let dir = golden("rocketmq/store-dledger");
    assert!(store.data_files().eq(files_in(&dir.join("dledger-n0/data"))));
    // The recorded index file was cut to its records.
    let index = fs::read(dir.join("dledger-n0/index/00000000000000000000")).unwrap();
    assert_eq!(store.raw_index(0, index.len()), Some(index));

    let listed = recorded["consumeQueues"].as_array().unwrap();
    assert_eq!(queues.len(), listed.len());
    for (topic, id, queue) in &queues {
        let path = dir.join("consumequeue").join(topic).join(id.to_string());
        assert!(queue.export().eq(files_in(&path)), "{topic} {id}");
        let listed = listed
            .iter()
            .find(|value| text(value, "topic") == topic && int(value, "queueId") == i64::from(*id))
            .unwrap();
        for queue in [queue, &queue.clone().reopen(), &ConsumeQueue::load(80, files_in(&path)).unwrap()] {
            assert_eq!(queue.min_offset(), int(listed, "minOffset"));
            assert_eq!(queue.max_offset(), int(listed, "maxOffset"));
            for unit in listed["units"].as_array().unwrap() {
                let found = queue.get(int(unit, "queueOffset")).unwrap();
                assert_eq!(found.offset, int(unit, "physicalOffset"));
                assert_eq!(i64::from(found.size), int(unit, "size"));
                assert_eq!(found.tags_code, int(unit, "tagsCode"));
                assert_eq!(found.encode()[..], unhex(text(unit, "unit")));
            }
        }
    }
}

#[test]
fn rocketmq_small_files_decode_and_encode_and_its_log_recovers() {
    let (messages, recorded) = messages();
    let dir = golden("rocketmq/store-dledger");
    let index = files_in(&dir.join("dledger-n0/index"));
    let options = Options {
        data_file_size: int(&recorded, "mappedFileSizeCommitLog"),
        // The recorded index file was cut to its records.
        index_file_size: index[0].1.len() as i64,
    };
    let data = files_in(&dir.join("dledger-n0/data"));
    let store = EntryStore::load(options, data.clone(), index.clone()).unwrap();
    let last = &messages[27];
    assert_eq!(store.end_index(), Index(int(last, "dledgerIndex")));
    assert_eq!(store.end_term(), Term(int(last, "dledgerTerm")));
    assert_eq!(store.wrote_position(), int(&recorded, "maxPhyOffset"));
    assert_files(&store, &data, &index, "recovered");

    let text = |name: &str| fs::read_to_string(dir.join("dledger-n0").join(name)).unwrap();
    let checkpoint = LedgerCheckpoint { end_index: Index(27), committed_index: Index(27) };
    assert_eq!(LedgerCheckpoint::parse(&text("checkpoint")), Ok(checkpoint));
    assert_eq!(checkpoint.encode(), text("checkpoint"));
    let vote = Vote { term: Term(0), voted_for: Some("n0".into()) };
    assert_eq!(Vote::parse(&text("currterm")), Ok(vote.clone()));
    assert_eq!(vote.encode(), text("currterm"));

    let stored_ms = int(last, "storeTimestamp");
    let checkpoint = StoreCheckpoint {
        physic_msg_timestamp: stored_ms,
        logics_msg_timestamp: stored_ms,
        ..StoreCheckpoint::default()
    };
    let bytes = fs::read(dir.join("checkpoint")).unwrap();
    assert_eq!(StoreCheckpoint::decode(&bytes), Ok(checkpoint));
    assert_eq!(checkpoint.encode(), bytes);
    assert_eq!(StoreCheckpoint::decode(&bytes[..39]).map_err(|error| error.what), Err("checkpoint"));

    // Keys are KEYS' words and UNIQ_KEY; prepared messages have theirs too.
    let keys = |value: &Value| {
        let of = |name: &str| {
            value["properties"][name].as_str().unwrap_or("").split(' ').filter(|k| !k.is_empty()).count()
        };
        of("KEYS") + of("UNIQ_KEY")
    };
    let indexed: Vec<&Value> = messages.iter().filter(|value| keys(value) > 0).collect();
    let (first, last) = (indexed[0], indexed[indexed.len() - 1]);
    let files = files_in(&dir.join("index"));
    let header = IndexHeader::decode(&files[0].1).unwrap();
    assert_eq!(header.begin_timestamp, int(first, "storeTimestamp"));
    assert_eq!(header.begin_phy_offset, int(first, "physicalOffset"));
    assert_eq!(header.end_timestamp, int(last, "storeTimestamp"));
    assert_eq!(header.end_phy_offset, int(last, "physicalOffset"));
    assert_eq!(header.index_count as usize, 1 + indexed.into_iter().map(keys).sum::<usize>());
    assert_eq!(header.encode(), files[0].1[..INDEX_HEADER_SIZE]);
    assert_eq!(IndexHeader::decode(&files[0].1[..39]).map_err(|error| error.what), Err("IndexFile header"));
}

/// Records that the real `MessageDecoder` has read.
const VECTOR_A: &str = "00000074daa320a758932aac000000030000000700000000000000050000000000000030000000000000\
0000000003e80a000009000004d200000000000007d00a00000100002a9f00000000000000000000000000000002686901540016544147\
53015461674102554e49515f4b455901553102";
const VECTOR_B: &str = "00000081daa320ab58932aac000000030000000700000000000000050000000000000030000000300000\
0000000003e800000000000000000000000000000001000004d200000000000007d00000000000000000000000000000000200002a9f00\
0000000000000000000000000000026869000154000a54414753015461674102";

#[test]
fn the_fact_sheets_records_decode_and_encode() {
    let a = Message {
        version: Version::V1,
        topic: "T".to_owned(),
        queue_id: 3,
        flag: 7,
        queue_offset: 5,
        physical_offset: 48,
        sys_flag: 0,
        born_timestamp_ms: 1000,
        born_host: "10.0.0.9:1234".parse().unwrap(),
        store_timestamp_ms: 2000,
        store_host: "10.0.0.1:10911".parse().unwrap(),
        reconsume_times: 0,
        prepared_transaction_offset: 0,
        body: b"hi".to_vec(),
        properties: properties::encode([("TAGS", "TagA"), ("UNIQ_KEY", "U1")]),
    };
    let b = Message {
        version: Version::V2,
        sys_flag: 0x30,
        born_host: "[::1]:1234".parse().unwrap(),
        store_host: "[::2]:10911".parse().unwrap(),
        properties: properties::encode([("TAGS", "TagA")]),
        ..a.clone()
    };
    for (message, hex) in [(&a, VECTOR_A), (&b, VECTOR_B)] {
        assert_eq!(message.encode(), Ok(unhex(hex)));
        assert_eq!(Message::decode(&unhex(hex)).as_ref(), Ok(message));
    }
    assert_eq!(body_crc(b"hi"), 1_486_039_724);
    assert_eq!(offset_msg_id(&a.store_host, 48), "0A00000100002A9F0000000000000030");

    let mut store = EntryStore::new(Options::default());
    let body = a.encode().unwrap();
    store.append_as_leader(EntryKind::Normal, Term(1), body, |_, _| {}).unwrap();
    let header = "00000001000000a40000000000000000000000000000000100000000000000000000000000000000\
0000000000000074";
    assert_eq!(store.raw_data(0, 48), Some(unhex(header)));
    let unit = "000000010000000000000000000000a400000000000000000000000000000001";
    assert_eq!(store.raw_index(0, 32), Some(unhex(unit)));
    let mut queue = ConsumeQueue::new(6_000_000);
    queue.put(48, 116, tags_code("TagA"), 0);
    let unit = "000000000000003000000074000000000027a807";
    assert_eq!(queue.get(0).map(|unit| unit.encode().to_vec()), Some(unhex(unit)));
}
