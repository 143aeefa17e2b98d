//! Damage in DLedger's files is told at the byte where it is; what a truncate leaves is not damage.

use crate::folder::{Folder, golden_json, of_type, put};

const DATA: &str = "files/data/00000000000000000000";
const INDEX: &str = "files/index/00000000000000000000";

/// `rolling`, with its index or without. Entry 3 is in the first file at `pos`, of `size` bytes.
fn rolling(with_index: bool) -> (Folder, usize, i64) {
    let folder = Folder::of("store/rolling");
    if !with_index {
        folder.remove("files/index");
    }
    let entry = &golden_json("store/rolling/entries.json")["entries"][3];
    let (pos, size) = (entry["pos"].as_i64().unwrap(), entry["size"].as_i64().unwrap());
    assert!(pos > 0 && pos + size < 4096);
    (folder, pos as usize, size)
}

#[test]
fn each_field_of_an_entry_is_missed_where_it_is_with_an_index_and_without() {
    for with_index in [true, false] {
        let check = |offset: usize, bytes: &[u8], says: &dyn Fn(usize, i64) -> String| {
            let (folder, pos, size) = rolling(with_index);
            folder.edit(DATA, |data| data[pos + offset..pos + offset + bytes.len()].copy_from_slice(bytes));
            // A header all of zeroes is wrong from its magic on.
            let at = if bytes.len() > 8 { 0 } else { offset };
            folder.assert_first(DATA, (pos + at) as u64, &says(pos, size));
            let (_, summary) = folder.inspect();
            assert_eq!(summary.entries, if matches!(offset, 32 | 36 | 40) { 80 } else { 79 });
        };
        check(0, &[0, 0, 0, 9], &|_, _| "entry magic is 9, allowed: one of [1, 2, 3]".to_owned());
        check(0, &[0; 48], &|_, _| "entry magic is 0, allowed: one of [1, 2, 3]".to_owned());
        check(4, &[0, 0, 1, 0], &|_, size| format!("entry size is 256, allowed: {size}"));
        check(8, &5_i64.to_be_bytes(), &|_, _| "entry index is 5, allowed: 3".to_owned());
        check(16, &(-1_i64).to_be_bytes(), &|_, _| "entry term is -1, allowed: at least 1".to_owned());
        check(24, &7_i64.to_be_bytes(), &|pos, _| format!("entry pos is 7, allowed: {pos}"));
        check(36, &[0, 0, 0, 1], &|_, _| "chainCrc is 1, allowed: 0".to_owned());
    }
}

#[test]
fn the_first_entrys_index_is_missed_by_what_follows_and_a_term_too_large_with_the_index() {
    for with_index in [true, false] {
        let (folder, pos, _) = rolling(with_index);
        folder.edit(DATA, put(8, 77_i64.to_be_bytes()));
        folder.assert_first(DATA, 8, "entry index is 77, allowed: 0");
        folder.edit(DATA, put(8, 0_i64.to_be_bytes()));
        folder.edit(DATA, put(pos + 16, 9_i64.to_be_bytes()));
        if with_index {
            folder.assert_first(DATA, pos as u64 + 16, "entry term is 9, allowed: at most 1");
            assert_eq!(folder.inspect().1.problems, 1);
        }
    }
}

#[test]
fn a_damaged_last_entry_is_not_taken_for_the_end() {
    for with_index in [true, false] {
        let folder = Folder::of("store/single");
        if !with_index {
            folder.remove("files/index");
        }
        folder.edit(DATA, put(1227, [0xFF, 0, 0, 1]));
        folder.assert_first(DATA, 1227, "entry magic is -16777215, allowed: one of [1, 2, 3]");
    }
}

