//! Devices made of a few functions, to test drivers natively.
//!
//! ```
//! use periplasm_usb_host::native::{fake, install};
//! use periplasm_usb_host::{Error, Setup};
//!
//! /// Answers request 1 with a number.
//! struct Dice;
//!
//! impl fake::Device for Dice {
//!     fn control_in(&mut self, setup: Setup, _: u16) -> Result<Vec<u8>, Error> {
//!         if setup.request == 1 { Ok(vec![4]) } else { Err(Error::Stall) }
//!     }
//! }
//!
//! let host = fake::Host::new();
//! let id = host.plug(fake::Identity::default(), Dice);
//! install(host.usb());
//!
//! let dice = periplasm_usb_host::open().open(id).unwrap();
//! let setup = Setup { request_type: 0xc0, request: 1, value: 0, index: 0 };
//! assert_eq!(dice.control_in(setup, 1, None).data, [4]);
//! ```

mod device;
mod host;
mod pipe;

use std::string::String;
use std::vec::Vec;

pub use host::Host;

use crate::{Error, Setup};

/// What a device answers. One that stays silent is asked again when anything
/// else was done with it, and at [`Host::poke`].
pub trait Device: Send {
    /// A request from the device: at most `len` bytes. Without this, and
    /// without the others below, it stalls.
    ///
    /// # Errors
    ///
    /// How the transfer ends.
    fn control_in(&mut self, setup: Setup, len: u16) -> Result<Vec<u8>, Error> {
        let _ = (setup, len);
        Err(Error::Stall)
    }

    /// A request to the device.
    ///
    /// # Errors
    ///
    /// How the transfer ends.
    fn control_out(&mut self, setup: Setup, data: &[u8]) -> Result<(), Error> {
        let _ = (setup, data);
        Err(Error::Stall)
    }

    /// What was sent to an endpoint; nothing while it does not take it.
    fn sent(&mut self, endpoint: u8, data: &[u8]) -> Option<Result<(), Error>> {
        let _ = (endpoint, data);
        Some(Err(Error::Stall))
    }

    /// What an endpoint sends, at most `len` bytes; nothing while it has none.
    fn asked(&mut self, endpoint: u8, len: usize) -> Option<Result<Vec<u8>, Error>> {
        let _ = (endpoint, len);
        Some(Err(Error::Stall))
    }

    /// An endpoint's halt is cleared.
    fn unstalled(&mut self, endpoint: u8) {
        let _ = endpoint;
    }

    /// The port was reset.
    fn reset(&mut self) {}
}

/// What is known of a device before it is opened.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// The device descriptor and all configuration descriptors.
    pub descriptors: Vec<u8>,
    /// The string of `iManufacturer`.
    pub manufacturer: Option<String>,
    /// The string of `iProduct`.
    pub product: Option<String>,
    /// The string of `iSerialNumber`.
    pub serial: Option<String>,
    /// Interfaces that a driver of the kernel has.
    pub kernel: Vec<u8>,
}
