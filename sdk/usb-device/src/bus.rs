//! usb-device's bus on a port.

use core::fmt;
use core::time::Duration;

use periplasm_hal::Lock;
use usb_device::bus::{PollResult, UsbBus};
use usb_device::endpoint::{EndpointAddress, EndpointType};
use usb_device::{UsbDirection, UsbError};

use crate::controller::{Controller, IN, bit, endpoint};
use crate::slot::{self, Error, Speed, TransferType};
use crate::{Port, news::News};

/// [`UsbBus`] of usb-device 0.3 on a port: all that a gadget needs.
///
/// A read or a write that would block is answered here, without a call to the
/// host. Wait with [`serve`](crate::serve()).
///
/// A packet that the host has no use for at the moment (unplugged, another
/// configuration) would block, instead of failing: classes panic at errors.
pub struct Bus<P = slot::UsbDevice>(Lock<State<P>>);

struct State<P> {
    controller: Controller<P>,
    /// The port was asked a moment ago, and had nothing.
    quiet: bool,
    /// A packet was read or written since the last time that this was asked.
    moved: bool,
}

impl<P> fmt::Debug for Bus<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").finish_non_exhaustive()
    }
}

impl<P: Port> Bus<P> {
    /// The bus of what a `usb-device` slot's `open` gives.
    pub fn new(port: P) -> Self {
        Self(Lock::new(State { controller: Controller::new(port), quiet: false, moved: false }))
    }

    /// How fast the port talks: a gadget that knows both speeds asks before it
    /// makes its classes.
    pub fn speed(&self) -> Speed {
        self.0.with(|state| state.controller.port.speed())
    }

    /// Waits until there is something for the device to be polled for, at most
    /// `timeout`. The next poll tells it, and asks nobody.
    pub fn wait(&self, timeout: Option<Duration>) {
        self.0.with(|state| {
            state.controller.wait(timeout);
            state.quiet = state.controller.news.is_empty();
        });
    }

    /// Whether there is something that the device was not polled for.
    pub fn has_news(&self) -> bool {
        self.0.with(|state| !state.controller.news.is_empty())
    }

    /// Wakes a suspended bus, if the host allowed it (usb-device knows:
    /// `UsbDevice::remote_wakeup_enabled`).
    pub fn remote_wakeup(&self) {
        self.0.with(|state| state.controller.port.remote_wakeup());
    }

    /// Whether a packet was read or written since this was asked last. Then the
    /// next poll asks nobody.
    pub(crate) fn has_moved(&self) -> bool {
        self.0.with(|state| {
            let moved = core::mem::take(&mut state.moved);
            state.quiet |= moved;
            moved
        })
    }

    /// Why the device cannot go on, if so.
    pub(crate) fn failed(&self) -> Option<Error> {
        self.0.with(|state| state.controller.failed)
    }

    fn with<R>(&self, f: impl FnOnce(&mut Controller<P>) -> R) -> R {
        self.0.with(|state| f(&mut state.controller))
    }
}

impl<P: Port> UsbBus for Bus<P> {
    fn alloc_ep(
        &mut self,
        direction: UsbDirection,
        address: Option<EndpointAddress>,
        transfers: EndpointType,
        max_packet_size: u16,
        interval: u8,
    ) -> Result<EndpointAddress, UsbError> {
        let direction = if direction == UsbDirection::In { IN } else { 0 };
        let transfers = match transfers {
            EndpointType::Control => TransferType::Control,
            EndpointType::Isochronous { .. } => TransferType::Isochronous,
            EndpointType::Bulk => TransferType::Bulk,
            EndpointType::Interrupt => TransferType::Interrupt,
        };
        let endpoint = endpoint(transfers, max_packet_size, interval);
        self.with(|controller| controller.allocate(direction, address.map(u8::from), endpoint))
            .map(EndpointAddress::from)
    }

    fn enable(&mut self) {
        self.with(Controller::enable);
    }

    /// The port did all of it before it told of the reset.
    fn reset(&self) {}

    fn set_device_address(&self, address: u8) {
        self.with(|controller| controller.port.set_address(address));
    }

    fn write(&self, address: EndpointAddress, packet: &[u8]) -> Result<usize, UsbError> {
        self.0.with(|state| {
            let written = state.controller.write(address.into(), packet);
            state.moved |= written.is_ok();
            written
        })
    }

    fn read(&self, address: EndpointAddress, room: &mut [u8]) -> Result<usize, UsbError> {
        self.0.with(|state| {
            let controller = &mut state.controller;
            let address = u8::from(address);
            if address == 0 && controller.has_setup() {
                return read_setup(controller, room);
            }
            if address & IN == 0 && controller.news.out & bit(address) != 0 {
                return Err(UsbError::WouldBlock); // Classes are told first.
            }
            let read = controller.read(address, room);
            state.moved |= read.is_ok();
            read
        })
    }

    fn set_stalled(&self, address: EndpointAddress, stalled: bool) {
        self.with(|controller| controller.set_stalled(address.into(), stalled));
    }

    fn is_stalled(&self, address: EndpointAddress) -> bool {
        self.with(|controller| controller.is_stalled(address.into()))
    }

    /// There is no power to save.
    fn suspend(&self) {}

    fn resume(&self) {}

    fn poll(&self) -> PollResult {
        self.0.with(|state| {
            let quiet = core::mem::take(&mut state.quiet);
            if !quiet && state.controller.news.is_empty() {
                state.controller.look();
            }
            tell(&mut state.controller)
        })
    }

    fn force_reset(&self) -> Result<(), UsbError> {
        self.with(|controller| {
            controller.disable();
            controller.enable();
        });
        Ok(())
    }
}

fn read_setup<P: Port>(controller: &mut Controller<P>, room: &mut [u8]) -> Result<usize, UsbError> {
    if controller.news.setup {
        return Err(UsbError::WouldBlock); // The device is told first.
    }
    let room = room.get_mut(..8).ok_or(UsbError::BufferOverflow)?;
    room.copy_from_slice(&controller.take_setup().unwrap_or_default());
    Ok(8)
}

/// What usb-device is to hear next. It hears one thing at a time, in the order
/// in which they happened.
fn tell<P: Port>(controller: &mut Controller<P>) -> PollResult {
    let news = &mut controller.news;
    if core::mem::take(&mut news.reset) {
        return PollResult::Reset;
    }
    if core::mem::take(&mut news.asleep) {
        return PollResult::Suspend;
    }
    if core::mem::take(&mut news.awake) {
        return PollResult::Resume;
    }
    let complete = core::mem::take(&mut news.complete);
    let unread = controller.unread();
    if controller.has_setup() {
        let news = &mut controller.news;
        // A packet that went on endpoint 0 did before the SETUP came, a packet
        // that came on it came after. usb-device looks at one of the three.
        let ep_setup = u16::from(complete & 1 == 0);
        *news = News { setup: ep_setup == 0, out: news.out & 1, ..News::default() };
        return PollResult::Data { ep_out: unread & !1, ep_in_complete: complete, ep_setup };
    }
    controller.news.out = 0;
    if complete | unread == 0 {
        return PollResult::None;
    }
    PollResult::Data { ep_out: unread, ep_in_complete: complete, ep_setup: 0 }
}

#[cfg(test)]
mod tests;
