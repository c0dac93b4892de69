//! An open device.

use std::fmt;
use std::num::NonZeroU8;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use periplasm_usb_host as usb;

use crate::control::Control;
use crate::descriptors::{
    ConfigurationDescriptor, DeviceDescriptor, STRING, configurations, string,
};
use crate::maybe_future::Call;
use crate::transfer::{ControlIn, ControlOut, ControlType, Recipient, TransferError};
use crate::{
    ActiveConfigurationError, Error, ErrorKind, GetDescriptorError, Interface, MaybeFuture, Speed,
};

/// An open device. Clones are the same one.
#[derive(Clone)]
pub struct Device(Arc<Opened>);

/// What a device, its interfaces and its transfers share.
pub(crate) struct Opened {
    pub(crate) usb: usb::Device,
    descriptor: DeviceDescriptor,
    /// Its configurations, one after the other.
    configurations: Vec<u8>,
    /// The value of the active one.
    active: AtomicU8,
    speed: Option<Speed>,
}

impl Opened {
    pub(crate) fn configurations(&self) -> impl Iterator<Item = ConfigurationDescriptor<'_>> {
        configurations(&self.configurations)
    }

    pub(crate) fn active(&self) -> u8 {
        self.active.load(Ordering::Relaxed)
    }
}

/// `GET_DESCRIPTOR` (USB 2.0, table 9-4).
const GET_DESCRIPTOR: u8 = 6;

/// The most bytes of a descriptor that are asked for.
const LONGEST: u16 = 4096;

impl Device {
    pub(crate) fn open(
        host: &usb::Host,
        id: u64,
        speed: Option<usb::Speed>,
    ) -> Result<Self, Error> {
        let usb = host.open(id)?;
        let mut bytes = host.descriptors(id)?;
        let descriptor = DeviceDescriptor::new(&bytes)
            .ok_or(Error::new(ErrorKind::Other, "the device sent no valid device descriptor"))?;
        let active = usb.configuration()?;
        let configurations = bytes.split_off(descriptor.as_bytes().len());
        let (active, speed) = (active.into(), speed.map(Speed::from));
        Ok(Self(Arc::new(Opened { usb, descriptor, configurations, active, speed })))
    }

    /// Takes an interface.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] while somebody has it.
    pub fn claim_interface(
        &self,
        interface: u8,
    ) -> impl MaybeFuture<Output = Result<Interface, Error>> + use<> {
        let device = self.0.clone();
        Call(move || Interface::claim(device, interface))
    }

    /// Takes an interface, from a driver of the kernel if one has it: that one
    /// gets it back when the interface is given back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`] when a driver has it and `detach` is not
    /// granted.
    pub fn detach_and_claim_interface(
        &self,
        interface: u8,
    ) -> impl MaybeFuture<Output = Result<Interface, Error>> + use<> {
        let device = self.0.clone();
        Call(move || Interface::detach_and_claim(device, interface))
    }

    /// Takes an interface from the kernel's driver.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`] when `detach` is not granted.
    pub fn detach_kernel_driver(&self, interface: u8) -> Result<(), Error> {
        Ok(usb::admin::detach_kernel_driver(&self.0.usb, interface)?)
    }

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PermissionDenied`] when `detach` is not granted.
    pub fn attach_kernel_driver(&self, interface: u8) -> Result<(), Error> {
        Ok(usb::admin::attach_kernel_driver(&self.0.usb, interface)?)
    }

    /// The device descriptor.
    pub fn device_descriptor(&self) -> DeviceDescriptor {
        self.0.descriptor.clone()
    }

    /// How fast it talks, if known.
    pub fn speed(&self) -> Option<Speed> {
        self.0.speed
    }

    /// The active configuration.
    ///
    /// # Errors
    ///
    /// When there is none, or none of its descriptors is valid.
    pub fn active_configuration(
        &self,
    ) -> Result<ConfigurationDescriptor<'_>, ActiveConfigurationError> {
        let configuration_value = self.0.active();
        self.configurations()
            .find(|configuration| configuration.configuration_value() == configuration_value)
            .ok_or(ActiveConfigurationError { configuration_value })
    }

    /// All configurations.
    pub fn configurations(&self) -> impl Iterator<Item = ConfigurationDescriptor<'_>> {
        self.0.configurations()
    }

    /// Chooses a configuration.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`] while interfaces are claimed;
    /// [`ErrorKind::PermissionDenied`] when `set-configuration` is not granted.
    pub fn set_configuration(
        &self,
        configuration: u8,
    ) -> impl MaybeFuture<Output = Result<(), Error>> + use<> {
        let device = self.0.clone();
        Call(move || {
            usb::admin::set_configuration(&device.usb, configuration)?;
            device.active.store(configuration, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Asks the device for a descriptor.
    ///
    /// # Errors
    ///
    /// How the transfer ended.
    pub fn get_descriptor(
        &self,
        desc_type: u8,
        desc_index: u8,
        language_id: u16,
        timeout: Duration,
    ) -> impl MaybeFuture<Output = Result<Vec<u8>, GetDescriptorError>> + use<> {
        let request = ControlIn {
            control_type: ControlType::Standard,
            recipient: Recipient::Device,
            request: GET_DESCRIPTOR,
            value: u16::from_be_bytes([desc_type, desc_index]),
            index: language_id,
            length: LONGEST,
        };
        self.control_in(request, timeout).map_err(GetDescriptorError::Transfer)
    }

    /// Asks the device for the languages of its strings.
    ///
    /// # Errors
    ///
    /// [`GetDescriptorError::InvalidDescriptor`] when the answer is no string
    /// descriptor.
    pub fn get_string_descriptor_supported_languages(
        &self,
        timeout: Duration,
    ) -> impl MaybeFuture<Output = Result<impl Iterator<Item = u16> + use<>, GetDescriptorError>> + use<>
    {
        self.get_descriptor(STRING, 0, 0, timeout).map(|descriptor| {
            let units = string::units(&descriptor?).map(Iterator::collect::<Vec<u16>>);
            units.map(Vec::into_iter).ok_or(GetDescriptorError::InvalidDescriptor)
        })
    }

    /// Asks the device for a string.
    ///
    /// # Errors
    ///
    /// [`GetDescriptorError::InvalidDescriptor`] when the answer is no string
    /// descriptor.
    pub fn get_string_descriptor(
        &self,
        desc_index: NonZeroU8,
        language_id: u16,
        timeout: Duration,
    ) -> impl MaybeFuture<Output = Result<String, GetDescriptorError>> + use<> {
        self.get_descriptor(STRING, desc_index.get(), language_id, timeout).map(|descriptor| {
            string::decode(&descriptor?).ok_or(GetDescriptorError::InvalidDescriptor)
        })
    }

    /// Resets the port. Interfaces stay claimed, in their first setting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Disconnected`] when the device comes back as another;
    /// [`ErrorKind::PermissionDenied`] when `reset` is not granted.
    pub fn reset(&self) -> impl MaybeFuture<Output = Result<(), Error>> + use<> {
        let device = self.0.clone();
        Call(move || Ok(usb::admin::reset(&device.usb)?))
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
        Control::from_device(self.0.clone(), data, timeout)
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
        Control::to_device(self.0.clone(), data, timeout).map_ok(drop)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").finish_non_exhaustive()
    }
}
