//! Endpoints other than endpoint 0.

use core::fmt;

use embassy_usb_driver::{EndpointError, EndpointIn, EndpointInfo, EndpointOut};
use usb_device::UsbError;

use super::shared::Shared;
use crate::Port;

/// One endpoint, in one direction.
pub struct Endpoint<P: Port> {
    shared: Shared<P>,
    info: EndpointInfo,
}

impl<P: Port> Endpoint<P> {
    pub(super) fn new(shared: Shared<P>, info: EndpointInfo) -> Self {
        Self { shared, info }
    }

    fn address(&self) -> u8 {
        super::address_byte(self.info.addr)
    }
}

impl<P: Port> fmt::Debug for Endpoint<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("info", &self.info).finish_non_exhaustive()
    }
}

impl<P: Port> embassy_usb_driver::Endpoint for Endpoint<P> {
    fn info(&self) -> &EndpointInfo {
        &self.info
    }

    async fn wait_enabled(&mut self) {
        let address = self.address();
        self.shared.until(|state| state.is_enabled(address).then_some(())).await;
    }
}

impl<P: Port> EndpointOut for Endpoint<P> {
    async fn read(&mut self, room: &mut [u8]) -> Result<usize, EndpointError> {
        let address = self.address();
        let read = self.shared.until(|state| {
            if !state.is_enabled(address) {
                return Some(Err(EndpointError::Disabled));
            }
            outcome(state.controller.read(address, room))
        });
        read.await
    }
}

impl<P: Port> EndpointIn for Endpoint<P> {
    /// Returns when the packet is handed over, not when the host took it.
    async fn write(&mut self, packet: &[u8]) -> Result<(), EndpointError> {
        let address = self.address();
        let written = self.shared.until(|state| {
            if !state.is_enabled(address) {
                return Some(Err(EndpointError::Disabled));
            }
            outcome(state.controller.write(address, packet))
        });
        written.await.map(|_| ())
    }
}

/// Nothing while it would block.
pub(super) fn outcome(result: Result<usize, UsbError>) -> Option<Result<usize, EndpointError>> {
    match result {
        Ok(len) => Some(Ok(len)),
        Err(UsbError::WouldBlock) => None,
        Err(UsbError::BufferOverflow) => Some(Err(EndpointError::BufferOverflow)),
        Err(_) => Some(Err(EndpointError::Disabled)),
    }
}
