//! The description that a run starts from, and its reading from anything serde can read: JSON in a file, an
//! object in JavaScript.
//!
//! Reading goes through a [`Draft`], so that every mistake gets an error that names the field, its value
//! and what is allowed, whatever the source.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::shown::Fields;
use crate::time::Micros;

/// The version of the format; a scenario without one is taken to be of this.
pub const VERSION: i64 = 1;

/// Everything a run is decided by, but for the commands given while it runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    pub seed: u64,
    /// brokers in the group
    pub brokers: u8,
    /// ConsumeQueues of the topic
    pub queues: u8,
    /// the producer sends by itself this often; 0: only on command
    pub message_every_ms: u32,
    /// one-way delay of a message, shortest and longest
    pub latency_min_us: u32,
    pub latency_max_us: u32,
}

/// One field of a scenario: its name, what it may be, and what it is if nothing is said.
struct Field {
    name: &'static str,
    min: i64,
    max: i64,
    default: i64,
}

/// 2^53 - 1: the largest whole number that JSON readers everywhere keep exactly.
pub const SEED_MAX: i64 = (1 << 53) - 1;

const FIELDS: [Field; 7] = [
    field("version", VERSION, VERSION, VERSION),
    field("seed", 0, SEED_MAX, 7),
    field("brokers", 1, 9, 3),
    field("queues", 1, 4, 2),
    field("message_every_ms", 0, 600_000, 5_000),
    field("latency_min_us", 1, 10_000_000, 1_000),
    field("latency_max_us", 1, 10_000_000, 3_000),
];

const fn field(name: &'static str, min: i64, max: i64, default: i64) -> Field {
    Field { name, min, max, default }
}

fn default_of(name: &str) -> i64 {
    FIELDS.iter().find(|f| f.name == name).map_or(0, |f| f.default)
}

/// A scenario or command as it was written, not yet checked: names and values in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft(Vec<(String, Value)>);

/// A value of a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Whole(i64),
    Text(String),
    /// anything else, with words for it
    Other(&'static str),
}

/// What is wrong with a scenario or a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    /// stable name of the mistake
    pub code: &'static str,
    pub field: String,
    /// the value as it was written
    pub value: String,
    /// what would be right
    pub allowed: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Invalid { field, value, allowed, .. } = self;
        match self.code {
            "unknown_field" => write!(f, "unknown field {field}; allowed: {allowed}"),
            _ => write!(f, "{field} is {value}; allowed: {allowed}"),
        }
    }
}

impl std::error::Error for Invalid {}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario::from_values(default_of)
    }
}

impl Scenario {
    /// Checks a draft; what it leaves out gets its default.
    pub fn from_draft(draft: &Draft) -> Result<Scenario, Invalid> {
        for (name, _) in &draft.0 {
            if !FIELDS.iter().any(|f| f.name == name) {
                return Err(draft.unknown_field(name, &FIELDS.map(|f| f.name)));
            }
        }
        for f in &FIELDS {
            draft.whole(f.name, f.min, f.max)?;
        }
        let scenario = Scenario::from_values(|name| match draft.get(name) {
            Some(Value::Whole(n)) => *n,
            _ => default_of(name),
        });
        if scenario.latency_min_us > scenario.latency_max_us {
            return Err(Invalid {
                code: "bad_value",
                field: "latency_min_us".to_string(),
                value: scenario.latency_min_us.to_string(),
                allowed: format!("1..={} (latency_max_us)", scenario.latency_max_us),
            });
        }
        Ok(scenario)
    }

    /// `of` gives the checked value of each field.
    fn from_values(of: impl Fn(&str) -> i64) -> Scenario {
        Scenario {
            seed: of("seed") as u64,
            brokers: of("brokers") as u8,
            queues: of("queues") as u8,
            message_every_ms: of("message_every_ms") as u32,
            latency_min_us: of("latency_min_us") as u32,
            latency_max_us: of("latency_max_us") as u32,
        }
    }

    /// How often the producer sends by itself.
    pub fn message_every(&self) -> Option<Micros> {
        (self.message_every_ms > 0).then(|| Micros::millis(u64::from(self.message_every_ms)))
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::default();
        fields.number("version", VERSION).number("seed", self.seed);
        fields.number("brokers", self.brokers).number("queues", self.queues);
        fields.number("message_every_ms", self.message_every_ms);
        fields.number("latency_min_us", self.latency_min_us).number("latency_max_us", self.latency_max_us);
        fields.serialize(serializer)
    }
}

