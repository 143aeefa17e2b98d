//! A scenario or command as it was written, before it is checked: names and values in their order, whatever the
//! source, so that every mistake gets an error that names the field, its value and what is allowed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A scenario or command as it was written, not yet checked: names and values in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Draft(Vec<(String, Value)>);

/// A value of a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Whole(i64),
    Text(String),
    Flag(bool),
    List(Vec<Value>),
    Object(Draft),
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

impl Invalid {
    /// A value that is not what is allowed.
    pub fn value(field: &str, value: String, allowed: String) -> Invalid {
        let code = match field {
            "seed" => "seed_out_of_range",
            "brokers" => "brokers_out_of_range",
            _ => "bad_value",
        };
        Invalid { code, field: field.to_string(), value, allowed }
    }

    /// The same mistake, seen from outside of `part`.
    fn within(mut self, part: &str) -> Invalid {
        self.field = if self.field.is_empty() { part.to_string() } else { format!("{part}.{}", self.field) };
        self
    }
}

impl Value {
    /// The value, as a message quotes it.
    fn quoted(&self) -> String {
        match self {
            Value::Whole(n) => n.to_string(),
            Value::Text(text) => format!("\"{text}\""),
            Value::Flag(yes) => yes.to_string(),
            Value::List(_) => "a list".to_string(),
            Value::Object(_) => "an object".to_string(),
            Value::Other(what) => (*what).to_string(),
        }
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

    /// An error for the first name that is not one of `allowed`.
    pub fn only(&self, allowed: &[&str]) -> Result<(), Invalid> {
        match self.names().find(|name| !allowed.contains(name)) {
            None => Ok(()),
            Some(unknown) => Err(Invalid {
                code: "unknown_field",
                field: unknown.to_string(),
                value: String::new(),
                allowed: list(allowed),
            }),
        }
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        allowed: impl FnOnce() -> String,
        get: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Invalid> {
        let Some(value) = self.get(name) else { return Ok(None) };
        get(value).map(Some).ok_or_else(|| Invalid::value(name, value.quoted(), allowed()))
    }

    /// The whole number written for `name`, if any, checked against its bounds.
    pub fn whole(&self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Invalid> {
        let allowed = || if min == max { min.to_string() } else { format!("{min}..={max}") };
        self.read(name, allowed, |value| match value {
            Value::Whole(n) if (min..=max).contains(n) => Some(*n),
            _ => None,
        })
    }

    /// True or false, if `name` is written.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Invalid> {
        let allowed = || "true, false".to_string();
        self.read(name, allowed, |value| if let Value::Flag(yes) = value { Some(*yes) } else { None })
    }

    /// The text written for `name`, if any, of 1 to `max` bytes.
    pub fn text(&self, name: &str, max: usize) -> Result<Option<&str>, Invalid> {
        let allowed = || format!("a text of 1 to {max} bytes");
        self.read(name, allowed, |value| match value {
            Value::Text(text) if (1..=max).contains(&text.len()) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Which of `names` is written for `name`, if any.
    pub fn one_of(&self, name: &str, names: &[&str]) -> Result<Option<usize>, Invalid> {
        self.read(
            name,
            || list(names),
            |value| match value {
                Value::Text(text) => names.iter().position(|n| n == text),
                _ => None,
            },
        )
    }

    /// The object written for `name`, read by `read`.
    pub fn object<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Draft) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        let object = self.read(
            name,
            || "an object".to_string(),
            |value| if let Value::Object(draft) = value { Some(draft) } else { None },
        )?;
        object.map(|draft| read(draft).map_err(|e| e.within(name))).transpose()
    }

    /// The list written for `name`, of at most `max` values, each read by `read`.
    fn list<T>(
        &self,
        name: &str,
        max: usize,
        mut read: impl FnMut(&Value) -> Result<T, Invalid>,
    ) -> Result<Option<Vec<T>>, Invalid> {
        let values = self.read(
            name,
            || format!("a list of at most {max}"),
            |value| match value {
                Value::List(values) if values.len() <= max => Some(values),
                _ => None,
            },
        )?;
        let Some(values) = values else { return Ok(None) };
        let read = |(at, value)| read(value).map_err(|e: Invalid| e.within(&format!("{name}[{at}]")));
        values.iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// The list of at most `max` objects written for `name`, each read by `read`.
    pub fn objects<T>(
        &self,
        name: &str,
        max: usize,
        mut read: impl FnMut(&Draft) -> Result<T, Invalid>,
    ) -> Result<Option<Vec<T>>, Invalid> {
        self.list(name, max, |value| match value {
            Value::Object(draft) => read(draft),
            other => Err(Invalid::value("", other.quoted(), "an object".to_string())),
        })
    }

    /// The list of at most `max` whole numbers written for `name`, each checked against its bounds.
    pub fn wholes(&self, name: &str, max: usize, bounds: (i64, i64)) -> Result<Option<Vec<i64>>, Invalid> {
        self.list(name, max, |value| match value {
            Value::Whole(n) if (bounds.0..=bounds.1).contains(n) => Ok(*n),
            other => Err(Invalid::value("", other.quoted(), format!("{}..={}", bounds.0, bounds.1))),
        })
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
                f.write_str("a number, a text, true, false, a list or an object")
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
                Ok(Value::Flag(b))
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
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(Value::List(values))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut draft = Draft::default();
                while let Some(entry) = map.next_entry()? {
                    draft.0.push(entry);
                }
                Ok(Value::Object(draft))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}
