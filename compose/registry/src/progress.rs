//! How far a transfer is.

use std::fmt::Debug;
use std::time::Duration;

use crate::RegistryFault;

/// Is told how far transfers are. `()` ignores it.
///
/// One transfer begins and ends before the next, as long as one thread uses the
/// client.
pub trait Progress: Debug + Send + Sync {
    /// A transfer begins: of `what`, and of `total` bytes if that is known.
    fn begin(&self, what: &str, total: Option<u64>);

    /// So many more bytes are there.
    fn advance(&self, bytes: u64);

    /// The transfer is over, well or not.
    fn end(&self);

    /// A request failed, and is sent again after `wait`.
    fn retry(&self, what: &str, why: &RegistryFault, wait: Duration) {
        let _ = (what, why, wait);
    }
}

impl Progress for () {
    fn begin(&self, _: &str, _: Option<u64>) {}

    fn advance(&self, _: u64) {}

    fn end(&self) {}
}