impl FromIterator<(String, Value)> for Draft {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Draft {
        Draft(entries.into_iter().collect())
    }
}

impl Draft {
    /// The value written for `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The names written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(n, _)| n.as_str())
    }

    /// The whole number written for `name`, if any, checked against its bounds.
    pub fn whole(&self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Invalid> {
        let invalid = |value: String| Invalid {
            code: match name {
                "seed" => "seed_out_of_range",
                "brokers" => "brokers_out_of_range",
                _ => "bad_value",
            },
            field: name.to_string(),
            value,
            allowed: if min == max { min.to_string() } else { format!("{min}..={max}") },
        };
        match self.get(name) {
            None => Ok(None),
            Some(Value::Whole(n)) if (min..=max).contains(n) => Ok(Some(*n)),
            Some(Value::Whole(n)) => Err(invalid(n.to_string())),
            Some(Value::Text(text)) => Err(invalid(format!("\"{text}\""))),
            Some(Value::Other(what)) => Err(invalid((*what).to_string())),
        }
    }

    /// The error for a name that is not one of `allowed`.
    pub fn unknown_field(&self, name: &str, allowed: &[&str]) -> Invalid {
        Invalid {
            code: "unknown_field",
            field: name.to_string(),
            value: String::new(),
            allowed: list(allowed),
        }
    }
}

/// The names, as a sentence lists them.
pub(crate) fn list(names: &[&str]) -> String {
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        text.push_str(if at > 0 { ", " } else { "" });
        text.push_str(name);
    }
    text
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Draft, D::Error> {
        struct DraftVisitor;
        impl<'de> Visitor<'de> for DraftVisitor {
            type Value = Draft;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft, A::Error> {
                let mut draft = Draft::default();
                while let Some(entry) = map.next_entry()? {
                    draft.0.push(entry);
                }
                Ok(draft)
            }
        }
        deserializer.deserialize_map(DraftVisitor)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a whole number or a text")
            }
            fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
                Ok(Value::Whole(n))
            }
            fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
                Ok(i64::try_from(n).map_or(Value::Other("beyond 2^63"), Value::Whole))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other("not a whole number"))
            }
            fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
                Ok(Value::Other(if b { "true" } else { "false" }))
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Other("null"))
            }
            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Other("null"))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut a: A) -> Result<Value, A::Error> {
                while a.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Value::Other("a list"))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
                Ok(Value::Other("an object"))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Scenario, Invalid> {
        Scenario::from_draft(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn what_is_left_out_gets_its_default() {
        assert_eq!(read("{}"), Ok(Scenario::default()));
        assert_eq!(read(r#"{"seed": 7}"#).unwrap().seed, 7);
    }

    #[test]
    fn a_scenario_reads_what_it_wrote() {
        let scenario = Scenario { seed: SEED_MAX as u64, brokers: 9, ..Scenario::default() };
        let text = serde_json::to_string(&scenario).unwrap();
        assert_eq!(read(&text), Ok(scenario));
    }

    #[test]
    fn every_mistake_is_named_with_its_value_and_what_is_allowed() {
        let cases = [
            (r#"{"brokers": 12}"#, "brokers is 12; allowed: 1..=9"),
            (r#"{"brokers": 0}"#, "brokers is 0; allowed: 1..=9"),
            (r#"{"brokers": 2.5}"#, "brokers is not a whole number; allowed: 1..=9"),
            (r#"{"seed": -1}"#, "seed is -1; allowed: 0..=9007199254740991"),
            (r#"{"seed": "x"}"#, "seed is \"x\"; allowed: 0..=9007199254740991"),
            (r#"{"version": 2}"#, "version is 2; allowed: 1"),
            (r#"{"queues": [1]}"#, "queues is a list; allowed: 1..=4"),
            (r#"{"latency_min_us": 9000}"#, "latency_min_us is 9000; allowed: 1..=3000 (latency_max_us)"),
            (
                r#"{"broker": 3}"#,
                "unknown field broker; allowed: version, seed, brokers, queues, message_every_ms, \
                 latency_min_us, latency_max_us",
            ),
        ];
        for (json, message) in cases {
            assert_eq!(read(json).unwrap_err().to_string(), message, "{json}");
        }
    }
}
