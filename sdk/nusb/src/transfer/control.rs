//! What a control transfer says (USB 2.0, table 9-2).

/// Where bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Direction {
    /// To the device.
    Out = 0,
    /// From the device.
    In = 0x80,
}

impl Direction {
    /// That of an endpoint's address.
    pub(crate) fn of(address: u8) -> Self {
        if address & Self::In as u8 == 0 { Self::Out } else { Self::In }
    }
}

/// Who defined a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ControlType {
    /// The USB specification.
    Standard = 0,
    /// The specification of a class.
    Class = 1,
    /// The device's vendor.
    Vendor = 2,
}

/// Whom a request is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Recipient {
    /// The device.
    Device = 0,
    /// The interface whose number is the low byte of the index.
    Interface = 1,
    /// The endpoint whose address is the low byte of the index.
    Endpoint = 2,
    /// Something else.
    Other = 3,
}

/// A request to the device.
#[derive(Debug, Clone, Copy)]
pub struct ControlOut<'a> {
    /// Who defined it.
    #[doc(alias = "bmRequestType")]
    pub control_type: ControlType,
    /// Whom it is for.
    #[doc(alias = "bmRequestType")]
    pub recipient: Recipient,
    /// `bRequest`.
    #[doc(alias = "bRequest")]
    pub request: u8,
    /// `wValue`.
    #[doc(alias = "wValue")]
    pub value: u16,
    /// `wIndex`.
    #[doc(alias = "wIndex")]
    pub index: u16,
    /// The data stage.
    #[doc(alias = "wLength")]
    pub data: &'a [u8],
}

/// A request from the device.
#[derive(Debug, Clone, Copy)]
pub struct ControlIn {
    /// Who defined it.
    #[doc(alias = "bmRequestType")]
    pub control_type: ControlType,
    /// Whom it is for.
    #[doc(alias = "bmRequestType")]
    pub recipient: Recipient,
    /// `bRequest`.
    #[doc(alias = "bRequest")]
    pub request: u8,
    /// `wValue`.
    #[doc(alias = "wValue")]
    pub value: u16,
    /// `wIndex`.
    #[doc(alias = "wIndex")]
    pub index: u16,
    /// The most bytes of the data stage.
    #[doc(alias = "wLength")]
    pub length: u16,
}
