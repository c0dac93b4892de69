//! Memory of transfers that have ended, for those to come.

use std::sync::Arc;

/// The most vectors that are kept, and their bytes: what a driver has in flight
/// that streams.
const MAX_KEPT: usize = 32;
const MAX_KEPT_BYTES: usize = 8 << 20;

/// The vectors of one pipeline.
#[derive(Default)]
pub(super) struct Pool {
    kept: Vec<Vec<u8>>,
    bytes: usize,
    /// What was handed to a guest last. When it was copied there, nobody else
    /// holds it.
    lent: Arc<Vec<u8>>,
}

impl Pool {
    /// An empty vector, with room for `len` bytes if there is one.
    pub(super) fn take(&mut self, len: usize) -> Vec<u8> {
        self.reclaim();
        let fits = |(place, vec): (usize, &Vec<u8>)| {
            (vec.capacity() >= len).then_some((vec.capacity(), place))
        };
        match self.kept.iter().enumerate().filter_map(fits).min() {
            Some((capacity, place)) => {
                self.bytes -= capacity;
                self.kept.swap_remove(place)
            }
            None => Vec::new(),
        }
    }

    /// Keeps a vector, if there is place for it.
    pub(super) fn put(&mut self, mut vec: Vec<u8>) {
        let capacity = vec.capacity();
        let fits = capacity <= MAX_KEPT_BYTES.saturating_sub(self.bytes);
        if capacity > 0 && fits && self.kept.len() < MAX_KEPT {
            vec.clear();
            self.bytes += capacity;
            self.kept.push(vec);
        }
    }

    /// Bytes for a guest, which come back by themselves.
    pub(super) fn lend(&mut self, data: Vec<u8>) -> Arc<Vec<u8>> {
        self.reclaim();
        match Arc::get_mut(&mut self.lent) {
            Some(lent) => *lent = data,
            None => self.lent = Arc::new(data),
        }
        self.lent.clone()
    }

    /// No bytes.
    pub(super) fn none(&mut self) -> Arc<Vec<u8>> {
        self.lend(Vec::new())
    }

    fn reclaim(&mut self) {
        if let Some(lent) = Arc::get_mut(&mut self.lent) {
            let lent = std::mem::take(lent);
            self.put(lent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again() {
        let mut pool = Pool::default();
        let (small, large) = (Vec::with_capacity(64), Vec::with_capacity(4096));
        let (at_small, at_large) = (small.as_ptr(), large.as_ptr());
        pool.put(large);
        pool.put(small);
        let vec = pool.take(10);
        assert_eq!(vec.as_ptr(), at_small);
        let mut vec = pool.take(65);
        assert_eq!(vec.as_ptr(), at_large);
        vec.push(7);
        let lent = pool.lend(vec);
        assert_eq!(pool.take(65).capacity(), 0, "it is still being read");
        drop(lent);
        let again = pool.take(65);
        assert_eq!((again.as_ptr(), again.len()), (at_large, 0));
    }

    #[test]
    fn no_more_is_kept_than_the_limits() {
        let mut pool = Pool::default();
        pool.put(Vec::with_capacity(MAX_KEPT_BYTES + 1));
        (0..2 * MAX_KEPT).for_each(|_| pool.put(Vec::with_capacity(16)));
        assert_eq!((pool.kept.len(), pool.take(17).capacity()), (MAX_KEPT, 0));
    }
}
