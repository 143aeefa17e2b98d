//! Table 2.4 and what is around it: how a put ends, and what it leaves behind.

use super::*;
use crate::ledger::Rule;
use crate::store::{MAX_ENTRY_SIZE, Record, sys_flag};

fn with_limit(max_message_size: usize) -> BrokerConfig {
    BrokerConfig { max_message_size, ..config() }
}

fn refused(bench: &mut Bench, messages: Vec<Message>) -> PutStatus {
    let end = bench.up(A).member().end_index();
    let offset = bench.up(A).next_queue_offset(T0);
    let call = bench.put_all(A, T0, messages);
    assert_eq!(bench.up(A).next_queue_offset(T0), offset, "a refusal takes no queue offset");
    assert_eq!(bench.up(A).member().end_index(), end);
    match bench.answer(call).expect("a refusal comes at once") {
        BrokerAnswer::Put { status, index: Index::NONE, queue_offset: -1 } => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_lies_48_bytes_into_its_entry() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["hello0", "hello1"]);
    assert_eq!([0, 1].map(|q| bench.phy_offset(A, q)), [48, 204]);
    let store = bench.up(A).member().store();
    let entries = [0, 1].map(|i| store.get(Index(i)).unwrap());
    let records = entries.each_ref().map(|entry| Record::parse(&entry.body).unwrap());
    assert_eq!(
        records.map(|r| (r.total_size(), r.queue_offset(), r.physical_offset())),
        [(108, 0, 48), (108, 1, 204)]
    );
    assert_eq!(entries.each_ref().map(crate::store::Entry::size), [156, 156]);
}

#[test]
fn a_put_that_is_committed_is_put_ok_and_names_its_entry_and_queue_offset() {
    let mut bench = Bench::alone(config());
    bench.put_and_wait(A, &["a", "b"]);
    let call = bench.put(A, "c");
    assert_eq!(bench.answer(call), None, "not before it is committed");
    bench.run(Micros::millis(2));
    let (status, index, queue_offset) = (PutStatus::PutOk, Index(2), 2);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
}

#[test]
fn a_queue_offset_is_taken_at_append_and_each_queue_counts_for_itself() {
    let mut bench = Bench::alone(config());
    bench.put(A, "a");
    bench.put_all(A, T1, vec![message("b")]);
    bench.put(A, "c");
    assert_eq!([T0, T1].map(|q| bench.up(A).next_queue_offset(q)), [Some(2), Some(1)]);
    assert_eq!(bench.max_offset(A), 0);
    bench.run(Micros::millis(3));
    assert_eq!([T0, T1].map(|q| bench.up(A).queue(q).unwrap().max_offset()), [2, 1]);
}

#[test]
fn a_lone_leader_of_two_answers_that_replicas_are_missing_after_two_and_a_half_seconds() {
    let mut bench = Bench::of(2, config());
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
    bench.run(Micros::millis(50));
    bench.kill(B);
    let call = bench.put(A, "x");
    let since = bench.now;
    bench.run_until(|bench| bench.answer(call).is_some());
    let waited = bench.now - since;
    assert!(waited >= Micros::millis(2500) && waited <= Micros::millis(2502), "{waited}");
    let (status, index, queue_offset) = (PutStatus::InSyncReplicasNotEnough, Index(0), 0);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
    assert_eq!(
        (bench.up(A).next_queue_offset(T0), bench.max_offset(A)),
        (Some(1), 0),
        "its offset is used up"
    );
    bench.restart(B);
    bench.run_until(|bench| bench.max_offset(B) == 1);
    assert_eq!(bench.max_offset(A), 1, "what was answered so is stored all the same");
}

#[test]
fn a_broker_that_knows_no_role_yet_leaves_refusing_to_dledger() {
    let mut bench = Bench::of(3, without(Rule::TakeOnlyAsMaster));
    assert_eq!((bench.up(A).role(), bench.up(A).broker_id()), (BrokerRole::AsyncMaster, -1));
    assert_eq!(refused(&mut bench, vec![message("x")]), PutStatus::OsPageCacheBusy);
}

