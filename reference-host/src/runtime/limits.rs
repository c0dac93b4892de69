//! The memory and tables of one pipeline.

use wasmtime::ResourceLimiter;

/// Instances of core modules: a stage has a handful (its code, shims that
/// componentizing adds).
const MAX_INSTANCES: usize = 1024;
const MAX_MEMORIES: usize = 128;
const MAX_TABLES: usize = 512;
/// Of all tables together. A Rust program's table has one element for each
/// function whose address is taken.
const MAX_TABLE_ELEMENTS: usize = 1 << 18;

/// Growth that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    /// What all memories together would have had, in bytes.
    pub(crate) asked: usize,
    /// What they may have.
    pub(crate) limit: usize,
}

/// Counts what the memories of all stages take together.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: usize,
    used: usize,
    last_growth: usize,
    table_elements: usize,
    denied: Option<Denied>,
}

impl Limiter {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, used: 0, last_growth: 0, table_elements: 0, denied: None }
    }

    /// The last growth that was refused since [`Self::forget`].
    pub(crate) fn denied(&self) -> Option<Denied> {
        self.denied
    }

    /// The guest went on without the memory, so what happens later has
    /// another cause.
    #[inline]
    pub(crate) fn forget(&mut self) {
        self.denied = None;
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.last_growth = 0;
        let growth = desired.saturating_sub(current);
        let asked = self.used.saturating_add(growth);
        if asked > self.limit {
            self.denied = Some(Denied { asked, limit: self.limit });
            return Ok(false);
        }
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.used = asked;
        self.last_growth = growth;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.used -= std::mem::take(&mut self.last_growth);
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let asked = self.table_elements.saturating_add(desired.saturating_sub(current));
        let allowed = asked <= MAX_TABLE_ELEMENTS && maximum.is_none_or(|max| desired <= max);
        if allowed {
            self.table_elements = asked;
        }
        Ok(allowed)
    }

    fn instances(&self) -> usize {
        MAX_INSTANCES
    }

    fn tables(&self) -> usize {
        MAX_TABLES
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_memories_share_one_limit() {
        let mut limiter = Limiter::new(10);
        assert!(limiter.memory_growing(0, 6, None).unwrap());
        assert!(!limiter.memory_growing(0, 6, None).unwrap());
        assert_eq!(limiter.denied(), Some(Denied { asked: 12, limit: 10 }));
        assert!(limiter.memory_growing(6, 10, None).unwrap());
    }

    #[test]
    fn growth_that_fails_is_given_back() {
        let mut limiter = Limiter::new(10);
        assert!(limiter.memory_growing(0, 10, None).unwrap());
        limiter.memory_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert!(limiter.memory_growing(0, 10, None).unwrap());
        assert_eq!(limiter.denied(), None);
    }
}
