//! Model checking: every state that three members can get into within some bounds, of the real `ledger` code, explored
//! with the crate `stateright`.
//!
//! `docs/correctness-model.md` says what is modelled, how far, and what was found.
//!
//! * `group`: the steps there are in a state, and where they lead
//! * `packets`: what is under way
//! * `state`: what a state is, and which states are one but for names
//! * `seen`: what must hold
//! * `models`: where the exploration starts, and how far it goes
//! * `report`: explorations in numbers and words
//!
//! The large bounds take minutes: `cargo test --test model -- --ignored --nocapture --test-threads 1`

mod group;
mod models;
mod packets;
mod report;
mod seen;
mod state;

use ledgerscope::ledger::{Rule, Rules};

use models::{CASES, HARMLESS, LARGE, LARGE_FLUSHED, Named, SMALL, SMALL_FLUSHED};
use report::Explored;

/// The rules, and the one that no program has.
const FLUSHED: Rules = Rules::SAFE.with(Rule::FlushBeforeAcknowledging, true);

fn nothing_is_found(models: &[Named], rules: Rules) {
    for model in models {
        let explored = Explored::all_of(model, rules);
        println!("{}", explored.row());
        assert!(explored.broken.is_none(), "{}", explored.told());
        assert!(explored.came_to_rest, "{} explores nothing", model.name);
    }
}

#[test]
fn with_every_rule_kept_nothing_is_found() {
    nothing_is_found(&SMALL, Rules::SAFE);
    nothing_is_found(&SMALL_FLUSHED, FLUSHED);
}

#[test]
fn without_a_rule_the_run_is_found_in_which_it_was_needed() {
    for case in CASES {
        let explored = Explored::until_broken(&case.model, Rules::SAFE.with(case.rule, false));
        println!("\nwithout {}: {}", case.rule.name(), explored.told());
        assert_eq!(
            explored.broken.as_ref().map(|(name, _)| *name),
            Some(case.broken.name()),
            "{}",
            case.rule.name()
        );
    }
}

#[test]
fn every_rule_of_the_ledger_is_looked_at() {
    for rule in Rule::ALL {
        let cases = CASES.iter().filter(|case| case.rule == rule).count();
        let harmless = HARMLESS.iter().filter(|(harmless, _)| *harmless == rule).count();
        assert_eq!(cases + harmless, 1, "{}", rule.name());
    }
}

#[test]
#[ignore = "takes minutes"]
fn with_every_rule_kept_nothing_is_found_in_the_large() {
    nothing_is_found(&LARGE, Rules::SAFE);
    nothing_is_found(&LARGE_FLUSHED, FLUSHED);
}

#[test]
#[ignore = "takes minutes"]
fn without_a_harmless_rule_nothing_is_found() {
    for (rule, _) in HARMLESS {
        println!("without {}", rule.name());
        nothing_is_found(&SMALL, Rules::SAFE.with(*rule, false));
    }
}
