//! Commands: the only way in. What a visitor, a story, a scenario or a test does to a running world.

use super::SEED_MAX;
use super::draft::{Draft, Invalid, Value, bounds, list};
use super::links::{Groups, LinkChange};
use crate::ledger::{MemberId, Rule};
use crate::shown::Fields;
use crate::time::Micros;

/// Everything that can be done to a world.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// The broker's process dies; its disk stays.
    Kill { broker: MemberId },
    /// The broker's machine loses power: what the last flush did not reach is gone.
    PowerLoss { broker: MemberId },
    /// A dead broker's process is started again.
    Restart { broker: MemberId },
    /// A producer sends a message, or a batch, as it is set.
    Send { producer: u8 },
    /// A consumer that does not run starts.
    StartConsumer { consumer: u8 },
    /// A consumer ends in order: it tells how far it is, and that it goes.
    StopConsumer { consumer: u8 },
    /// A consumer's process dies.
    KillConsumer { consumer: u8 },
    /// The leader is asked to hand its leadership to this broker.
    Transfer { broker: MemberId },
    /// What goes from one broker to the other is lost from now on.
    Cut { from: MemberId, to: MemberId },
    /// It is no longer.
    Heal { from: MemberId, to: MemberId },
    /// All that goes to or comes from the broker is lost, that of clients and the name server too.
    Isolate { broker: MemberId },
    /// All links are as at the start: nothing is cut, lost, doubled, late or out of order any more.
    HealAll,
    /// What goes from one broker to the other takes this much longer from now on.
    Delay { from: MemberId, to: MemberId, ms: u32 },
    /// The broker's process stands still, as in a long collection of garbage: its memory and its connections stay,
    /// what comes to it waits.
    Pause { broker: MemberId },
    /// It goes on, and handles in order what has come meanwhile.
    Resume { broker: MemberId },
    /// What goes between brokers of different groups is lost from now on, and nothing else between brokers.
    Partition { groups: Groups },
    /// From now on the network is like this: from one broker, to one, both, or everywhere.
    Network { from: Option<MemberId>, to: Option<MemberId>, change: LinkChange },
    /// The broker's own clock runs this fast from now on; 1000 is the truth.
    Clock { broker: MemberId, rate_permille: u16 },
    /// From now on what has to be written on the broker waits this long for its disk; the disk takes no more entries, or
    /// does again.
    Disk { broker: MemberId, slow_ms: Option<u32>, full: Option<bool> },
    /// A message in flight is lost.
    Drop { message: u64 },
    /// A message in flight arrives this much later.
    Hold { message: u64, ms: u32 },
    /// A message in flight is sent once more.
    Duplicate { message: u64 },
    /// All brokers keep this rule from now on, or do not.
    Rule { rule: Rule, kept: bool },
    /// `HealAll`; who is paused goes on, clocks are right, disks are fast and have room. The dead stay dead.
    Calm,
}

/// A command and when it is given.
pub type Timed = (Micros, Command);

/// The names of the commands, as they are written, the fields each needs, and those it may have.
pub const COMMANDS: [(&str, &[&str], &[&str]); 24] = [
    ("kill", &["broker"], &[]),
    ("power_loss", &["broker"], &[]),
    ("restart", &["broker"], &[]),
    ("send", &[], &["producer"]),
    ("start_consumer", &[], &["consumer"]),
    ("stop_consumer", &[], &["consumer"]),
    ("kill_consumer", &[], &["consumer"]),
    ("transfer", &["broker"], &[]),
    ("cut", &["from", "to"], &[]),
    ("heal", &["from", "to"], &[]),
    ("isolate", &["broker"], &[]),
    ("heal_all", &[], &[]),
    ("delay", &["from", "to", "ms"], &[]),
    ("pause", &["broker"], &[]),
    ("resume", &["broker"], &[]),
    ("partition", &["groups"], &[]),
    (
        "network",
        &[],
        &["from", "to", "latency_us", "jitter_us", "loss_permille", "duplicate_permille", "reorder_permille"],
    ),
    ("clock", &["broker", "rate_permille"], &[]),
    ("disk", &["broker"], &["slow_ms", "full"]),
    ("drop", &["message"], &[]),
    ("hold", &["message", "ms"], &[]),
    ("duplicate", &["message"], &[]),
    ("rule", &["rule", "kept"], &[]),
    ("calm", &[], &[]),
];