#[test]
fn an_index_unit_that_disagrees_with_its_entry_is_told_by_field() {
    let entry = &golden_json("store/rolling/entries.json")["entries"][40];
    let (pos, size, term) = (&entry["pos"], &entry["size"], &entry["term"]);
    let file = "files/index/00000000000000001024";
    let at = 40 * 32 - 1024;
    for (offset, byte, says) in [
        (3, 2, "index unit magic is 2, allowed: 1".to_owned()),
        (3, 8, "index unit magic is 8, allowed: one of [1, 2, 3]".to_owned()),
        (4, 1, format!("index unit pos is {}, allowed: {pos}", pos.as_i64().unwrap() + (1 << 56))),
        (12, 1, format!("index unit size is {}, allowed: {size}", size.as_i64().unwrap() + (1 << 24))),
        (23, 99, "index unit index is 99, allowed: 40".to_owned()),
        (31, 99, format!("index unit term is 99, allowed: {term}")),
    ] {
        let (folder, _, _) = rolling(true);
        folder.edit(file, put(at + offset, [byte]));
        let field = match offset {
            0..4 => 0,
            23 => 16,
            31 => 24,
            other => other,
        };
        folder.assert_first(file, (at + field) as u64, &says);
    }
    let (folder, _, _) = rolling(true);
    folder.edit(file, put(at, [0; 32]));
    folder.assert_first(file, at as u64, "index unit magic is 0, allowed: one of [1, 2, 3]");
    folder.remove("files/index/00000000000000002048");
    folder.edit(file, put(at, [0; 1024 - (40 * 32 - 1024)]));
    let (_, summary) = folder.inspect();
    // The first of all units that are missing, those of the third file too.
    assert_eq!(summary.problems, 1);
}

#[test]
fn index_files_alone_are_checked_for_themselves() {
    for (field, number, says) in [
        (0, 7, "index unit magic is 7, allowed: one of [1, 2, 3]"),
        (12, 5, "index unit size is 5, allowed: at least 48"),
        (4, 1 << 30, "index unit pos is 4611686018427388059, allowed: at most 4194467"),
        (8, 154, "index unit pos is 154, allowed: at least 155"),
        (20, 9, "index unit index is 9, allowed: 3"),
        (28, 0, "index unit term is 0, allowed: at least 1"),
    ] {
        let folder = Folder::of("store/single");
        folder.remove("files/data");
        let (_, summary) = folder.assert_clean();
        assert_eq!(summary.index_units, 5);
        folder.edit(INDEX, put(3 * 32 + field, i32::to_be_bytes(number)));
        // Words of numbers of eight bytes are told at the number.
        let field = [0, 4, 12, 16, 24].into_iter().rfind(|start| *start <= field).unwrap();
        folder.assert_first(INDEX, (3 * 32 + field) as u64, says);
    }
}

#[test]
fn padding_must_fill_its_file_with_zeroes() {
    let (folder, _, _) = rolling(true);
    let (findings, _) = folder.inspect();
    let padding = of_type(&findings, "padding")[0];
    let (at, size) = (padding["offset"].as_u64().unwrap(), padding["size"].as_i64().unwrap());
    folder.edit(DATA, |data| {
        let last = data.len() - 1;
        data[last] = if size > 8 { 3 } else { data[last] };
    });
    if size > 8 {
        folder.assert_first(DATA, 4095, "padding byte is 3, allowed: 0");
    }
    folder.edit(DATA, put(at as usize + 4, [0, 0, 0, 77]));
    folder.assert_first(DATA, at + 4, &format!("padding size is 77, allowed: {size}"));
    folder.edit(DATA, put(at as usize, [0; 8]));
    folder.assert_first(DATA, at, "entry magic is 0, allowed: -1 (padding), for another file follows");
}

#[test]
fn a_file_that_was_cut_renamed_or_lost_is_named() {
    let second = "files/data/00000000000000004096";
    let (folder, pos, size) = rolling(true);
    folder.edit(DATA, |data| data.truncate(pos + 10));
    folder.assert_first(DATA, (pos + 10) as u64, &format!("file length is {}, allowed: 4096", pos + 10));

    // By itself a file may have any length, but an entry leaves room for the padding.
    folder.remove("files");
    folder.write(DATA, &std::fs::read(crate::folder::golden("store/rolling").join(DATA)).unwrap());
    folder.edit(DATA, |data| data.truncate(pos + size as usize));
    let says = "bytes left behind the last entry is 0, allowed: at least 8";
    folder.assert_first(DATA, (pos + size as usize) as u64, says);
    folder.edit(DATA, |data| data.truncate(pos + 20));
    folder.assert_first(DATA, pos as u64, "entry header is 20, allowed: at least 48");
    let folder = Folder::of("store/single");
    folder.edit(DATA, |data| data.truncate(1000));
    folder.assert_first(DATA, 155 + 4, "entry size is 1072, allowed: at most 845");

    let (folder, _, _) = rolling(true);
    folder.rename(second, "files/data/00000000000000004097");
    folder.assert_first("files/data/00000000000000004097", 0, "file name is 4097, allowed: 4096");
    assert_eq!(folder.inspect().1.problems, 1);
    folder.rename("files/data/00000000000000004097", "files/data/4096");
    folder.assert_first("files/data/4096", 0, "file name is \"4096\", allowed: 20 digits");
    folder.remove("files/data/4096");
    folder.assert_first("files/data/00000000000000008192", 0, "file name is 8192, allowed: 4096");
    assert_eq!(folder.inspect().1.problems, 1);

    let folder = Folder::of("store/single");
    folder.rename(DATA, "files/data/00000000000000000100");
    folder.assert_first("files/data/00000000000000000100", 0, "file name is 100, allowed: 0");
    assert_eq!(folder.inspect().1.problems, 1);
}

