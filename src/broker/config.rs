//! What a broker is configured with: `BrokerConfig` and `MessageStoreConfig`, as far as something here depends on
//! it. All defaults are RocketMQ's own.

use std::rc::Rc;

use crate::ledger::{self, Rule};
use crate::store::{CQ_DEFAULT_FILE_SIZE, Options};
use crate::time::Micros;

/// A topic: as many queues to write to as to read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Topic {
    pub name: String,
    pub queues: u8,
}

/// Sizes of the files on a broker's disk, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileSizes {
    /// DLedger's files; those of the data are `mappedFileSizeCommitLog` long
    pub entries: Options,
    /// `mappedFileSizeConsumeQueue`, rounded up to whole units of 20
    pub consume_queue: i64,
}

impl Default for FileSizes {
    fn default() -> FileSizes {
        FileSizes { entries: Options::default(), consume_queue: CQ_DEFAULT_FILE_SIZE }
    }
}

/// What a broker is configured with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerConfig {
    /// its DLedger member, and the rules that it keeps itself as well
    pub ledger: ledger::Config,
    /// every topic there is; none is created by sending to it
    pub topics: Rc<[Topic]>,
    /// names of the consumer groups, by number
    pub groups: Rc<[String]>,
    pub files: FileSizes,
    /// `registerNameServerPeriod`; used within 10 to 60 s
    pub register_every: Micros,
    /// `slaveReadEnable`: a slave answers pulls
    pub slave_read_enable: bool,
    /// `offsetCheckInSlave`: a slave corrects offsets that are out of bounds
    pub offset_check_in_slave: bool,
    /// `longPollingEnable`; off, a pull is held for a second and not woken by messages
    pub long_polling_enable: bool,
    /// `recheckReputOffsetFromCq`: dispatching starts where the queues end. Matters to a recovery as released.
    pub recheck_reput_offset_from_cq: bool,
    /// `maxMessageSize`, in bytes: of a body, or of all records of a batch
    pub max_message_size: usize,
}

impl Default for BrokerConfig {
    fn default() -> BrokerConfig {
        BrokerConfig {
            ledger: ledger::Config::default(),
            topics: Rc::from([]),
            groups: Rc::from([]),
            files: FileSizes::default(),
            register_every: Micros::seconds(30),
            slave_read_enable: false,
            offset_check_in_slave: false,
            long_polling_enable: true,
            recheck_reput_offset_from_cq: false,
            max_message_size: 4 * 1024 * 1024,
        }
    }
}

impl BrokerConfig {
    /// Without the rule a process recovers its ConsumeQueues after a crash as released, and begins to dispatch at the
    /// committed end as last saved.
    pub(super) fn recovers_queues_whole(&self) -> bool {
        self.ledger.rules.keep(Rule::RecoverQueuesWhole)
    }
}
