use super::*;
use crate::store::file_name;

fn filled(units: i64, file_size: i64) -> ConsumeQueue {
    let mut queue = ConsumeQueue::new(file_size);
    for q in 0..units {
        assert_eq!(queue.put(q * 100, 100, 7, q), Put::Appended);
    }
    queue
}

#[test]
fn tags_code_is_javas_string_hash_sign_extended() {
    assert_eq!(["TagA", "TagB", "TAG1", ""].map(tags_code), [2598919, 2598920, 2567159, 0]);
    assert_eq!(tags_code("negative-hash-ZZZZZZ"), -1171315257);
    assert_eq!(tags_code("标签"), 857175);
}

#[test]
fn a_file_size_is_rounded_up_to_whole_units() {
    assert_eq!(ConsumeQueue::new(1024).files.file_size(), 1040);
}

#[test]
fn a_message_that_ends_within_what_is_indexed_is_a_repeat() {
    let mut queue = filled(3, 80);
    assert_eq!(queue.put(200, 100, 7, 3), Put::RepeatedPhysically);
    assert_eq!(queue.max_offset(), 3);
}

#[test]
fn a_queue_offset_that_has_a_unit_is_a_repeat_and_does_not_raise_the_physical_maximum() {
    let mut queue = filled(3, 80);
    assert_eq!(queue.put(300, 100, 7, 2), Put::RepeatedLogically);
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (3, 300));
}

#[test]
fn queue_offset_zero_is_never_checked() {
    let mut queue = filled(3, 80);
    assert_eq!(queue.put(300, 100, 7, 0), Put::Misplaced { queue_offset: 3, expected: 0 });
}

#[test]
fn a_gap_appends_at_the_end_and_leaves_no_hole() {
    let mut queue = filled(43, 1024);
    assert_eq!(queue.put(4300, 100, 7, 48), Put::Misplaced { queue_offset: 43, expected: 48 });
    assert_eq!(queue.get(43).map(|unit| unit.offset), Some(4300));
    assert_eq!(queue.get(48), None);
}

#[test]
fn a_queue_that_begins_in_the_middle_is_filled_with_blanks_before() {
    let mut queue = ConsumeQueue::new(1024);
    assert_eq!(queue.put(5000, 100, 7, 60), Put::Appended);
    assert!(queue.spans().eq([(1040, 180)]));
    assert_eq!((queue.min_offset(), queue.max_offset()), (60, 61));
    assert_eq!(queue.get(60), Some(CqUnit { offset: 5000, size: 100, tags_code: 7 }));
    assert_eq!(queue.get(55), None);
    let bytes = queue.export().next().unwrap().1;
    assert!(bytes[..160].chunks(20).all(|unit| CqUnit::decode(unit) == Some(CqUnit::BLANK)));
    let reopened = queue.clone().reopen();
    assert_eq!((reopened.min_offset(), reopened.max_offset(), reopened.max_physic_offset()), (0, 61, 5100));
}

#[test]
fn reopening_finds_the_end_and_the_physical_maximum() {
    for units in [0, 1, 4, 7, 8, 40] {
        let (queue, reopened) = (filled(units, 80), filled(units, 80).reopen());
        assert_eq!(reopened.max_offset(), queue.max_offset());
        assert_eq!(reopened.max_physic_offset(), queue.max_physic_offset());
    }
}

#[test]
fn truncate_keeps_a_unit_that_starts_before_the_cut_and_ends_after() {
    let mut queue = filled(10, 80);
    queue.truncate_dirty(650);
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (7, 700));
    queue.truncate_dirty(400);
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (4, 400));
    assert!(queue.spans().eq([(0, 80)]), "files whose first unit goes are deleted");
    queue.truncate_dirty(0);
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (0, 0));
    assert_eq!(queue.put(0, 100, 7, 0), Put::Appended);
}

#[test]
fn the_minimum_moves_to_the_first_unit_that_the_commit_log_still_has() {
    let mut queue = filled(10_000, CQ_DEFAULT_FILE_SIZE);
    queue.correct_min_offset(2000);
    assert_eq!(queue.min_offset(), 20);
    queue.correct_min_offset(10_000 * 100);
    assert_eq!(queue.min_logic_offset, 200_000);
}

/// How many units a loss of power would leave.
fn on_disk(queue: &ConsumeQueue) -> i64 {
    let mut queue = queue.clone();
    queue.lose_unflushed();
    queue.max_offset()
}

#[test]
fn a_flush_waits_for_as_many_dirty_pages_as_it_is_told() {
    let mut queue = ConsumeQueue::new(CQ_DEFAULT_FILE_SIZE);
    let mut flushed_at = Vec::new();
    for q in 0..900 {
        queue.put(q * 100, 100, 7, q);
        queue.flush(2);
        if on_disk(&queue) == q + 1 {
            flushed_at.push(q + 1);
        }
    }
    // 410 units are the first that reach into a third page of 4096 bytes, 820 into a fifth.
    assert_eq!(flushed_at, [410, 820]);
}

#[test]
fn raw_bytes_are_those_of_one_file() {
    let mut queue = filled(6, 80);
    let unit = |n: i64| CqUnit { offset: n * 100, size: 100, tags_code: 7 }.encode().to_vec();
    assert_eq!(queue.raw(20, 40), Some([unit(1), unit(2)].concat()));
    assert_eq!(queue.raw(70, 20), None);
    queue.truncate_dirty(500);
    assert_eq!((queue.get(5), queue.raw(100, 20)), (None, Some(unit(5))), "left behind");
}

#[test]
fn a_full_file_is_flushed_whatever_it_has_and_one_file_at_a_time() {
    let mut queue = filled(9, 80);
    let after = [0, 1, 2, 3].map(|_| {
        let before = on_disk(&queue);
        queue.flush(2);
        before
    });
    assert_eq!(after, [0, 4, 8, 8], "the ninth alone is no page");

    let mut queue = filled(2, 80);
    queue.flush_all();
    for q in 2..9 {
        queue.put(q * 100, 100, 7, q);
    }
    queue.flush(2);
    assert_eq!(on_disk(&queue), 4, "only the rest of a file of which a part is on disk");
}

#[test]
fn clones_do_not_see_each_others_units() {
    let mut queue = filled(300, 6000);
    let before = queue.clone();
    queue.put(30_000, 100, 7, 300);
    assert_eq!((before.max_offset(), before.get(300), queue.max_offset()), (300, None, 301));
}

#[test]
fn the_end_of_a_unit_beyond_the_last_offset_wraps_as_in_java() {
    let unit = CqUnit { offset: i64::MAX, size: 2, tags_code: 0 };
    let queue = ConsumeQueue::load(20, [(file_name(0), unit.encode().to_vec())]).unwrap();
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (1, i64::MIN + 1));
}
