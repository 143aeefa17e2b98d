//! A consumer at the bench: what it asks for is answered by hand.

use super::*;
use crate::broker::{ConsumerId, GroupId, PullRequest, PullResult, Pulled};

const A: MemberId = MemberId(0);
const B: MemberId = MemberId(1);
const GROUP: GroupId = GroupId(0);
const NONE: [Pulled; 0] = [];

fn queue(queue: u8) -> QueueId {
    QueueId { topic: TopicId(0), queue }
}

fn ms(n: u64) -> Micros {
    Micros::millis(n)
}

struct Bench {
    consumer: Consumer,
    out: Vec<ClientEffect>,
}

impl Bench {
    /// A consumer of two queues that starts at time 0, the master at A, a slave at B.
    fn new(from: ConsumeFrom, consume_time: Micros) -> Bench {
        let config = ConsumerConfig {
            id: ConsumerId(1),
            group: GROUP,
            topic: TopicId(0),
            from,
            consume_time,
            poll: Micros::seconds(30),
        };
        let mut out = Vec::new();
        let consumer = Consumer::start(config, Micros::ZERO, &mut out);
        let mut bench = Bench { consumer, out };
        assert_eq!(bench.taken(), [ClientEffect::AskRoute { topic: TopicId(0) }]);
        bench.route(ms(5), &[(0, A), (2, B)]);
        bench
    }

    /// The same a little later: it holds both queues and pulls from `next` on.
    fn pulling(next: i64) -> Bench {
        let mut bench = Bench::new(ConsumeFrom::First, Micros::ZERO);
        bench.rebalance(ms(1000), &[1]);
        for _ in 0..2 {
            let tag = bench.step();
            bench.answer(ms(1000), tag, BrokerAnswer::Offset(Some(next)));
        }
        bench.taken();
        bench.wake(ms(1500));
        bench
    }

    fn taken(&mut self) -> Vec<ClientEffect> {
        std::mem::take(&mut self.out)
    }

    fn route(&mut self, now: Micros, brokers: &[(i64, MemberId)]) {
        let route = Route { queues: 2, brokers: brokers.into() };
        self.consumer.on_route(now, Some(route), &mut self.out);
    }

    fn wake(&mut self, now: Micros) {
        self.consumer.wake(now, &mut self.out);
    }

    fn answer(&mut self, now: Micros, tag: ClientTag, answer: BrokerAnswer) {
        self.consumer.on_answer(now, tag, Ok(answer), &mut self.out);
    }

    /// The rebalance is due and gets the group's list.
    fn rebalance(&mut self, now: Micros, ids: &[u8]) {
        self.taken();
        self.wake(now);
        let tag = self.step();
        let ids = ids.iter().map(|id| ConsumerId(*id)).collect();
        self.answer(now, tag, BrokerAnswer::Consumers(ids));
    }

    /// The tag of the last step of a rebalance.
    fn step(&self) -> ClientTag {
        let steps = self.out.iter().rev().filter_map(|effect| match effect {
            ClientEffect::Call { tag: tag @ ClientTag::Rebalance { .. }, .. } => Some(*tag),
            _ => None,
        });
        steps.into_iter().next().expect("a rebalance is under way")
    }

    fn calls(&self) -> Vec<(MemberId, BrokerRequest)> {
        let calls = self.out.iter().filter_map(|effect| match effect {
            ClientEffect::Call { to, request, .. } | ClientEffect::Tell { to, request } => {
                Some((*to, request.clone()))
            }
            _ => None,
        });
        calls.collect()
    }

    /// The pulls that left, with their tags.
    fn pulls(&self) -> Vec<(MemberId, PullRequest, ClientTag)> {
        let pulls = self.out.iter().filter_map(|effect| match effect {
            ClientEffect::Call { to, tag, request: BrokerRequest::Pull(pull) } => Some((*to, *pull, *tag)),
            _ => None,
        });
        pulls.collect()
    }

    fn consumed(&self) -> Vec<i64> {
        let consumed = self.out.iter().filter_map(|effect| match effect {
            ClientEffect::Note(ClientNote::Consumed { queue_offset, .. }) => Some(*queue_offset),
            _ => None,
        });
        consumed.collect()
    }

    fn committed(&self) -> Vec<(MemberId, u8, i64)> {
        let told = self.out.iter().filter_map(|effect| match effect {
            ClientEffect::Tell { to, request: BrokerRequest::UpdateOffset { queue, offset, .. } } => {
                Some((*to, queue.queue, *offset))
            }
            _ => None,
        });
        told.collect()
    }
}

fn message(queue_offset: i64) -> Pulled {
    Pulled { queue_offset, phy_offset: 0, index: Index(queue_offset), number: queue_offset as u32 }
}

