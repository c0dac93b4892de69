//! Hardware that a driver gives to the slots of other stages.

use periplasm_hal::slot::pin_types;

use crate::Error;

/// Gives hardware to other stages: implements the `open` of each plain-named
/// export of a world, once for all of one kind.
///
/// The world exports the interface of the handle, and each handle under its name:
///
/// ```wit
/// export periplasm:hal/output-pin@0.1.0;
/// export p0: interface {
///     use periplasm:hal/output-pin@0.1.0.{output-pin};
///     open: func() -> output-pin;
/// }
/// ```
///
/// The crate implements the resource, and says what stands behind each name.
/// In a function that returns a pin's error, `?` turns an [`Error`] into it.
///
/// ```ignore
/// struct Pin(u8);
///
/// impl output_pin::Guest for Expander {
///     type OutputPin = Pin;
/// }
///
/// impl output_pin::GuestOutputPin for Pin {
///     fn set(&self, high: bool) -> Result<(), output_pin::Error> {
///         Ok(CHIP.with(|chip| chip.write(self.0, high).map_err(fault))?)
///     }
///     fn is_set_high(&self) -> Result<bool, output_pin::Error> {
///         Ok(CHIP.with(|chip| chip.written(self.0).map_err(fault))?)
///     }
/// }
///
/// periplasm_driver::gives!(Expander: OutputPin { p0 = Pin(0), p1 = Pin(1) });
/// ```
///
/// (`tests/guests/expander` is this example in full.)
#[macro_export]
macro_rules! gives {
    ($driver:ident: $handle:ident { $($name:ident = $behind:expr),+ $(,)? }) => {
        $(
            impl bindings::exports::$name::Guest for $driver {
                fn open() -> bindings::exports::$name::$handle {
                    bindings::exports::$name::$handle::new($behind)
                }
            }
        )+
    };
}

/// A pin that is given fails as the device behind it.
impl From<Error> for pin_types::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Gone => Self::Gone,
            Error::Bus(_) | Error::InvalidData | Error::NotReady => Self::Other,
        }
    }
}
