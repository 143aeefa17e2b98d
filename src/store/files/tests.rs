use super::*;

#[test]
fn a_write_that_would_leave_less_than_eight_bytes_goes_to_the_next_file_behind_a_blank_record() {
    let mut list = FileList::new(100, Rolling::Padded);
    assert_eq!(list.append(&[7; 60]), Ok(0));
    assert_eq!(list.append(&[7; 32]), Ok(60), "leaves exactly eight");
    assert_eq!(list.append(&[7; 1]), Ok(100));
    let files: Vec<_> = list.export().collect();
    assert_eq!(files[0].0, "00000000000000000000");
    assert_eq!(files[0].1[92..], [255, 255, 255, 255, 0, 0, 0, 8]);
    assert_eq!(files[1].0, "00000000000000000100");
    assert_eq!(list.wrote_position(), 101);
    assert_eq!(list.append(&[7; 93]), Err(FileError::TooLarge { size: 93, max: 92 }));
}

#[test]
fn padding_overwrites_what_a_truncate_left_with_zeros() {
    let mut list = FileList::new(100, Rolling::Padded);
    list.append(&[7; 92]).unwrap();
    list.truncate(20, false);
    list.append(&[8; 80]).unwrap();
    let first = list.export().next().unwrap().1;
    assert_eq!(first[20..28], [255, 255, 255, 255, 0, 0, 0, 80]);
    assert_eq!(first[28..], [0; 72]);
}

#[test]
fn truncate_deletes_files_behind_and_leaves_bytes_unless_told_to_erase() {
    let mut list = FileList::new(40, Rolling::Exact);
    for unit in 0..5 {
        list.append(&[unit + 1; 20]).unwrap();
    }
    let mut erased = list.clone();
    list.truncate(40, false);
    assert_eq!((list.file_count(), list.wrote_position()), (2, 40), "a file cut at its first byte stays");
    assert_eq!(list.read(40, 20), None);
    assert_eq!(list.read_raw(40, 20).as_deref(), Some(&[3; 20][..]));
    erased.truncate(50, true);
    assert_eq!(
        erased.read_raw(40, 20).as_deref(),
        Some(&[3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..])
    );
    list.truncate(1000, false);
    assert_eq!(list.wrote_position(), 40, "beyond the end");
}

#[test]
fn writes_across_pages_read_back_and_huge_files_cost_nothing() {
    let mut list = FileList::new(1 << 30, Rolling::Padded);
    let bytes: Vec<u8> = (0..20_000).map(|i| (i % 251) as u8).collect();
    list.append(&bytes[..3_000]).unwrap();
    list.append(&bytes[3_000..]).unwrap();
    let copy = list.clone();
    list.truncate(100, true);
    assert_eq!(copy.read(5_000, 11_000).as_deref(), Some(&bytes[5_000..16_000]));
    assert_eq!(list.read_raw(0, 6_000).unwrap()[100..], [0; 5_900]);
}

#[test]
fn files_that_cannot_belong_to_the_list_are_refused() {
    let load = |names: &[&str], len: usize| {
        FileList::load(40, Rolling::Exact, names.iter().map(|name| (name.to_string(), vec![0; len])))
            .map(|l| l.wrote_position())
    };
    assert_eq!(load(&["00000000000000000040", "00000000000000000000"], 40), Ok(80));
    assert!(matches!(load(&["00000000000000000000"], 39), Err(FileError::Length { found: 39, .. })));
    assert!(matches!(load(&["0"], 40), Err(FileError::Name { .. })));
    assert_eq!(
        load(&["00000000000000000000", "00000000000000000080"], 40),
        Err(FileError::NotContiguous { after: 0, found: 80 })
    );
}

#[test]
fn a_file_that_starts_where_none_does_is_refused() {
    for start in [20, 41, i64::MAX / 40 * 40, i64::MAX] {
        let loaded = FileList::load(40, Rolling::Exact, [(file_name(start), vec![1; 40])]);
        assert!(matches!(loaded, Err(FileError::Name { .. })), "{loaded:?}");
    }
}