#[test]
fn dledger_refuses_while_too_many_wait_while_leadership_moves_and_with_a_full_disk() {
    let mut full = config();
    full.ledger.max_pending_requests = 1;
    let mut bench = Bench::alone(full);
    let accepted = [bench.put(A, "a"), bench.put(A, "b")];
    assert_eq!(refused(&mut bench, vec![message("c")]), PutStatus::OsPageCacheBusy);
    bench.run(Micros::millis(3));
    assert_eq!(accepted.map(|call| bench.put_status(call)), [Some(PutStatus::PutOk); 2]);

    bench.kill(A);
    bench.disk(A).ledger.full = true;
    bench.restart(A);
    bench.run_until(|bench| bench.up(A).role() == BrokerRole::SyncMaster);
    assert_eq!(refused(&mut bench, vec![message("d")]), PutStatus::OsPageCacheBusy);

    let mut bench = Bench::of_three(config());
    bench.tell(A, Input::Transfer { to: MemberId(1) });
    assert_eq!(refused(&mut bench, vec![message("e")]), PutStatus::OsPageCacheBusy);
}

#[test]
fn the_outcome_of_an_entry_has_a_put_status() {
    use crate::ledger::Code;
    let cases = [
        (Code::Success, PutStatus::PutOk, 0),
        (Code::InconsistentLeader, PutStatus::ServiceNotAvailable, 14),
        (Code::NotLeader, PutStatus::ServiceNotAvailable, 14),
        (Code::DiskFull, PutStatus::ServiceNotAvailable, 14),
        (Code::WaitQuorumAckTimeout, PutStatus::InSyncReplicasNotEnough, 1),
        (Code::LeaderPendingFull, PutStatus::OsPageCacheBusy, 2),
        (Code::TermChanged, PutStatus::UnknownError, 1),
        (Code::ExpiredTerm, PutStatus::UnknownError, 1),
    ];
    for (code, status, remoting) in cases {
        let mut bench = Bench::alone(config());
        let call = bench.put(A, "x");
        bench.with(A, |broker, ctx| broker.on_append_done(ctx, Index(0), code));
        assert_eq!(bench.put_status(call), Some(status), "{code:?}");
        assert_eq!(status.code(), remoting, "{code:?}");
    }
}

/// The last put before the step-down, no older then than half a second.
fn put_until_it_steps_down(bench: &mut Bench) -> CallId {
    loop {
        let call = bench.put(A, "x");
        bench.run(Micros::millis(500));
        if bench.up(A).role() == BrokerRole::Slave {
            assert_eq!(bench.answer(call), None);
            return call;
        }
    }
}

#[test]
fn who_loses_its_leadership_leaves_appends_without_an_answer_until_it_leads_again() {
    let mut bench = Bench::of_three(config());
    bench.cut_off[A] = true;
    let late = put_until_it_steps_down(&mut bench);
    bench.run(Micros::seconds(20));
    bench.cut_off[A] = false;
    bench.run(Micros::seconds(20));
    assert_eq!(bench.answer(late), None);
    bench.kill(B);
    bench.kill(C);
    bench.restart(B);
    let leads = |bench: &Bench| bench.up(A).member().is_leader();
    bench.run_until(leads);
    bench.run(Micros::millis(2));
    assert_eq!(bench.put_status(late), Some(PutStatus::UnknownError), "TERM_CHANGED");
}

#[test]
fn with_the_rule_whoever_loses_its_leadership_answers_when_the_time_or_the_term_is_over() {
    let mut config = config();
    config.ledger.rules = config.ledger.rules.with(Rule::AnswerOnTermChange, true);
    let mut bench = Bench::of_three(config);
    bench.cut_off[A] = true;
    let late = put_until_it_steps_down(&mut bench);
    bench.run(Micros::seconds(20));
    bench.cut_off[A] = false;
    bench.run(Micros::seconds(20));
    assert_eq!(bench.put_status(late), Some(PutStatus::InSyncReplicasNotEnough));
}

#[test]
fn a_slave_refuses_sends_with_system_busy_and_its_store_says_service_not_available() {
    let mut bench = Bench::of_three(config());
    let send = BrokerRequest::Send { queue: T0, messages: [produced(0)].into() };
    let answer = bench.asked(B, send);
    let status = PutStatus::SystemBusy;
    assert_eq!(answer, BrokerAnswer::Put { status, index: Index::NONE, queue_offset: -1 });
    assert_eq!(status.code(), 2);
    let call = bench.put(B, "x");
    assert_eq!(bench.put_status(call), Some(PutStatus::ServiceNotAvailable));
}

