//! What a broker of a world has on disk: the one place here that knows how the floors below keep it.

use super::{Folder, Process};
use crate::broker::{Disk, TOPIC};
use crate::ledger::MemberId;
use crate::sim::{BrokerState, World};
use crate::store::{ConsumeQueue, Index, LedgerCheckpoint, Record, StoreCheckpoint};

impl Folder {
    /// The files of broker number `n` of the world, as they are now.
    pub fn of(world: &World, n: usize) -> Folder {
        let (disk, has_run) = match world.broker(n) {
            BrokerState::Up(broker) => (broker.as_ref().clone().into_disk(world.now()), true),
            BrokerState::Dead(disk) => (disk.clone(), true),
            // A process writes `abort` when it comes up, and has a vote soon after.
            BrokerState::Booting { disk, .. } => (disk.clone(), disk.ledger.vote.content().is_some()),
            BrokerState::Between => unreachable!("a state within a step of the world"),
        };
        let has_checkpoint = world.scenario().config().checkpoint_interval.is_some();
        let saved = Some(disk.ledger.checkpoint).filter(|saved| has_checkpoint && *saved != Index::NONE);
        let end_index = disk.ledger.store.end_index();
        let process = has_run.then(|| Process {
            checkpoint: store_checkpoint(&disk),
            topics: vec![(TOPIC.to_string(), disk.queues.len() as u8)],
            consumer_offsets: None,
            abort: true,
        });
        let queues = disk.queues.into_iter().zip(0..);
        Folder {
            self_id: MemberId(n as u8).self_id(),
            ledger_checkpoint: saved.map(|committed_index| LedgerCheckpoint { end_index, committed_index }),
            entries: disk.ledger.store,
            vote: disk.ledger.vote,
            queues: queues.map(|(queue, id)| (TOPIC.to_string(), id, queue)).collect(),
            process,
        }
    }
}

/// Store time of the last message that was dispatched; with DLedger both times are set together, and the one of the
/// index by key stays 0 without one.
fn store_checkpoint(disk: &Disk) -> StoreCheckpoint {
    let end = disk.queues.iter().map(ConsumeQueue::max_physic_offset).max().unwrap_or(-1);
    let last = disk.ledger.store.entry_at_position(end - 1);
    let time = last.and_then(|e| Record::parse(&e.body).ok()).map_or(0, |r| r.store_timestamp_ms());
    StoreCheckpoint { physic_msg_timestamp: time, logics_msg_timestamp: time, ..StoreCheckpoint::default() }
}
