//! Each rule that released programs do without, kept and not.

use super::*;
use crate::ledger::election::Blocked;

pub(super) fn without(rules: &[Rule]) -> Config {
    Config { rules: Rules::SAFE.without(rules), ..Config::default() }
}

/// A follows C in term 5 with entries of these terms, and keeps all rules but these.
pub(super) fn follower_without(terms: &[i64], rules: &[Rule]) -> Bench {
    let mut bench = Bench::with_config(terms, without(rules));
    bench.follow(5);
    bench
}

/// What a test expects with the rule, and without it.
pub(super) fn both<T: PartialEq + std::fmt::Debug>(
    rule: Rule,
    run: impl Fn(&[Rule]) -> T,
    kept: T,
    not_kept: T,
) {
    assert_eq!(run(&[]), kept, "with {}", rule.name());
    assert_eq!(run(&[rule]), not_kept, "without {}", rule.name());
}

#[test]
fn compare_from_the_end() {
    // A starts with one entry, gets two more from C, and then leads for the first time.
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1], &[rules, &[Rule::NoopOnElection]].concat());
        bench.push(C, 5, -1, append(1, 5));
        bench.push(C, 5, -1, append(2, 5));
        bench.with(|m, ctx| m.change_to_candidate(ctx, Term(5)));
        let term = bench.elect();
        bench.sent();
        Leader { bench, term }.pushes(B, 2)[0].1.clone()
    };
    both(Rule::CompareFromTheEnd, run, compare(2, 5), compare(0, 1));
}

#[test]
fn compare_from_the_end_after_a_leadership_that_appended() {
    let run = |rules: &[Rule]| {
        let mut leader = Leader::without(&[1], rules);
        leader.open(B);
        leader.append();
        leader.append();
        leader.bench.with(|m, ctx| m.change_to_candidate(ctx, m.term()));
        let of_first = leader.term;
        leader.term = leader.bench.elect();
        leader.bench.sent();
        assert_eq!(leader.term, of_first + 1);
        leader.pushes(B, 2)[0].1.clone()
    };
    let end = compare(2, 2);
    both(Rule::CompareFromTheEnd, run, end.clone(), end);
}

#[test]
fn vote_by_the_log() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1, 2, 2], rules);
        bench.push(C, 5, -1, truncate(1, 3));
        bench.with(|m, ctx| m.change_to_candidate(ctx, Term(5)));
        let asked = Request::Vote { term: Term(5), ledger_end_index: Index(1), ledger_end_term: Term(2) };
        let Some(Response::Vote { result, .. }) = bench.call(C, asked) else { panic!("no vote") };
        bench.run(Micros::millis(20));
        let own = bench.sent().into_iter().find_map(|(_, _, request)| match request {
            Request::Vote { ledger_end_index, .. } => Some(ledger_end_index.0),
            _ => None,
        });
        (result, own)
    };
    let kept = (VoteResult::Accept, Some(0));
    both(Rule::VoteByTheLog, run, kept, (VoteResult::RejectSmallLedgerEndIndex, Some(2)));
}

#[test]
fn the_next_append_corrects_the_end_that_votes_go_by() {
    let mut bench = follower_without(&[1, 2, 2], &[Rule::VoteByTheLog]);
    bench.push(C, 5, -1, truncate(1, 3));
    assert_eq!(bench.member.ledger_end(), (Index(2), Term(2)));
    bench.push(C, 5, -1, append(1, 5));
    assert_eq!(bench.member.ledger_end(), (Index(1), Term(5)));
}

#[test]
fn check_control_pushes() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1, 2, 2], rules);
        let old = bench.push(C, 4, -1, compare(2, 2)).unwrap().code;
        let commit = bench.push(B, 5, 0, Push::Commit).unwrap().code;
        let truncated = bench.push(C, 4, -1, truncate(1, 3)).unwrap().code;
        (old, commit, truncated, bench.terms(), bench.member.committed_index().0)
    };
    let (term, leader) = (Code::InconsistentTerm, Code::InconsistentLeader);
    let done = Code::Success;
    both(
        Rule::CheckControlPushes,
        run,
        (term, leader, term, vec![1, 2, 2], -1),
        (done, done, done, vec![1], 0),
    );
}

