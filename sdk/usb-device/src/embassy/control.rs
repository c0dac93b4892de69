//! Endpoint 0.

use core::fmt;

use embassy_usb_driver::EndpointError;

use super::endpoint::outcome;
use super::shared::Shared;
use crate::Port;
use crate::controller::IN;

/// Endpoint 0, in both directions.
pub struct ControlPipe<P: Port> {
    shared: Shared<P>,
    max_packet_size: usize,
}

impl<P: Port> ControlPipe<P> {
    pub(super) fn new(shared: Shared<P>, max_packet_size: usize) -> Self {
        Self { shared, max_packet_size }
    }

    /// Hands over a packet, unless the transfer is over.
    async fn write(&self, packet: &[u8]) -> Result<(), EndpointError> {
        let written = self.shared.until(|state| {
            if state.is_void() {
                return Some(Err(EndpointError::Disabled));
            }
            outcome(state.controller.write(IN, packet))
        });
        written.await.map(|_| ())
    }

    /// Ends a transfer by an empty packet to the host: whether the host took it.
    async fn status_in(&self) -> bool {
        if self.write(&[]).await.is_err() {
            return false;
        }
        let went = self.shared.until(|state| {
            let over = state.controller.news.reset || !state.controller.is_busy(0);
            over.then_some(!state.controller.news.reset)
        });
        went.await
    }
}

impl<P: Port> fmt::Debug for ControlPipe<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlPipe")
            .field("max_packet_size", &self.max_packet_size)
            .finish_non_exhaustive()
    }
}

impl<P: Port> embassy_usb_driver::ControlPipe for ControlPipe<P> {
    fn max_packet_size(&self) -> usize {
        self.max_packet_size
    }

    async fn setup(&mut self) -> [u8; 8] {
        let setup = self.shared.until(|state| {
            // The reset was before it.
            if state.controller.news.reset { None } else { state.controller.take_setup() }
        });
        setup.await
    }

    async fn data_out(
        &mut self,
        room: &mut [u8],
        _first: bool,
        _last: bool,
    ) -> Result<usize, EndpointError> {
        let read = self.shared.until(|state| {
            if state.is_void() {
                return Some(Err(EndpointError::Disabled));
            }
            outcome(state.controller.read(0, room))
        });
        read.await
    }

    async fn data_in(
        &mut self,
        data: &[u8],
        _first: bool,
        last: bool,
    ) -> Result<(), EndpointError> {
        self.write(data).await?;
        if last {
            // The host ends it by an empty packet, or forgets to.
            let status = self.shared.until(|state| {
                let read = outcome(state.controller.read(0, &mut []));
                (state.is_void() || read.is_some()).then_some(())
            });
            status.await;
        }
        Ok(())
    }

    async fn accept(&mut self) {
        self.status_in().await;
    }

    async fn reject(&mut self) {
        self.shared.with(|state| {
            state.controller.set_stalled(IN, true);
            state.controller.set_stalled(0, true);
        });
    }

    /// The new address counts after the status stage (USB 2.0, 9.4.6).
    async fn accept_set_address(&mut self, address: u8) {
        if self.status_in().await {
            self.shared.with(|state| state.controller.port.set_address(address));
        }
    }
}
