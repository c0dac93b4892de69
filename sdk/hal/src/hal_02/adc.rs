//! Converters.

use embedded_hal_02::adc::{Channel, OneShot};

use crate::bindings::periplasm::hal::adc as wit;
use crate::{Adc, AdcError};

/// The converter whose inputs are [`Adc`] handles: embedded-hal 0.2 asks for
/// the two apart.
///
/// A code that does not fit the word that a driver asks for is
/// [`AdcError::OutOfRange`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Converter;

impl Channel<Converter> for Adc {
    type ID = ();

    fn channel() {}
}

impl<Word: TryFrom<i32>> OneShot<Converter, Word, Adc> for Converter {
    type Error = AdcError;

    fn read(&mut self, pin: &mut Adc) -> nb::Result<Word, AdcError> {
        let code = wit::Adc::read(pin).map_err(|error| nb::Error::Other(error.into()))?;
        Word::try_from(code).map_err(|_| nb::Error::Other(AdcError::OutOfRange))
    }
}
