//! I2C buses that a driver gives to the slots of other stages: those behind a
//! multiplexer, or the stage's own with something done to every transaction.

mod onto;
mod said;

use alloc::vec::Vec;

pub use periplasm_hal::slot::i2c::{Address, ErrorCode, NoAcknowledgeSource, Operation};

pub use onto::onto;
pub use said::Said;

/// A bus that is given, in one transaction at a time.
///
/// Stands before the bus of its own slot, and does nothing else:
///
/// ```ignore
/// struct Bus(I2c);
///
/// impl GiveI2c for Bus {
///     fn addresses(&self) -> Vec<Address> {
///         bus::addresses()
///     }
///
///     fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer {
///         self.0.transaction(address, operations)
///     }
/// }
///
/// periplasm_driver::gives_i2c!(Logger: Bus { bus = Bus(bus::open()) });
/// ```
///
/// (`drivers/i2c-logger` is this example with words in the log.)
pub trait GiveI2c: 'static {
    /// The addresses that whoever opened it may use, for drivers that ask.
    fn addresses(&self) -> Vec<Address>;

    /// Performs the operations as one transaction: what `transaction` of
    /// `wasi:i2c/i2c` says. Gives one list for each [`Operation::Read`], in
    /// order.
    fn transaction(&self, address: Address, operations: &[Operation<'_>]) -> Answer;
}

/// What a transaction gives: the bytes of each read, or what went wrong.
pub type Answer = Result<Vec<Vec<u8>>, ErrorCode>;

/// The bytes of the only read of a transaction, for [`crate::gives_i2c!`].
#[doc(hidden)]
pub fn only(answer: Answer) -> Result<Vec<u8>, ErrorCode> {
    answer?.pop().ok_or(ErrorCode::Other)
}

/// A bus that is given fails as the device behind it.
impl From<crate::Error> for ErrorCode {
    fn from(error: crate::Error) -> Self {
        use crate::{BusFault, Error};
        match error {
            Error::Bus(BusFault::Bus) => Self::Bus,
            Error::Bus(BusFault::ArbitrationLoss) => Self::ArbitrationLoss,
            Error::Bus(BusFault::NoAcknowledge) => {
                Self::NoAcknowledge(NoAcknowledgeSource::Unknown)
            }
            Error::Bus(BusFault::Overrun) => Self::Overrun,
            _ => Self::Other,
        }
    }
}

/// Gives I2C buses to other stages: implements `wasi:i2c/i2c` for a type that
/// is a [`GiveI2c`], and `open` and `addresses` of each
/// plain-named export of the world.
///
/// The world exports the interface of the handle, and each bus under its name:
///
/// ```wit
/// export wasi:i2c/i2c@0.2.0-draft;
/// export c0: interface {
///     use wasi:i2c/i2c@0.2.0-draft.{address, i2c};
///     open: func() -> i2c;
///     addresses: func() -> list<address>;
/// }
/// ```
///
/// What stands behind a name is made anew by each `open`, and each time the
/// addresses are asked for.
#[macro_export]
macro_rules! gives_i2c {
    ($driver:ident: $bus:ident { $($name:ident = $behind:expr),+ $(,)? }) => {
        $(
            impl bindings::exports::$name::Guest for $driver {
                fn open() -> bindings::exports::$name::I2c {
                    bindings::exports::$name::I2c::new($behind)
                }

                fn addresses() -> $crate::__private::Vec<bindings::exports::$name::Address> {
                    $crate::i2c::GiveI2c::addresses(&$behind)
                }
            }
        )+

        const _: () = {
            use $crate::__private::Vec;
            use $crate::i2c::{GiveI2c, Operation, only};
            use bindings::exports::wasi::i2c::i2c as given;

            impl given::Guest for $driver {
                type I2c = $bus;
            }

            impl given::GuestI2c for $bus {
                fn transaction(
                    &self,
                    address: given::Address,
                    operations: Vec<given::Operation>,
                ) -> Result<Vec<Vec<u8>>, given::ErrorCode> {
                    let operations: Vec<Operation<'_>> = operations
                        .iter()
                        .map(|operation| match operation {
                            given::Operation::Read(len) => Operation::Read(*len),
                            given::Operation::Write(data) => Operation::Write(data),
                        })
                        .collect();
                    GiveI2c::transaction(self, address, &operations).map_err(code)
                }

                fn read(
                    &self,
                    address: given::Address,
                    len: u64,
                ) -> Result<Vec<u8>, given::ErrorCode> {
                    let operations = [Operation::Read(len)];
                    only(GiveI2c::transaction(self, address, &operations)).map_err(code)
                }

                fn write(
                    &self,
                    address: given::Address,
                    data: Vec<u8>,
                ) -> Result<(), given::ErrorCode> {
                    let operations = [Operation::Write(&data)];
                    GiveI2c::transaction(self, address, &operations).map(drop).map_err(code)
                }

                fn write_read(
                    &self,
                    address: given::Address,
                    write: Vec<u8>,
                    read_len: u64,
                ) -> Result<Vec<u8>, given::ErrorCode> {
                    let operations = [Operation::Write(&write), Operation::Read(read_len)];
                    only(GiveI2c::transaction(self, address, &operations)).map_err(code)
                }
            }

            fn code(error: $crate::i2c::ErrorCode) -> given::ErrorCode {
                use $crate::i2c::{ErrorCode, NoAcknowledgeSource as Source};
                match error {
                    ErrorCode::Bus => given::ErrorCode::Bus,
                    ErrorCode::ArbitrationLoss => given::ErrorCode::ArbitrationLoss,
                    ErrorCode::NoAcknowledge(source) => {
                        given::ErrorCode::NoAcknowledge(match source {
                            Source::Address => given::NoAcknowledgeSource::Address,
                            Source::Data => given::NoAcknowledgeSource::Data,
                            Source::Unknown => given::NoAcknowledgeSource::Unknown,
                        })
                    }
                    ErrorCode::Overrun => given::ErrorCode::Overrun,
                    ErrorCode::Other => given::ErrorCode::Other,
                }
            }
        };
    };
}
