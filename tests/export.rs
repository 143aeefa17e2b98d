//! Files that were written are files that the store reads, that `inspect` finds nothing wrong with, and that are equal
//! to what the originals wrote where the content is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ledgerscope::export::{self, Error, Folder, Process};
use ledgerscope::inspect::inspect;
use ledgerscope::ledger::Preset;
use ledgerscope::scenario::{FileSizes, Scenario};
use ledgerscope::sim::World;
use ledgerscope::store::{
    ConsumeQueue, EntryStore, Index, LedgerCheckpoint, Options, Record, StoreCheckpoint, Vote, VoteFile,
};
use ledgerscope::time::Micros;

type Files = Vec<(String, Vec<u8>)>;

/// A folder that is gone when the test is over.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Temporary {
        let path = std::env::temp_dir().join(format!("ledgerscope-export-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The files of a folder by name; none if there is no such folder.
fn files_in(folder: &Path) -> Files {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let read =
        |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_string(), fs::read(&path).unwrap());
    let mut files: Files =
        entries.map(|e| e.unwrap().path()).filter(|path| path.is_file()).map(read).collect();
    files.sort();
    files
}

/// All files below a folder by path.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn scenario(preset: Preset, files: &str) -> Scenario {
    let text = format!(
        r#"{{
            "preset": "{}", "message_every_ms": 300, "latency_max_us": 5000, "files": {files},
            "commands": [
                {{"at_ms": 5000, "do": "isolate", "broker": 2}},
                {{"at_ms": 16000, "do": "heal_all"}},
                {{"at_ms": 26000, "do": "kill", "broker": 0}},
                {{"at_ms": 27000, "do": "send"}},
                {{"at_ms": 36000, "do": "restart", "broker": 0}},
                {{"at_ms": 45000, "do": "power_loss", "broker": 1}}
            ]
        }}"#,
        preset.name()
    );
    Scenario::from_draft(&serde_json::from_str(&text).unwrap()).unwrap()
}

const SMALL: &str = r#"{"data_bytes": 1500, "index_bytes": 96, "consume_queue_units": 3}"#;
const MEDIUM: &str = r#"{"data_bytes": 8192, "index_bytes": 1024, "consume_queue_units": 52}"#;

fn options(files: FileSizes) -> Options {
    Options { data_file_size: files.data_bytes, index_file_size: files.index_bytes }
}

/// What the store floor's recovery makes of the files of broker `n`, compared with what the same recovery makes of the
/// broker's disk in memory.
fn reads_back(world: &World, n: usize, root: &Path) -> EntryStore {
    let sizes = world.scenario().files;
    let folder = Folder::of(world, n);
    let ledger = root.join(format!("dledger-{}", folder.self_id));
    let data = files_in(&ledger.join("data"));
    assert!(data.iter().all(|(_, bytes)| bytes.len() as i64 == sizes.data_bytes));
    let store = EntryStore::load(options(sizes), data, files_in(&ledger.join("index"))).unwrap();
    let expected = folder.entries.clone().reopen().unwrap();
    assert_eq!((store.begin_index(), store.end_index()), (expected.begin_index(), expected.end_index()));
    assert_eq!(store.wrote_position(), expected.wrote_position());
    for index in (0..=store.end_index().0).map(Index) {
        assert_eq!(store.entry(index), expected.entry(index));
        assert_eq!(store.position_of(index), expected.position_of(index));
    }
    // What the process knew is there. A truncate that erases nothing leaves more.
    for index in (0..=folder.entries.end_index().0).map(Index) {
        assert_eq!(store.entry(index), folder.entries.entry(index));
    }
    let vote = fs::read_to_string(ledger.join("currterm")).unwrap();
    assert_eq!(Some(vote.as_str()), folder.vote.content());
    assert!(Vote::parse(&vote).unwrap().term >= store.end_term());
    for (topic, id, queue) in &folder.queues {
        let files = files_in(&root.join("consumequeue").join(topic).join(id.to_string()));
        let read = ConsumeQueue::load(sizes.consume_queue_units * 20, files).unwrap();
        assert_eq!(read.max_offset(), queue.max_offset());
        for offset in 0..read.max_offset() {
            let unit = read.get(offset).unwrap();
            assert_eq!(Some(unit), queue.get(offset));
            let record =
                store.body_at(unit.offset, unit.size as usize).expect("a message where the unit says");
            let record = Record::parse(&record).unwrap();
            assert_eq!((record.topic(), record.queue_id()), (topic.as_str(), i32::from(*id)));
            assert_eq!((record.queue_offset(), record.tags_code()), (offset, unit.tags_code));
        }
    }
    store
}

