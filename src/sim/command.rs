//! Commands: the only way in. What a visitor, a story or a test does to a running world.

use std::fmt;

use serde::Serialize;

use crate::ledger::MemberId;
use crate::scenario::{Draft, Invalid, Value, list};

/// Everything that can be done to a world.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// The broker's process dies; its disk stays.
    Kill { broker: MemberId },
    /// A dead broker's process is started again.
    Restart { broker: MemberId },
    /// The producer sends a message.
    Send,
}

/// Why a command was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// there are brokers 0 to `brokers` - 1
    NoSuchBroker { broker: MemberId, brokers: u8 },
    /// it is dead already
    IsDead { broker: MemberId },
    /// it is up, or coming up, already
    IsUp { broker: MemberId },
}

impl Refusal {
    /// Stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchBroker { .. } => "no_such_broker",
            Refusal::IsDead { .. } | Refusal::IsUp { .. } => "not_possible",
        }
    }

    /// What would be possible.
    pub fn allowed(&self) -> String {
        match self {
            Refusal::NoSuchBroker { brokers, .. } => format!("0..={}", brokers - 1),
            Refusal::IsDead { .. } => "restart".to_string(),
            Refusal::IsUp { .. } => "kill".to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoSuchBroker { broker, brokers } => {
                write!(f, "broker is {}; allowed: 0..={}", broker.0, brokers - 1)
            }
            Refusal::IsDead { broker } => write!(f, "broker {} is dead already", broker.0),
            Refusal::IsUp { broker } => write!(f, "broker {} is up already", broker.0),
        }
    }
}

impl std::error::Error for Refusal {}

/// The names of the commands, as they are written.
pub const COMMANDS: [&str; 3] = ["kill", "restart", "send"];

impl Command {
    /// Reads `{do: 'kill', broker: 0}` and the like.
    pub fn from_draft(draft: &Draft) -> Result<Command, Invalid> {
        let invalid = |field: &str, value: String, allowed: String| Invalid {
            code: if field == "do" { "unknown_command" } else { "bad_value" },
            field: field.to_string(),
            value,
            allowed,
        };
        let Some(Value::Text(name)) = draft.get("do") else {
            return Err(invalid("do", "missing".to_string(), list(&COMMANDS)));
        };
        let fields: &[&str] = if name == "send" { &["do"] } else { &["do", "broker"] };
        if let Some(unknown) = draft.names().find(|n| !fields.contains(n)) {
            return Err(draft.unknown_field(unknown, fields));
        }
        let broker = || match draft.whole("broker", 0, 8)? {
            Some(n) => Ok(MemberId(n as u8)),
            None => Err(invalid("broker", "missing".to_string(), "0..=8".to_string())),
        };
        match name.as_str() {
            "kill" => Ok(Command::Kill { broker: broker()? }),
            "restart" => Ok(Command::Restart { broker: broker()? }),
            "send" => Ok(Command::Send),
            other => Err(invalid("do", format!("\"{other}\""), list(&COMMANDS))),
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
        let broker = MemberId(2);
        for command in [Command::Kill { broker }, Command::Restart { broker }, Command::Send] {
            let json = serde_json::to_string(&command).unwrap();
            assert_eq!(read(&json), Ok(command), "{json}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let cases = [
            (r#"{"do": "explode"}"#, "do is \"explode\"; allowed: kill, restart, send"),
            (r#"{"broker": 1}"#, "do is missing; allowed: kill, restart, send"),
            (r#"{"do": "kill"}"#, "broker is missing; allowed: 0..=8"),
            (r#"{"do": "kill", "broker": 12}"#, "broker is 12; allowed: 0..=8"),
            (r#"{"do": "send", "broker": 1}"#, "unknown field broker; allowed: do"),
        ];
        for (json, message) in cases {
            assert_eq!(read(json), Err(message.to_string()), "{json}");
        }
    }
}
