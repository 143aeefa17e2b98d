//! Model checking of the real `ledger` code.
mod group;
mod models;
mod packets;
mod seen;
mod state;

use ledgerscope::ledger::{Rule, Rules};
use stateright::{Checker, HasDiscoveries, Model};
use std::time::Instant;

fn var(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

#[test]
fn explore() {
    let name = std::env::var("MODEL").unwrap_or_default();
    let off = std::env::var("OFF").unwrap_or_default();
    for model in models::ALL.iter().filter(|m| name.is_empty() || m.name == name) {
        let mut model = *model;
        let b = &mut model.bounds;
        b.term = var("TERMS", b.term);
        b.entries = var("ENTRIES", b.entries as i64) as usize;
        b.appends = var("APPENDS", b.appends as i64) as u8;
        b.restarts = var("RESTARTS", b.restarts as i64) as u8;
        b.rounds = var("ROUNDS", b.rounds as i64) as u8;
        b.delays = var("DELAYS", b.delays as i64) as u8;
        let rules = Rule::ALL.iter().filter(|r| off.split(',').any(|o| o == r.name())).copied().collect::<Vec<_>>();
        let group = model.group(Rules::SAFE.without(&rules));
        if var("SHOW", 0) == 1 {
            for m in &group.starts[0].members {
                let f = &m.frozen;
                println!("{:?} term {} vote {:?} {:?} leader {:?} committed {} log {:?}", f.id, f.term, f.voted_for, f.role, f.leader, f.committed, f.log.iter().map(|e| (e.term.0, e.body.to_vec())).collect::<Vec<_>>());
            }
        }
        let begin = Instant::now();
        let checker = group
            .checker()
            .threads(2)
            .finish_when(HasDiscoveries::Any)
            .target_state_count(var("MAX", 20_000_000) as usize)
            .spawn_bfs()
            .join();
        println!("{} {:?}: {} unique, {} generated, depth {}, {:?}", model.name, model.bounds, checker.unique_state_count(), checker.state_count(), checker.max_depth(), begin.elapsed());
        for (name, path) in checker.discoveries() {
            println!("{off} broken: {name} in {}", path.clone().into_actions().len());
            if var("TRACE", 0) == 1 {
            for (state, action) in path.into_vec() {
                println!("  names {:?} {action:?}", state.names);
            }
            }
        }
    }
}