#[test]
fn a_topic_of_more_than_127_bytes_is_illegal_a_retry_topic_of_more_than_255() {
    let long = |name: String| {
        let topics = [Topic { name, queues: 1 }].into();
        let mut bench = Bench::alone(BrokerConfig { topics, ..config() });
        let send = BrokerRequest::Send { queue: T0, messages: [produced(0)].into() };
        let call = bench.ask(A, send);
        bench.run(Micros::millis(3));
        (bench, call)
    };
    let status = |(bench, call): (Bench, CallId)| bench.put_status(call);
    let retry = |bytes: usize| "%RETRY%".to_string() + &"g".repeat(bytes - 7);
    assert_eq!(status(long("t".repeat(127))), Some(PutStatus::PutOk));
    assert_eq!(status(long("t".repeat(128))), Some(PutStatus::MessageIllegal));
    assert_eq!(status(long(retry(255))), Some(PutStatus::PutOk));
    assert_eq!(status(long(retry(256))), Some(PutStatus::MessageIllegal));
    assert_eq!(PutStatus::MessageIllegal.code(), 13);

    let version = |(bench, _): (Bench, CallId)| {
        let entry = bench.up(A).member().store().get(Index(0)).unwrap();
        Record::parse(&entry.body).unwrap().version()
    };
    assert_eq!(version(long(retry(127))), Version::V1);
    assert_eq!(version(long(retry(128))), Version::V2);
}

#[test]
fn a_body_beyond_the_limit_is_illegal() {
    let mut bench = Bench::alone(with_limit(1000));
    assert_eq!(refused(&mut bench, vec![message([0; 1001])]), PutStatus::MessageIllegal);
    bench.put(A, [0; 1000]);
    assert_eq!(bench.up(A).member().end_index(), Index(0));
}

#[test]
fn properties_beyond_32767_bytes_are_illegal() {
    let mut bench = Bench::alone(config());
    let long = Message { properties: "x".repeat(32_768), ..message("x") };
    assert_eq!(refused(&mut bench, vec![long]), PutStatus::MessageIllegal);
}

#[test]
fn an_entry_beyond_dledgers_buffer_is_an_unknown_error() {
    let mut bench = Bench::alone(config());
    let body = vec![0; MAX_ENTRY_SIZE - 20];
    assert_eq!(refused(&mut bench, vec![message(&body)]), PutStatus::UnknownError);
    bench.put(A, &body[..MAX_ENTRY_SIZE - 48 - 102]);
    assert_eq!(bench.write_position(A), MAX_ENTRY_SIZE as i64);
}

#[test]
fn a_message_for_a_queue_that_its_topic_does_not_have_is_illegal() {
    let mut bench = Bench::alone(config());
    for queue in [QueueId { queue: 2, ..T0 }, QueueId { topic: TopicId(1), queue: 0 }] {
        let call = bench.put_all(A, queue, vec![message("x")]);
        assert_eq!(bench.put_status(call), Some(PutStatus::MessageIllegal));
    }
}

#[test]
fn prepared_and_rolled_back_messages_take_no_queue_offset_and_get_no_unit() {
    let mut bench = Bench::alone(config());
    let flagged = |sys_flag: i32| Message { sys_flag, ..message("x") };
    bench.put(A, "a");
    for sys_flag in [sys_flag::TRANSACTION_PREPARED, sys_flag::TRANSACTION_ROLLBACK] {
        bench.put_all(A, T0, vec![flagged(sys_flag)]);
        assert_eq!(bench.up(A).next_queue_offset(T0), Some(1));
    }
    bench.put_all(A, T0, vec![flagged(sys_flag::TRANSACTION_COMMIT)]);
    bench.run(Micros::millis(2));
    assert_eq!((bench.up(A).next_queue_offset(T0), bench.max_offset(A)), (Some(2), 2));
    let store = bench.up(A).member().store();
    let offsets =
        [0, 1, 2, 3].map(|i| Record::parse(&store.get(Index(i)).unwrap().body).unwrap().queue_offset());
    assert_eq!(offsets, [0, 0, 0, 1]);
    assert_eq!(bench.phy_offset(A, 1), store.position_of(Index(3)).unwrap() + 48);
}

