//! A growing list whose clones share what both have: items sit in chunks behind `Rc`, and only a chunk that is written
//! while shared gets copied. Cloning costs one counter per chunk, an append after a clone at most one chunk.

use std::rc::Rc;

/// Items in a chunk. 256 entries of about 72 bytes make 18 KiB: the price of the first append after a checkpoint.
const CHUNK: usize = 256;

#[derive(Clone, Debug)]
pub struct CowVec<T> {
    /// All but the last hold exactly `CHUNK` items; none is empty.
    chunks: Vec<Rc<Vec<T>>>,
}

impl<T: Clone> CowVec<T> {
    pub const fn new() -> Self {
        CowVec { chunks: Vec::new() }
    }

    pub fn len(&self) -> usize {
        match self.chunks.last() {
            Some(last) => (self.chunks.len() - 1) * CHUNK + last.len(),
            None => 0,
        }
    }

    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    pub fn last(&self) -> Option<&T> {
        self.chunks.last()?.last()
    }

    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Rc::make_mut(last).push(item),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.chunks.push(Rc::new(chunk));
            }
        }
    }

    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        self.chunks.truncate(len.div_ceil(CHUNK));
        let in_last = len % CHUNK;
        if let (Some(last), 1..) = (self.chunks.last_mut(), in_last) {
            Rc::make_mut(last).truncate(in_last);
        }
    }

    /// The items from `from` on.
    pub fn iter_from(&self, from: usize) -> impl Iterator<Item = &T> {
        (from..self.len()).filter_map(|at| self.get(at))
    }

    /// The number of leading items for which `holds` is true; the list must be partitioned by it. What is looked for
    /// is mostly near the end, so the search goes back from there in steps that double, until halving is quicker.
    pub fn partition_point(&self, holds: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high, mut step) = (0, self.len(), 1_usize);
        while low < high {
            let at = (low + (high - low) / 2).max(high.saturating_sub(step));
            step = step.saturating_mul(2);
            match self.get(at) {
                Some(item) if holds(item) => low = at + 1,
                _ => high = at,
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaves_like_a_vec_and_leaves_its_clones_alone() {
        let mut list = CowVec::new();
        for i in 0..1000 {
            list.push(i);
        }
        let before = list.clone();
        list.truncate(512);
        list.push(-1);
        assert_eq!((list.len(), list.last(), list.get(511)), (513, Some(&-1), Some(&511)));
        list.truncate(300);
        assert_eq!((list.len(), list.last()), (300, Some(&299)));
        list.truncate(0);
        assert_eq!((list.len(), list.last()), (0, None));
        assert_eq!((before.len(), before.get(999)), (1000, Some(&999)));
        assert!(before.iter_from(0).copied().eq(0..1000));
        for point in 0..=1000 {
            assert_eq!(before.partition_point(|&i| i < point), point as usize);
        }
    }
}
