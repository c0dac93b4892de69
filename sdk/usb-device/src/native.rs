//! The reference host's controllers as ports: a gadget that runs natively.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use periplasm_backend::Event;
use periplasm_usb::{self as host, UsbController, wait_any};

use crate::Port;
use crate::slot::{BusEvents, Endpoint, Error, Events, Speed, TransferType};

impl Port for Box<dyn UsbController> {
    type Happened = Happened;

    fn speed(&self) -> Speed {
        match (**self).speed() {
            host::PortSpeed::Full => Speed::Full,
            host::PortSpeed::High => Speed::High,
        }
    }

    fn enable(&mut self, endpoints: &[Endpoint]) -> Result<(), Error> {
        let endpoints: Vec<_> = endpoints.iter().map(config).collect();
        (**self).enable(&endpoints).map_err(error)
    }

    fn disable(&mut self) {
        (**self).disable();
    }

    fn poll(&mut self) -> Events {
        events((**self).poll())
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Events {
        let mut happened = (**self).happened();
        wait_any(&mut [&mut *happened], timeout);
        Port::poll(self)
    }

    fn happened(&mut self) -> Happened {
        Happened((**self).happened())
    }

    fn write(&mut self, number: u8, packet: &[u8]) -> Result<(), Error> {
        (**self).write(number, packet).map_err(error)
    }

    fn read(&mut self, number: u8, room: &mut [u8]) -> Result<usize, Error> {
        (**self).read(number, room).map_err(error)
    }

    fn set_stalled(&mut self, address: u8, stalled: bool) {
        (**self).set_stalled(address, stalled);
    }

    fn set_address(&mut self, address: u8) {
        (**self).set_address(address);
    }

    fn remote_wakeup(&mut self) {
        (**self).remote_wakeup();
    }
}

/// Ready when a native port has something to tell.
pub struct Happened(Box<dyn Event>);

impl fmt::Debug for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Happened").finish_non_exhaustive()
    }
}

impl Future for Happened {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll(context)
    }
}

fn config(endpoint: &Endpoint) -> host::EndpointConfig {
    host::EndpointConfig {
        address: endpoint.address,
        transfers: match endpoint.transfers {
            TransferType::Control => host::TransferType::Control,
            TransferType::Isochronous => host::TransferType::Isochronous,
            TransferType::Bulk => host::TransferType::Bulk,
            TransferType::Interrupt => host::TransferType::Interrupt,
        },
        max_packet_size: endpoint.max_packet_size,
        interval: endpoint.interval,
    }
}

fn events(events: host::Events) -> Events {
    let host::BusEvents { reset, suspend, resume, attached, detached } = events.bus;
    Events {
        bus: BusEvents { reset, suspend, resume, attached, detached },
        setup: events.setup.map(u64::from_le_bytes),
        out_ready: events.out_ready,
        in_complete: events.in_complete,
    }
}

fn error(error: host::ControllerError) -> Error {
    match error {
        host::ControllerError::WouldBlock => Error::WouldBlock,
        host::ControllerError::Overflow => Error::Overflow,
        host::ControllerError::Invalid => Error::Invalid,
        host::ControllerError::Gone => Error::Gone,
    }
}
