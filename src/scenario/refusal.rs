//! Why a command that could be read was not carried out.

use std::fmt;

use crate::ledger::MemberId;

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
    /// its process does not run, or does not run yet
    IsDown { broker: MemberId },
    /// it stands still already
    IsPaused { broker: MemberId },
    /// it does not stand still
    IsNotPaused { broker: MemberId },
    /// nothing with this number flies
    NotInFlight { message: u64 },
    /// it is the end of a connection, which comes last and once
    IsAnEnd { message: u64 },
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

    /// The field of the command that it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Refusal::NoSuchProducer { .. } => "producer",
            Refusal::NoSuchConsumer { .. }
            | Refusal::ConsumerIsUp { .. }
            | Refusal::ConsumerIsDown { .. } => "consumer",
            Refusal::NotInFlight { .. } | Refusal::IsAnEnd { .. } => "message",
            _ => "broker",
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
            Refusal::IsDown { .. } => "restart".to_string(),
            Refusal::IsPaused { .. } => "resume".to_string(),
            Refusal::IsNotPaused { .. } => "pause".to_string(),
            Refusal::NotInFlight { .. } => "the id of a message in flight".to_string(),
            Refusal::IsAnEnd { .. } => "drop".to_string(),
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
            Refusal::IsDown { broker } => write!(f, "broker {} is not up", broker.0),
            Refusal::IsPaused { broker } => write!(f, "broker {} is paused already", broker.0),
            Refusal::IsNotPaused { broker } => write!(f, "broker {} is not paused", broker.0),
            Refusal::NotInFlight { message } => write!(f, "message {message} is not in flight"),
            Refusal::IsAnEnd { message } => {
                write!(f, "message {message} is the end of a connection; allowed: {}", self.allowed())
            }
        }
    }
}

impl std::error::Error for Refusal {}
