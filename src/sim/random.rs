//! The one source of chance: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
//! Generators, 2014), one stream for each purpose, so that a draw more in one place changes no other.

/// A stream of numbers that is decided by its seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stream(u64);

/// What a stream is for. The numbers are part of what a seed means: never reuse or renumber them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Purpose {
    /// delays of the network
    Network = 1,
    /// when processes come up
    Boot = 2,
    /// pauses between vote rounds, one stream for each member
    RetryDelay = 3,
    /// lengths of vote rounds, one stream for each member
    VoteWait = 4,
    /// where a producer's queue selection starts, one stream for each
    QueueStart = 5,
    /// what happens in a run of random faults
    Swarm = 6,
    /// delays of what is not between members, nor between a producer and the group
    ClientNetwork = 7,
    /// loss, duplicates and disorder on the network
    NetworkFaults = 8,
}

impl Stream {
    /// The stream of a purpose and a member (or 0), under a run's seed.
    pub fn new(seed: u64, purpose: Purpose, member: u64) -> Stream {
        let mut stream = Stream(seed);
        let base = stream.next_u64();
        let mut stream = Stream(base ^ ((purpose as u64) << 32 | member));
        Stream(stream.next_u64())
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to and without `bound`, which is not 0. The bias of the multiplication is below
    /// bound / 2^64.
    pub fn below(&mut self, bound: u64) -> u64 {
        debug_assert!(bound > 0);
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `min` to `max`, both included.
    pub fn between(&mut self, min: u64, max: u64) -> u64 {
        min + self.below(max - min + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        // SplitMix64 from state 1234567, as in the reference implementation's test vector
        let mut stream = Stream(1_234_567);
        let got: Vec<u64> = (0..3).map(|_| stream.next_u64()).collect();
        assert_eq!(got, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn streams_of_different_purposes_differ() {
        let a = Stream::new(7, Purpose::Network, 0).next_u64();
        let b = Stream::new(7, Purpose::Boot, 0).next_u64();
        let c = Stream::new(7, Purpose::RetryDelay, 1).next_u64();
        let d = Stream::new(7, Purpose::RetryDelay, 2).next_u64();
        assert!(a != b && b != c && c != d);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut stream = Stream::new(1, Purpose::Network, 0);
        let drawn: Vec<u64> = (0..1000).map(|_| stream.between(3, 5)).collect();
        assert!(drawn.iter().all(|n| (3..=5).contains(n)));
        assert!((3..=5).all(|n| drawn.contains(&n)));
    }
}
