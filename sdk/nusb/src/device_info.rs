//! What is known of a device before it is opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use periplasm_usb_host as usb;

use crate::descriptors::DeviceDescriptor;
use crate::maybe_future::Call;
use crate::{Device, DeviceSelector, Error, MaybeFuture, Speed};

/// Stands for a device from its being plugged in until it is unplugged.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub struct DeviceId(pub(crate) u64);

/// A device that is plugged in.
#[derive(Clone)]
pub struct DeviceInfo(Arc<Inner>);

struct Inner {
    host: Arc<usb::Host>,
    info: usb::DeviceInfo,
    descriptor: DeviceDescriptor,
    bus_id: String,
    sysfs_path: PathBuf,
    interfaces: Vec<InterfaceInfo>,
}

impl DeviceInfo {
    /// None when the device sent no device descriptor.
    pub(crate) fn new(host: &Arc<usb::Host>, mut info: usb::DeviceInfo) -> Option<Self> {
        let descriptor = DeviceDescriptor::new(&info.descriptor)?;
        let interfaces = std::mem::take(&mut info.interfaces);
        Some(Self(Arc::new(Inner {
            host: host.clone(),
            descriptor,
            bus_id: format!("{:03}", info.bus),
            sysfs_path: sysfs_path(&info),
            interfaces: interfaces.into_iter().map(InterfaceInfo).collect(),
            info,
        })))
    }

    /// What stands for it.
    pub fn id(&self) -> DeviceId {
        DeviceId(self.0.info.id)
    }

    /// The path that Linux gives to a device at these ports. Nothing need be
    /// there.
    pub fn sysfs_path(&self) -> &Path {
        &self.0.sysfs_path
    }

    /// The number of the bus.
    pub fn busnum(&self) -> u8 {
        self.0.info.bus
    }

    /// The number of the bus in three digits.
    pub fn bus_id(&self) -> &str {
        &self.0.bus_id
    }

    /// Its address on the bus.
    pub fn device_address(&self) -> u8 {
        self.0.info.address
    }

    /// The ports from the root hub to the device, the root's first.
    pub fn port_chain(&self) -> &[u8] {
        &self.0.info.ports
    }

    /// `idVendor`.
    #[doc(alias = "idVendor")]
    pub fn vendor_id(&self) -> u16 {
        self.0.descriptor.vendor_id()
    }

    /// `idProduct`.
    #[doc(alias = "idProduct")]
    pub fn product_id(&self) -> u16 {
        self.0.descriptor.product_id()
    }

    /// `bcdDevice`.
    #[doc(alias = "bcdDevice")]
    pub fn device_version(&self) -> u16 {
        self.0.descriptor.device_version()
    }

    /// `bcdUSB`.
    #[doc(alias = "bcdUSB")]
    pub fn usb_version(&self) -> u16 {
        self.0.descriptor.usb_version()
    }

    /// `bDeviceClass`.
    #[doc(alias = "bDeviceClass")]
    pub fn class(&self) -> u8 {
        self.0.descriptor.class()
    }

    /// `bDeviceSubClass`.
    #[doc(alias = "bDeviceSubClass")]
    pub fn subclass(&self) -> u8 {
        self.0.descriptor.subclass()
    }

    /// `bDeviceProtocol`.
    #[doc(alias = "bDeviceProtocol")]
    pub fn protocol(&self) -> u8 {
        self.0.descriptor.protocol()
    }

    /// How fast it talks, if known.
    pub fn speed(&self) -> Option<Speed> {
        self.0.info.speed.map(Speed::from)
    }

    /// The string of `iManufacturer`, where there is one.
    #[doc(alias = "iManufacturer")]
    pub fn manufacturer_string(&self) -> Option<&str> {
        self.0.info.manufacturer.as_deref()
    }

    /// The same, as upstream reads it where the system has not.
    #[doc(alias = "iManufacturer")]
    pub fn get_manufacturer_string(
        &self,
    ) -> impl MaybeFuture<Output = Result<Option<String>, Error>> + use<> {
        known(&self.0.info.manufacturer)
    }

    /// The string of `iProduct`, where there is one.
    #[doc(alias = "iProduct")]
    pub fn product_string(&self) -> Option<&str> {
        self.0.info.product.as_deref()
    }

