//! embassy-usb's driver on a port (feature `embassy`).
//!
//! ```ignore
//! let driver = Driver::new(port::open());
//! let ended = driver.ended();
//! let mut builder = embassy_usb::Builder::new(driver, config, /* buffers */);
//! let mut class = CdcAcmClass::new(&mut builder, &mut state, 64);
//! let mut device = builder.build();
//! // Runs until the port is gone.
//! let why = block_on(select(join(device.run(), echo(&mut class)), ended));
//! ```
//!
//! (`tests/guests/gadget-echo-embassy` is this example in full.) The futures
//! wait for one event of the host, together: run them by
//! `periplasm_hal::block_on`, natively by any executor.

mod bus;
mod control;
mod endpoint;
mod shared;

use core::fmt;
use core::future::Future;

pub use bus::Bus;
pub use control::ControlPipe;
pub use embassy_usb_driver;
use embassy_usb_driver::{
    EndpointAddress, EndpointAllocError, EndpointInfo, EndpointType, Speed as AnySpeed,
};
pub use endpoint::Endpoint;
use shared::Shared;

use crate::Port;
use crate::controller::{IN, endpoint as reserved};
use crate::slot::{self, Error, Speed, TransferType};

/// The driver for what a `usb-device` slot's `open` gives.
pub struct Driver<P: Port = slot::UsbDevice>(Shared<P>);

impl<P: Port> fmt::Debug for Driver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl<P: Port> Driver<P> {
    /// A driver without endpoints.
    pub fn new(port: P) -> Self {
        Self(Shared::new(port))
    }

    /// How fast the port talks.
    pub fn speed(&self) -> AnySpeed {
        match self.0.with(|state| state.controller.port.speed()) {
            Speed::Full => AnySpeed::Full,
            Speed::High => AnySpeed::High,
        }
    }

    /// Ready when there is no use in going on, and why: the port cannot do with
    /// the endpoints ([`Error::Invalid`]), or is not there any more
    /// ([`Error::Gone`]). embassy-usb itself runs for ever.
    pub fn ended(&self) -> impl Future<Output = Error> + use<P> {
        let shared = self.0.clone();
        async move { shared.until(|state| state.controller.failed).await }
    }

    fn allocate(
        &mut self,
        direction: u8,
        ep_type: EndpointType,
        address: Option<EndpointAddress>,
        max_packet_size: u16,
        interval_ms: u8,
    ) -> Result<Endpoint<P>, EndpointAllocError> {
        let transfers = match ep_type {
            EndpointType::Control => TransferType::Control,
            EndpointType::Isochronous => TransferType::Isochronous,
            EndpointType::Bulk => TransferType::Bulk,
            EndpointType::Interrupt => TransferType::Interrupt,
        };
        let wanted = reserved(transfers, max_packet_size, interval_ms);
        let address = address.map(address_byte);
        let address = self
            .0
            .with(|state| state.controller.allocate(direction, address, wanted))
            .map_err(|_| EndpointAllocError)?;
        let addr = EndpointAddress::from(address);
        let info = EndpointInfo { addr, ep_type, max_packet_size, interval_ms };
        Ok(Endpoint::new(self.0.clone(), info))
    }
}

impl<'a, P: Port + 'static> embassy_usb_driver::Driver<'a> for Driver<P> {
    type EndpointOut = Endpoint<P>;
    type EndpointIn = Endpoint<P>;
    type ControlPipe = ControlPipe<P>;
    type Bus = Bus<P>;

    fn alloc_endpoint_out(
        &mut self,
        ep_type: EndpointType,
        address: Option<EndpointAddress>,
        max_packet_size: u16,
        interval_ms: u8,
    ) -> Result<Endpoint<P>, EndpointAllocError> {
        self.allocate(0, ep_type, address, max_packet_size, interval_ms)
    }

    fn alloc_endpoint_in(
        &mut self,
        ep_type: EndpointType,
        address: Option<EndpointAddress>,
        max_packet_size: u16,
        interval_ms: u8,
    ) -> Result<Endpoint<P>, EndpointAllocError> {
        self.allocate(IN, ep_type, address, max_packet_size, interval_ms)
    }

    fn start(mut self, control_max_packet_size: u16) -> (Bus<P>, ControlPipe<P>) {
        for direction in [0, IN] {
            let address = Some(EndpointAddress::from(direction));
            // Refused only to a gadget that took endpoint 0 itself. Then the
            // port says so when it is enabled.
            let _ = self.allocate(
                direction,
                EndpointType::Control,
                address,
                control_max_packet_size,
                0,
            );
        }
        (Bus::new(self.0.clone()), ControlPipe::new(self.0, control_max_packet_size.into()))
    }
}

/// `bEndpointAddress`.
fn address_byte(address: EndpointAddress) -> u8 {
    address.index() as u8 | if address.is_in() { IN } else { 0 }
}

#[cfg(test)]
mod tests;
