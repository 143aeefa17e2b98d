//! A broker's files as the real programs would have them on disk, written into a folder that RocketMQ takes as
//! `storePathRootDir` and DLedger as `storeBaseDir`:
//!
//! ```text
//! n0/dledger-n0/data/00000000000000000000    entries            n0/checkpoint                  StoreCheckpoint
//! n0/dledger-n0/index/00000000000000000000   their index        n0/abort                       did not end in order
//! n0/dledger-n0/currterm, currterm.bak       term and vote      n0/config/topics.json          topics
//! n0/dledger-n0/checkpoint                   0.3.1.2 only       n0/config/consumerOffset.json  consumer groups
//! n0/consumequeue/TopicTest/0/00000000000000000000              units
//! ```
//!
//! Files have their full size and no more blocks than were written: 1 GiB of data with three messages takes some
//! kilobytes. [`world`] writes what a run has come to, [`Folder::write`] one broker's files from anywhere.

mod disk;
mod error;

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use serde_json::json;

use crate::ledger::MemberId;
use crate::sim::World;
use crate::store::{ConsumeQueue, EntryStore, LedgerCheckpoint, StoreCheckpoint, VoteFile, file_name};

pub use error::Error;

/// Bytes read from a store at a time.
const CHUNK: i64 = 1 << 16;

/// What one broker has on disk.
#[derive(Clone, Debug)]
pub struct Folder {
    /// `dLegerSelfId`: n0, n1 ...
    pub self_id: String,
    pub entries: EntryStore,
    pub vote: VoteFile,
    /// DLedger 0.3.1.2 only
    pub ledger_checkpoint: Option<LedgerCheckpoint>,
    /// topic, queueId and units; a queue without units has no files
    pub queues: Vec<(String, u8, ConsumeQueue)>,
    /// what a broker process leaves that has run here
    pub process: Option<Process>,
}

/// The small files in the store root.
#[derive(Clone, Debug)]
pub struct Process {
    pub checkpoint: StoreCheckpoint,
    /// name and number of queues of each topic
    pub topics: Vec<(String, u8)>,
    /// the text of `consumerOffset.json`
    pub consumer_offsets: Option<String>,
    /// whether the file `abort` is there: the process did not end in order, or has not ended
    pub abort: bool,
}

/// Writes the files of every broker of the group, as they are now, to `out/n0`, `out/n1` ... A process that runs goes
/// on; its files are those that its death at this moment would leave. Says how many brokers there were.
///
/// # Errors
/// `out` is there and not an empty folder; something cannot be written.
pub fn world(world: &World, out: &Path) -> Result<usize, Error> {
    claim(out)?;
    let brokers = usize::from(world.scenario().brokers);
    for n in 0..brokers {
        let folder = Folder::of(world, n);
        folder.write(&out.join(MemberId(n as u8).self_id()))?;
    }
    Ok(brokers)
}

/// Makes sure that nothing is in the way.
fn claim(out: &Path) -> Result<(), Error> {
    let failed = |error| Error::Io { path: out.to_owned(), error };
    fs::create_dir_all(out).map_err(failed)?;
    match fs::read_dir(out).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(Error::NotEmpty { folder: out.to_owned() }),
    }
}

impl Folder {
    /// Writes all of it to `root`, which is created.
    ///
    /// # Errors
    /// `root` is there and not an empty folder; something cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), Error> {
        claim(root)?;
        let ledger = root.join(format!("dledger-{}", self.self_id));
        let (data, index) = (self.entries.options().data_file_size, self.entries.options().index_file_size);
        sparse(&ledger.join("data"), data, self.entries.data_used(), |pos, len| {
            self.entries.raw_data(pos, len)
        })?;
        sparse(&ledger.join("index"), index, self.entries.index_used(), |pos, len| {
            self.entries.raw_index(pos, len)
        })?;
        small(&ledger.join("currterm"), self.vote.content())?;
        small(&ledger.join("currterm.bak"), self.vote.backup())?;
        small(&ledger.join("checkpoint"), self.ledger_checkpoint.map(|c| c.encode()))?;
        for (topic, queue_id, queue) in &self.queues {
            let folder = root.join("consumequeue").join(topic).join(queue_id.to_string());
            sparse(&folder, queue.file_size(), queue.used(), |pos, len| queue.raw(pos, len))?;
        }
        self.process.as_ref().map_or(Ok(()), |process| process.write(root))
    }
}

impl Process {
    fn write(&self, root: &Path) -> Result<(), Error> {
        small(&root.join("checkpoint"), Some(self.checkpoint.encode()))?;
        small(&root.join("config/topics.json"), Some(self.topics_json()))?;
        small(&root.join("config/consumerOffset.json"), self.consumer_offsets.as_deref())?;
        small(&root.join("abort"), self.abort.then_some(""))
    }

    /// `TopicConfigSerializeWrapper`, without the topics that every broker adds by itself.
    fn topics_json(&self) -> String {
        let table: serde_json::Map<_, _> = self
            .topics
            .iter()
            .map(|(name, queues)| {
                let topic = json!({
                    "order": false,
                    "perm": 6,
                    "readQueueNums": queues,
                    "topicFilterType": "SINGLE_TAG",
                    "topicName": name,
                    "topicSysFlag": 0,
                    "writeQueueNums": queues,
                });
                (name.clone(), topic)
            })
            .collect();
        let version = json!({ "counter": 0, "stateVersion": 0, "timestamp": 0 });
        json!({ "dataVersion": version, "topicConfigTable": table }).to_string()
    }
}

fn small(path: &Path, content: Option<impl AsRef<[u8]>>) -> Result<(), Error> {
    let Some(content) = content else { return Ok(()) };
    let failed = |error| Error::Io { path: path.to_owned(), error };
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
    fs::write(path, content).map_err(failed)
}

/// Writes files of `size` bytes, each named by its start, of which `used` says how many bytes there are to write.
fn sparse(
    folder: &Path,
    size: i64,
    used: impl Iterator<Item = (i64, i64)>,
    read: impl Fn(i64, usize) -> Option<Vec<u8>>,
) -> Result<(), Error> {
    for (start, used) in used {
        let path = folder.join(file_name(start));
        let write = || {
            fs::create_dir_all(folder)?;
            let mut file = File::create_new(&path)?;
            file.set_len(size as u64)?;
            let mut at = 0;
            while at < used {
                let len = CHUNK.min(used - at);
                let bytes = read(start + at, len as usize).unwrap_or_default();
                if bytes.iter().any(|b| *b != 0) {
                    file.seek(SeekFrom::Start(at as u64))?;
                    file.write_all(&bytes)?;
                }
                at += len;
            }
            Ok(())
        };
        write().map_err(|error| Error::Io { path: path.clone(), error })?;
    }
    Ok(())
}
