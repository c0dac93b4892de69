//! An interface that was taken.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use periplasm_usb_host as usb;

use crate::control::Control;
use crate::descriptors::InterfaceDescriptor;
use crate::device::Opened;
use crate::maybe_future::Call;
use crate::transfer::{
    ControlIn, ControlOut, Direction, EndpointDirection, EndpointType, TransferError,
};
use crate::{Endpoint, Error, ErrorKind, MaybeFuture};

/// An interface that was taken. It is given back when its last clone and its
/// last endpoint are dropped.
#[derive(Clone)]
pub struct Interface(Arc<Claimed>);

/// What an interface and its endpoints share.
pub(crate) struct Claimed {
    // Dropped before the device, and before it is given back to the kernel.
    usb: usb::Interface,
    _reattached: Option<Reattached>,
    device: Arc<Opened>,
    number: u8,
    setting: AtomicU8,
}

/// Gives an interface back to the kernel's driver that it was taken from.
struct Reattached {
    device: Arc<Opened>,
    number: u8,
}

impl Drop for Reattached {
    fn drop(&mut self) {
        // The device may be gone, or the driver; nobody is there to be told.
        let _ = usb::admin::attach_kernel_driver(&self.device.usb, self.number);
    }
}

impl Interface {
    pub(crate) fn claim(device: Arc<Opened>, number: u8) -> Result<Self, Error> {
        Self::claimed(device, number, None)
    }

    /// Takes it from the kernel's driver first, if one has it. That one gets it
    /// back in the end.
    pub(crate) fn detach_and_claim(device: Arc<Opened>, number: u8) -> Result<Self, Error> {
        let mut reattached = None;
        if usb::admin::kernel_driver_active(&device.usb, number)? {
            usb::admin::detach_kernel_driver(&device.usb, number)?;
            reattached = Some(Reattached { device: device.clone(), number });
        }
        Self::claimed(device, number, reattached)
    }

    fn claimed(
        device: Arc<Opened>,
        number: u8,
        _reattached: Option<Reattached>,
    ) -> Result<Self, Error> {
        let usb = device.usb.claim(number)?;
        let setting = AtomicU8::new(0);
        Ok(Self(Arc::new(Claimed { usb, _reattached, device, number, setting })))
    }

    /// Chooses an alternate setting. Endpoints that are open end: those of the
    /// new setting may be others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is no such setting.
    pub fn set_alt_setting(
        &self,
        alt_setting: u8,
    ) -> impl MaybeFuture<Output = Result<(), Error>> + use<> {
        let claimed = self.0.clone();
        Call(move || {
            claimed.usb.set_alternate(alt_setting)?;
            claimed.setting.store(alt_setting, Ordering::Relaxed);
            Ok(())
        })
    }

    /// The alternate setting that was chosen.
    pub fn get_alt_setting(&self) -> u8 {
        self.0.setting.load(Ordering::Relaxed)
    }

    /// A control transfer from the device.
    ///
    /// # Errors
    ///
    /// How the transfer ended.
    pub fn control_in(
        &self,
        data: ControlIn,
        timeout: Duration,
    ) -> impl MaybeFuture<Output = Result<Vec<u8>, TransferError>> + use<> {
        Control::from_device(self.0.device.clone(), data, timeout)
    }

    /// A control transfer to the device.
    ///
    /// # Errors
    ///
    /// How the transfer ended.
    pub fn control_out(
        &self,
        data: ControlOut<'_>,
        timeout: Duration,
    ) -> impl MaybeFuture<Output = Result<(), TransferError>> + use<> {
        Control::to_device(self.0.device.clone(), data, timeout).map_ok(drop)
    }

    /// `bInterfaceNumber`.
    pub fn interface_number(&self) -> u8 {
        self.0.number
    }

    /// The descriptors of all its settings.
    pub fn descriptors(&self) -> impl Iterator<Item = InterfaceDescriptor<'_>> {
        let Claimed { device, number, .. } = &*self.0;
        let active = device.active();
        let configuration = device.configurations().find(|c| c.configuration_value() == active);
        let settings = configuration.into_iter().flat_map(|c| c.interface_alt_settings());
        settings.filter(move |setting| setting.interface_number() == *number)
    }

    /// The descriptor of the setting that was chosen.
    pub fn descriptor(&self) -> Option<InterfaceDescriptor<'_>> {
        let chosen = self.get_alt_setting();
        self.descriptors().find(|setting| setting.alternate_setting() == chosen)
    }

    /// An endpoint of the setting that was chosen, for one type of transfers in
    /// one direction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is none of this address,
    /// [`ErrorKind::Other`] when it is of another type or direction, and
    /// [`ErrorKind::Busy`] while it is open.
    pub fn endpoint<EpType: EndpointType, Dir: EndpointDirection>(
        &self,
        address: u8,
    ) -> Result<Endpoint<EpType, Dir>, Error> {
        let setting = self.descriptor();
        let found = setting.and_then(|s| s.endpoints().find(|e| e.address() == address));
        let found = found.ok_or(Error::new(
            ErrorKind::NotFound,
            "the interface's chosen setting has no endpoint of this address",
        ))?;
        let wrong = |message| Err(Error::new(ErrorKind::Other, message));
        if Direction::of(address) != Dir::DIR {
            return wrong("the endpoint is of the other direction");
        }
        if found.transfer_type() != EpType::TYPE {
            return wrong("the endpoint is of another type");
        }
        let pipe = self.0.usb.pipe(address)?;
        Ok(Endpoint::new(pipe, self.0.clone(), address, found.max_packet_size()))
    }

    /// Gives the interface back, if nothing else uses it.
    ///
    /// # Errors
    ///
    /// None here; upstream the system's.
    pub fn release(self) -> impl MaybeFuture<Output = Result<(), Error>> + use<> {
        Call(move || {
            drop(self);
            Ok(())
        })
    }
}

impl fmt::Debug for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interface")
            .field("number", &self.0.number)
            .field("setting", &self.get_alt_setting())
            .finish_non_exhaustive()
    }
}
