//! Drivers that answer "not yet": those with nb's results.

use embedded_hal::delay::DelayNs;

use crate::{Delay, Error};

/// Asks `ask` until it has an answer, at most `times` times, and waits `us`
/// microseconds between two of them. `fault` says what the driver's error is to
/// the device interface.
///
/// # Errors
///
/// What `fault` makes of the driver's error; [`Error::NotReady`] when the last
/// answer is still "not yet".
///
/// ```ignore
/// let code = CHIP.with(|chip| poll(1_000, 20, fault, || chip.read(channel::SingleA0)))?;
/// ```
pub fn poll<T, E>(
    us: u32,
    times: u32,
    fault: impl FnOnce(E) -> Error,
    ask: impl FnMut() -> nb::Result<T, E>,
) -> Result<T, Error> {
    poll_with(&mut Delay, us, times, fault, ask)
}

fn poll_with<T, E>(
    delay: &mut impl DelayNs,
    us: u32,
    times: u32,
    fault: impl FnOnce(E) -> Error,
    mut ask: impl FnMut() -> nb::Result<T, E>,
) -> Result<T, Error> {
    for asked in 1..=times {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(nb::Error::Other(error)) => return Err(fault(error)),
            Err(nb::Error::WouldBlock) if asked < times => delay.delay_us(us),
            Err(nb::Error::WouldBlock) => {}
        }
    }
    Err(Error::NotReady)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Waited(u64);

    impl DelayNs for Waited {
        fn delay_ns(&mut self, ns: u32) {
            self.0 += u64::from(ns);
        }
    }

    /// The answer of a chip that is ready when it is asked for the `ready`th
    /// time, and how often and how long it was waited for.
    fn ask(ready: u32, then: Result<u8, ()>) -> (Result<u8, Error>, u32, u64) {
        let (mut asked, mut waited) = (0, Waited(0));
        let answer = poll_with(
            &mut waited,
            5,
            3,
            |()| Error::InvalidData,
            || {
                asked += 1;
                if asked < ready {
                    Err(nb::Error::WouldBlock)
                } else {
                    then.map_err(nb::Error::Other)
                }
            },
        );
        (answer, asked, waited.0)
    }

    #[test]
    fn it_waits_between_two_questions_and_gives_up_after_the_last() {
        assert!(matches!(ask(1, Ok(7)), (Ok(7), 1, 0)));
        assert!(matches!(ask(3, Ok(7)), (Ok(7), 3, 10_000)));
        assert!(matches!(ask(4, Ok(7)), (Err(Error::NotReady), 3, 10_000)));
        assert!(matches!(ask(2, Err(())), (Err(Error::InvalidData), 2, 5_000)));
    }
}
