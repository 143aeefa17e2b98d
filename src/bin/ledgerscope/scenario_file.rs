//! Reading a scenario from a file, with errors that say where.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use ledgerscope::scenario::{Draft, Scenario};

/// Reads a scenario; `-` is standard input.
///
/// # Errors
/// What is wrong, with the file and, for what is no JSON, the byte offset.
pub fn read(path: &Path) -> Result<Scenario, String> {
    let name = path.display();
    let text = text(path).map_err(|e| format!("{name}: {e}"))?;
    let draft: Draft = serde_json::from_slice(&text).map_err(|e| {
        let at = offset(&text, e.line(), e.column());
        format!("{name}: byte {at}: {e}")
    })?;
    Scenario::from_draft(&draft).map_err(|e| format!("{name}: {e}"))
}

/// More than any scenario: a file that is larger is something else.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

fn text(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut text)?;
    } else {
        fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut text)?;
    }
    if text.len() as u64 > MAX_BYTES {
        let message = format!("more than {MAX_BYTES} bytes; a scenario has less");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(text)
}

/// Where a line and a column, both counted from 1, are in the text.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize = text.split(|b| *b == b'\n').take(line.saturating_sub(1)).map(|l| l.len() + 1).sum();
    (before + column.saturating_sub(1)).min(text.len())
}
