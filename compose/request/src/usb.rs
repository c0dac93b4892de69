//! What may be done with USB devices: the form is the same in manifests,
//! requests and board files. Chapters are those of the USB 2.0 specification.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Devices, and what may be done with them. What is left out restricts nothing,
/// but requests and privileges are only those that are listed.
///
/// An operation is granted when one filter of the request and one of the board
/// permit it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct UsbFilter {
    /// `idVendor` of the device (table 9-8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<u16>,
    /// `idProduct` of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<u16>,
    /// The string of its `iSerialNumber`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The ports from the root hub to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<Vec<u8>>,
    /// The numbers of the interfaces that may be claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interfaces: Option<Vec<u8>>,
    /// The endpoints that may be used, by `bEndpointAddress`: 0x80 and more for
    /// IN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<u8>>,
    /// Control requests beyond reading descriptors and states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub control: Vec<ControlScope>,
    /// What changes the device for everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<UsbPrivilege>,
}

/// What a filter is compared with.
#[derive(Clone, Copy, Debug)]
pub struct UsbIdentity<'a> {
    /// `idVendor`.
    pub vendor: u16,
    /// `idProduct`.
    pub product: u16,
    /// The string of `iSerialNumber`, if there is one and it was read.
    pub serial: Option<&'a str>,
    /// The ports from the root hub to it.
    pub ports: &'a [u8],
}

impl UsbFilter {
    /// Whether it speaks of this device.
    pub fn matches(&self, device: &UsbIdentity<'_>) -> bool {
        self.vendor.is_none_or(|vendor| vendor == device.vendor)
            && self.product.is_none_or(|product| product == device.product)
            && self.serial.as_deref().is_none_or(|serial| device.serial == Some(serial))
            && self.ports.as_deref().is_none_or(|ports| ports == device.ports)
    }

    /// Whether the interface may be claimed.
    pub fn permits_interface(&self, number: u8) -> bool {
        self.interfaces.as_ref().is_none_or(|numbers| numbers.contains(&number))
    }

    /// Whether the endpoint may be used.
    pub fn permits_endpoint(&self, address: u8) -> bool {
        self.endpoints.as_ref().is_none_or(|addresses| addresses.contains(&address))
    }

    /// Whether the control request may be sent, as far as its type and recipient
    /// say: `bmRequestType` (table 9-2).
    pub fn permits_control(&self, request_type: u8) -> bool {
        self.control.iter().any(|scope| scope.has(request_type))
    }

    /// Whether it may be done.
    pub fn permits(&self, privilege: UsbPrivilege) -> bool {
        self.may.contains(&privilege)
    }
}

/// Control requests of one type, to one kind of recipient or to all: `class`,
/// `vendor-device`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ControlScope {
    /// Whose requests.
    pub kind: ControlKind,
    /// To whom; `None` is anybody.
    pub recipient: Option<ControlRecipient>,
}

/// Bits 6 and 5 of `bmRequestType` (table 9-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlKind {
    /// Those of the specification, such as SET_FEATURE.
    Standard,
    /// Those of the device's class.
    Class,
    /// Those of its vendor.
    Vendor,
}

/// Bits 4 to 0 of `bmRequestType` (table 9-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlRecipient {
    /// The device.
    Device,
    /// An interface: the low byte of `wIndex`.
    Interface,
    /// An endpoint: the low byte of `wIndex`.
    Endpoint,
    /// Anything else.
    Other,
}

const KINDS: [(&str, ControlKind); 3] = [
    ("standard", ControlKind::Standard),
    ("class", ControlKind::Class),
    ("vendor", ControlKind::Vendor),
];

const RECIPIENTS: [(&str, ControlRecipient); 4] = [
    ("device", ControlRecipient::Device),
    ("interface", ControlRecipient::Interface),
    ("endpoint", ControlRecipient::Endpoint),
    ("other", ControlRecipient::Other),
];

impl ControlScope {
    /// All of them, in the order in which messages list them.
    pub fn all() -> impl Iterator<Item = Self> {
        let recipients = || RECIPIENTS.into_iter().map(|(_, recipient)| Some(recipient));
        KINDS.into_iter().flat_map(move |(_, kind)| {
            [None].into_iter().chain(recipients()).map(move |recipient| Self { kind, recipient })
        })
    }

