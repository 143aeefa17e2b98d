//! The JSON Schema of a scenario (draft 2020-12), made from the tables that its reading checks against.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::ledger::{Preset, Rule};
use crate::scenario::{
    AT_MAX_MS, CLIENTS_MAX, COMMANDS, COMMANDS_MAX, ConsumeFrom, FIELDS, FileSizes, NUMBERS, TOPICS_MAX,
};

/// The schema as it is printed.
pub fn text() -> String {
    // A schema is made of texts and whole numbers, which can always be written.
    let mut text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    text.push('\n');
    text
}

fn whole(min: i64, max: i64) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max })
}

fn with(mut schema: Value, key: &str, value: impl Into<Value>) -> Value {
    schema[key] = value.into();
    schema
}

fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// What a number of a scenario means.
fn meaning(name: &str) -> &'static str {
    match name {
        "version" => "version of this format",
        "seed" => "what all chance in the run is drawn from",
        "brokers" => "brokers in the group",
        "queues" => "queues of the one topic there is if none are listed",
        "message_every_ms" => {
            "the one producer there is if none are listed sends this often; 0: only on command"
        }
        "latency_min_us" => "shortest one-way delay of a message, in microseconds",
        "latency_max_us" => "longest one-way delay of a message, in microseconds",
        "poll_name_server_ms" => "how often clients ask the name server (pollNameServerInterval)",
        "register_broker_ms" => "how often brokers register with it (registerNameServerPeriod)",
        _ => "",
    }
}

fn schema() -> Value {
    let mut properties = Map::new();
    for number in &NUMBERS {
        let bounds = with(whole(number.min, number.max), "default", number.default);
        properties.insert(number.name.to_string(), with(bounds, "description", meaning(number.name)));
    }
    let presets: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    let rules = Rule::ALL.iter().map(|rule| (rule.name().to_string(), json!({ "type": "boolean" })));
    let topic = json!({ "type": "string", "minLength": 1, "description": "name of one of the topics" });
    let parts = fields([
        (
            "preset",
            json!({ "enum": presets, "default": presets[0], "description": "whose rules the members keep" }),
        ),
        (
            "rules",
            with(object(rules.collect(), &[]), "description", "single rules: kept (true) or not (false)"),
        ),
        (
            "preferred_leaders",
            json!({ "type": "array", "maxItems": 9, "items": whole(0, 8), "description": "preferredLeaderIds" }),
        ),
        (
            "batch_append",
            json!({ "type": "boolean", "default": false, "description": "isEnableBatchAppend" }),
        ),
        ("topics", list(TOPICS_MAX, "topics", topics())),
        ("producers", list(CLIENTS_MAX, "producers, a topic each", producers(&topic))),
        ("consumers", list(CLIENTS_MAX, "consumers, a group and a topic each", consumers(&topic))),
        ("files", files()),
        ("commands", list(COMMANDS_MAX, "what is done by itself, in order of time", command())),
    ]);
    properties.extend(parts);
    let mut schema = object(properties, &[]);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "A scenario of Ledgerscope".into();
    schema
}

fn list(max: usize, description: &str, items: Value) -> Value {
    json!({ "type": "array", "maxItems": max, "description": description, "items": items })
}

fn topics() -> Value {
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 127 });
    object(fields([("name", name), ("queues", with(whole(1, 16), "default", 2))]), &["name"])
}

fn producers(topic: &Value) -> Value {
    let properties = fields([
        ("topic", topic.clone()),
        ("every_ms", with(whole(0, 600_000), "description", "sends this often; 0: only on command")),
        ("batch", with(whole(1, 32), "description", "messages in one send")),
    ]);
    object(properties, &[])
}

fn consumers(topic: &Value) -> Value {
    let from = [ConsumeFrom::Last.name(), ConsumeFrom::First.name()];
    let properties = fields([
        ("group", json!({ "type": "string", "minLength": 1, "maxLength": 255 })),
        ("topic", topic.clone()),
        ("from", json!({ "enum": from, "description": "where a group begins that has no offset yet" })),
        ("start_ms", with(whole(0, 3_600_000), "default", 3_000)),
        ("consume_ms", with(whole(0, 600_000), "description", "how long it takes over a message")),
    ]);
    object(properties, &[])
}

fn files() -> Value {
    let FileSizes { data_bytes, index_bytes, consume_queue_units } = FileSizes::default();
    let size = |bounds: RangeInclusive<i64>, default: i64| {
        with(whole(*bounds.start(), *bounds.end()), "default", default)
    };
    let properties = fields([
        ("data_bytes", size(FileSizes::DATA_BYTES, data_bytes)),
        ("index_bytes", size(FileSizes::INDEX_BYTES, index_bytes)),
        ("consume_queue_units", size(FileSizes::CONSUME_QUEUE_UNITS, consume_queue_units)),
    ]);
    with(object(properties, &[]), "description", "sizes of the files on the brokers' disks")
}

fn field_of_a_command(name: &str) -> Value {
    if let Some((_, min, max)) = FIELDS.iter().find(|(field, ..)| *field == name) {
        return whole(*min, *max);
    }
    match name {
        "groups" => {
            let group = json!({ "type": "array", "minItems": 1, "maxItems": 9, "items": whole(0, 8) });
            list(9, "brokers that hear each other; those not listed are one more group", group)
        }
        "rule" => json!({ "enum": Rule::ALL.map(Rule::name) }),
        _ => json!({ "type": "boolean" }),
    }
}

/// One command of a scenario: its fields depend on what it does.
fn command() -> Value {
    let one = |(name, needed, optional): &(&str, &[&str], &[&str])| {
        let mut properties = fields([
            ("at_ms", whole(0, AT_MAX_MS)),
            ("at_us", whole(0, AT_MAX_MS * 1000)),
            ("do", json!({ "const": name })),
        ]);
        for field in needed.iter().chain(*optional) {
            properties.insert((*field).to_string(), field_of_a_command(field));
        }
        let required: Vec<&str> = ["do"].iter().chain(*needed).copied().collect();
        let timed = json!([{ "required": ["at_ms"] }, { "required": ["at_us"] }]);
        with(object(properties, &required), "oneOf", timed)
    };
    json!({ "oneOf": COMMANDS.iter().map(one).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_written_down() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.schema.json");
        expect_test::expect_file![path].assert_eq(&text());
    }
}
