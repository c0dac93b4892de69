//! Hardware that one slot at a time has, and hardware that all share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where hardware is that one slot at a time has: here, or leased.
pub(crate) struct Home<T: ?Sized>(Arc<Mutex<Option<Box<T>>>>);

/// Hardware that one slot has, until this is dropped.
pub(crate) struct Lease<T: ?Sized> {
    hardware: Option<Box<T>>,
    home: Home<T>,
}

impl<T: ?Sized> Home<T> {
    pub(super) fn of(hardware: Box<T>) -> Self {
        Self(Arc::new(Mutex::new(Some(hardware))))
    }

    /// The hardware, unless somebody has it.
    pub(super) fn lease(&self) -> Option<Lease<T>> {
        let hardware = self.content().take()?;
        Some(Lease { hardware: Some(hardware), home: self.clone() })
    }

    fn content(&self) -> MutexGuard<'_, Option<Box<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: ?Sized> Clone for Home<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Lease<T> {
    #[inline]
    pub(crate) fn get(&mut self) -> wasmtime::Result<&mut T> {
        // It is there as long as the lease is.
        self.hardware.as_deref_mut().ok_or_else(|| wasmtime::Error::msg("a lease that has ended"))
    }
}

impl<T: ?Sized> Drop for Lease<T> {
    fn drop(&mut self) {
        *self.home.content() = self.hardware.take();
    }
}

/// Hardware that all slots share, one call at a time.
pub(crate) struct Shared<T: ?Sized>(Arc<Mutex<Box<T>>>);

impl<T: ?Sized> Shared<T> {
    pub(super) fn of(hardware: Box<T>) -> Self {
        Self(Arc::new(Mutex::new(hardware)))
    }

    /// A backend that panicked in the middle of a call poisons the lock; the
    /// wires have no memory of it, so the next one may go on.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, Box<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_one_persons_until_it_is_dropped() {
        let home: Home<str> = Home::of("fan".into());
        let mut first = home.lease().unwrap();
        assert!(home.clone().lease().is_none());
        assert_eq!(&*first.get().unwrap(), "fan");
        drop(first);
        assert!(home.lease().is_some());
    }
}
