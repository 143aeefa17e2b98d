//! Copies of golden folders to damage, and what an inspection says of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use ledgerscope::inspect::{Finding, Summary, inspect};
use serde_json::Value;

/// The golden folder or file at `path`.
pub fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(path)
}

pub fn golden_json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(golden(path)).unwrap()).unwrap()
}

/// A folder that goes away with this value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ledgerscope-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// A copy of a golden folder.
    pub fn of(path: &str) -> Self {
        let folder = Folder::new();
        copy(&golden(path), &folder.0);
        folder
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub fn write(&self, file: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        fs::write(self.path(file), bytes).unwrap();
    }

    pub fn edit(&self, file: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(file)).unwrap();
        change(&mut bytes);
        fs::write(self.path(file), bytes).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    pub fn remove(&self, file: &str) {
        let path = self.path(file);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// All findings, and the summary.
    pub fn inspect(&self) -> (Vec<Value>, Summary) {
        let mut findings = Vec::new();
        let mut sink = |finding: &Finding<'_>| {
            let mut value = serde_json::to_value(finding)?;
            value["file"] = self.relative(finding.file).into();
            findings.push(value);
            Ok(())
        };
        let summary = inspect(&[&self.0], &mut sink).unwrap();
        (findings, summary)
    }

    fn relative(&self, file: &str) -> String {
        Path::new(file).strip_prefix(&self.0).unwrap().to_str().unwrap().replace('\\', "/")
    }

    /// Where it first goes wrong, and how.
    pub fn first_problem(&self) -> (String, u64, String) {
        let (_, summary) = self.inspect();
        let first = summary.first_problem.expect("nothing is wrong");
        (self.relative(&first.file), first.offset, first.problem.to_string())
    }

    pub fn assert_first(&self, file: &str, offset: u64, says: &str) {
        assert_eq!(self.first_problem(), (file.to_owned(), offset, says.to_owned()));
    }

    pub fn assert_clean(&self) -> (Vec<Value>, Summary) {
        let (findings, summary) = self.inspect();
        assert_eq!(summary.first_problem, None);
        (findings, summary)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays in the system's own for such is no reason to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            // Not `fs::copy`: golden files may be read-only.
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

pub fn of_type<'a>(findings: &'a [Value], kind: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["type"] == kind).collect()
}

/// Writes a big-endian number of any size.
pub fn put<const N: usize>(at: usize, number: [u8; N]) -> impl FnOnce(&mut Vec<u8>) {
    move |bytes| bytes[at..at + N].copy_from_slice(&number)
}
