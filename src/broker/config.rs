//! What a broker is configured with: `BrokerConfig` and `MessageStoreConfig`, as far as something here depends on
//! it. All defaults are RocketMQ's own.

use std::rc::Rc;

use crate::ledger;
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

/// Where the released broker loses something that it need not: each fault is one switch, off by default.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct BrokerRules {
    /// After a crash, recover the ConsumeQueues as `DLedgerCommitLog.recoverAbnormally` does: every entry in the log
    /// gets its unit, committed or not; then units are cut behind a position that is 48 bytes too small for each
    /// message of the last file; and dispatching goes on behind the commit index as last saved, so that what was cut
    /// stays cut. Otherwise a crash costs the queues nothing, and dispatching goes on where they end.
    pub recover_as_released: bool,
    /// Who is elected before it was ever a slave takes messages at once, not only when all of its log is committed and
    /// dispatched: only slaves refuse. Its queue counters do not know of the tail of its log, so that two messages can
    /// get one queue offset, and the second is never seen. It takes a producer that remembers the broker as master from
    /// before its restart. Otherwise such a broker answers SYSTEM_BUSY.
    pub takes_messages_before_it_is_master: bool,
}

/// What a broker is configured with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerConfig {
    /// its DLedger member
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
    pub rules: BrokerRules,
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
            rules: BrokerRules::default(),
        }
    }
}
