//! Writes what fuzzing starts from into `corpus/`: what the real DLedger and RocketMQ wrote (`tests/golden`), the
//! default scenario, every command. `cargo run --example seeds`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ledgerscope::scenario::{COMMANDS, Scenario};
use ledgerscope::store::{Entry, EntryStore, Host, INDEX_UNIT_SIZE, Index, Options};
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden(path: &str) -> PathBuf {
    root().join("../tests/golden").join(path)
}

fn seed(target: &str, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
    let folder = root().join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

fn main() -> Result<()> {
    for case in ["single", "noop", "truncate_entry", "truncate_only", "rolling"] {
        log(case)?;
    }
    for number in 0..16 {
        seed("damaged_store", &format!("program-{number}"), noise(number))?;
    }
    for (number, queue) in ["TopicTest/0", "TopicTest/1", "T/3"].iter().enumerate() {
        let bytes = directory(&golden("rocketmq/store-dledger/consumequeue").join(queue))?.concat();
        let mut input = vec![3, 0];
        input.extend((bytes.len() as u16).to_be_bytes());
        input.extend(bytes);
        input.extend([
            3, 8, 1, 0, 60, 2, 4, 9, 1, 0, 60, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0,
        ]);
        seed("consume_queue", &format!("golden-{number}"), input)?;
    }
    small_files()?;
    messages()?;
    scenarios()
}

/// The small files; and these and some of the large ones as `inspect` takes them, with the number of their kind.
fn small_files() -> Result<()> {
    let store = golden("rocketmq/store-dledger");
    let read = |path: &str| fs::read(store.join(path));
    let header: Vec<u8> = read("index/20261123025237121")?.into_iter().take(200).collect();
    let checkpoint: Vec<u8> = read("checkpoint")?.into_iter().take(64).collect();
    let ledger = fs::read(golden("store-0.3.1.2/single/files/checkpoint"))?;
    seed("index_header", "golden", &header)?;
    seed("store_checkpoint", "golden", &checkpoint)?;
    seed("ledger_checkpoint", "golden", &ledger)?;
    let offsets = br#"{"dataVersion":{"counter":1},"offsetTable":{"T@g":{3:2,4:0},"TopicTest@g":{"0":12}}}"#;
    let first = "00000000000000000000";
    let data: Vec<u8> = read(&format!("dledger-n0/data/{first}"))?.into_iter().take(1200).collect();
    let files = [
        (0, data.clone()),
        (1, read(&format!("dledger-n0/index/{first}"))?),
        (2, data.get(48..162).ok_or("no message")?.to_vec()),
        (3, read(&format!("consumequeue/TopicTest/0/{first}"))?),
        (4, data),
        (5, read("dledger-n0/currterm")?),
        (6, ledger),
        (6, checkpoint),
        (7, header),
        (8, offsets.to_vec()),
    ];
    for (number, (kind, bytes)) in files.iter().enumerate() {
        let start: &[u8] = if *kind < 5 { &[*kind, 0] } else { &[*kind] };
        seed("inspect", &format!("golden-{number}"), [start, bytes].concat())?;
    }
    Ok(())
}

/// Seeds of one recorded log: its files, its entries, its units, its vote.
fn log(case: &str) -> Result<()> {
    let files = golden("store").join(case).join("files");
    for vote in ["currterm", "currterm.bak"] {
        seed("vote", &format!("{case}-{vote}"), fs::read(files.join(vote))?)?;
    }
    let options = Options { data_file_size: 4096, index_file_size: 1024 };
    let named = |list: Vec<Vec<u8>>, size: usize| {
        list.into_iter().enumerate().map(move |(n, bytes)| (format!("{:020}", n * size), bytes))
    };
    let (data, index) = (directory(&files.join("data"))?, directory(&files.join("index"))?);
    let store = EntryStore::load(options, named(data, 4096), named(index, 1024))?;
    // The same entries in smaller files, so that there are many in a short input.
    let mut small = EntryStore::new(Options { data_file_size: 400, index_file_size: 96 });
    for index in (0..=store.end_index().0.min(12)).map(Index) {
        let entry = store.get(index).ok_or("an entry is missing")?;
        seed("entry", &format!("{case}-{index}"), entry.encode())?;
        let unit = store.raw_index(index.0 * INDEX_UNIT_SIZE as i64, INDEX_UNIT_SIZE);
        seed("index_unit", &format!("{case}-{index}"), unit.ok_or("a unit is missing")?)?;
        let body = entry.body[..entry.body.len().min(200)].into();
        small.append_as_follower(&Entry { body, ..entry })?;
    }
    let data: Vec<u8> = small.data_files().flat_map(|(_, bytes)| bytes).collect();
    let mut input = (400_u16 - 57).to_be_bytes().to_vec();
    input.extend([2, 0, 0]);
    input.extend((data.len() as u16).to_be_bytes());
    input.extend(data);
    input.extend(small.index_files().flat_map(|(_, bytes)| bytes));
    seed("entry_store", case, input)
}

/// The files of a directory in order of their names.
fn directory(path: &Path) -> Result<Vec<Vec<u8>>> {
    let mut paths = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().map(|path| Ok(fs::read(path)?)).collect()
}

/// A program of steps that are as good as any.
fn noise(number: u8) -> Vec<u8> {
    let mut state = u64::from(number);
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..32 + 8 * number).map(|_| draw()).collect()
}

