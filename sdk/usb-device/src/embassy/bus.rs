//! What happens to all of a device.

use core::fmt;
use core::mem::take;

use embassy_usb_driver::{EndpointAddress, Event, Unsupported};

use super::address_byte;
use super::shared::{Shared, State};
use crate::Port;

/// The bus.
pub struct Bus<P: Port> {
    shared: Shared<P>,
    /// Whether the device was told that there is power. There always is.
    powered: bool,
}

impl<P: Port> Bus<P> {
    pub(super) fn new(shared: Shared<P>) -> Self {
        Self { shared, powered: false }
    }
}

impl<P: Port> fmt::Debug for Bus<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("powered", &self.powered).finish_non_exhaustive()
    }
}

impl<P: Port> embassy_usb_driver::Bus for Bus<P> {
    async fn enable(&mut self) {
        self.shared.change(|state| state.controller.enable());
    }

    async fn disable(&mut self) {
        self.shared.change(State::disable);
    }

    /// An unplugged device is suspended to embassy-usb, and one that is plugged
    /// in again resumes.
    async fn poll(&mut self) -> Event {
        if !self.powered {
            self.powered = true;
            return Event::PowerDetected;
        }
        let event = self.shared.until(|state| {
            let news = &mut state.controller.news;
            if take(&mut news.reset) {
                Some(Event::Reset)
            } else if take(&mut news.asleep) {
                Some(Event::Suspend)
            } else {
                take(&mut news.awake).then_some(Event::Resume)
            }
        });
        event.await
    }

    fn endpoint_set_enabled(&mut self, address: EndpointAddress, enabled: bool) {
        self.shared.change(|state| state.set_enabled(address_byte(address), enabled));
    }

    fn endpoint_set_stalled(&mut self, address: EndpointAddress, stalled: bool) {
        self.shared.change(|state| state.controller.set_stalled(address_byte(address), stalled));
    }

    fn endpoint_is_stalled(&mut self, address: EndpointAddress) -> bool {
        self.shared.with(|state| state.controller.is_stalled(address_byte(address)))
    }

    fn force_reset(&mut self) -> Result<(), Unsupported> {
        self.shared.change(|state| {
            state.controller.disable();
            state.controller.enable();
        });
        Ok(())
    }

    async fn remote_wakeup(&mut self) -> Result<(), Unsupported> {
        self.shared.with(|state| state.controller.port.remote_wakeup());
        Ok(())
    }
}