#[test]
fn a_truncate_of_equal_sizes_leaves_whole_entries_that_are_no_damage() {
    let folder = Folder::new();
    let entry = |index: i64, term: i64| {
        let mut bytes = vec![0; 50];
        put(0, 1_i32.to_be_bytes())(&mut bytes);
        put(4, 50_i32.to_be_bytes())(&mut bytes);
        put(8, index.to_be_bytes())(&mut bytes);
        put(16, term.to_be_bytes())(&mut bytes);
        put(24, (index * 50).to_be_bytes())(&mut bytes);
        put(44, 2_i32.to_be_bytes())(&mut bytes);
        bytes
    };
    let unit = |index: i64, term: i64| {
        let words = [
            1_i32.to_be_bytes().to_vec(),
            (index * 50).to_be_bytes().to_vec(),
            50_i32.to_be_bytes().to_vec(),
        ];
        [words.concat(), index.to_be_bytes().to_vec(), term.to_be_bytes().to_vec()].concat()
    };
    // Ten entries of term 1, cut at 5; then two of term 3.
    let terms = [1, 1, 1, 1, 1, 3, 3, 1, 1, 1];
    let all = |record: &dyn Fn(i64, i64) -> Vec<u8>, size: usize| {
        let mut bytes: Vec<u8> = (0..).zip(terms).flat_map(|(index, term)| record(index, term)).collect();
        bytes.resize(size, 0);
        bytes
    };
    folder.write(DATA, &all(&entry, 4096));
    let (findings, summary) = folder.assert_clean();
    assert_eq!((summary.entries, summary.notes), (7, 1));
    assert_eq!(of_type(&findings, "note")[0]["offset"], 350);
    folder.write(INDEX, &all(&unit, 1024));
    let (findings, summary) = folder.assert_clean();
    assert_eq!((summary.entries, summary.index_units, summary.notes), (7, 7, 2));
    assert_eq!(of_type(&findings, "note")[1]["offset"], 7 * 32);
    folder.remove("files/data");
    let (_, summary) = folder.assert_clean();
    assert_eq!((summary.index_units, summary.notes), (7, 1));
}

#[test]
fn texts_are_told_by_line_and_compared_with_the_log() {
    let says = |file: &str, text: &str, offset: u64, says: &str| {
        let folder = Folder::of("store-0.3.1.2/single");
        folder.write(file, text.as_bytes());
        folder.assert_first(file, offset, says);
    };
    says("files/currterm", "voteLeader=n0\ncurrTerm=4\n", 14, "currTerm is 4, allowed: at least 5");
    says("files/currterm", "voteLeader=n0\ncurrTerm=x\n", 14, "currTerm is \"x\", allowed: a number");
    says(
        "files/currterm",
        "votedLeader=n0\ncurrTerm=5\n",
        26,
        "voteLeader is missing, allowed: a line voteLeader=",
    );
    says("files/currterm", "voteLeader=n0\n", 14, "currTerm is missing, allowed: a line currTerm=");
    says("files/currterm", "voteLeader\n", 0, "line is \"voteLeader\", allowed: key=value");
    let checkpoint = "files/checkpoint";
    says(checkpoint, "committedIndex=5\nendIndex=9\n", 0, "committedIndex is 5, allowed: at most 4");
    says(checkpoint, "endIndex=3\ncommittedIndex=4\n", 11, "committedIndex is 4, allowed: at most 3");
    says(checkpoint, "endIndex=3\n#\nx=", 15, "committedIndex is missing, allowed: a line committedIndex=");
    says(checkpoint, "endIndex=3\ncommitted", 11, "line is \"committed\", allowed: key=number");
    let folder = Folder::of("store-0.3.1.2/single");
    folder.write(checkpoint, b"committedIndex=4\nendIndex=9\n");
    let (findings, _) = folder.assert_clean();
    assert_eq!(of_type(&findings, "note")[0]["offset"], 17);
    folder.edit("files/currterm", put(3, [0xFF]));
    folder.assert_first("files/currterm", 3, "byte is 255, allowed: text in UTF-8");
}
