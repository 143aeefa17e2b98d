//! What a new process makes of a broker's files: `DefaultMessageStore.load` and `recover`.

use super::Disk;
use super::config::BrokerConfig;
use super::put::has_queue_offset;
use super::queues::Queues;
use crate::store::{ConsumeQueue, EntryStore, Record, StoreError, Version};

/// A message must be this much older than the checkpoint says for its file to be the first looked at.
const CHECKPOINT_MARGIN_MS: i64 = 3000;

impl Disk {
    /// What a starting process makes of the files: the real scan over DLedger's bytes, then over the ConsumeQueues', then
    /// what brings the two together.
    ///
    /// # Errors
    /// Files that no broker wrote.
    pub fn recover(self, config: &BrokerConfig) -> Result<Disk, StoreError> {
        let mut disk = Disk { ledger: self.ledger.recover()?, ..self };
        disk.queues.all = disk.queues.all.into_iter().map(ConsumeQueue::reopen).collect();
        let store = &disk.ledger.store;
        if config.recovers_queues_whole() {
            disk.queues.truncate_beyond(store.wrote_position());
        } else if disk.abort {
            recover_abnormally(store, &mut disk.queues, disk.checkpoint.timestamp_ms);
        } else {
            disk.queues.truncate_dirty(store.wrote_position());
        }
        disk.abort = true; // until the process ends in order
        Ok(disk)
    }
}

/// `DLedgerCommitLog.recoverAbnormally`, faults included.
fn recover_abnormally(store: &EntryStore, queues: &mut Queues, checkpoint_ms: i64) {
    let indexed_to = queues.max_physic_offset();
    let mut file = first_file(store, (checkpoint_ms - CHECKPOINT_MARGIN_MS).max(0));
    let mut position = file;
    let mut messages_size = 0;
    while position < store.wrote_position() {
        let Some(entry) = store.entry_at_position(position) else {
            file = position + store.options().data_file_size - position % store.options().data_file_size;
            (position, messages_size) = (file, 0);
            continue;
        };
        let Some(record) = Record::parse(&entry.body).ok().filter(|record| record.check_body().is_ok())
        else {
            break;
        };
        dispatch(&record, queues);
        position += entry.size() as i64;
        // The header's 48 bytes are forgotten.
        messages_size += i64::from(record.total_size());
    }
    let process_offset = file + messages_size;
    // As it was before units were added.
    if indexed_to >= process_offset {
        queues.truncate_dirty(process_offset);
    }
}

/// Committed or not.
fn dispatch(record: &Record, queues: &mut Queues) {
    let queue = queues.named(record.topic(), record.queue_id());
    let queue = queue.filter(|_| has_queue_offset(record.sys_flag()));
    if let Some(queue) = queue.and_then(|id| queues.get_mut(id)) {
        queue.put(record.physical_offset(), record.total_size(), record.tags_code(), record.queue_offset());
    }
}

/// Start of the last data file that begins with a message old enough; the first file if there is none
/// (`isMappedFileMatchedRecover`).
fn first_file(store: &EntryStore, not_after_ms: i64) -> i64 {
    let matches = |start: i64| {
        let body = store.entry_at_position(start).map(|entry| &entry.body);
        body.and_then(|body| Record::parse(body).ok()).is_some_and(|record| {
            let stored = record.store_timestamp_ms();
            record.version() == Version::V1 && stored != 0 && stored <= not_after_ms
        })
    };
    let mut starts = store.data_spans().map(|(start, _)| start);
    starts.by_ref().rev().find(|start| matches(*start)).unwrap_or(store.data_begin())
}
