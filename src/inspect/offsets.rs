//! RocketMQ's `consumerOffset.json`: how far each group has read each queue.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::report::{Error, Kind, Problem, Report, What};
use super::series::Series;

/// Longest file read.
const MAX_SIZE: usize = 64 << 20;

/// By topic and queue the queue's max offset.
pub(super) type QueueMaxima = BTreeMap<String, BTreeMap<i32, i64>>;

#[derive(Deserialize)]
struct Offsets {
    #[serde(rename = "offsetTable")]
    table: BTreeMap<String, BTreeMap<String, Value>>,
}

/// Reads the file. `queues`: the queues of the same store.
pub(super) fn scan(
    source: &mut Series<'_>,
    queues: Option<&QueueMaxima>,
    report: &mut Report<'_>,
) -> Result<(), Error> {
    let (file, size) = (source.file(0).to_owned(), source.len(0));
    report.say(&file, 0, What::File { kind: Kind::ConsumerOffset, size })?;
    if size > MAX_SIZE as u64 {
        let problem = Problem::at_most("file length", size, MAX_SIZE as i64);
        return report.problem(&file, MAX_SIZE as u64, problem);
    }
    let bytes = source.bytes(0, 0, MAX_SIZE)?;
    let (json, quotes) = quote_numeric_keys(bytes);
    let offsets: Offsets = match serde_json::from_slice(&json) {
        Ok(offsets) => offsets,
        Err(error) => {
            let (at, text) = (place_of(&json, &error), error.to_string());
            let before = quotes.partition_point(|quote| *quote < at);
            let text = text.split(" at line ").next().unwrap_or(&text).to_owned();
            let problem = Problem::new("JSON", text, "an object with offsetTable");
            return report.problem(&file, (at - before) as u64, problem);
        }
    };
    let text = String::from_utf8_lossy(bytes).into_owned();
    for (key, groups) in &offsets.table {
        let quoted = serde_json::to_string(key).unwrap_or_default();
        let at = text.find(&quoted).unwrap_or(0) as u64;
        let Some((topic, group)) = key.split_once('@') else {
            report.problem(&file, at, Problem::new("key of offsetTable", quoted, "topic@group"))?;
            continue;
        };
        for (queue, offset) in groups {
            let (Ok(queue_id), Some(next_offset)) = (queue.parse::<i32>(), offset.as_i64()) else {
                let found = format!("{queue:?}: {offset}");
                report.problem(&file, at, Problem::new("queue of offsetTable", found, "number: number"))?;
                continue;
            };
            report.say(&file, at, What::ConsumerOffset { topic, group, queue_id, next_offset })?;
            if queue_id < 0 || next_offset < 0 {
                let (what, found) =
                    if queue_id < 0 { ("queueId", i64::from(queue_id)) } else { ("offset", next_offset) };
                report.problem(&file, at, Problem::at_least(what, found, 0))?;
            }
            let max = queues.and_then(|queues| queues.get(topic)?.get(&queue_id)).copied();
            if let Some(max) = max.filter(|max| next_offset > *max) {
                let text = format!(
                    "group {group} is at offset {next_offset} of {topic} queue {queue_id}, which ends at {max}"
                );
                report.note(&file, at, text)?;
            }
        }
    }
    Ok(())
}

/// RocketMQ's JSON library writes keys that are numbers without quotes (`{0:12}`). Gives standard JSON, and where in it
/// the quotes are that were added.
fn quote_numeric_keys(text: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let (mut out, mut quotes) = (Vec::with_capacity(text.len() + 64), Vec::new());
    let (mut in_string, mut may_be_key) = (false, false);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if in_string {
            if byte == b'\\' {
                out.push(byte);
                at += 1;
                if at == text.len() {
                    break;
                }
            } else if byte == b'"' {
                in_string = false;
            }
        } else if may_be_key && (byte == b'-' || byte.is_ascii_digit()) {
            let end = text[at..].iter().position(|b| *b != b'-' && !b.is_ascii_digit());
            let end = end.map_or(text.len(), |length| at + length);
            let colon = text[end..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
            if colon {
                quotes.push(out.len());
                out.push(b'"');
                out.extend_from_slice(&text[at..end]);
                quotes.push(out.len());
                out.push(b'"');
            } else {
                out.extend_from_slice(&text[at..end]);
            }
            may_be_key = false;
            at = end;
            continue;
        } else if byte == b'"' {
            in_string = true;
            may_be_key = false;
        } else if !byte.is_ascii_whitespace() {
            may_be_key = byte == b'{' || byte == b',';
        }
        out.push(text[at]);
        at += 1;
    }
    (out, quotes)
}

/// Where in `json` the parser stopped.
fn place_of(json: &[u8], error: &serde_json::Error) -> usize {
    let line = json.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let start: usize = line.map(<[u8]>::len).sum();
    (start + error.column().saturating_sub(1)).min(json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_numbers_get_quotes_and_nothing_else_does() {
        for (found, expected) in [
            (r#"{"a":{0:7,1 :-8}}"#, r#"{"a":{"0":7,"1" :-8}}"#),
            (r#"{"{0:1}\",2:3":[1,2]}"#, r#"{"{0:1}\",2:3":[1,2]}"#),
            ("{\n0\n:1}", "{\n\"0\"\n:1}"),
            (r#"{"a\"#, r#"{"a\"#),
        ] {
            let (json, quotes) = quote_numeric_keys(found.as_bytes());
            assert_eq!(String::from_utf8(json.clone()).unwrap(), expected);
            assert!(quotes.iter().all(|at| json[*at] == b'"'));
            assert_eq!(json.len() - quotes.len(), found.len());
        }
    }
}
