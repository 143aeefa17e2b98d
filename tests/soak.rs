//! Random trouble keeps its promises, for a few hundred seeds. For thousands:
//! `cargo run --release --example soak`.

use ledgerscope::check::soak;

/// Seeds that once broke something stay here, with a word on what it was.
const ONCE_BROKEN: [u64; 0] = [];

#[test]
fn kills_restarts_and_sends_break_no_promise() {
    let mut acknowledged = 0;
    let mut terms_led = 0;
    let mut consumed = 0;
    let mut consumed_again = 0;
    for seed in (0..400).chain(ONCE_BROKEN) {
        match soak::run(seed) {
            Ok(run) => {
                acknowledged += run.acknowledged;
                terms_led += run.terms_led;
                consumed += run.consumed;
                consumed_again += run.consumed_again;
            }
            Err(violation) => panic!("seed {seed}: {violation}"),
        }
    }
    // The trouble is real, and so is the work done in spite of it.
    assert!(terms_led > 800, "{terms_led}");
    assert!(acknowledged > 10_000, "{acknowledged}");
    assert!(consumed > 10_000, "{consumed}");
    assert!(consumed_again > 100, "{consumed_again}");
}
