//! A scenario or command as it was written, before it is checked: names and values in their order, whatever the
//! source, so that every mistake gets an error that names the field, its value and what is allowed.

use std::fmt;
use std::ops::Deref;

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

/// What is wrong with a scenario or a command. One word large, as it is handed up through many hands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid(Box<Mistake>);

/// A mistake, in its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// stable name of the mistake
    pub code: &'static str,
    pub field: String,
    /// the value as it was written
    pub value: String,
    /// what would be right
    pub allowed: String,
}

impl Deref for Invalid {
    type Target = Mistake;
    fn deref(&self) -> &Mistake {
        &self.0
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake { field, value, allowed, .. } = &**self;
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
        Invalid::coded(code, field, value, allowed)
    }

    /// A mistake with a name of its own.
    pub fn coded(code: &'static str, field: &str, value: String, allowed: String) -> Invalid {
        Invalid(Box::new(Mistake { code, field: field.to_string(), value, allowed }))
    }

    /// The same mistake, seen from outside of `part`.
    fn within(mut self, part: &str) -> Invalid {
        let inner = &mut self.0.field;
        *inner = if inner.is_empty() { part.to_string() } else { part.to_string() + "." + inner };
        self
    }
}

impl Value {
    fn is_whole(&self, min: i64, max: i64) -> bool {
        matches!(self, Value::Whole(n) if (min..=max).contains(n))
    }

    fn read_object(&self, read: &mut dyn FnMut(&Draft) -> Result<(), Invalid>) -> Result<(), Invalid> {
        match self {
            Value::Object(draft) => read(draft),
            other => Err(Invalid::value("", other.quoted(), "an object".to_string())),
        }
    }

    /// The value, as a message quotes it.
    pub(super) fn quoted(&self) -> String {
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
    /// The value written for `name`; of several the last, as `JSON.parse` has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The names written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(n, _)| n.as_str())
    }

    /// An error for the first name that is not one of `allowed`.
    pub fn only(&self, allowed: &[&str]) -> Result<(), Invalid> {
        match self.names().find(|name| !allowed.contains(name)) {
            None => Ok(()),
            Some(unknown) => Err(Invalid::coded("unknown_field", unknown, String::new(), list(allowed))),
        }
    }

    /// The value written for `name`, if any, which must be `right`.
    fn checked(
        &self,
        name: &str,
        right: &dyn Fn(&Value) -> bool,
        allowed: &dyn Fn() -> String,
    ) -> Result<Option<&Value>, Invalid> {
        match self.get(name) {
            Some(value) if !right(value) => Err(Invalid::value(name, value.quoted(), allowed())),
            value => Ok(value),
        }
    }

    /// The whole number written for `name`, if any, checked against its bounds.
    pub fn whole(&self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Invalid> {
        let value = self.checked(name, &|value| value.is_whole(min, max), &|| bounds(min, max))?;
        Ok(if let Some(Value::Whole(n)) = value { Some(*n) } else { None })
    }

    /// True or false, if `name` is written.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Invalid> {
        let right = |value: &Value| matches!(value, Value::Flag(_));
        let value = self.checked(name, &right, &|| "true, false".to_string())?;
        Ok(if let Some(Value::Flag(yes)) = value { Some(*yes) } else { None })
    }

    /// The text written for `name`, if any, of 1 to `max` bytes.
    pub fn text(&self, name: &str, max: usize) -> Result<Option<&str>, Invalid> {
        let right =
            |value: &Value| matches!(value, Value::Text(text) if !text.is_empty() && text.len() <= max);
        let value = self.checked(name, &right, &|| format!("a text of 1 to {} bytes", max as i64))?;
        Ok(if let Some(Value::Text(text)) = value { Some(text) } else { None })
    }

    /// Which of `names` is written for `name`, if any.
    pub fn one_of(&self, name: &str, names: &[&str]) -> Result<Option<usize>, Invalid> {
        let find = |value: &Value| match value {
            Value::Text(text) => names.iter().position(|n| n == text),
            _ => None,
        };
        let value = self.checked(name, &|value| find(value).is_some(), &|| list(names))?;
        Ok(value.and_then(find))
    }

    /// The object written for `name`, read by `read`; whether there is one.
    pub fn object(
        &self,
        name: &str,
        read: &mut dyn FnMut(&Draft) -> Result<(), Invalid>,
    ) -> Result<bool, Invalid> {
        match self.get(name) {
            None => Ok(false),
            Some(value) => value.read_object(read).map(|()| true).map_err(|e| e.within(name)),
        }
    }

    /// The values of the list written for `name`, of at most `max`, each read by `read`; whether there is one.
    pub(super) fn each(
        &self,
        name: &str,
        max: usize,
        read: &mut dyn FnMut(&Value) -> Result<(), Invalid>,
    ) -> Result<bool, Invalid> {
        let right = |value: &Value| matches!(value, Value::List(values) if values.len() <= max);
        let value = self.checked(name, &right, &|| format!("a list of at most {}", max as i64))?;
        let Some(Value::List(values)) = value else { return Ok(false) };
        for (at, value) in values.iter().enumerate() {
            read(value).map_err(|e| e.within(&format!("{name}[{}]", at as i64)))?;
        }
        Ok(true)
    }

    /// The list of at most `max` objects written for `name`, each read by `read`.
    pub fn objects<T>(
        &self,
        name: &str,
        max: usize,
        mut read: impl FnMut(&Draft) -> Result<T, Invalid>,
    ) -> Result<Option<Vec<T>>, Invalid> {
        let mut all = Vec::new();
        let listed = self.each(name, max, &mut |value| {
            value.read_object(&mut |draft| {
                all.push(read(draft)?);
                Ok(())
            })
        })?;
        Ok(listed.then_some(all))
    }

    /// The list of at most `count` whole numbers written for `name`, each checked against its bounds.
    pub fn wholes(&self, name: &str, count: usize, (min, max): (i64, i64)) -> Result<Vec<i64>, Invalid> {
        let mut all = Vec::new();
        self.each(name, count, &mut |value| match value {
            Value::Whole(n) if value.is_whole(min, max) => {
                all.push(*n);
                Ok(())
            }
            other => Err(Invalid::value("", other.quoted(), bounds(min, max))),
        })?;
        Ok(all)
    }
}

pub(super) fn bounds(min: i64, max: i64) -> String {
    if min == max { min.to_string() } else { format!("{min}..={max}") }
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
            // JavaScript has one kind of number: there `1e3` and `1000.0` are whole, up to 2^53.
            fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
                let whole = n as i64;
                let exact = whole as f64 == n && whole.unsigned_abs() < 1 << 53;
                Ok(if exact { Value::Whole(whole) } else { Value::Other("not a whole number") })
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
