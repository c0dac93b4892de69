//! Critical sections of a component (feature `critical-section`).
#![allow(unsafe_code, reason = "critical-section trusts its implementation")]

use critical_section::{Impl, RawRestoreState, set_impl};

struct OneThread;

set_impl!(OneThread);

// SAFETY: a component has one thread and no interrupts: nothing runs between
// the two calls but their caller.
unsafe impl Impl for OneThread {
    unsafe fn acquire() -> RawRestoreState {}

    unsafe fn release(_: RawRestoreState) {}
}
