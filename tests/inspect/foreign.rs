//! Bytes that nobody wrote, and files larger than memory should be.

use std::fs::{self, OpenOptions};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledgerscope::inspect::{Finding, inspect, inspect_source};

use crate::folder::{Folder, golden};

/// A name for each kind of file.
const NAMES: [&str; 9] = [
    "data/00000000000000000000",
    "dledger-n0/index/00000000000000000000",
    "commitlog/00000000000000000000",
    "consumequeue/T/0/00000000000000000000",
    "currterm",
    "checkpoint",
    "index/20261123025237121",
    "consumerOffset.json",
    "00000000000000000000",
];

/// xorshift64*: as good as needed, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }
}

fn golden_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut inside: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inside.sort();
    for path in inside {
        match path.is_dir() {
            true => golden_files(&path, files),
            false if path.extension().is_none_or(|extension| extension == "bak") => files.push(path),
            false => {}
        }
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, random.next() as u8),
            2 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes[at..end].fill(*[0, 0x7F, 0x80, 0xFF].get(random.below(4)).unwrap());
            }
            3 => {
                let end = (at + random.below(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            _ if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            _ => {}
        }
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut files = Vec::new();
    for folder in ["store", "store-0.3.1.2", "rocketmq"] {
        golden_files(&golden(folder), &mut files);
    }
    assert!(files.len() > 50);
    let files: Vec<(PathBuf, Vec<u8>)> =
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    let mut random = Random(0x1ED6_E25C_09E5);
    let mut findings = 0_u64;
    let mut sink = |_: &Finding<'_>| {
        findings += 1;
        Ok(())
    };
    let mut problems = 0;
    for round in 0..6000 {
        let (name, bytes) = match round % 3 {
            0 => {
                let bytes: Vec<u8> = (0..random.below(600)).map(|_| random.next() as u8).collect();
                (PathBuf::from(NAMES[random.below(NAMES.len())]), bytes)
            }
            // Small numbers are what reading goes on with.
            1 => {
                let word =
                    |random: &mut Random| [0, 0, 1, 2, 49, 92, -1, i32::MAX][random.below(8)].to_be_bytes();
                let bytes = (0..random.below(200)).flat_map(|_| word(&mut random)).collect();
                (PathBuf::from(NAMES[random.below(NAMES.len())]), bytes)
            }
            _ => {
                let (path, bytes) = &files[random.below(files.len())];
                let mut bytes = bytes.clone();
                damage(&mut bytes, &mut random);
                (path.clone(), bytes)
            }
        };
        // A name may be that of another file, up to the largest there is.
        let name = match random.below(8) {
            0 => name.with_file_name("09223372036854775807"),
            1 => name.with_file_name("00000000000000004096"),
            _ => name,
        };
        if let Ok(summary) = inspect_source(&name, Cursor::new(bytes), &mut sink) {
            problems += summary.problems;
        }
    }
    assert!(findings > 10_000 && problems > 3_000, "{findings} findings, {problems} problems");
}

#[test]
fn no_damage_to_a_whole_store_makes_it_panic() {
    let mut random = Random(7);
    for case in ["rocketmq/store-dledger", "store/rolling/files", "store-0.3.1.2/single/files"] {
        let folder = Folder::of(case);
        let mut files = Vec::new();
        golden_files(&folder.0, &mut files);
        for _ in 0..60 {
            let path = &files[random.below(files.len())];
            let whole = fs::read(path).unwrap();
            let mut bytes = whole.clone();
            damage(&mut bytes, &mut random);
            fs::write(path, bytes).unwrap();
            inspect(&[&folder.0], &mut |_: &Finding<'_>| Ok(())).unwrap();
            // Every other damage stays, and adds up.
            if random.below(2) == 0 {
                fs::write(path, whole).unwrap();
            }
        }
    }
}

/// Counts the bytes that are read.
struct Counted<R>(R, u64);

impl<R: Read> Read for &mut Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1 += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for &mut Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn of_a_sparse_file_of_a_gigabyte_little_is_read() {
    let folder = Folder::of("store/single");
    for (file, size) in [("data", 1 << 30), ("index", 160 << 20)] {
        let path = folder.path(&format!("files/{file}/00000000000000000000"));
        let sparse = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        sparse.set_len(size).unwrap();
        let mut counted = Counted(sparse, 0);
        let mut rest = 0;
        let mut sink = |finding: &Finding<'_>| {
            rest = finding.offset;
            Ok(())
        };
        let summary = inspect_source(&path, &mut counted, &mut sink).unwrap();
        assert_eq!(summary.first_problem, None);
        assert_eq!(summary.entries + summary.index_units, 5);
        assert_eq!(rest, if file == "data" { 1280 } else { 160 });
        // The longest entry there can be, looked for behind the end, and the window's overlaps.
        assert!(counted.1 < 5 << 20, "{} bytes read of {file}", counted.1);
    }
    let start = Instant::now();
    folder.assert_clean();
    assert!(start.elapsed() < Duration::from_secs(10));
}
