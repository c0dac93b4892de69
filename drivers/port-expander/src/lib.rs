//! The crates.io driver `port-expander`, untouched, as a component that gives
//! the pins of a PCF8574 to other stages.
#![no_std]

use core::cell::RefCell;

use bindings::bus;
use bindings::exports::periplasm::hal::output_pin::{self, Error as PinFault};
use periplasm_driver::{BusFault, Device, Error, I2c, I2cError, seven_bit};
use port_expander::dev::pcf8574::{Driver, Parts};
use port_expander::{Pcf8574, PinError, mode::QuasiBidirectional};

periplasm_driver::driver!(Expander);
periplasm_driver::gives!(Expander: OutputPin {
    p0 = Pin(0), p1 = Pin(1), p2 = Pin(2), p3 = Pin(3),
    p4 = Pin(4), p5 = Pin(5), p6 = Pin(6), p7 = Pin(7),
});

struct Expander;

type Shared = RefCell<Driver<I2c>>;
type ChipPin<'a> = port_expander::Pin<'a, QuasiBidirectional, Shared>;

static CHIP: Device<Pcf8574<Shared>> = Device::new(|| match seven_bit(&bus::addresses())? {
    address @ 0x20..=0x27 => {
        let pin = |bit: u8| address >> bit & 1 == 1;
        Ok(Pcf8574::new(bus::open(), pin(0), pin(1), pin(2)))
    }
    _ => Err(Error::Bus(BusFault::Other)),
});

/// One of the eight.
struct Pin(usize);

impl Pin {
    fn with<T>(
        &self,
        act: impl FnOnce(&mut ChipPin<'_>) -> Result<T, PinError<I2cError>>,
    ) -> Result<T, PinFault> {
        // A failure is passed out as a value: the driver is kept, for it alone
        // knows what the other pins are.
        let done = CHIP.with(|chip| {
            let Parts { p0, p1, p2, p3, p4, p5, p6, p7 } = chip.split();
            Ok(act(&mut [p0, p1, p2, p3, p4, p5, p6, p7][self.0]))
        })?;
        done.map_err(|error| Error::from(*error.driver_error()).into())
    }
}

impl output_pin::Guest for Expander {
    type OutputPin = Pin;
}

impl output_pin::GuestOutputPin for Pin {
    fn set(&self, high: bool) -> Result<(), PinFault> {
        self.with(|pin| if high { pin.set_high() } else { pin.set_low() })
    }

    fn is_set_high(&self) -> Result<bool, PinFault> {
        self.with(|pin| pin.is_set_high())
    }
}
