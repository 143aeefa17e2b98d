//! The description that a run starts from, and its reading from anything serde can read: JSON in a file, an
//! object in JavaScript.
//!
//! * `draft`: what was written, before it is checked
//! * `command`, `links`: what is done to a run while it goes on; `refusal`: why not
//! * `parts`: topics, producers, consumers, files

mod command;
mod draft;
mod links;
mod parts;
mod refusal;

use serde::ser::{Serialize, Serializer};

use crate::ledger::{Config, MemberId, Preset, Rule, Rules};
use crate::shown::Fields;

pub use crate::client::ConsumeFrom;
pub use command::{AT_MAX_MS, COMMANDS, Command, FIELDS, Timed};
pub use draft::{Draft, Invalid, Mistake, Value};
pub use links::{Groups, LinkChange};
pub use parts::{CLIENTS_MAX, ConsumerSpec, FileSizes, ProducerSpec, TOPICS_MAX, TopicSpec};
pub use refusal::Refusal;

/// The version of the format; a scenario without one is taken to be of this.
pub const VERSION: i64 = 1;

/// Everything a run is decided by, but for the commands given while it runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    pub seed: u64,
    /// brokers in the group
    pub brokers: u8,
    /// one-way delay of a message, shortest and longest
    pub latency_min_us: u32,
    pub latency_max_us: u32,
    /// whose rules and settings the members have
    pub preset: Preset,
    /// the preset's rules, but for those that are set one by one
    pub rules: Rules,
    /// `preferredLeaderIds`
    pub preferred_leaders: Vec<MemberId>,
    /// `isEnableBatchAppend`
    pub batch_append: bool,
    /// never empty
    pub topics: Vec<TopicSpec>,
    pub producers: Vec<ProducerSpec>,
    pub consumers: Vec<ConsumerSpec>,
    pub files: FileSizes,
    /// `pollNameServerInterval` of the clients
    pub poll_name_server_ms: u32,
    /// `registerNameServerPeriod` of the brokers
    pub register_broker_ms: u32,
    /// what is done by itself, in order of time
    pub commands: Vec<Timed>,
}

/// A number of a scenario: its name, what it may be, and what it is if nothing is said.
pub struct Number {
    pub name: &'static str,
    pub min: i64,
    pub max: i64,
    pub default: i64,
}

/// 2^53 - 1: the largest whole number that JSON readers everywhere keep exactly.
pub const SEED_MAX: i64 = (1 << 53) - 1;

/// The numbers of a scenario. `queues` and `message_every_ms` are of the topic and the producer there are if
/// none are listed.
pub const NUMBERS: [Number; 9] = [
    number("version", VERSION, VERSION, VERSION),
    number("seed", 0, SEED_MAX, 7),
    number("brokers", 1, 9, 3),
    number("queues", 1, 16, 2),
    number("message_every_ms", 0, 600_000, 5_000),
    number("latency_min_us", 1, 10_000_000, 1_000),
    number("latency_max_us", 1, 10_000_000, 3_000),
    number("poll_name_server_ms", 10, 3_600_000, 30_000),
    number("register_broker_ms", 10, 3_600_000, 30_000),
];

/// The other fields of a scenario.
pub const PARTS: [&str; 9] = [
    "preset",
    "rules",
    "preferred_leaders",
    "batch_append",
    "topics",
    "producers",
    "consumers",
    "files",
    "commands",
];

/// Most commands of a scenario.
pub const COMMANDS_MAX: usize = 10_000;

const fn number(name: &'static str, min: i64, max: i64, default: i64) -> Number {
    Number { name, min, max, default }
}

/// What a number is if nothing is said.
const fn usual(at: usize) -> u32 {
    NUMBERS[at].default as u32
}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario::plain(u64::from(const { usual(1) }), const { usual(2) } as u8, const { usual(4) })
    }
}

impl Scenario {
    /// The default but for these numbers, without reading anything.
    pub fn plain(seed: u64, brokers: u8, message_every_ms: u32) -> Scenario {
        let preset = Preset::Intended;
        Scenario {
            seed,
            brokers,
            latency_min_us: const { usual(5) },
            latency_max_us: const { usual(6) },
            preset,
            rules: preset.rules(),
            preferred_leaders: Vec::new(),
            batch_append: false,
            topics: parts::the_topic(const { usual(3) } as u8),
            producers: vec![ProducerSpec { topic: 0, every_ms: message_every_ms, batch: 1 }],
            consumers: Vec::new(),
            files: FileSizes::default(),
            poll_name_server_ms: const { usual(7) },
            register_broker_ms: const { usual(8) },
            commands: Vec::new(),
        }
    }

    /// The default, but that nobody sends unless told to.
    pub fn silent(seed: u64, brokers: u8) -> Scenario {
        Scenario::plain(seed, brokers, 0)
    }

