//! A broker's own clock: runs as fast as it was told, from where it was.

use crate::time::Micros;

/// The rate of a clock that is right.
pub const TRUE_RATE: u16 = 1000;

/// A machine's clock, as a piecewise linear function of the world's time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// its own thousandths of a second in a second of the world
    rate: u16,
    /// it was never anything but right
    exact: bool,
    /// when the rate last changed, by the world's time and by its own
    world: Micros,
    own: Micros,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { rate: TRUE_RATE, exact: true, world: Micros::ZERO, own: Micros::ZERO }
    }
}

impl Clock {
    /// How fast it runs, in thousandths.
    pub fn rate(&self) -> u16 {
        self.rate
    }

    /// It shows the world's time.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// What it shows now.
    pub fn own(&self, now: Micros) -> Micros {
        if self.exact {
            return now;
        }
        self.own + Micros((now - self.world).0 * u64::from(self.rate) / u64::from(TRUE_RATE))
    }

    /// When it first shows `own`, if it goes on as it does. What it showed before the rate changed is taken to have been
    /// shown at the present rate.
    pub fn world(&self, own: Micros) -> Micros {
        if self.exact {
            return own;
        }
        let world = |own: u64| own * u64::from(TRUE_RATE);
        let rate = u64::from(self.rate);
        if own >= self.own {
            self.world + Micros(world((own - self.own).0).div_ceil(rate))
        } else {
            Micros(self.world.0.saturating_sub(world((self.own - own).0) / rate))
        }
    }

    /// It runs at another rate from now on.
    pub fn set_rate(&mut self, now: Micros, rate: u16) {
        self.own = self.own(now);
        self.world = now;
        self.rate = rate;
        self.exact &= rate == TRUE_RATE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_shows_the_worlds_time() {
        let mut clock = Clock::default();
        clock.set_rate(Micros(5), TRUE_RATE);
        assert!(clock.is_exact());
        assert_eq!((clock.own(Micros(77)), clock.world(Micros(77))), (Micros(77), Micros(77)));
    }

    #[test]
    fn a_clock_goes_on_where_it_is_and_is_never_put_back() {
        let mut clock = Clock::default();
        clock.set_rate(Micros(1_000), 500);
        assert_eq!(clock.own(Micros(1_003)), Micros(1_001));
        clock.set_rate(Micros(1_003), 4000);
        assert_eq!(clock.own(Micros(1_003)), Micros(1_001));
        assert_eq!(clock.own(Micros(1_004)), Micros(1_005));
        clock.set_rate(Micros(1_004), TRUE_RATE);
        assert!(!clock.is_exact());
        assert_eq!(clock.own(Micros(2_004)), Micros(2_005));
    }

    #[test]
    fn a_moment_by_the_clock_is_the_first_at_which_it_shows_it() {
        for rate in [100, 333, 999, 1001, 4000] {
            let mut clock = Clock::default();
            clock.set_rate(Micros(10), rate);
            for own in 10..2_000 {
                let at = clock.world(Micros(own));
                assert!(clock.own(at) >= Micros(own), "rate {rate}, {own}");
                assert!(at == Micros(10) || clock.own(at - Micros(1)) < Micros(own), "rate {rate}, {own}");
            }
            assert!(clock.world(Micros(0)) <= Micros(10));
        }
    }
}
