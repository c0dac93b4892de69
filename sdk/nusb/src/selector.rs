//! Which devices are meant.

/// Which devices are meant: those for which all that is set here fits.
#[derive(Debug, Default, Clone)]
pub struct DeviceSelector {
    pub(crate) vendor_id: Option<u16>,
    pub(crate) product_id: Option<u16>,
    pub(crate) class: Option<u8>,
    pub(crate) subclass: Option<u8>,
    pub(crate) protocol: Option<u8>,
    pub(crate) serial_number: Option<String>,
}

impl DeviceSelector {
    /// Every device.
    pub const fn all() -> DeviceSelector {
        DeviceSelector {
            vendor_id: None,
            product_id: None,
            class: None,
            subclass: None,
            protocol: None,
            serial_number: None,
        }
    }

    /// Those of a vendor.
    pub const fn with_vid(mut self, vendor_id: u16) -> DeviceSelector {
        self.vendor_id = Some(vendor_id);
        self
    }

    /// Those of a vendor and a product.
    pub const fn with_vid_pid(self, vendor_id: u16, product_id: u16) -> DeviceSelector {
        let mut selector = self.with_vid(vendor_id);
        selector.product_id = Some(product_id);
        selector
    }

    /// Those of a class, as devices or by one of their interfaces.
    pub const fn with_class(mut self, class_code: u8) -> DeviceSelector {
        self.class = Some(class_code);
        self
    }

    /// Those of a class and a subclass.
    pub const fn with_class_subclass(self, class_code: u8, subclass_code: u8) -> DeviceSelector {
        let mut selector = self.with_class(class_code);
        selector.subclass = Some(subclass_code);
        selector
    }

    /// Those of a class, a subclass and a protocol.
    pub const fn with_class_subclass_protocol(
        self,
        class_code: u8,
        subclass_code: u8,
        protocol_code: u8,
    ) -> DeviceSelector {
        let mut selector = self.with_class_subclass(class_code, subclass_code);
        selector.protocol = Some(protocol_code);
        selector
    }

    /// Those with a serial number.
    pub fn with_serial_number(mut self, serial_number: String) -> DeviceSelector {
        self.serial_number = Some(serial_number);
        self
    }

    /// The vendor, if it matters.
    pub fn vendor_id(&self) -> Option<u16> {
        self.vendor_id
    }

    /// The product, if it matters.
    pub fn product_id(&self) -> Option<u16> {
        self.product_id
    }

    /// The class, if it matters.
    pub fn class(&self) -> Option<u8> {
        self.class
    }

    /// The subclass, if it matters.
    pub fn subclass(&self) -> Option<u8> {
        self.subclass
    }

    /// The protocol, if it matters.
    pub fn protocol(&self) -> Option<u8> {
        self.protocol
    }

    /// The serial number, if it matters.
    pub fn serial_number(&self) -> Option<&str> {
        self.serial_number.as_deref()
    }

    /// Whether class, subclass and protocol fit.
    pub(crate) fn fits(&self, class: u8, subclass: u8, protocol: u8) -> bool {
        let fits = |wanted: Option<u8>, found| wanted.is_none_or(|wanted| wanted == found);
        fits(self.class, class) && fits(self.subclass, subclass) && fits(self.protocol, protocol)
    }
}
