//! What a broker of a world has on disk: the one place here that knows how the floors below keep it.

use super::{Folder, Process};
use crate::broker::{QueueId, TopicId};
use crate::ledger::MemberId;
use crate::sim::{BrokerState, World};
use crate::store::{Index, LedgerCheckpoint, StoreCheckpoint};

impl Folder {
    /// The files of broker number `n` of the world, as they are now.
    pub fn of(world: &World, n: usize) -> Folder {
        let disk = match world.broker(n) {
            BrokerState::Up(broker) => broker.as_ref().clone().into_disk(world.now()),
            BrokerState::Dead(disk) | BrokerState::Booting { disk, .. } => disk.clone(),
            BrokerState::Between => unreachable!("a state within a step of the world"),
        };
        let scenario = world.scenario();
        let has_checkpoint = scenario.config().checkpoint_interval.is_some();
        let saved = Some(disk.ledger.checkpoint).filter(|saved| has_checkpoint && *saved != Index::NONE);
        let end_index = disk.ledger.store.end_index();
        // A process writes `abort` when it comes up, and has a vote soon after.
        let has_run = disk.abort || disk.ledger.vote.content().is_some();
        let time = disk.checkpoint.timestamp_ms;
        let groups: Vec<String> = scenario.groups().into_iter().map(str::to_string).collect();
        let process = has_run.then(|| Process {
            // With DLedger both times are set together; that of the index by key stays 0 without one.
            checkpoint: StoreCheckpoint {
                physic_msg_timestamp: time,
                logics_msg_timestamp: time,
                ..StoreCheckpoint::default()
            },
            topics: scenario.topics.iter().map(|topic| (topic.name.clone(), topic.queues)).collect(),
            consumer_offsets: (!disk.consumer_offsets.is_empty()).then(|| disk.consumer_offset_json(&groups)),
            abort: disk.abort,
        });
        let queues = scenario.topics.iter().zip(0..).flat_map(|(topic, number)| {
            (0..topic.queues).map(move |queue| (topic, QueueId { topic: TopicId(number), queue }))
        });
        let queues = queues
            .filter_map(|(topic, id)| Some((topic.name.clone(), id.queue, disk.queues.get(id)?.clone())));
        Folder {
            self_id: MemberId(n as u8).self_id(),
            queues: queues.collect(),
            ledger_checkpoint: saved.map(|committed_index| LedgerCheckpoint { end_index, committed_index }),
            entries: disk.ledger.store,
            vote: disk.ledger.vote,
            process,
        }
    }
}