/// The fields of commands that are whole numbers: the smallest and the largest each may be.
pub const FIELDS: [(&str, i64, i64); 14] = [
    ("broker", 0, 8),
    ("from", 0, 8),
    ("to", 0, 8),
    ("producer", 0, 7),
    ("consumer", 0, 7),
    ("ms", 0, 600_000),
    ("latency_us", 1, 10_000_000),
    ("jitter_us", 0, 10_000_000),
    ("loss_permille", 0, 1000),
    ("duplicate_permille", 0, 1000),
    ("reorder_permille", 0, 1000),
    ("rate_permille", 100, 4000),
    ("slow_ms", 0, 60_000),
    ("message", 0, SEED_MAX),
];

fn missing(field: &str, allowed: String) -> Invalid {
    Invalid::value(field, "missing".to_string(), allowed)
}

impl Command {
    /// Reads `{do: 'kill', broker: 0}` and the like.
    pub fn from_draft(draft: &Draft) -> Result<Command, Invalid> {
        Command::read(draft, &[])
    }

    /// The same with more fields allowed than the command's own.
    fn read(draft: &Draft, also: &[&str]) -> Result<Command, Invalid> {
        let names = COMMANDS.map(|(name, ..)| name);
        let unknown = |value: String| Invalid::coded("unknown_command", "do", value, list(&names));
        let name = match draft.get("do") {
            Some(Value::Text(name)) => name,
            _ => return Err(unknown("missing".to_string())),
        };
        let Some((_, needed, optional)) = COMMANDS.iter().find(|(n, ..)| n == name) else {
            return Err(unknown(format!("\"{name}\"")));
        };
        let own = needed.iter().chain(*optional);
        let allowed: Vec<&str> = also.iter().chain(&["do"]).chain(own).copied().collect();
        draft.only(&allowed)?;
        let limits = |field: &str| {
            let (_, min, max) = FIELDS.iter().find(|(name, ..)| *name == field).unwrap_or(&FIELDS[0]);
            (*min, *max)
        };
        let maybe = |field: &str| {
            let (min, max) = limits(field);
            draft.whole(field, min, max)
        };
        let whole = |field: &str| {
            let (min, max) = limits(field);
            maybe(field)?.ok_or_else(|| missing(field, bounds(min, max)))
        };
        let member = |field: &str| whole(field).map(|n| MemberId(n as u8));
        let end = |field: &str| Ok(maybe(field)?.map(|n| MemberId(n as u8)));
        let client = |field: &str| Ok(maybe(field)?.unwrap_or(0) as u8);
        let message = || whole("message").map(|n| n as u64);
        let ms = || whole("ms").map(|n| n as u32);
        Ok(match name.as_str() {
            "kill" => Command::Kill { broker: member("broker")? },
            "power_loss" => Command::PowerLoss { broker: member("broker")? },
            "restart" => Command::Restart { broker: member("broker")? },
            "send" => Command::Send { producer: client("producer")? },
            "start_consumer" => Command::StartConsumer { consumer: client("consumer")? },
            "stop_consumer" => Command::StopConsumer { consumer: client("consumer")? },
            "kill_consumer" => Command::KillConsumer { consumer: client("consumer")? },
            "transfer" => Command::Transfer { broker: member("broker")? },
            "cut" => Command::Cut { from: member("from")?, to: member("to")? },
            "heal" => Command::Heal { from: member("from")?, to: member("to")? },
            "isolate" => Command::Isolate { broker: member("broker")? },
            "heal_all" => Command::HealAll,
            "delay" => Command::Delay { from: member("from")?, to: member("to")?, ms: ms()? },
            "pause" => Command::Pause { broker: member("broker")? },
            "resume" => Command::Resume { broker: member("broker")? },
            "partition" => Command::Partition { groups: Groups::read(draft)? },
            "network" => {
                Command::Network { from: end("from")?, to: end("to")?, change: LinkChange::read(&maybe)? }
            }
            "clock" => {
                Command::Clock { broker: member("broker")?, rate_permille: whole("rate_permille")? as u16 }
            }
            "disk" => Command::Disk {
                broker: member("broker")?,
                slow_ms: maybe("slow_ms")?.map(|n| n as u32),
                full: draft.flag("full")?,
            },
            "drop" => Command::Drop { message: message()? },
            "hold" => Command::Hold { message: message()?, ms: ms()? },
            "duplicate" => Command::Duplicate { message: message()? },
            "rule" => {
                let names = Rule::ALL.map(Rule::name);
                let rule = draft.one_of("rule", &names)?.ok_or_else(|| missing("rule", list(&names)))?;
                let kept = draft.flag("kept")?.ok_or_else(|| missing("kept", "true, false".to_string()))?;
                Command::Rule { rule: Rule::ALL[rule], kept }
            }
            _ => Command::Calm,
        })
    }

