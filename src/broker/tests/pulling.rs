//! Tables 5.1 to 5.3: what a pull is answered with.

use super::*;
use crate::broker::get_message::get_message;
use crate::store::{ConsumeQueue, EntryStore};
use GetMessageStatus::*;

fn with_messages(bodies: &[&str]) -> Bench {
    let mut bench = Bench::alone(config());
    for body in bodies {
        bench.put(A, body);
    }
    bench.run(Micros::millis(3));
    bench
}

#[test]
fn an_empty_queue_has_no_message_whatever_the_offset() {
    let mut bench = with_messages(&[]);
    assert_eq!(bench.pulled_at(0), (NoMessageInQueue, 0));
    assert_eq!(bench.pulled_at(7), (NoMessageInQueue, 0));
    assert_eq!((NoMessageInQueue.code(0), NoMessageInQueue.code(7)), (19, 21));
}

#[test]
fn a_queue_that_the_topic_does_not_have_matches_none() {
    let mut bench = with_messages(&[]);
    let result = bench.pull(A, PullRequest { queue: QueueId { queue: 9, ..T0 }, ..pull_at(3) });
    assert_eq!((result.status, result.next_offset), (NoMatchedLogicQueue, 0));
    assert_eq!((NoMatchedLogicQueue.code(0), NoMatchedLogicQueue.code(3)), (19, 21));
}

#[test]
fn an_offset_at_the_end_overflows_by_one_and_stays() {
    let mut bench = with_messages(&["a", "b", "c"]);
    assert_eq!(bench.pulled_at(3), (OffsetOverflowOne, 3));
    assert_eq!(OffsetOverflowOne.code(3), 19);
}

#[test]
fn an_offset_beyond_the_end_overflows_badly_and_goes_to_the_end() {
    let mut bench = with_messages(&["a", "b", "c"]);
    assert_eq!(bench.pulled_at(9), (OffsetOverflowBadly, 3));
    assert_eq!(OffsetOverflowBadly.code(9), 21);
}

/// A queue whose first unit is at 60, in files of 52.
fn from_sixty() -> ConsumeQueue {
    let mut queue = ConsumeQueue::new(52 * 20);
    queue.put(5000, 100, 0, 60);
    queue
}

fn found_in(queue: &ConsumeQueue, offset: i64, corrects: bool) -> (GetMessageStatus, i64) {
    let store = EntryStore::new(Options::default());
    let result = get_message(&store, Some(queue), &pull_at(offset), corrects);
    (result.status, result.next_offset)
}

#[test]
fn an_offset_before_the_beginning_is_too_small_and_goes_to_the_beginning() {
    assert_eq!(found_in(&from_sixty(), 59, true), (OffsetTooSmall, 60));
    assert_eq!(OffsetTooSmall.code(59), 21);
}

#[test]
fn an_offset_without_a_file_goes_to_the_next_file() {
    let reopened = from_sixty().reopen(); // whose minimum is not known yet
    assert_eq!(found_in(&reopened, 5, true), (OffsetFoundNull, 52));
    assert_eq!(OffsetFoundNull.code(5), 19);
}

#[test]
fn who_does_not_correct_offsets_leaves_them_all() {
    for (offset, status) in [(59, OffsetTooSmall), (99, OffsetOverflowBadly)] {
        assert_eq!(found_in(&from_sixty(), offset, false), (status, offset));
    }
    assert_eq!(found_in(&from_sixty().reopen(), 5, false), (OffsetFoundNull, 5));
    assert_eq!(found_in(&ConsumeQueue::new(1040), 5, false), (NoMessageInQueue, 5));
}

#[test]
fn messages_that_the_log_no_longer_has_were_removed() {
    assert_eq!(found_in(&from_sixty(), 60, true), (MessageWasRemoving, 61));
    assert_eq!(MessageWasRemoving.code(60), 20);
}

#[test]
fn a_pull_finds_messages_with_their_numbers_entries_and_the_queues_bounds() {
    let mut bench = Bench::alone(config());
    for number in [7, 8, 9] {
        bench.ask(A, BrokerRequest::Send { queue: T0, messages: [produced(number)].into() });
    }
    bench.run(Micros::millis(3));
    let result = bench.pull(A, pull_at(1));
    assert_eq!((result.status, result.next_offset, result.min_offset, result.max_offset), (Found, 3, 0, 3));
    let numbers: Vec<_> = result.messages.iter().map(|m| (m.queue_offset, m.index.0, m.number)).collect();
    assert_eq!(numbers, [(1, 1, 8), (2, 2, 9)]);
    assert_eq!(result.messages[0].phy_offset, bench.phy_offset(A, 1));
    assert_eq!(Found.code(1), 0);
}

