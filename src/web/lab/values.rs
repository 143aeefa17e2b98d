//! Values of JavaScript: scenarios and commands as they were written, errors that words can be made of.

use js_sys::{Array, Error, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::scenario::{Draft, Invalid, Value};

pub fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(JsValue::from)
}

/// A scenario has commands, one of which has lists of lists, and nothing deeper. What is, may be a circle.
const DEPTH: u32 = 5;

/// Reads an object.
pub fn read(value: &JsValue) -> Result<Draft, JsValue> {
    match read_value(value, DEPTH) {
        Value::Object(draft) => Ok(draft),
        _ => Err(error("not an object", "bad_value", "", value, "an object")),
    }
}

fn read_value(value: &JsValue, depth: u32) -> Value {
    if let Some(text) = value.as_string() {
        return Value::Text(text);
    }
    if let Some(yes) = value.as_bool() {
        return Value::Flag(yes);
    }
    if let Some(n) = value.as_f64() {
        let whole = js_sys::Number::is_safe_integer(value);
        return if whole { Value::Whole(n as i64) } else { Value::Other("not a whole number, or too large") };
    }
    let Some(object) = value.dyn_ref::<Object>().filter(|_| depth > 0) else {
        return Value::Other("not a number, a text, a list or an object");
    };
    if value.is_array() {
        return Value::List(Array::from(object).iter().map(|value| read_value(&value, depth - 1)).collect());
    }
    let entries = Object::entries(object);
    let fields = entries.iter().map(|entry| {
        let entry = Array::from(&entry);
        (entry.get(0).as_string().unwrap_or_default(), entry.get(1))
    });
    let written = fields.filter(|(_, value)| !value.is_undefined());
    Value::Object(written.map(|(name, value)| (name, read_value(&value, depth - 1))).collect())
}

/// A field of an object, as it was given; `commands[0].do` is one of a field's fields.
pub fn value_of(object: &JsValue, field: &str) -> JsValue {
    let parts = field.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.fold(object.clone(), |value, part| Reflect::get(&value, &part.into()).unwrap_or(JsValue::UNDEFINED))
}

/// The error for a draft, with the value as it was given.
pub fn invalid(what: &Invalid, source: &JsValue) -> JsValue {
    error(&what.to_string(), what.code, &what.field, &value_of(source, &what.field), &what.allowed)
}

/// An `Error` that words can be made of in any language.
pub fn error(message: &str, code: &str, field: &str, value: &JsValue, allowed: &str) -> JsValue {
    let error = Error::new(message);
    let fields = [
        ("code", code.into()),
        ("field", field.into()),
        ("value", value.clone()),
        ("allowed", allowed.into()),
    ];
    for (name, value) in fields {
        // A fresh object takes any property.
        let _ = Reflect::set(&error, &name.into(), &value);
    }
    error.into()
}
