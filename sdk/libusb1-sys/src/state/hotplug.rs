//! Who wants to know of devices that come and go.

use std::ffi::c_int;
use std::sync::Arc;

use super::Device;
use crate::constants::*;
use crate::types::libusb_hotplug_callback_fn;

/// Which devices and changes somebody wants to know of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) events: c_int,
    pub(crate) vendor: Option<u16>,
    pub(crate) product: Option<u16>,
    pub(crate) class: Option<u8>,
}

/// Somebody who wants to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registration {
    pub(crate) handle: c_int,
    pub(crate) filter: Filter,
    pub(crate) callback: libusb_hotplug_callback_fn,
    /// The address that the callback gets.
    pub(crate) user_data: usize,
}

/// A device that came or went.
#[derive(Debug)]
pub(crate) struct Plugged {
    pub(crate) device: Arc<Device>,
    pub(crate) event: c_int,
}

/// All registrations of a context.
#[derive(Debug, Default)]
pub(crate) struct Registrations {
    list: Vec<Registration>,
    last: c_int,
}

impl Filter {
    /// Whether it lets a change through.
    pub(crate) fn matches(&self, device: &Device, event: c_int) -> bool {
        let (vendor, product) = device.ids();
        let class = device.descriptor()[4];
        self.events & event != 0
            && self.vendor.is_none_or(|wanted| wanted == vendor)
            && self.product.is_none_or(|wanted| wanted == product)
            && self.class.is_none_or(|wanted| wanted == class)
    }

    /// A filter from libusb's arguments; nothing if one makes no sense.
    pub(crate) fn new(events: c_int, vendor: c_int, product: c_int, class: c_int) -> Option<Self> {
        fn wanted<T: TryFrom<c_int>>(value: c_int) -> Option<Option<T>> {
            if value == LIBUSB_HOTPLUG_MATCH_ANY {
                Some(None)
            } else {
                T::try_from(value).ok().map(Some)
            }
        }
        let known = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
        let (vendor, product, class) = (wanted(vendor)?, wanted(product)?, wanted(class)?);
        (events != 0 && events & !known == 0).then_some(Self { events, vendor, product, class })
    }
}

impl Registrations {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn add(
        &mut self,
        filter: Filter,
        callback: libusb_hotplug_callback_fn,
        user_data: usize,
    ) -> Registration {
        self.last = self.last.checked_add(1).unwrap_or(1);
        let registration = Registration { handle: self.last, filter, callback, user_data };
        self.list.push(registration);
        registration
    }

    pub(super) fn remove(&mut self, handle: c_int) {
        self.list.retain(|registration| registration.handle != handle);
    }

    pub(super) fn get(&self, handle: c_int) -> Option<Registration> {
        self.list.iter().find(|registration| registration.handle == handle).copied()
    }

    pub(super) fn handles(&self) -> Vec<c_int> {
        self.list.iter().map(|registration| registration.handle).collect()
    }
}