#[test]
fn a_runs_files_read_back_whatever_happened_and_whatever_their_size() {
    let (mut dead, mut data_files, mut queue_files) = (0, 0, 0);
    for preset in Preset::ALL {
        for sizes in [SMALL, MEDIUM] {
            let mut world = World::new(scenario(preset, sizes));
            for at in [1, 10_000, 15_000, 24_000, 30_000, 45_001, 52_000] {
                world.advance(Micros::millis(at));
                let out = Temporary::new(&format!("runs-{}-{}-{at}", preset.name(), sizes.len()));
                assert_eq!(export::world(&world, &out.0).unwrap(), 3);
                for n in 0..3 {
                    let root = out.0.join(format!("n{n}"));
                    if !root.join("abort").exists() {
                        assert_eq!((at, tree(&root).len()), (1, 0), "nothing has run there yet");
                        continue;
                    }
                    if at == 1 {
                        continue;
                    }
                    let store = reads_back(&world, n, &root);
                    dead += usize::from(world.up(n).is_none());
                    data_files = data_files.max(store.data_spans().count());
                    let queues = files_in(&root.join("consumequeue/TopicTest/0"));
                    queue_files = queue_files.max(queues.len());
                    let mut problems = Vec::new();
                    let summary = inspect(&[&root], &mut |finding: &ledgerscope::inspect::Finding<'_>| {
                        problems.push(serde_json::to_string(finding)?);
                        Ok(())
                    })
                    .unwrap();
                    problems.retain(|line| line.contains("\"problem\""));
                    assert_eq!(summary.problems, 0, "{} {at} n{n}: {problems:?}", preset.name());
                    assert_eq!(summary.entries as i64, store.end_index().0 + 1);
                }
            }
        }
    }
    assert!(dead > 10 && data_files > 5 && queue_files > 3, "{dead} {data_files} {queue_files}");
}

#[test]
fn only_dledger_0_3_1_has_a_checkpoint_of_its_own() {
    for preset in Preset::ALL {
        let mut world = World::new(scenario(preset, SMALL));
        world.advance(Micros::seconds(14));
        let out = Temporary::new(&format!("checkpoint-{}", preset.name()));
        export::world(&world, &out.0).unwrap();
        let text = fs::read_to_string(out.0.join("n0/dledger-n0/checkpoint")).ok();
        assert_eq!(text.is_some(), preset == Preset::DLedger031);
        if let Some(text) = text {
            let checkpoint = LedgerCheckpoint::parse(&text).unwrap();
            let committed = world.up(0).unwrap().member().committed_index();
            assert!(Index(0) <= checkpoint.committed_index && checkpoint.committed_index <= committed);
        }
    }
}

#[test]
fn files_of_the_default_size_take_no_more_room_than_was_written() {
    let mut world = World::new(Scenario::default());
    world.advance(Micros::seconds(20));
    let out = Temporary::new("default");
    export::world(&world, &out.0).unwrap();
    let ledger = out.0.join("n1/dledger-n1");
    let data = fs::metadata(ledger.join("data/00000000000000000000")).unwrap();
    let index = fs::metadata(ledger.join("index/00000000000000000000")).unwrap();
    assert_eq!((data.len(), index.len()), (1 << 30, 160 << 20));
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::fs::MetadataExt;
        assert!(data.st_blocks() * 512 < 1 << 20, "{} blocks", data.st_blocks());
    }
    let summary = inspect(&[&out.0], &mut |_: &ledgerscope::inspect::Finding<'_>| Ok(())).unwrap();
    let entries: i64 = (0..3).map(|n| Folder::of(&world, n).entries.end_index().0 + 1).sum();
    assert_eq!((summary.entries as i64, summary.problems), (entries, 0));
    assert!(entries > 0);
}