    fn has(self, request_type: u8) -> bool {
        let kind = match (request_type >> 5) & 3 {
            0 => ControlKind::Standard,
            1 => ControlKind::Class,
            2 => ControlKind::Vendor,
            _ => return false,
        };
        let recipient = match request_type & 0x1f {
            0 => ControlRecipient::Device,
            1 => ControlRecipient::Interface,
            2 => ControlRecipient::Endpoint,
            _ => ControlRecipient::Other,
        };
        self.kind == kind && self.recipient.is_none_or(|wanted| wanted == recipient)
    }
}

impl fmt::Display for ControlScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = KINDS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(word, _)| word);
        f.write_str(kind)?;
        let recipient = RECIPIENTS.iter().find(|(_, to)| Some(*to) == self.recipient);
        recipient.map_or(Ok(()), |(word, _)| write!(f, "-{word}"))
    }
}

impl FromStr for ControlScope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let not = || NotAScope(text.chars().take(64).collect());
        let (kind, recipient) = match text.split_once('-') {
            Some((kind, recipient)) => (kind, Some(recipient)),
            None => (text, None),
        };
        let kind = KINDS.iter().find(|(word, _)| *word == kind).ok_or_else(not)?.1;
        let recipient = match recipient {
            None => None,
            Some(word) => Some(RECIPIENTS.iter().find(|(w, _)| *w == word).ok_or_else(not)?.1),
        };
        Ok(Self { kind, recipient })
    }
}

impl TryFrom<String> for ControlScope {
    type Error = NotAScope;

    fn try_from(text: String) -> Result<Self, NotAScope> {
        text.parse()
    }
}

impl From<ControlScope> for String {
    fn from(scope: ControlScope) -> Self {
        scope.to_string()
    }
}

/// A word that names no control requests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no control requests: write `class`, `vendor` or `standard`, or only those to one \
     recipient, such as `class-interface` (`-device`, `-interface`, `-endpoint`, `-other`)"
)]
pub struct NotAScope(String);

/// What changes a device for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UsbPrivilege {
    /// Reset its port.
    Reset,
    /// Choose another configuration.
    SetConfiguration,
    /// Take interfaces from the kernel's drivers, and give them back.
    Detach,
}

impl UsbPrivilege {
    /// All of them, in the order in which messages list them.
    pub const ALL: [Self; 3] = [Self::Reset, Self::SetConfiguration, Self::Detach];
}

impl fmt::Display for UsbPrivilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "reset",
            Self::SetConfiguration => "set-configuration",
            Self::Detach => "detach",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for (kind, _) in KINDS {
            assert_eq!(kind.parse::<ControlScope>().unwrap().to_string(), kind);
            for (recipient, _) in RECIPIENTS {
                let word = format!("{kind}-{recipient}");
                assert_eq!(word.parse::<ControlScope>().unwrap().to_string(), word);
            }
        }
        assert_eq!(ControlScope::all().count(), KINDS.len() * (RECIPIENTS.len() + 1));
        for scope in ControlScope::all() {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for wrong in ["", "-", "class-", "class-hub", "reserved", "Class", "class-device-"] {
            assert!(wrong.parse::<ControlScope>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scope_permits_its_type_and_recipient_alone() {
        let filter =
            |scope: &str| UsbFilter { control: vec![scope.parse().unwrap()], ..Default::default() };
        // bmRequestType of GET_LINE_CODING (CDC PSTN 1.2, 6.3) and of a vendor request.
        for (scope, class, vendor) in [
            ("class", true, false),
            ("class-interface", true, false),
            ("class-device", false, false),
            ("vendor", false, true),
            ("vendor-device", false, true),
            ("standard", false, false),
        ] {
            let filter = filter(scope);
            assert_eq!(filter.permits_control(0xa1), class, "{scope}");
            assert_eq!(filter.permits_control(0x40), vendor, "{scope}");
            assert!(!filter.permits_control(0xe0), "the reserved type, {scope}");
        }
        assert!(!UsbFilter::default().permits_control(0xa1));
    }
}