#[test]
fn a_batch_ends_at_the_wanted_number_and_never_holds_more_than_32() {
    let mut bench = with_messages(&["x"; 40]);
    let mut found = |max| {
        let result = bench.pull(A, PullRequest { max, ..pull_at(2) });
        (result.messages.len(), result.next_offset)
    };
    assert_eq!(found(5), (5, 7));
    assert_eq!(found(32), (32, 34));
    assert_eq!(found(100), (32, 34));
    assert_eq!(found(0), (1, 3), "the first one is never too much");
}

#[test]
fn a_batch_ends_before_it_exceeds_256_kib_but_for_its_first_message() {
    let mut bench = with_messages(&[]);
    for size in [100_000, 100_000, 100_000, 300_000, 10] {
        bench.put(A, vec![0; size]);
    }
    bench.run(Micros::millis(3));
    let mut found = |offset| bench.pull(A, pull_at(offset)).messages.len();
    assert_eq!([0, 2, 3, 4].map(&mut found), [2, 1, 1, 1]);
}

#[test]
fn a_pull_reads_one_queue_file_at_a_time() {
    let files = FileSizes { consume_queue: 4 * 20, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..config() });
    for _ in 0..10 {
        bench.put(A, "x");
    }
    bench.run(Micros::millis(3));
    assert_eq!(
        [0, 1, 4, 9].map(|offset| bench.pulled_at(offset)),
        [(Found, 4), (Found, 4), (Found, 8), (Found, 10)]
    );
}

fn tagged(tag: &str) -> Message {
    Message { properties: properties::encode([("TAGS", tag)]), ..message("x") }
}

#[test]
fn a_filter_passes_the_messages_of_its_tag_and_the_offset_goes_beyond_the_others() {
    let mut bench = with_messages(&[]);
    for tag in ["TagA", "TagB", "TagA", "TagB", "TagB"] {
        bench.put_all(A, T0, vec![tagged(tag)]);
    }
    bench.run(Micros::millis(3));
    let mut found = |offset, tag| {
        let result = bench.pull(A, PullRequest { tag: Some(tag), ..pull_at(offset) });
        let offsets: Vec<_> = result.messages.iter().map(|m| m.queue_offset).collect();
        (result.status, result.next_offset, offsets)
    };
    assert_eq!(found(0, "TagA"), (Found, 5, vec![0, 2]));
    assert_eq!(found(0, "TagB"), (Found, 5, vec![1, 3, 4]));
    assert_eq!(found(3, "TagA"), (NoMatchedMessage, 5, vec![]));
    assert_eq!(NoMatchedMessage.code(3), 20);
}

#[test]
fn a_scan_that_finds_nothing_ends_after_800_units() {
    let mut bench = with_messages(&["x"; 1000]);
    let result = bench.pull(A, PullRequest { tag: Some("none"), ..pull_at(100) });
    assert_eq!((result.status, result.next_offset), (NoMatchedMessage, 900));
    let result = bench.pull(A, PullRequest { tag: Some("none"), max: 850, ..pull_at(100) });
    assert_eq!(result.next_offset, 950, "or after as many as are wanted");
}

#[test]
fn a_slave_answers_no_pull() {
    let mut bench = Bench::of_three(config());
    bench.put_and_wait(A, &["x"]);
    bench.run(Micros::millis(1500));
    assert_eq!(bench.asked(B, BrokerRequest::Pull(pull_at(0))), BrokerAnswer::SystemBusy);
}

#[test]
fn a_slave_that_may_answers_but_moves_nobodys_offset() {
    let mut bench = Bench::of_three(BrokerConfig { slave_read_enable: true, ..config() });
    bench.put_and_wait(A, &["x", "y"]);
    bench.run(Micros::millis(1500));
    let at = |bench: &mut Bench, offset| {
        let result = bench.pull(B, pull_at(offset));
        (result.status, result.next_offset, result.status.code(offset))
    };
    assert_eq!(at(&mut bench, 0), (Found, 2, 0));
    assert_eq!(at(&mut bench, 2), (OffsetOverflowOne, 2, 19));
    assert_eq!(at(&mut bench, 9), (NoMatchedMessage, 9, 20), "PULL_RETRY_IMMEDIATELY at the same offset");
    let checking = BrokerConfig { offset_check_in_slave: true, ..bench.config.clone() };
    bench.with(B, |broker, _| broker.config = Rc::new(checking));
    assert_eq!(at(&mut bench, 9), (OffsetOverflowBadly, 2, 21));
}

#[test]
fn a_broker_that_knows_no_role_yet_answers_pulls() {
    let mut bench = Bench::of(3, config());
    assert_eq!(bench.pulled_at(0), (NoMessageInQueue, 0));
}

#[test]
fn the_maximum_offset_is_the_queues_not_the_counters() {
    let mut bench = with_messages(&["a"]);
    bench.put(A, "b");
    assert_eq!(bench.asked(A, BrokerRequest::MaxOffset { queue: T0 }), BrokerAnswer::Offset(Some(1)));
}
