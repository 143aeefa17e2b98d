//! Stories: scenes of the protocol as text, with what the group did between the lines.
//!
//! In `tests/stories/*.txt` a line that starts with `> ` is a command, the indented lines under it are what
//! happened, and everything else is prose. After a change, `UPDATE_EXPECT=1 cargo test --test stories`
//! writes what happens now; the diff is the review. The commands:
//!
//! * `> group of 3, seed 7`: a new world. More may follow: `as dledger-0.4` (a preset), `with batches_fill`,
//!   `without count_only_current_term and noop_on_election` (rules), `preferring B`, `batching`,
//!   `route every 30 s`, `4 queues`, `2 consumers`; see `tests/story/group.rs`
//! * `> run 2 s`, `> run 500 ms`: time passes, and what happens is told; `> skip 2 s`: not told
//! * `> run until somebody leads`: or `A leads`, `A follows B`, `A stands`, `A is master`, `A is in term 2`,
//!   `A has entry 0`, `A has no entry 0`, `A has committed 0`, `A has dispatched 0`, `A is up`,
//!   `message 0 is answered`, `the transfer ends`, `A gets B's truncate request` (or another message),
//!   `nothing flies`, `consumer 0 consumes message 1`, `the name server knows A`, `the producer knows A` (as master);
//!   `> skip until` does the same untold
//! * `> kill A`, `> kill the leader`, `> power loss A`, `> restart A`, `> send`, `> send 3 times`,
//!   `> transfer to B`
//! * `> start consumer 1`, `> stop consumer 1`, `> kill consumer 1`
//! * `> cut A to B`, `> cut A from B` (both ways), `> isolate A`, `> delay A to B by 800 ms`, `> heal`,
//!   `> heal A to B`
//! * `> partition A B from C D E`, `> pause A`, `> resume A`, `> clock of A at 500 permille`, `> disk of A full`,
//!   `> disk of A free`, `> disk of A 200 ms slow`, `> calm`
//! * `> copies of message 1`: where the leader has it, and under which UNIQ_KEY
//! * `> logs`: what each broker has: its entries with their terms, committed ones in [ ], and its queues

mod story;

use std::path::Path;

fn tell(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    expect_test::expect_file![path].assert_eq(&story::retell(&text));
}

macro_rules! stories {
    ($($name:ident)+) => { $(#[test] fn $name() { tell(concat!(stringify!($name), ".txt")); })+
        #[test]
        fn every_story_is_told() {
            let known = [$(concat!(stringify!($name), ".txt")),+];
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
            for file in std::fs::read_dir(folder).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                assert!(known.contains(&name.as_str()), "{name} is not in the list of stories");
            }
        }
    };
}

stories! {
    cold_start_split_vote
    cold_start_won_in_term_0
    message_from_put_to_consume_queue
    leader_dies_idle
    leader_dies_with_entry_on_one_follower
    leader_dies_with_entry_on_nobody_else
    dead_follower_catches_up
    four_brokers_need_three
    a_producer_outlives_its_master
    a_retry_stores_a_second_copy
    a_group_of_consumers_rebalances
    a_consumer_over_a_failover
    leader_isolated_steps_down_and_rejoins
    power_loss_of_a_majority
    preferred_leader_comes_back
    transfer
    a_paused_leader_is_replaced
    a_partition_leaves_the_larger_side_working
    dledger_0_4_loses_committed_messages
    dledger_0_3_1_commits_an_old_tail
    rule_compare_from_the_end
    rule_vote_by_the_log
    rule_check_control_pushes
    rule_truncate_only_conflicts
    rule_resend_from_the_match
    rule_answer_only_committed
    rule_batches_fill
    rule_erase_on_truncate
    rule_count_only_current_term
    rule_noop_on_election
    rule_heed_larger_term
    rule_answer_on_term_change
    rule_remember_vote
    rule_compare_logs_before_voting
    rule_majority_to_win
    rule_majority_to_commit
    rule_raise_the_term
    rule_step_down_on_larger_term
    rule_truncate_conflicts
    rule_vote_once_a_term
    rule_dispatch_only_committed
    rule_recover_before_serving
}