    /// Checks a draft; what it leaves out gets its default.
    pub fn from_draft(draft: &Draft) -> Result<Scenario, Invalid> {
        let names: Vec<&str> = NUMBERS.iter().map(|n| n.name).chain(PARTS).collect();
        draft.only(&names)?;
        let mut numbers = [0; NUMBERS.len()];
        for (number, read) in NUMBERS.iter().zip(&mut numbers) {
            *read = draft.whole(number.name, number.min, number.max)?.unwrap_or(number.default);
        }
        let [_, seed, brokers, queues, every, least, most, poll, register] = numbers;
        if least > most {
            let allowed = format!("1..={most} (latency_max_us)");
            return Err(Invalid::value("latency_min_us", least.to_string(), allowed));
        }
        let preset = draft.one_of("preset", &Preset::ALL.map(Preset::name))?;
        let preset = preset.map_or(Preset::Intended, |n| Preset::ALL[n]);
        let topics = draft.objects("topics", parts::TOPICS_MAX, TopicSpec::from_draft)?;
        let topics = parts::topics_or_default(topics, queues as u8)?;
        let producers = draft
            .objects("producers", parts::CLIENTS_MAX, |draft| ProducerSpec::from_draft(draft, &topics))?
            .unwrap_or_else(|| vec![ProducerSpec { topic: 0, every_ms: every as u32, batch: 1 }]);
        let consumers = draft
            .objects("consumers", parts::CLIENTS_MAX, |draft| ConsumerSpec::from_draft(draft, &topics))?
            .unwrap_or_default();
        parts::check_groups(&consumers, &topics)?;
        let preferred = draft.wholes("preferred_leaders", 9, (0, brokers - 1))?;
        let mut rules = preset.rules();
        draft.object("rules", &mut |draft| read_rules(draft, &mut rules))?;
        let mut files = FileSizes::default();
        draft.object("files", &mut |draft| files.read(draft))?;
        let commands = draft.objects("commands", COMMANDS_MAX, command::timed)?.unwrap_or_default();
        command::check_order(&commands)?;
        Ok(Scenario {
            seed: seed as u64,
            brokers: brokers as u8,
            latency_min_us: least as u32,
            latency_max_us: most as u32,
            preset,
            rules,
            preferred_leaders: preferred.into_iter().map(|n| MemberId(n as u8)).collect(),
            batch_append: draft.flag("batch_append")?.unwrap_or(false),
            topics,
            producers,
            consumers,
            files,
            poll_name_server_ms: poll as u32,
            register_broker_ms: register as u32,
            commands,
        })
    }

    /// The different consumer groups, by number.
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for consumer in &self.consumers {
            if !groups.contains(&consumer.group.as_str()) {
                groups.push(&consumer.group);
            }
        }
        groups
    }

    /// What the DLedger members are configured with.
    pub fn config(&self) -> Config {
        Config {
            rules: self.rules,
            preferred_leaders: self.preferred_leaders.clone(),
            batch_append: self.batch_append,
            ..self.preset.config()
        }
    }
}

/// What the draft says of single rules.
fn read_rules(draft: &Draft, rules: &mut Rules) -> Result<(), Invalid> {
    draft.only(&Rule::ALL.map(Rule::name))?;
    for rule in Rule::ALL {
        if let Some(kept) = draft.flag(rule.name())? {
            *rules = rules.with(rule, kept);
        }
    }
    Ok(())
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::default();
        fields.number("version", VERSION).number("seed", self.seed).number("brokers", self.brokers);
        fields.number("latency_min_us", self.latency_min_us).number("latency_max_us", self.latency_max_us);
        fields.number("poll_name_server_ms", self.poll_name_server_ms);
        fields.number("register_broker_ms", self.register_broker_ms);
        let mut rules = Fields::default();
        for rule in Rule::ALL {
            if self.rules.keep(rule) != self.preset.rules().keep(rule) {
                rules.flag(rule.name(), self.rules.keep(rule));
            }
        }
        fields.name("preset", self.preset.name()).fields("rules", rules);
        fields.numbers("preferred_leaders", self.preferred_leaders.iter().map(|id| id.0));
        fields.flag("batch_append", self.batch_append);
        fields.list("topics", self.topics.iter().map(TopicSpec::shown));
        fields.list("producers", self.producers.iter().map(|p| p.shown(&self.topics)));
        fields.list("consumers", self.consumers.iter().map(|c| c.shown(&self.topics)));
        fields.fields("files", self.files.shown());
        fields.list("commands", self.commands.iter().map(command::timed_shown));
        fields.serialize(serializer)
    }
}

#[cfg(test)]
mod command_tests;
#[cfg(test)]
mod tests;
