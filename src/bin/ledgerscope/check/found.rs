//! A run that was found: as a file, and as a link that opens it on the page.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use ledgerscope::scenario::Scenario;
use serde_json::Value;

/// The scenario's JSON without what is as it is by default.
pub fn brief(scenario: &Scenario) -> Value {
    let shown = |scenario: &Scenario| serde_json::to_value(scenario).unwrap_or_default();
    let (mut brief, default) = (shown(scenario), shown(&Scenario::default()));
    if let Value::Object(fields) = &mut brief {
        fields.retain(|name, value| default.get(name) != Some(value));
    }
    brief
}

/// `page` with the scenario in its fragment: base64url, without padding, of the JSON.
pub fn link(page: &str, brief: &Value) -> String {
    format!("{page}#run={}", base64url(brief.to_string().as_bytes()))
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = |chunk: &[u8]| {
        let bits =
            chunk.iter().enumerate().fold(0, |bits, (n, byte)| bits | u32::from(*byte) << (16 - 8 * n));
        (0..=chunk.len()).map(move |n| char::from(DIGITS[(bits >> (18 - 6 * n)) as usize & 63]))
    };
    bytes.chunks(3).flat_map(digits).collect()
}

/// A field a line, and a command a line.
fn text(brief: &Value) -> String {
    let Value::Object(fields) = brief else { return brief.to_string() };
    let lines = fields.iter().map(|(name, value)| match value {
        Value::Array(list) if list.iter().any(Value::is_object) => {
            let list: Vec<String> = list.iter().map(|one| format!("    {}", spaced(one))).collect();
            format!("  \"{name}\": [\n{}\n  ]", list.join(",\n"))
        }
        value => format!("  \"{name}\": {}", spaced(value)),
    });
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

fn spaced(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("\"{name}\": {}", spaced(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// Whether a file can be made there.
///
/// # Errors
/// There is one, or no folder for it. Better said before the search than after it.
pub fn check_free(path: &Path) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.exists() {
        return Err(format!("{}: it exists, and nothing is ever overwritten", path.display()));
    }
    match folder {
        Some(folder) if !folder.is_dir() => Err(format!("{}: no such folder", folder.display())),
        _ => Ok(()),
    }
}

/// Writes it to a new file: the one given, or the first free one of violation-SEED.json, violation-SEED-2.json ... One of
/// these that says the same already is as good.
///
/// # Errors
/// What the system says, with the file.
pub fn write(brief: &Value, out: Option<&Path>, seed: u64) -> Result<PathBuf, String> {
    let text = text(brief);
    let create = |path: &Path| File::create_new(path)?.write_all(text.as_bytes());
    let failed = |path: &Path, e: io::Error| format!("{}: {e}", path.display());
    if let Some(path) = out {
        return create(path).map(|()| path.to_path_buf()).map_err(|e| failed(path, e));
    }
    let names = (1..).map(|n| match n {
        1 => PathBuf::from(format!("violation-{seed}.json")),
        n => PathBuf::from(format!("violation-{seed}-{n}.json")),
    });
    for path in names {
        match create(&path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
                    return Ok(path);
                }
            }
            ended => return ended.map(|()| path.clone()).map_err(|e| failed(&path, e)),
        }
    }
    unreachable!("some number is free")
}
