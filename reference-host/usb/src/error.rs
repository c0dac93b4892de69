//! Why something on a bus could not be done.

/// Why something could not be done, or how a transfer ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum UsbError {
    /// The device was unplugged.
    #[error("gone")]
    Gone,
    /// The endpoint answered STALL (USB 2.0, 8.5.3.4).
    #[error("stall")]
    Stall,
    /// The time was up.
    #[error("timeout")]
    Timeout,
    /// The transfer was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The device sent more than was asked for.
    #[error("overflow")]
    Overflow,
    /// No answer, or a damaged one.
    #[error("protocol error")]
    Protocol,
    /// Somebody else has it.
    #[error("busy")]
    Busy,
    /// Not granted.
    #[error("denied")]
    Denied,
    /// There is no such device, interface, endpoint or setting.
    #[error("not found")]
    NotFound,
    /// An argument makes no sense.
    #[error("invalid")]
    Invalid,
    /// Too many transfers or bytes in flight.
    #[error("exhausted")]
    Exhausted,
    /// This machine cannot do it.
    #[error("unsupported")]
    Unsupported,
    /// Anything else.
    #[error("other error")]
    Other,
}