#[test]
fn nothing_is_overwritten() {
    let mut world = World::new(Scenario::default());
    world.advance(Micros::seconds(2));
    let out = Temporary::new("overwrite");
    fs::create_dir_all(&out.0).unwrap();
    fs::write(out.0.join("mine"), "precious").unwrap();
    let error = export::world(&world, &out.0).unwrap_err();
    assert!(matches!(error, Error::NotEmpty { .. }));
    assert_eq!(error.to_string(), format!("{}: not an empty folder", out.0.display()));
    assert_eq!(tree(&out.0), [("mine".to_string(), b"precious".to_vec())].into());
    let error = export::world(&world, &out.0.join("mine")).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)
}

/// `currterm` and its `.bak` as one member wrote them, one after the other.
fn vote_of(folder: &Path) -> VoteFile {
    let mut file = VoteFile::new();
    for name in ["currterm.bak", "currterm"] {
        if let Ok(text) = fs::read_to_string(folder.join(name)) {
            let vote = Vote::parse(&text).unwrap();
            file.write(vote.term, vote.voted_for.as_deref());
        }
    }
    file
}

fn folder_of(ledger: &Path, index_file_size: i64) -> Folder {
    let options = Options { data_file_size: 4096, index_file_size };
    let checkpoint = fs::read_to_string(ledger.join("checkpoint")).ok();
    Folder {
        self_id: "n0".to_string(),
        entries: EntryStore::load(options, files_in(&ledger.join("data")), files_in(&ledger.join("index")))
            .unwrap(),
        vote: vote_of(ledger),
        ledger_checkpoint: checkpoint.map(|text| LedgerCheckpoint::parse(&text).unwrap()),
        queues: Vec::new(),
        process: None,
    }
}

#[test]
fn a_ledgers_folder_is_that_of_dledger_byte_for_byte() {
    for case in ["noop", "rolling", "single", "truncate_entry", "truncate_index", "truncate_only"] {
        let recorded = golden(&format!("store/{case}/files"));
        let out = Temporary::new(&format!("golden-{case}"));
        folder_of(&recorded, 1024).write(&out.0).unwrap();
        let mut expected = tree(&recorded);
        // What recovery writes anew, ours did too.
        let after = golden(&format!("store/{case}/files-after-recover"));
        if after.exists() {
            expected.extend(tree(&after));
        }
        assert_eq!(tree(&out.0.join("dledger-n0")), expected, "{case}");
    }
}

#[test]
fn a_brokers_folder_is_that_of_rocketmq_byte_for_byte() {
    let recorded = golden("rocketmq/store-dledger");
    let mut folder = folder_of(&recorded.join("dledger-n0"), 28 * 32);
    for topic in fs::read_dir(recorded.join("consumequeue")).unwrap() {
        for queue in fs::read_dir(topic.unwrap().path()).unwrap() {
            let queue = queue.unwrap().path();
            let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_string();
            let units = ConsumeQueue::load(80, files_in(&queue)).unwrap();
            let (topic, id) = (name(queue.parent().unwrap()), name(&queue).parse().unwrap());
            folder.queues.push((topic, id, units));
        }
    }
    let mut expected = tree(&recorded);
    // RocketMQ's index by key is not among what we write, and the recording has neither `abort` nor configuration.
    expected.retain(|name, _| !name.starts_with("index/"));
    let checkpoint = expected
        .get("checkpoint")
        .map_or_else(StoreCheckpoint::default, |bytes| StoreCheckpoint::decode(bytes).unwrap());
    let (topics, consumer_offsets) = (vec![("T".to_string(), 4)], Some("{\"offsetTable\":{}}".to_string()));
    folder.process = Some(Process { checkpoint, topics, consumer_offsets, abort: true });
    let out = Temporary::new("golden-rocketmq");
    folder.write(&out.0).unwrap();
    let mut written = tree(&out.0);
    assert_eq!(written.remove("abort"), Some(Vec::new()));
    let topics: serde_json::Value =
        serde_json::from_slice(&written.remove("config/topics.json").unwrap()).unwrap();
    assert_eq!(topics["topicConfigTable"]["T"]["writeQueueNums"], 4);
    assert_eq!(written.remove("config/consumerOffset.json").unwrap(), b"{\"offsetTable\":{}}");
    if !expected.contains_key("checkpoint") {
        written.remove("checkpoint");
    }
    assert_eq!(written, expected);
}
