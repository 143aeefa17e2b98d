//! ConsumeQueues opened from arbitrary files, and what can be done to them then.

use ledgerscope::store::{CQ_UNIT_SIZE, ConsumeQueue, CqUnit, Put};

use super::input::{Files, Input, files};

/// Files that recovery reads.
const RECOVERED_FILES: usize = 3;

/// Recovery takes good units only, leaves bytes as they are and finds the same a second time; puts and truncation keep
/// what they promise.
pub fn consume_queue(bytes: &[u8]) {
    let mut input = Input(bytes);
    let file_size = (1 + i64::from(input.byte() % 16)) * CQ_UNIT_SIZE as i64;
    let start = input.start(file_size);
    let len = usize::from(input.short());
    let found = files(start, file_size, input.take(len));
    let Ok(queue) = ConsumeQueue::load(file_size, found.clone()) else { return };
    recovered(&queue, &found);
    reopened_again(&queue, found.len());
    let mut queue = queue;
    while !input.is_empty() {
        act(&mut queue, &mut input);
    }
}

/// A queue just recovered from `files` files stays the same in a second recovery; if the first dropped some, the second
/// reaches files that the first had not looked into, and may drop more.
fn reopened_again(queue: &ConsumeQueue, files: usize) {
    let again = queue.clone().reopen();
    if files <= RECOVERED_FILES || files == queue.spans().count() {
        same(&again, queue);
    } else {
        assert!(again.max_offset() <= queue.max_offset());
    }
}

fn exported(queue: &ConsumeQueue) -> Files {
    queue.export().collect()
}

fn same(one: &ConsumeQueue, other: &ConsumeQueue) {
    assert_eq!(exported(one), exported(other));
    assert!(one.spans().eq(other.spans()));
    let numbers = |q: &ConsumeQueue| (q.min_offset(), q.max_offset(), q.max_physic_offset());
    assert_eq!(numbers(one), numbers(other));
}

/// The first queue offset that the files can hold.
fn first_offset(queue: &ConsumeQueue) -> i64 {
    let first = queue.spans().next().map_or(0, |(start, _)| start);
    first.div_euclid(CQ_UNIT_SIZE as i64) + i64::from(first % CQ_UNIT_SIZE as i64 != 0)
}

fn recovered(queue: &ConsumeQueue, found: &Files) {
    let kept = exported(queue);
    assert_eq!(kept, found[..kept.len()]);
    let unread = found.len().saturating_sub(RECOVERED_FILES);
    let read_from = queue.spans().nth(unread).map_or(0, |(start, _)| start);
    let mut end = -1;
    for offset in read_from / CQ_UNIT_SIZE as i64..queue.max_offset() {
        let unit = queue.get(offset).expect("a unit below the maximum");
        assert!(unit.offset >= 0 && unit.size > 0);
        assert_eq!(CqUnit::decode(&unit.encode()), Some(unit));
        end = unit.end();
    }
    assert_eq!(queue.max_physic_offset(), end);
    assert_eq!(queue.get(queue.max_offset()), None);
}

fn act(queue: &mut ConsumeQueue, input: &mut Input) {
    let (min, max) = (queue.min_offset(), queue.max_offset());
    match input.byte() % 8 {
        0 => {
            let phy = input.long();
            queue.truncate_dirty(phy);
            if let Some(last) = queue.get(queue.max_offset() - 1) {
                assert!(last.offset < phy);
            }
        }
        1 => {
            queue.correct_min_offset(input.long());
            assert!(queue.min_offset() >= min && queue.max_offset() == max);
            assert!(queue.min_offset() <= max.max(min));
        }
        2 => {
            let files = queue.spans().count();
            *queue = queue.clone().reopen();
            reopened_again(queue, files);
        }
        _ => {
            let near = i64::from(input.byte()) - 8;
            let (offset, size) = (i64::from(input.short()) << 8, 1 + i32::from(input.byte()));
            put(queue, CqUnit { offset, size, tags_code: near }, (max + near).max(0));
        }
    }
    assert!(queue.min_offset() >= 0 && queue.max_offset() >= first_offset(queue));
}

fn put(queue: &mut ConsumeQueue, unit: CqUnit, at: i64) {
    let before = queue.clone();
    let put = queue.put(unit.offset, unit.size, unit.tags_code, at);
    let placed = match put {
        Put::Appended => at,
        Put::Misplaced { queue_offset, expected } => {
            assert!(expected == at && queue_offset != at);
            queue_offset
        }
        Put::RepeatedPhysically => {
            assert!(unit.end() <= before.max_physic_offset());
            return same(queue, &before);
        }
        Put::RepeatedLogically => {
            assert_eq!(queue.max_physic_offset(), before.max_physic_offset());
            return assert!(at < queue.max_offset());
        }
    };
    assert_eq!((queue.max_offset(), queue.max_physic_offset()), (placed + 1, unit.end()));
    // A queue that was cut to nothing may begin anew before its minimum.
    if placed >= queue.min_offset() {
        assert_eq!(queue.get(placed), Some(unit));
    }
}
