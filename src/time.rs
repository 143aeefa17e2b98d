//! Simulated time: whole microseconds since the run began.
//!
//! Nothing below `web` knows another clock. Where the original programs use `-1` for 'never', this crate
//! uses `Option<Micros>`; [`elapsed_more_than`] reads `None` as 'infinitely long ago', as they do.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A point in simulated time, or a length of it, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Micros(pub u64);

impl Micros {
    /// The beginning of every run.
    pub const ZERO: Micros = Micros(0);

    /// `n` milliseconds.
    pub const fn millis(n: u64) -> Micros {
        Micros(n * 1_000)
    }

    /// `n` seconds.
    pub const fn seconds(n: u64) -> Micros {
        Micros(n * 1_000_000)
    }

    /// Whole milliseconds, rounded down: what a broker's own clock shows.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }
}

impl Add for Micros {
    type Output = Micros;
    fn add(self, other: Micros) -> Micros {
        Micros(self.0 + other.0)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Micros) {
        self.0 += other.0;
    }
}

impl Sub for Micros {
    type Output = Micros;
    fn sub(self, other: Micros) -> Micros {
        Micros(self.0 - other.0)
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} ms", self.0 / 1_000, self.0 % 1_000)
    }
}

/// The earlier of two moments that may never come.
pub fn soonest(a: Option<Micros>, b: Option<Micros>) -> Option<Micros> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, None) => a,
        (None, b) => b,
    }
}

/// `DLedgerUtils.elapsed(start) > limit`: strict, and always true for 'never'.
pub fn elapsed_more_than(now: Micros, start: Option<Micros>, limit: Micros) -> bool {
    match start {
        None => true,
        Some(start) => now > start + limit,
    }
}

/// A thread that works in passes with a pause between them, of which only the passes that do something
/// become events: the others leave no trace but the rhythm, and the rhythm is what this keeps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Loop {
    period: Micros,
    next: Micros,
}

impl Loop {
    /// A loop whose first pass is at `first`.
    pub const fn starting_at(first: Micros, period: Micros) -> Loop {
        Loop { period, next: first }
    }

    /// The first pass at or after `t`.
    pub fn pass_at_or_after(&self, t: Micros) -> Micros {
        if t <= self.next {
            return self.next;
        }
        let late = (t - self.next).0;
        self.next + Micros(late.div_ceil(self.period.0) * self.period.0)
    }

    /// A pass ended at `now`: the next one is a period later.
    pub fn pass_done(&mut self, now: Micros) {
        self.next = now + self.period;
    }

    /// Whether a pass may run at `now` (it is one of the loop's moments).
    pub fn is_pass(&self, now: Micros) -> bool {
        self.pass_at_or_after(now) == now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_keeps_its_rhythm_over_quiet_passes() {
        let ten = Loop::starting_at(Micros::millis(3), Micros::millis(10));
        assert_eq!(ten.pass_at_or_after(Micros::ZERO), Micros::millis(3));
        assert_eq!(ten.pass_at_or_after(Micros::millis(3)), Micros::millis(3));
        assert_eq!(ten.pass_at_or_after(Micros(3_001)), Micros::millis(13));
        assert_eq!(ten.pass_at_or_after(Micros::millis(14)), Micros::millis(23));
        assert!(ten.is_pass(Micros::millis(33)) && !ten.is_pass(Micros::millis(34)));
    }

    #[test]
    fn a_pass_that_took_long_moves_the_rhythm() {
        let mut ten = Loop::starting_at(Micros::ZERO, Micros::millis(10));
        ten.pass_done(Micros(12_345));
        assert_eq!(ten.pass_at_or_after(Micros::ZERO), Micros(22_345));
    }

    #[test]
    fn never_is_infinitely_long_ago_and_elapsed_is_strict() {
        let limit = Micros::millis(6000);
        assert!(elapsed_more_than(Micros::ZERO, None, limit));
        assert!(!elapsed_more_than(limit, Some(Micros::ZERO), limit));
        assert!(elapsed_more_than(limit + Micros(1), Some(Micros::ZERO), limit));
    }
}