fn messages() -> Result<()> {
    let recorded: Value = serde_json::from_slice(&fs::read(golden("rocketmq/messages.json"))?)?;
    let list = recorded["messagesFixedTime"].as_array().ok_or("no messages")?;
    for (number, message) in list.iter().enumerate() {
        let text = |key: &str| message[key].as_str().unwrap_or_default();
        let name = format!("golden-{number}");
        let stored = text("stored").as_bytes().chunks(2);
        let stored = stored.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
        seed("message", &name, stored.collect::<Result<Vec<u8>>>()?)?;
        seed("properties", &name, text("propertiesString"))?;
        seed("offset_msg_id", &name, text("offsetMsgId"))?;
        seed("host", &name, text("bornHost"))?;
        let mut bytes = Vec::new();
        text("storeHost").parse::<Host>()?.encode_to(&mut bytes);
        seed("host", &format!("{name}-bytes"), bytes)?;
    }
    Ok(())
}

/// Everything that a scenario can say.
const RICH: &str = r#"{"version":1,"seed":9007199254740991,"brokers":9,"queues":4,"message_every_ms":20,
"latency_min_us":1,"latency_max_us":10000000,"poll_name_server_ms":10,"register_broker_ms":3600000,
"preset":"dledger-0.3.1","rules":{"erase_on_truncate":true,"vote_by_the_log":false},
"preferred_leaders":[1,2],"batch_append":true,"topics":[{"name":"a"},{"name":"b","queues":8}],
"producers":[{"topic":"b","every_ms":100,"batch":3}],
"consumers":[{"topic":"b","group":"g","from":"first"},{"topic":"a","from":"last"}],
"files":{"data_bytes":4096,"index_bytes":1000,"consume_queue_units":4},
"commands":[{"at_ms":5,"do":"kill","broker":1},{"at_us":5001,"do":"delay","from":0,"to":1,"ms":250}]}"#;

const SCENARIOS: &[&str] = &[
    RICH,
    "{}",
    r#"{"preset":"dledger-0.4","seed":1,"seed":2}"#,
    r#"{"queues":[1.5,null,{"a":true}]}"#,
    r#"{"commands":[{"at_ms":0,"do":"send"},{"at_ms":2,"do":"heal_all"},{"at_ms":1,"do":"heal_all"}]}"#,
];

fn scenarios() -> Result<()> {
    seed("scenario", "default", serde_json::to_string(&Scenario::default())?)?;
    for (number, text) in SCENARIOS.iter().enumerate() {
        seed("scenario", &format!("scenario-{number}"), text)?;
    }
    for (name, fields) in COMMANDS {
        let mut command = serde_json::Map::from_iter([("do".to_owned(), name.into())]);
        command.extend(fields.iter().map(|field| ((*field).to_owned(), 2.into())));
        seed("command", name, serde_json::to_string(&command)?)?;
    }
    Ok(())
}