#[test]
fn truncate_only_conflicts_on_the_follower() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1, 2, 2, 5], rules);
        bench.push(C, 5, 2, Push::Commit);
        let mut truncate = |index, term| bench.push(C, 5, -1, truncate(index, term)).unwrap().code;
        let codes = [truncate(3, 5), truncate(2, 3)];
        (codes, bench.terms())
    };
    let spared = ([Code::Success, Code::InconsistentState], vec![1, 2, 2, 5]);
    both(Rule::TruncateOnlyConflicts, run, spared, ([Code::Success; 2], vec![1, 2]));
}

/// DLedger's B6: the leader has counted the entry, and would not notice that it is gone.
#[test]
fn an_append_acknowledged_between_compare_and_truncate_stays() {
    for leaders_term_there in [5, -1] {
        let run = |rules: &[Rule]| {
            let mut bench = follower_without(&[1], rules);
            let steps = [compare(0, 1), append(1, 5), truncate(1, leaders_term_there)];
            let codes = steps.map(|push| bench.push(C, 5, -1, push).unwrap().code);
            (codes, bench.terms())
        };
        let done = [Code::Success; 3];
        both(Rule::TruncateOnlyConflicts, run, (done, vec![1, 5]), (done, vec![1]));
    }
}

#[test]
fn truncate_only_conflicts_on_the_leader() {
    // The follower's run of term 2 begins at 1 and differs at 3.
    let run = |rules: &[Rule]| {
        let mut leader = Leader::without(&[1, 2, 2, 4], rules);
        let first = leader.pushes(B, 2);
        let differs = PushResponse::new(Term(leader.term), Code::InconsistentState, &first[0].1);
        leader.reply(B, first[0].0, PushResponse { x_term: Term(2), x_index: Index(1), ..differs });
        let second = leader.pushes(B, 2);
        leader.answer(B, &second[0], Code::Success);
        [second[0].1.clone(), leader.pushes(B, 2)[0].1.clone()]
    };
    let kept = [compare(2, 2), truncate(3, 4)];
    both(Rule::TruncateOnlyConflicts, run, kept, [compare(0, 1), truncate(1, -1)]);
}

/// Whether the first push of a leadership, which gets lost, goes out again within 8 s.
fn sent_again(terms: &[i64], rules: &[Rule]) -> bool {
    let mut leader = Leader::without(terms, rules);
    if terms.is_empty() {
        leader.append();
        leader.open(B);
    } else {
        leader.open(B);
        leader.pushes(B, 1);
        leader.append();
    }
    let lost = leader.pushes(B, 1);
    assert_eq!(lost.len(), 1);
    let keep_leading = leader.bench.now;
    leader.bench.member.elector.last_successful_heartbeat = Some(keep_leading + Micros::seconds(8));
    leader.pushes(B, 8000).iter().any(|(_, push)| *push == lost[0].1)
}

#[test]
fn resend_from_the_match() {
    both(Rule::ResendFromTheMatch, |rules| sent_again(&[1, 1], rules), true, false);
    // The empty log's mark of this term, -1, happens to be right.
    both(Rule::ResendFromTheMatch, |rules| sent_again(&[], rules), true, true);
}

#[test]
fn resend_works_without_the_rule_once_an_entry_of_the_term_is_acknowledged() {
    let mut leader = Leader::without(&[1], &[Rule::ResendFromTheMatch]);
    leader.open(B);
    leader.append();
    let first = leader.pushes(B, 1);
    leader.answer(B, &first[0], Code::Success);
    leader.append();
    let lost = leader.pushes(B, 1);
    leader.pushes(B, 998);
    assert_eq!(leader.pushes(B, 4)[0].1, lost[0].1);
}

#[test]
fn answer_only_committed() {
    let run = |rules: &[Rule]| {
        let mut leader = Leader::without(&[], rules);
        leader.bench.member.committed = Index(5); // of a log that was longer once
        let index = leader.append();
        leader.bench.run(Micros::millis(1002));
        leader.bench.outcome(index)
    };
    both(Rule::AnswerOnlyCommitted, run, None, Some(Code::Success));
}

