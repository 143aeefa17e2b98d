//! Model checking of the real `ledger` code.
mod group;
mod packets;
mod seen;
mod state;

use std::time::Instant;
use group::{Bounds, Group};
use ledgerscope::ledger::Config;
use stateright::{Checker, HasDiscoveries, Model};

fn var(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

#[test]
fn explore() {
    let bounds = Bounds {
        term: var("TERMS", 1),
        entries: var("ENTRIES", 0) as usize,
        appends: var("APPENDS", 0) as u8,
        restarts: var("RESTARTS", 0) as u8,
        delays: var("DELAYS", 0) as u8,
    };
    let mut group = Group { config: Config::default(), bounds, starts: vec![] };
    group.starts = vec![group.fresh()];
    let begin = Instant::now();
    let checker = group
        .checker()
        .threads(2)
        .finish_when(HasDiscoveries::Any)
        .target_state_count(var("MAX", 20_000_000) as usize)
        .spawn_bfs()
        .join();
    println!("{bounds:?}: {} unique, {} generated, depth {}, {:?}", checker.unique_state_count(), checker.state_count(), checker.max_depth(), begin.elapsed());
    for (name, path) in checker.discoveries() {
        println!("broken: {name}");
        for action in path.into_actions() {
            println!("  {action:?}");
        }
    }
}
