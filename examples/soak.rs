//! Searches seeds for a broken promise: `cargo run --release --example soak -- [FIRST] [COUNT]`.
//!
//! Each seed is a minute of random kills, restarts and sends, then quiet; see `check::soak`. Exit code 1 when
//! a seed broke something, 2 when the arguments are not numbers.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ledgerscope::check::soak;

fn main() -> ExitCode {
    let arguments: Result<Vec<u64>, _> = std::env::args().skip(1).map(|a| a.parse()).collect();
    let (first, count) = match arguments.as_deref() {
        Ok([]) => (0, 10_000),
        Ok([count]) => (0, *count),
        Ok([first, count]) => (*first, *count),
        _ => {
            eprintln!("usage: soak [FIRST] [COUNT], both whole numbers");
            return ExitCode::from(2);
        }
    };
    let start = Instant::now();
    let next = AtomicU64::new(first);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut total = soak::Outcome::default();
        let mut broken = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return (total, broken);
            }
            match soak::run(seed) {
                Ok(run) => {
                    total.events += run.events;
                    total.acknowledged += run.acknowledged;
                    total.committed += run.committed;
                    total.terms_led += run.terms_led;
                    total.kills += run.kills;
                    total.consumed += run.consumed;
                    total.consumed_again += run.consumed_again;
                }
                Err(violation) => {
                    eprintln!("seed {seed}: {violation}");
                    broken.push(seed);
                }
            }
        }
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|t| t.join().expect("a worker panicked")).collect()
    });
    let sum = |of: fn(&soak::Outcome) -> u64| results.iter().map(|(o, _)| of(o)).sum::<u64>();
    println!(
        "{count} seeds from {first}: {} broken, {} events, {} kills, {} terms led, {} entries committed, {} \
         messages acknowledged, {} consumed, {} again, {:.1} s",
        results.iter().map(|(_, broken)| broken.len()).sum::<usize>(),
        sum(|o| o.events),
        sum(|o| o.kills as u64),
        sum(|o| o.terms_led as u64),
        sum(|o| o.committed as u64),
        sum(|o| o.acknowledged as u64),
        sum(|o| o.consumed as u64),
        sum(|o| o.consumed_again as u64),
        start.elapsed().as_secs_f64(),
    );
    if results.iter().all(|(_, broken)| broken.is_empty()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
