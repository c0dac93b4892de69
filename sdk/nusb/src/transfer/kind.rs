//! Kinds of endpoints, as types.

use super::Direction;
use crate::descriptors::TransferType;

mod private {
    pub trait Sealed {}
}

/// The direction of an endpoint: [`In`] or [`Out`].
pub trait EndpointDirection: private::Sealed + Send + Sync {
    /// The same as a value.
    const DIR: Direction;
}

/// From the device.
pub enum In {}
/// To the device.
pub enum Out {}

/// The type of an endpoint: [`Bulk`] or [`Interrupt`].
pub trait EndpointType: private::Sealed + Send + Sync + Unpin {
    /// The same as a value.
    const TYPE: TransferType;
}

/// A type of endpoints with transfers of bytes: all that there are.
pub trait BulkOrInterrupt: EndpointType {}

/// Large data, when there is time.
pub enum Bulk {}
/// Small data, soon.
pub enum Interrupt {}

macro_rules! kinds {
    ($($name:ident: $of:ident::$constant:ident = $value:expr;)*) => {$(
        impl private::Sealed for $name {}
        impl $of for $name {
            const $constant: kinds!(@ $constant) = $value;
        }
    )*};
    (@ DIR) => { Direction };
    (@ TYPE) => { TransferType };
}

kinds! {
    In: EndpointDirection::DIR = Direction::In;
    Out: EndpointDirection::DIR = Direction::Out;
    Bulk: EndpointType::TYPE = TransferType::Bulk;
    Interrupt: EndpointType::TYPE = TransferType::Interrupt;
}

impl BulkOrInterrupt for Bulk {}
impl BulkOrInterrupt for Interrupt {}