fn pulled<const N: usize>(status: GetMessageStatus, next: i64, messages: [Pulled; N]) -> BrokerAnswer {
    let messages = messages.into();
    BrokerAnswer::Pulled(PullResult { status, next_offset: next, min_offset: 0, max_offset: next, messages })
}

#[test]
fn a_consumer_tells_all_brokers_that_it_is_there_and_rebalances_a_second_after_its_start() {
    let mut bench = Bench::new(ConsumeFrom::Last, Micros::ZERO);
    let beat = BrokerRequest::HeartBeat { consumer: ConsumerId(1), group: GROUP };
    assert_eq!(bench.calls(), [(A, beat.clone()), (B, beat.clone())]);
    bench.taken();
    bench.wake(ms(999));
    assert_eq!(bench.calls(), []);
    bench.wake(ms(1000));
    let list = BrokerRequest::ConsumerList { group: GROUP };
    assert_eq!(bench.calls(), [(A, beat.clone()), (B, beat), (A, list)], "and the first periodic heartbeat");
}

#[test]
fn a_group_without_an_offset_begins_at_the_end_or_at_the_beginning() {
    for (from, expected) in [(ConsumeFrom::Last, 7), (ConsumeFrom::First, 0)] {
        let mut bench = Bench::new(from, Micros::ZERO);
        bench.rebalance(ms(1000), &[0, 1]);
        let query = BrokerRequest::QueryOffset { group: GROUP, queue: queue(1) };
        assert_eq!(bench.calls().last(), Some(&(A, query)), "the second of two gets the second queue");
        bench.answer(ms(1001), bench.step(), BrokerAnswer::Offset(None));
        if from == ConsumeFrom::Last {
            let max = BrokerRequest::MaxOffset { queue: queue(1) };
            assert_eq!(bench.calls().last(), Some(&(A, max)));
            bench.answer(ms(1002), bench.step(), BrokerAnswer::Offset(Some(7)));
        }
        assert!(bench.out.contains(&ClientEffect::Note(ClientNote::Rebalanced { queues: 0b10 })));
        bench.wake(ms(1502));
        let (to, pull, _) = bench.pulls()[0];
        assert_eq!((to, pull.offset, pull.commit_offset), (A, expected, None));
        assert_eq!((pull.suspend, pull.suspend_timeout, pull.max), (true, Micros::seconds(15), 32));
    }
}

#[test]
fn who_is_not_told_where_to_begin_tries_again_after_a_second() {
    let mut bench = Bench::new(ConsumeFrom::First, Micros::ZERO);
    bench.rebalance(ms(1000), &[0, 1]);
    bench.consumer.on_answer(ms(1010), bench.step(), Err(Unanswered::ConnectFailed), &mut bench.out);
    assert_eq!(bench.consumer.queues(), 0);
    bench.taken();
    bench.wake(ms(2009));
    assert_eq!(bench.calls(), []);
    bench.wake(ms(2010));
    assert_eq!(bench.calls().len(), 1);
}

#[test]
fn new_queues_are_pulled_half_a_second_later_and_then_without_end() {
    let mut bench = Bench::pulling(4);
    let pulls = bench.pulls();
    let offsets: Vec<_> = pulls.iter().map(|(_, pull, _)| (pull.queue.queue, pull.offset)).collect();
    assert_eq!(offsets, [(0, 4), (1, 4)]);
    bench.taken();
    bench.answer(ms(1600), pulls[0].2, pulled(GetMessageStatus::Found, 6, [message(4), message(5)]));
    assert_eq!(bench.consumed(), [4, 5]);
    let (_, pull, tag) = bench.pulls()[0];
    assert_eq!(pull.offset, 6);
    assert_eq!(pull.commit_offset, Some(4), "it left before the messages were consumed");
    bench.taken();
    bench.answer(ms(1700), tag, pulled(GetMessageStatus::OffsetOverflowOne, 6, NONE));
    assert_eq!(bench.pulls()[0].1.commit_offset, Some(6));
}

#[test]
fn after_an_error_the_same_offset_is_pulled_a_second_later() {
    let mut bench = Bench::pulling(4);
    let tag = bench.pulls()[0].2;
    bench.taken();
    bench.answer(ms(1600), tag, BrokerAnswer::SystemBusy);
    bench.wake(ms(2599));
    assert_eq!(bench.pulls(), []);
    bench.wake(ms(2600));
    assert_eq!(bench.pulls()[0].1.offset, 4);
}

#[test]
fn an_illegal_offset_is_corrected_at_the_broker_and_the_queue_taken_anew() {
    let mut bench = Bench::pulling(9);
    let tag = bench.pulls()[0].2;
    bench.taken();
    bench.answer(ms(1600), tag, pulled(GetMessageStatus::OffsetOverflowBadly, 5, NONE));
    assert_eq!(bench.committed(), [(A, 0, 5)]);
    assert_eq!((bench.consumer.queues(), bench.pulls().len()), (0b10, 0));
    bench.rebalance(ms(2000), &[1]);
    bench.answer(ms(2001), bench.step(), BrokerAnswer::Offset(Some(5)));
    bench.wake(ms(2501));
    assert_eq!(bench.pulls()[0].1.offset, 5);
}

