//! Model checking: every state that three members can get into within some bounds, of the real `ledger` code, explored
//! with the crate `stateright`.
//!
//! `docs/correctness-model.md` says what is modelled, how far, and what was found.
//!
//! * `group`: the steps there are in a state, and where they lead (`action`: what they are, `step`: how one is made)
//! * `packets`: what is under way
//! * `state`: what a state is, and which states are one but for names
//! * `seen`: what must hold
//! * `models`: where the exploration starts, and how far it goes
//! * `report`: explorations in numbers and words
//!
//! The large bounds take minutes: `cargo test --test model -- --ignored --nocapture --test-threads 1`

mod action;
mod group;
mod models;
mod packets;
mod report;
mod seen;
mod state;
mod step;

use std::collections::BTreeSet;

use ledgerscope::ledger::{Frozen, Rule, Rules};
use stateright::Model;

use group::Group;
use models::{CASES, HARMLESS, LARGE, LARGE_FLUSHED, Named, SMALL, SMALL_FLUSHED};
use report::Explored;
use state::{MEMBERS, State, hash_of};

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

/// States along a walk that takes any step there is.
fn walk(model: &Named, mut look: impl FnMut(&Group, &State)) {
    let group = model.group(FLUSHED.with(Rule::EraseOnTruncate, false));
    let mut seed = 1_u64;
    for _ in 0..8 {
        let mut state = group.starts[0].clone();
        for _ in 0..40 {
            let mut actions = Vec::new();
            group.actions(&state, &mut actions);
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let Some(action) = actions.get((seed >> 33) as usize % actions.len().max(1)) else { break };
            let Some(next) = group.next_state(&state, action.clone()) else { continue };
            state = next;
            look(&group, &state);
        }
    }
}

#[test]
fn a_thawed_member_freezes_to_what_it_was() {
    for model in SMALL.iter().chain(&SMALL_FLUSHED) {
        walk(model, |group, state| {
            for member in State::ids().map(|id| state.member(id)) {
                assert_eq!(Frozen::of(member.thaw(MEMBERS, &group.config)), *member);
            }
        });
    }
}

#[test]
fn it_does_not_matter_who_is_called_how() {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let nameless = |state: &State| ORDERS.iter().map(|order| hash_of(&state.reordered(order))).min();
    let successors = |group: &Group, state: &State| {
        let next = group.next_steps(state).into_iter().map(|(_, next)| nameless(&next));
        // Steps that change nothing but names are none.
        next.filter(|next| *next != nameless(state)).collect::<BTreeSet<_>>()
    };
    for model in SMALL.iter().chain(&SMALL_FLUSHED) {
        walk(model, |group, state| {
            let expected = successors(group, state);
            for order in &ORDERS[1..] {
                assert_eq!(successors(group, &state.reordered(order)), expected);
            }
        });
    }
}

#[test]
#[ignore = "takes minutes"]
fn with_every_rule_kept_nothing_is_found_in_the_large() {
    nothing_is_found(&LARGE, Rules::SAFE);
}

#[test]
#[ignore = "takes minutes"]
fn where_answers_wait_for_the_flush_nothing_is_found_in_the_large() {
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