#[test]
fn batches_fill() {
    let run = |rules: &[Rule]| {
        let mut config = without(rules);
        config.rules = config.rules.without(&[Rule::NoopOnElection]);
        config.batch_append = true;
        let mut leader = Leader::with_config(&[], config);
        for _ in 0..5 {
            leader.bench.with(|m, ctx| m.append(ctx, vec![0; 2000], |_, _| {})).unwrap();
        }
        leader.open(B);
        let sizes = leader.pushes(B, 2).into_iter().map(|(_, push)| match push {
            Push::Append { entries } => entries.len(),
            other => panic!("{other:?}"),
        });
        sizes.collect::<Vec<_>>()
    };
    // 2 * 2048 bytes are the 4096 at which a batch goes.
    both(Rule::BatchesFill, run, vec![2, 2, 1], vec![1; 5]);
}

#[test]
fn a_batch_goes_out_with_the_entry_that_makes_it_4096_bytes() {
    let mut config = without(&[Rule::NoopOnElection]);
    config.batch_append = true;
    let mut leader = Leader::with_config(&[], config);
    for _ in 0..9 {
        let kilobyte = vec![0; 1024 - 48];
        leader.bench.with(|m, ctx| m.append(ctx, kilobyte, |_, _| {})).unwrap();
    }
    leader.open(B);
    let sizes = leader.pushes(B, 2).into_iter().map(|(_, push)| match push {
        Push::Append { entries } => entries.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(sizes.collect::<Vec<_>>(), [4, 4, 1]);
}

#[test]
fn a_batch_is_acknowledged_as_one() {
    let mut config = without(&[Rule::NoopOnElection]);
    config.batch_append = true;
    let mut leader = Leader::with_config(&[], config);
    for _ in 0..3 {
        leader.append();
    }
    leader.open(B);
    let pushes = leader.pushes(B, 2);
    assert_eq!(pushes.len(), 1);
    leader.answer(B, &pushes[0], Code::Success);
    leader.bench.run(Micros::millis(1));
    assert_eq!(leader.bench.member.committed_index(), Index(2));
}

#[test]
fn a_batch_of_which_the_peer_has_a_part_is_sent_again_from_there() {
    let mut config = without(&[Rule::NoopOnElection]);
    config.batch_append = true;
    let mut leader = Leader::with_config(&[], config);
    leader.append();
    leader.append();
    leader.open(B);
    let first = leader.pushes(B, 2);
    leader.append();
    leader.pushes(B, 996);
    let again = leader.pushes(B, 10);
    let lengths = |pushes: &[(CallTag, Push)]| {
        let entries = pushes.iter().filter_map(|(_, push)| match push {
            Push::Append { entries } => Some(entries.len()),
            _ => None,
        });
        entries.collect::<Vec<_>>()
    };
    assert_eq!((lengths(&first), lengths(&again)), (vec![2], vec![3]), "all three go out together");
    // That is lost, and then the answer to the first two comes.
    leader.answer(B, &first[0], Code::Success);
    leader.pushes(B, 990);
    assert_eq!(lengths(&leader.pushes(B, 20)), [1]);
}

#[test]
fn erase_on_truncate() {
    let run = |rules: &[Rule]| {
        let mut bench = follower_without(&[1, 2, 2], rules);
        bench.push(C, 5, -1, truncate(1, 3));
        let after = bench.member.end_index().0;
        (after, bench.member.into_disk(bench.now).recover().unwrap().store.end_index().0)
    };
    both(Rule::EraseOnTruncate, run, (0, 0), (0, 2));
}

#[test]
fn count_only_current_term() {
    let run = |rules: &[Rule]| {
        let mut leader = Leader::without(&[1, 1], rules);
        leader.open(B);
        leader.bench.run(Micros::millis(2));
        leader.bench.member.committed_index().0
    };
    both(Rule::CountOnlyCurrentTerm, run, -1, 1);
}

#[test]
fn noop_on_election() {
    let run = |rules: &[Rule]| {
        let mut bench = Bench::with_config(&[1], without(rules));
        bench.elect();
        bench.member.store().get(Index(1)).map(|entry| entry.magic)
    };
    both(Rule::NoopOnElection, run, Some(EntryKind::Noop), None);
}

/// The role of a leader whose heartbeats were answered so by B and C.
pub(super) fn role_after(rules: &[Rule], answers: [Code; 2]) -> Role {
    let mut leader = Leader::without(&[1], rules);
    leader.bench.run(Micros::millis(10));
    assert!(matches!(leader.bench.member.elector.blocked, Blocked::Beating(_)));
    let round = leader.bench.member.elector.rounds;
    for (from, code) in [B, C].into_iter().zip(answers) {
        let term = if code == Code::ExpiredTerm { Term(9) } else { Term::NONE };
        leader.bench.with(|m, ctx| {
            m.on_answer(ctx, from, CallTag::HeartBeat { round }, Response::HeartBeat { term, code })
        });
    }
    leader.bench.run(Micros::millis(11));
    leader.bench.member.role()
}

#[test]
fn heed_larger_term() {
    let minority = [Code::Success, Code::ExpiredTerm];
    both(Rule::HeedLargerTerm, |rules| role_after(rules, minority), Role::Candidate, Role::Leader);
    // Those that would follow once they know the term are a majority too.
    let not_ready = [Code::TermNotReady, Code::ExpiredTerm];
    both(Rule::HeedLargerTerm, |rules| role_after(rules, not_ready), Role::Candidate, Role::Leader);
    let nobody = [Code::NetworkError, Code::ExpiredTerm];
    both(Rule::HeedLargerTerm, |rules| role_after(rules, nobody), Role::Candidate, Role::Candidate);
}

#[test]
fn answer_on_term_change() {
    let run = |rules: &[Rule]| {
        let mut leader = Leader::without(&[], rules);
        let index = leader.append();
        leader.bench.call(C, Request::HeartBeat { term: Term(9) });
        leader.bench.run(Micros::seconds(4));
        let while_deposed = leader.bench.outcome(index);
        leader.bench.elect();
        leader.bench.run(Micros::millis(2));
        (while_deposed, leader.bench.outcome(index))
    };
    let expired = Some(Code::ExpiredTerm);
    both(Rule::AnswerOnTermChange, run, (expired, expired), (None, expired));
}

#[test]
fn a_preset_is_what_its_program_does() {
    let broken = |preset: Preset| -> Vec<Rule> {
        Rule::ALL.into_iter().filter(|rule| !preset.rules().keep(*rule)).collect()
    };
    assert_eq!(broken(Preset::Intended), [Rule::FlushBeforeAcknowledging]);
    assert_eq!(broken(Preset::DLedger04).len(), 10);
    let only_in_031 = [Rule::CountOnlyCurrentTerm, Rule::HeedLargerTerm, Rule::AnswerOnTermChange];
    assert!(only_in_031.iter().all(|rule| !broken(Preset::DLedger04).contains(rule)));
    assert!(only_in_031.iter().all(|rule| broken(Preset::DLedger031).contains(rule)));

    assert_eq!(Preset::Intended.config(), Config::default());
    let old = Preset::DLedger031.config();
    assert_eq!((old.append_timeout, old.other_term_code), (Micros::millis(2500), Code::TermChanged));
    assert_eq!(old.checkpoint_interval, Some(Micros::millis(3000)));
}

#[test]
fn an_append_ends_2500_ms_after_it_came_in_0_3_1_and_only_on_a_leader() {
    let config = Preset::DLedger031.config();
    let mut leader = Leader::with_config(&[], config.clone());
    leader.bench.member.elector.last_successful_heartbeat = Some(leader.bench.now);
    let index = leader.append();
    leader.bench.run(Micros::millis(2499));
    assert_eq!(leader.bench.outcome(index), None);
    leader.bench.run(Micros::millis(2));
    assert_eq!(leader.bench.outcome(index), Some(Code::WaitQuorumAckTimeout));

    let mut leader = Leader::with_config(&[], config);
    let index = leader.append();
    leader.bench.with(|m, ctx| m.change_to_candidate(ctx, m.term()));
    leader.bench.run(Micros::seconds(5));
    assert_eq!(leader.bench.outcome(index), None);
}

#[test]
fn rules_are_set_one_by_one() {
    let all = Rules::SAFE.with(Rule::FlushBeforeAcknowledging, true);
    for (n, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(rule as usize, n);
        let rules = all.with(rule, false);
        assert_eq!(Rule::ALL.into_iter().filter(|r| !rules.keep(*r)).collect::<Vec<_>>(), [rule]);
        assert_eq!(rules.with(rule, true), all);
    }
}
