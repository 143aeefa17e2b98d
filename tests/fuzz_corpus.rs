//! Every input that fuzzing kept, through its target's function: what once took a new path, or broke something, is
//! tried again on every change. `fuzz/README.md` says how the corpus is made.

#[path = "../fuzz/src/lib.rs"]
mod fuzzed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_kept_input_passes_its_target() {
    for (target, run) in fuzzed::TARGETS {
        let inputs = names_in(&folder("corpus").join(target));
        assert!(!inputs.is_empty(), "{target} has no corpus");
        for input in inputs {
            let path = folder("corpus").join(target).join(input);
            let bytes = fs::read(&path).unwrap();
            let result = std::panic::catch_unwind(|| run(&bytes));
            assert!(result.is_ok(), "{} breaks {target}", path.display());
        }
    }
}

#[test]
fn targets_their_files_and_their_corpora_go_by_the_same_names() {
    let targets: BTreeSet<String> = fuzzed::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), fuzzed::TARGETS.len(), "two targets of one name");
    assert_eq!(names_in(&folder("corpus")), targets);
    let files: BTreeSet<String> = targets.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names_in(&folder("fuzz_targets")), files);
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    let file = |line: &str| Some(line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix('"')?.to_owned());
    assert_eq!(manifest.lines().filter_map(file).collect::<BTreeSet<_>>(), files);
}
