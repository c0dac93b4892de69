//! SPI, a byte at a time.

use embedded_hal::spi::ErrorType;

use crate::{SpiBus, SpiError};

/// A whole SPI bus for drivers that send one byte and then take the one that
/// came in for it: `FullDuplex` of embedded-hal-nb and of embedded-hal 0.2.
#[derive(Debug)]
pub struct SpiNb<B = SpiBus> {
    bus: B,
    received: Option<u8>,
}

impl<B> SpiNb<B> {
    /// On a bus.
    pub fn new(bus: B) -> Self {
        Self { bus, received: None }
    }
}

impl<B: embedded_hal::spi::SpiBus<Error = SpiError>> SpiNb<B> {
    fn take(&mut self) -> nb::Result<u8, SpiError> {
        self.received.take().ok_or(nb::Error::WouldBlock)
    }

    fn exchange(&mut self, byte: u8) -> nb::Result<(), SpiError> {
        let mut received = [byte];
        self.bus.transfer_in_place(&mut received).map_err(nb::Error::Other)?;
        // A byte that nobody took is lost, as it is in a controller of one byte.
        self.received = Some(received[0]);
        Ok(())
    }
}

impl<B: ErrorType<Error = SpiError>> ErrorType for SpiNb<B> {
    type Error = SpiError;
}

impl<B: embedded_hal::spi::SpiBus<Error = SpiError>> embedded_hal_nb::spi::FullDuplex for SpiNb<B> {
    fn read(&mut self) -> nb::Result<u8, SpiError> {
        self.take()
    }

    fn write(&mut self, word: u8) -> nb::Result<(), SpiError> {
        self.exchange(word)
    }
}

impl<B: embedded_hal::spi::SpiBus<Error = SpiError>> embedded_hal_02::spi::FullDuplex<u8>
    for SpiNb<B>
{
    type Error = SpiError;

    fn read(&mut self) -> nb::Result<u8, SpiError> {
        self.take()
    }

    fn send(&mut self, word: u8) -> nb::Result<(), SpiError> {
        self.exchange(word)
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_nb::spi::FullDuplex;

    use super::*;

    /// Answers each byte with its complement.
    struct Complement;

    impl ErrorType for Complement {
        type Error = SpiError;
    }

    impl embedded_hal::spi::SpiBus for Complement {
        fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
            words.fill(0xff);
            Ok(())
        }

        fn write(&mut self, _: &[u8]) -> Result<(), SpiError> {
            Ok(())
        }

        fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
            read.iter_mut().zip(write).for_each(|(read, byte)| *read = !byte);
            Ok(())
        }

        fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
            words.iter_mut().for_each(|word| *word = !*word);
            Ok(())
        }

        fn flush(&mut self) -> Result<(), SpiError> {
            Ok(())
        }
    }

    #[test]
    fn each_byte_that_was_sent_gives_one_back() {
        let mut spi = SpiNb::new(Complement);
        assert_eq!(FullDuplex::read(&mut spi), Err(nb::Error::WouldBlock));
        spi.write(0x0f).unwrap();
        assert_eq!(FullDuplex::read(&mut spi), Ok(0xf0));
        assert_eq!(FullDuplex::read(&mut spi), Err(nb::Error::WouldBlock));
    }
}
