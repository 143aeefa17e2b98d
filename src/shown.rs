//! How values are shown, in JSON and in JavaScript: enums by a name, everything larger as fields with names.
//!
//! All of it goes through one list of names and values, so that what writes it is there only once.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Gives an enum a `name` for each of its values and serializes it by that name; after `all`, a list of its values too.
macro_rules! named {
    (all $type:ident { $($value:ident $name:literal),* $(,)? }) => {
        named!($type { $($value $name),* });

        impl $type {
            /// All of them, in their order.
            pub const ALL: [$type; [$($name),*].len()] = [$($type::$value),*];
        }
    };
    ($type:ident { $($value:ident $name:literal),* $(,)? }) => {
        impl $type {
            /// The name, as it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    $($type::$value => $name),*
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}
pub(crate) use named;

/// The value of a field.
enum Shown {
    Nothing,
    Number(i64),
    Flag(bool),
    Name(&'static str),
    Text(String),
    Fields(Fields),
    List(Vec<Shown>),
}

/// Named values, in the order in which they are written.
#[derive(Default)]
pub struct Fields(Vec<(&'static str, Shown)>);

impl Fields {
    fn add(&mut self, field: &'static str, value: Shown) -> &mut Self {
        self.0.push((field, value));
        self
    }

    /// A whole number.
    pub fn number(&mut self, field: &'static str, value: impl Number) -> &mut Self {
        self.add(field, Shown::Number(value.number()))
    }

    /// A whole number, or nothing.
    pub fn maybe(&mut self, field: &'static str, value: Option<impl Number>) -> &mut Self {
        self.add(field, value.map_or(Shown::Nothing, |value| Shown::Number(value.number())))
    }

    /// A whole number if there is one.
    pub fn given(&mut self, field: &'static str, value: Option<impl Number>) -> &mut Self {
        match value {
            Some(value) => self.number(field, value),
            None => self,
        }
    }

    /// True or false.
    pub fn flag(&mut self, field: &'static str, value: bool) -> &mut Self {
        self.add(field, Shown::Flag(value))
    }

    /// A name.
    pub fn name(&mut self, field: &'static str, value: &'static str) -> &mut Self {
        self.add(field, Shown::Name(value))
    }

    /// A name, or nothing.
    pub fn maybe_name(&mut self, field: &'static str, value: Option<&'static str>) -> &mut Self {
        self.add(field, value.map_or(Shown::Nothing, Shown::Name))
    }

    /// A text.
    pub fn text(&mut self, field: &'static str, value: &str) -> &mut Self {
        self.add(field, Shown::Text(value.to_string()))
    }

    /// Things that have fields themselves.
    pub fn list(&mut self, field: &'static str, values: impl Iterator<Item = Fields>) -> &mut Self {
        self.add(field, Shown::List(values.map(Shown::Fields).collect()))
    }

    /// Whole numbers.
    pub fn numbers(&mut self, field: &'static str, values: impl Iterator<Item = impl Number>) -> &mut Self {
        self.add(field, Shown::List(values.map(|value| Shown::Number(value.number())).collect()))
    }

    /// Lists of whole numbers.
    pub fn number_lists(&mut self, field: &'static str, lists: impl Iterator<Item = Vec<u8>>) -> &mut Self {
        let list =
            |values: Vec<u8>| Shown::List(values.into_iter().map(|n| Shown::Number(n.into())).collect());
        self.add(field, Shown::List(lists.map(list).collect()))
    }

    /// Something that has fields itself.
    pub fn fields(&mut self, field: &'static str, value: Fields) -> &mut Self {
        self.add(field, Shown::Fields(value))
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Nothing => serializer.serialize_unit(),
            Shown::Number(n) => serializer.serialize_i64(*n),
            Shown::Flag(yes) => serializer.serialize_bool(*yes),
            Shown::Name(name) => serializer.serialize_str(name),
            Shown::Text(text) => serializer.serialize_str(text),
            Shown::Fields(fields) => fields.serialize(serializer),
            Shown::List(values) => values.serialize(serializer),
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// What is shown as a whole number.
pub trait Number {
    /// The number.
    fn number(self) -> i64;
}

macro_rules! numbers {
    ($($type:ty: $value:ident => $number:expr),* $(,)?) => {
        $(impl $crate::shown::Number for $type {
            fn number(self) -> i64 {
                let $value = self;
                $number
            }
        })*
    };
}
pub(crate) use numbers;

numbers! {
    i64: n => n,
    u64: n => n as i64,
    u32: n => i64::from(n),
    u16: n => i64::from(n),
    u8: n => i64::from(n),
}
