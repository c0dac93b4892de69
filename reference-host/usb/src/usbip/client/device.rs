//! A device at a server, imported.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use super::connection::Connection;
use super::describe::describe;
use super::pipe::{Open, RemotePipe};
use super::request::Kind;
use crate::bell::lock;
use crate::descriptors::configuration;
use crate::{Pipe, Request, Setup, Speed, TransferType, UsbDevice, UsbError, UsbInterface};

/// What all handles of a device share.
pub(super) struct Remote {
    pub(super) connection: Connection,
    pub(super) descriptors: Arc<[u8]>,
    speed: Option<Speed>,
    state: Mutex<State>,
}

struct State {
    configuration: u8,
    claimed: BTreeMap<u8, Arc<Mutex<Claimed>>>,
}

/// An interface that was taken.
#[derive(Default)]
struct Claimed {
    alternate: u8,
    pipes: Vec<Weak<Open>>,
}

impl Claimed {
    fn each(&self, what: impl Fn(&Open)) {
        for pipe in self.pipes.iter().filter_map(Weak::upgrade) {
            what(&pipe);
        }
    }
}

/// A handle.
pub(super) struct RemoteDevice(pub(super) Arc<Remote>);

impl Remote {
    pub(super) fn new(
        connection: Connection,
        descriptors: Arc<[u8]>,
        speed: Option<Speed>,
        configuration: u8,
    ) -> Self {
        let state = Mutex::new(State { configuration, claimed: BTreeMap::new() });
        Self { connection, descriptors, speed, state }
    }

    fn order(&self, request_type: u8, request: u8, value: u16, index: u16) -> Result<(), UsbError> {
        let setup = Setup { request_type, request, value, index };
        self.connection.control(Request::ControlOut { setup, data: Vec::new() }).map(|_| ())
    }

    fn there(&self) -> Result<(), UsbError> {
        if self.connection.dead() { Err(UsbError::Gone) } else { Ok(()) }
    }

    /// Linux's interval of an endpoint (`usb_fill_int_urb`): frames, or
    /// microframes from high speed on.
    fn interval(&self, transfers: TransferType, interval: u8) -> u32 {
        let slow = matches!(self.speed, None | Some(Speed::Low | Speed::Full));
        match transfers {
            TransferType::Control | TransferType::Bulk => 0,
            TransferType::Interrupt if slow => interval.max(1).into(),
            _ => 1 << (interval.clamp(1, 16) - 1),
        }
    }
}

impl UsbDevice for RemoteDevice {
    fn configuration(&self) -> Result<u8, UsbError> {
        self.0.there()?;
        Ok(lock(&self.0.state).configuration)
    }

    fn claim(&self, number: u8) -> Result<Box<dyn UsbInterface>, UsbError> {
        self.0.there()?;
        let mut state = lock(&self.0.state);
        configuration(&self.0.descriptors, state.configuration)
            .and_then(|one| one.interface(number, 0))
            .ok_or(UsbError::NotFound)?;
        if state.claimed.contains_key(&number) {
            return Err(UsbError::Busy);
        }
        let claimed = Arc::<Mutex<Claimed>>::default();
        state.claimed.insert(number, claimed.clone());
        Ok(Box::new(RemoteInterface { device: self.0.clone(), number, claimed }))
    }

    fn control(&self) -> Box<dyn Pipe> {
        Box::new(RemotePipe(Open::new(self.0.clone(), Kind::Control)))
    }

    fn reset(&self) -> Result<(), UsbError> {
        self.0.there()?;
        for claimed in lock(&self.0.state).claimed.values() {
            let mut claimed = lock(claimed);
            let other = std::mem::take(&mut claimed.alternate) != 0;
            claimed.each(|pipe| if other { pipe.end() } else { pipe.cancel() });
        }
        // SET_FEATURE(PORT_RESET) for the hub's port (11.24.2). Linux's server
        // resets the device and then passes the request on to it, which stalls.
        match self.0.order(0x23, 0x03, 4, 0) {
            Ok(()) | Err(UsbError::Stall) => {}
            Err(error) => return Err(error),
        }
        let now = describe(&self.0.connection)?;
        if now.descriptors != self.0.descriptors {
            self.0.connection.fail();
            return Err(UsbError::Gone);
        }
        Ok(())
    }

    fn set_configuration(&self, value: u8) -> Result<(), UsbError> {
        self.0.there()?;
        let mut state = lock(&self.0.state);
        if !state.claimed.is_empty() {
            return Err(UsbError::Busy);
        }
        if value != 0 && configuration(&self.0.descriptors, value).is_none() {
            return Err(UsbError::NotFound);
        }
        // With the lock: nothing is claimed meanwhile.
        self.0.order(0x00, 0x09, value.into(), 0)?;
        state.configuration = value;
        Ok(())
    }

    fn kernel_driver_active(&self, _: u8) -> Result<bool, UsbError> {
        // What drivers the server's system has is its own affair.
        self.0.there().map(|()| false)
    }

    fn detach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        self.0.there().and(Err(UsbError::NotFound))
    }

    fn attach_kernel_driver(&self, _: u8) -> Result<(), UsbError> {
        self.0.there().and(Err(UsbError::NotFound))
    }
}

/// A claim, kept by the client alone: the server gave it the whole device.
struct RemoteInterface {
    device: Arc<Remote>,
    number: u8,
    claimed: Arc<Mutex<Claimed>>,
}

impl UsbInterface for RemoteInterface {
    fn set_alternate(&mut self, setting: u8) -> Result<(), UsbError> {
        self.device.there()?;
        let value = lock(&self.device.state).configuration;
        configuration(&self.device.descriptors, value)
            .and_then(|one| one.interface(self.number, setting))
            .ok_or(UsbError::NotFound)?;
        let ended = std::mem::take(&mut lock(&self.claimed).pipes);
        for pipe in ended.iter().filter_map(Weak::upgrade) {
            pipe.end();
        }
        self.device.order(0x01, 0x0b, setting.into(), self.number.into())?;
        lock(&self.claimed).alternate = setting;
        Ok(())
    }

    fn pipe(&mut self, endpoint: u8) -> Result<Box<dyn Pipe>, UsbError> {
        self.device.there()?;
        let value = lock(&self.device.state).configuration;
        let mut claimed = lock(&self.claimed);
        let found = configuration(&self.device.descriptors, value)
            .and_then(|one| one.interface(self.number, claimed.alternate))
            .and_then(|setting| setting.endpoint(endpoint))
            .ok_or(UsbError::NotFound)?;
        let transfers = found.transfers();
        if transfers == TransferType::Control {
            return Err(UsbError::Unsupported);
        }
        let interval = self.device.interval(transfers, found.interval);
        let kind = Kind::Endpoint { address: endpoint, transfers, interval };
        claimed.pipes.retain(|pipe| pipe.strong_count() > 0);
        if claimed.pipes.iter().filter_map(Weak::upgrade).any(|pipe| pipe.kind == kind) {
            return Err(UsbError::Busy);
        }
        let open = Open::new(self.device.clone(), kind);
        claimed.pipes.push(Arc::downgrade(&open));
        Ok(Box::new(RemotePipe(open)))
    }
}

impl Drop for RemoteInterface {
    fn drop(&mut self) {
        lock(&self.claimed).each(Open::end);
        lock(&self.device.state).claimed.remove(&self.number);
    }
}