#[test]
fn offsets_are_told_every_five_seconds_first_after_ten() {
    let mut bench = Bench::pulling(4);
    bench.taken();
    bench.wake(ms(9999));
    assert_eq!(bench.committed(), []);
    bench.wake(ms(10_000));
    assert_eq!(bench.committed(), [(A, 0, 4), (A, 1, 4)]);
    bench.taken();
    bench.wake(ms(15_000));
    assert_eq!(bench.committed().len(), 2, "whether they have changed or not");
}

#[test]
fn the_offset_in_memory_outlives_a_master_and_without_one_any_broker_is_told() {
    let mut bench = Bench::pulling(4);
    let tags = [bench.pulls()[0].2, bench.pulls()[1].2];
    bench.answer(ms(1600), tags[0], pulled(GetMessageStatus::Found, 6, [message(4), message(5)]));
    bench.taken();
    bench.route(ms(2000), &[(2, B)]);
    bench.wake(ms(10_000));
    assert_eq!(bench.committed(), [(B, 0, 6), (B, 1, 4)]);
    bench.taken();
    bench.consumer.on_answer(ms(10_000), tags[1], Err(Unanswered::ConnectFailed), &mut bench.out);
    bench.wake(ms(11_000));
    let (to, pull, _) = bench.pulls()[0];
    assert_eq!((to, pull.offset, pull.commit_offset), (B, 4, None), "a slave is told nothing along the way");
    bench.route(ms(11_500), &[(0, B)]);
    bench.taken();
    bench.wake(ms(15_000));
    assert_eq!(bench.committed(), [(B, 0, 6), (B, 1, 4)]);
}

#[test]
fn a_queue_given_up_is_told_and_what_comes_late_is_not_consumed() {
    let mut bench = Bench::pulling(4);
    let tag = bench.pulls()[1].2;
    bench.consumer.on_ids_changed(ms(5000));
    bench.rebalance(ms(5000), &[1, 2]);
    assert_eq!(bench.committed(), [(A, 1, 4)]);
    assert!(bench.out.contains(&ClientEffect::Note(ClientNote::Rebalanced { queues: 0b01 })));
    bench.taken();
    bench.answer(ms(5100), tag, pulled(GetMessageStatus::Found, 5, [message(4)]));
    assert_eq!(bench.taken(), []);
}

#[test]
fn who_is_not_in_the_list_holds_nothing_and_an_empty_list_changes_nothing() {
    let mut bench = Bench::pulling(4);
    bench.consumer.on_ids_changed(ms(5000));
    bench.rebalance(ms(5000), &[]);
    assert_eq!(bench.consumer.queues(), 0b11);
    bench.consumer.on_ids_changed(ms(7000));
    bench.rebalance(ms(7000), &[0, 2]);
    assert_eq!(bench.consumer.queues(), 0);
}

#[test]
fn what_is_told_is_the_oldest_message_not_consumed_yet() {
    let mut bench = Bench::new(ConsumeFrom::First, ms(100));
    bench.rebalance(ms(1000), &[1, 2]);
    bench.answer(ms(1000), bench.step(), BrokerAnswer::Offset(Some(4)));
    bench.wake(ms(1500));
    let tag = bench.pulls()[0].2;
    bench.answer(ms(9900), tag, pulled(GetMessageStatus::Found, 5, [message(4)]));
    let tag = bench.pulls()[1].2;
    bench.answer(ms(9950), tag, pulled(GetMessageStatus::Found, 7, [message(5), message(6)]));
    bench.taken();
    bench.wake(ms(10_000));
    assert_eq!(
        (bench.consumed(), bench.committed()),
        (vec![4], vec![(A, 0, 4)]),
        "told first, consumed then"
    );
    bench.taken();
    bench.wake(ms(10_050));
    bench.wake(ms(15_000));
    assert_eq!((bench.consumed(), bench.committed()), (vec![5, 6], vec![(A, 0, 7)]));
}

#[test]
fn a_consumer_that_goes_tells_its_offsets_and_all_brokers_that_it_goes() {
    let mut bench = Bench::pulling(4);
    bench.taken();
    bench.consumer.stop(&mut bench.out);
    assert_eq!(bench.committed(), [(A, 0, 4), (A, 1, 4)]);
    let gone = BrokerRequest::Unregister { consumer: ConsumerId(1), group: GROUP };
    assert_eq!(bench.calls()[2..], [(A, gone.clone()), (B, gone)]);
}