    /// The command with its fields, as [`Command::from_draft`] reads it.
    pub fn shown(&self) -> Fields {
        let mut fields = Fields::default();
        self.show(&mut fields);
        fields
    }

    fn show(&self, to: &mut Fields) {
        match *self {
            Command::Kill { broker } => to.name("do", "kill").number("broker", broker),
            Command::PowerLoss { broker } => to.name("do", "power_loss").number("broker", broker),
            Command::Restart { broker } => to.name("do", "restart").number("broker", broker),
            Command::Send { producer } => to.name("do", "send").number("producer", producer),
            Command::StartConsumer { consumer } => {
                to.name("do", "start_consumer").number("consumer", consumer)
            }
            Command::StopConsumer { consumer } => to.name("do", "stop_consumer").number("consumer", consumer),
            Command::KillConsumer { consumer } => to.name("do", "kill_consumer").number("consumer", consumer),
            Command::Transfer { broker } => to.name("do", "transfer").number("broker", broker),
            Command::Cut { from, to: end } => to.name("do", "cut").number("from", from).number("to", end),
            Command::Heal { from, to: end } => to.name("do", "heal").number("from", from).number("to", end),
            Command::Isolate { broker } => to.name("do", "isolate").number("broker", broker),
            Command::HealAll => to.name("do", "heal_all"),
            Command::Delay { from, to: end, ms } => {
                to.name("do", "delay").number("from", from).number("to", end).number("ms", ms)
            }
            Command::Pause { broker } => to.name("do", "pause").number("broker", broker),
            Command::Resume { broker } => to.name("do", "resume").number("broker", broker),
            Command::Partition { groups } => {
                groups.show(to.name("do", "partition"));
                to
            }
            Command::Network { from, to: end, change } => {
                change.show(to.name("do", "network").given("from", from).given("to", end));
                to
            }
            Command::Clock { broker, rate_permille } => {
                to.name("do", "clock").number("broker", broker).number("rate_permille", rate_permille)
            }
            Command::Disk { broker, slow_ms, full } => {
                to.name("do", "disk").number("broker", broker).given("slow_ms", slow_ms);
                match full {
                    Some(full) => to.flag("full", full),
                    None => to,
                }
            }
            Command::Drop { message } => to.name("do", "drop").number("message", message),
            Command::Hold { message, ms } => {
                to.name("do", "hold").number("message", message).number("ms", ms)
            }
            Command::Duplicate { message } => to.name("do", "duplicate").number("message", message),
            Command::Rule { rule, kept } => {
                to.name("do", "rule").name("rule", rule.name()).flag("kept", kept)
            }
            Command::Calm => to.name("do", "calm"),
        };
    }
}

/// Longest run a command can be set for: 24 hours.
pub const AT_MAX_MS: i64 = 24 * 3_600_000;

/// A command of a scenario: `{at_ms: 1500, do: 'kill', broker: 0}`, or with `at_us`.
pub(super) fn timed(draft: &Draft) -> Result<Timed, Invalid> {
    let command = Command::read(draft, &["at_ms", "at_us"])?;
    let at_us = draft.whole("at_us", 0, AT_MAX_MS * 1000)?;
    let at_ms = draft.whole("at_ms", 0, AT_MAX_MS)?;
    let at = match (at_ms, at_us) {
        (None, Some(us)) => us,
        (Some(ms), None) => ms * 1000,
        (None, None) => {
            return Err(Invalid::value("at_ms", "missing".to_string(), format!("0..={AT_MAX_MS}")));
        }
        (Some(ms), Some(_)) => {
            return Err(Invalid::value("at_ms", ms.to_string(), "one of at_ms, at_us".to_string()));
        }
    };
    Ok((Micros(at as u64), command))
}

pub(super) fn timed_shown((at, command): &Timed) -> Fields {
    let mut fields = Fields::default();
    fields.number("at_us", at.0);
    command.show(&mut fields);
    fields
}

/// Commands are listed in order of time.
pub(super) fn check_order(commands: &[Timed]) -> Result<(), Invalid> {
    match commands.windows(2).position(|pair| pair[0].0 > pair[1].0) {
        None => Ok(()),
        Some(at) => {
            let field = format!("commands[{}].at_us", at + 1);
            let allowed = format!("{} or later", commands[at].0.0);
            Err(Invalid::value(&field, commands[at + 1].0.0.to_string(), allowed))
        }
    }
}