    /// The same, as upstream reads it where the system has not.
    #[doc(alias = "iProduct")]
    pub fn get_product_string(
        &self,
    ) -> impl MaybeFuture<Output = Result<Option<String>, Error>> + use<> {
        known(&self.0.info.product)
    }

    /// The string of `iSerialNumber`, where there is one.
    #[doc(alias = "iSerial")]
    pub fn serial_number(&self) -> Option<&str> {
        self.0.info.serial.as_deref()
    }

    /// The same, as upstream reads it where the system has not.
    #[doc(alias = "iSerial")]
    pub fn get_serial_number_string(
        &self,
    ) -> impl MaybeFuture<Output = Result<Option<String>, Error>> + use<> {
        known(&self.0.info.serial)
    }

    /// The granted interfaces of the active configuration, in their first
    /// settings.
    pub fn interfaces(&self) -> impl Iterator<Item = &InterfaceInfo> {
        self.0.interfaces.iter()
    }

    /// Whether the device is one of those that `s` means.
    pub fn matches(&self, s: &DeviceSelector) -> bool {
        s.vendor_id.is_none_or(|id| id == self.vendor_id())
            && s.product_id.is_none_or(|id| id == self.product_id())
            && (s.serial_number.is_none() || s.serial_number() == self.serial_number())
            && (s.fits(self.class(), self.subclass(), self.protocol())
                || self.interfaces().any(|i| s.fits(i.class(), i.subclass(), i.protocol())))
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Disconnected`](crate::ErrorKind::Disconnected) when it was
    /// unplugged.
    pub fn open(&self) -> impl MaybeFuture<Output = Result<Device, Error>> + use<> {
        let inner = self.0.clone();
        Call(move || Device::open(&inner.host, inner.info.id, inner.info.speed))
    }
}

fn known(
    string: &Option<String>,
) -> impl MaybeFuture<Output = Result<Option<String>, Error>> + use<> {
    let string = string.clone();
    Call(move || Ok(string))
}

fn sysfs_path(info: &usb::DeviceInfo) -> PathBuf {
    let ports: Vec<String> = info.ports.iter().map(u8::to_string).collect();
    let name = match ports.as_slice() {
        [] => format!("usb{}", info.bus),
        ports => format!("{}-{}", info.bus, ports.join(".")),
    };
    Path::new("/sys/bus/usb/devices").join(name)
}

impl fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceInfo")
            .field("bus_id", &self.bus_id())
            .field("device_address", &self.device_address())
            .field("port_chain", &self.port_chain())
            .field("speed", &self.speed())
            .field("descriptor", &self.0.descriptor)
            .field("manufacturer_string", &self.manufacturer_string())
            .field("product_string", &self.product_string())
            .field("serial_number", &self.serial_number())
            .field("interfaces", &self.0.interfaces)
            .finish()
    }
}

/// An interface of a device, in its first setting.
#[derive(Clone)]
pub struct InterfaceInfo(usb::InterfaceInfo);

impl InterfaceInfo {
    /// `bInterfaceNumber`.
    pub fn interface_number(&self) -> u8 {
        self.0.number
    }

    /// `bInterfaceClass`.
    pub fn class(&self) -> u8 {
        self.0.class
    }

    /// `bInterfaceSubClass`.
    pub fn subclass(&self) -> u8 {
        self.0.subclass
    }

    /// `bInterfaceProtocol`.
    pub fn protocol(&self) -> u8 {
        self.0.protocol
    }

    /// The string of `iInterface`, where it is known.
    #[doc(alias = "iInterface")]
    pub fn interface_string(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The same, as upstream reads it where the system has not.
    #[doc(alias = "iInterface")]
    pub fn get_interface_string(
        &self,
    ) -> impl MaybeFuture<Output = Result<Option<String>, Error>> + use<> {
        known(&self.0.name)
    }
}

impl fmt::Debug for InterfaceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterfaceInfo")
            .field("interface_number", &self.interface_number())
            .field("class", &self.class())
            .field("subclass", &self.subclass())
            .field("protocol", &self.protocol())
            .field("interface_string", &self.interface_string())
            .finish()
    }
}
