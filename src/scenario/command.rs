//! Commands: the only way in. What a visitor, a story, a scenario or a test does to a running world.

use std::fmt;

use super::draft::{Draft, Invalid, Value, list};
use crate::ledger::MemberId;
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
    /// Nothing is lost any more.
    HealAll,
    /// What goes from one broker to the other takes this much longer from now on.
    Delay { from: MemberId, to: MemberId, ms: u32 },
}

/// A command and when it is given.
pub type Timed = (Micros, Command);

/// Why a command was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// there are brokers 0 to `brokers` - 1
    NoSuchBroker { broker: MemberId, brokers: u8 },
    /// there are producers 0 to `producers` - 1
    NoSuchProducer { producer: u8, producers: u8 },
    /// there are consumers 0 to `consumers` - 1
    NoSuchConsumer { consumer: u8, consumers: u8 },
    /// it runs already
    ConsumerIsUp { consumer: u8 },
    /// it does not run
    ConsumerIsDown { consumer: u8 },
    /// it is dead already
    IsDead { broker: MemberId },
    /// it is up, or coming up, already
    IsUp { broker: MemberId },
    /// nobody leads
    NoLeader,
}

impl Refusal {
    /// Stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchBroker { .. }
            | Refusal::NoSuchProducer { .. }
            | Refusal::NoSuchConsumer { .. } => "no_such_broker",
            _ => "not_possible",
        }
    }

    /// What would be possible.
    pub fn allowed(&self) -> String {
        match self {
            Refusal::NoSuchBroker { brokers: n, .. }
            | Refusal::NoSuchProducer { producers: n, .. }
            | Refusal::NoSuchConsumer { consumers: n, .. } => {
                format!("0..={}", i64::from(*n) - 1)
            }
            Refusal::IsDead { .. } => "restart".to_string(),
            Refusal::IsUp { .. } => "kill".to_string(),
            Refusal::ConsumerIsUp { .. } => "stop_consumer, kill_consumer".to_string(),
            Refusal::ConsumerIsDown { .. } => "start_consumer".to_string(),
            Refusal::NoLeader => "when a broker leads".to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoSuchBroker { broker, .. } => {
                write!(f, "broker is {}; allowed: {}", broker.0, self.allowed())
            }
            Refusal::NoSuchProducer { producer, .. } => {
                write!(f, "producer is {producer}; allowed: {}", self.allowed())
            }
            Refusal::NoSuchConsumer { consumer, .. } => {
                write!(f, "consumer is {consumer}; allowed: {}", self.allowed())
            }
            Refusal::ConsumerIsUp { consumer } => write!(f, "consumer {consumer} runs already"),
            Refusal::ConsumerIsDown { consumer } => write!(f, "consumer {consumer} does not run"),
            Refusal::IsDead { broker } => write!(f, "broker {} is dead already", broker.0),
            Refusal::IsUp { broker } => write!(f, "broker {} is up already", broker.0),
            Refusal::NoLeader => f.write_str("no broker leads"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The names of the commands, as they are written, and the fields each needs or may have.
pub const COMMANDS: [(&str, &[&str]); 13] = [
    ("kill", &["broker"]),
    ("power_loss", &["broker"]),
    ("restart", &["broker"]),
    ("send", &["producer"]),
    ("start_consumer", &["consumer"]),
    ("stop_consumer", &["consumer"]),
    ("kill_consumer", &["consumer"]),
    ("transfer", &["broker"]),
    ("cut", &["from", "to"]),
    ("heal", &["from", "to"]),
    ("isolate", &["broker"]),
    ("heal_all", &[]),
    ("delay", &["from", "to", "ms"]),
];

/// Longest delay of a link.
pub const DELAY_MAX_MS: i64 = 600_000;

impl Command {
    /// Reads `{do: 'kill', broker: 0}` and the like.
    pub fn from_draft(draft: &Draft) -> Result<Command, Invalid> {
        Command::read(draft, &[])
    }

    /// The same with more fields allowed than the command's own.
    fn read(draft: &Draft, also: &[&str]) -> Result<Command, Invalid> {
        let names = COMMANDS.map(|(name, _)| name);
        let unknown = |value: String| Invalid {
            code: "unknown_command",
            field: "do".to_string(),
            value,
            allowed: list(&names),
        };
        let name = match draft.get("do") {
            Some(Value::Text(name)) => name,
            _ => return Err(unknown("missing".to_string())),
        };
        let Some((_, fields)) = COMMANDS.iter().find(|(n, _)| n == name) else {
            return Err(unknown(format!("\"{name}\"")));
        };
        let allowed: Vec<&str> = also.iter().chain(&["do"]).chain(*fields).copied().collect();
        draft.only(&allowed)?;
        let whole = |field: &str, max: i64, default: Option<i64>| {
            let missing = || Invalid::value(field, "missing".to_string(), format!("0..={max}"));
            draft.whole(field, 0, max)?.or(default).ok_or_else(missing)
        };
        let member = |field: &str| whole(field, 8, None).map(|n| MemberId(n as u8));
        Ok(match name.as_str() {
            "kill" => Command::Kill { broker: member("broker")? },
            "power_loss" => Command::PowerLoss { broker: member("broker")? },
            "restart" => Command::Restart { broker: member("broker")? },
            "send" => Command::Send { producer: whole("producer", 7, Some(0))? as u8 },
            "start_consumer" => Command::StartConsumer { consumer: whole("consumer", 7, Some(0))? as u8 },
            "stop_consumer" => Command::StopConsumer { consumer: whole("consumer", 7, Some(0))? as u8 },
            "kill_consumer" => Command::KillConsumer { consumer: whole("consumer", 7, Some(0))? as u8 },
            "transfer" => Command::Transfer { broker: member("broker")? },
            "cut" => Command::Cut { from: member("from")?, to: member("to")? },
            "heal" => Command::Heal { from: member("from")?, to: member("to")? },
            "isolate" => Command::Isolate { broker: member("broker")? },
            "heal_all" => Command::HealAll,
            _ => Command::Delay {
                from: member("from")?,
                to: member("to")?,
                ms: whole("ms", DELAY_MAX_MS, None)? as u32,
            },
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Command, String> {
        let draft = serde_json::from_str(json).unwrap();
        Command::from_draft(&draft).map_err(|e| e.to_string())
    }

    #[test]
    fn a_command_reads_what_it_wrote() {
        let (broker, from, to) = (MemberId(2), MemberId(0), MemberId(1));
        let commands = [
            Command::Kill { broker },
            Command::PowerLoss { broker },
            Command::Restart { broker },
            Command::Send { producer: 3 },
            Command::StartConsumer { consumer: 1 },
            Command::StopConsumer { consumer: 1 },
            Command::KillConsumer { consumer: 1 },
            Command::Transfer { broker },
            Command::Cut { from, to },
            Command::Heal { from, to },
            Command::Isolate { broker },
            Command::HealAll,
            Command::Delay { from, to, ms: 250 },
        ];
        assert_eq!(commands.len(), COMMANDS.len());
        for command in commands {
            let json = serde_json::to_string(&command.shown()).unwrap();
            assert_eq!(read(&json), Ok(command), "{json}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let names = list(&COMMANDS.map(|(name, _)| name));
        let cases = [
            (r#"{"do": "explode"}"#, format!("do is \"explode\"; allowed: {names}")),
            (r#"{"broker": 1}"#, format!("do is missing; allowed: {names}")),
            (r#"{"do": "kill"}"#, "broker is missing; allowed: 0..=8".to_string()),
            (r#"{"do": "kill", "broker": 12}"#, "broker is 12; allowed: 0..=8".to_string()),
            (r#"{"do": "send", "broker": 1}"#, "unknown field broker; allowed: do, producer".to_string()),
        ];
        for (json, message) in cases {
            assert_eq!(read(json), Err(message), "{json}");
        }
    }
}