#[test]
fn what_a_producer_sends_keeps_its_number_and_its_key_on_every_attempt() {
    let mut bench = Bench::alone(config());
    let mut again = produced(0x0001_0007);
    again.born = Micros::seconds(2);
    for message in [produced(0x0001_0007), again] {
        bench.ask(A, BrokerRequest::Send { queue: T1, messages: [message].into() });
    }
    bench.run(Micros::millis(3));
    let store = bench.up(A).member().store();
    let entries = [0, 1].map(|i| store.get(Index(i)).unwrap());
    let records = entries.each_ref().map(|entry| Record::parse(&entry.body).unwrap());
    let key =
        |record: &Record| properties::get(record.properties(), properties::UNIQ_KEY).unwrap().to_string();
    assert_eq!(key(&records[0]), "0A000064126718B4AAC2000000050007");
    assert_eq!(key(&records[0]), key(&records[1]));
    assert_eq!(
        records.map(|r| (r.flag(), r.queue_id(), r.body())),
        [(0x0001_0007, 1, &b"hello 65543"[..]); 2]
    );
}

#[test]
fn a_batch_is_an_entry_for_each_message_and_one_answer() {
    let small = Options { data_file_size: 20_480, ..Options::default() };
    let files = FileSizes { entries: small, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..config() });
    for _ in 0..40 {
        bench.put(A, [0; 1000]);
        bench.run(Micros::millis(2));
    }
    let before = bench.write_position(A);
    let two_bytes = || Message { properties: String::new(), ..message("xx") };
    let call = bench.put_all(A, T0, vec![two_bytes(), two_bytes(), two_bytes()]);
    assert_eq!(bench.up(A).next_queue_offset(T0), Some(43));
    assert_eq!(bench.write_position(A) - before, 3 * 142);
    bench.run(Micros::millis(2));
    let (status, index, queue_offset) = (PutStatus::PutOk, Index(42), 40);
    assert_eq!(bench.answer(call), Some(BrokerAnswer::Put { status, index, queue_offset }));
    let sizes = [40, 41, 42].map(|q| bench.up(A).queue(T0).unwrap().get(q).unwrap().size);
    assert_eq!(sizes, [94; 3]);
}

#[test]
fn a_batch_with_a_transaction_or_a_delay_is_illegal() {
    let mut bench = Bench::alone(config());
    let prepared = Message { sys_flag: sys_flag::TRANSACTION_PREPARED, ..message("x") };
    assert_eq!(refused(&mut bench, vec![prepared, message("y")]), PutStatus::MessageIllegal);
    let delayed =
        |level: &str| Message { properties: properties::encode([("DELAY", level)]), ..message("x") };
    assert_eq!(refused(&mut bench, vec![message("y"), delayed("3")]), PutStatus::MessageIllegal);
    bench.put_all(A, T0, vec![message("y"), delayed("0")]);
    assert_eq!(bench.up(A).next_queue_offset(T0), Some(2));
}

#[test]
fn a_batch_beyond_the_limit_is_an_error_of_the_system() {
    let mut bench = Bench::alone(with_limit(1000));
    assert_eq!(refused(&mut bench, vec![message([0; 400]), message([0; 400])]), PutStatus::UnknownError);
}

#[test]
fn a_batch_that_fails_in_the_middle_leaves_its_beginning_and_gives_its_offsets_away() {
    let small = Options { data_file_size: 1024, ..Options::default() };
    let files = FileSizes { entries: small, ..FileSizes::default() };
    let mut bench = Bench::alone(BrokerConfig { files, ..config() });
    let call = bench.put_all(A, T0, vec![message("fits"), message([0; 1000])]);
    assert_eq!(bench.put_status(call), Some(PutStatus::OsPageCacheBusy));
    assert_eq!((bench.up(A).member().end_index(), bench.up(A).next_queue_offset(T0)), (Index(0), Some(0)));
    let next = bench.put(A, "the next one");
    bench.run(Micros::millis(3));
    assert_eq!(bench.put_status(next), Some(PutStatus::PutOk));
    // Queue offset 0 is never checked, so that the next one goes behind; it carries 0 all the same.
    assert_eq!((bench.max_offset(A), bench.phy_offset(A, 1)), (2, 48 + 154));
}
