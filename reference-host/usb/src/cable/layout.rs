//! What the descriptors say that a device has.

use crate::{InterfaceInfo, TransferType};

/// A configuration, its settings in the order of the descriptors.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// `bConfigurationValue`.
    pub(super) value: u8,
    pub(super) settings: Vec<Setting>,
}

/// One alternate setting of an interface.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    class: [u8; 3],
    /// `iInterface`.
    pub(super) string: u8,
    pub(super) endpoints: Vec<Endpoint>,
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endpoint {
    pub(super) address: u8,
    pub(super) transfers: TransferType,
    /// Of one packet, without the additional ones of a microframe.
    pub(super) max_packet: u16,
}

impl Layout {
    /// Reads a configuration descriptor and all that belongs to it. What is cut
    /// off or has no length ends it.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let &[_, 2, _, _, _, value, ..] = bytes else { return None };
        let mut settings: Vec<Setting> = Vec::new();
        while let &[len, kind, ..] = bytes {
            let len = usize::from(len);
            if len < 2 || len > bytes.len() {
                break;
            }
            let (this, others) = bytes.split_at(len);
            bytes = others;
            match (kind, this) {
                (4, &[_, _, interface, alternate, _, class, subclass, protocol, string, ..]) => {
                    let class = [class, subclass, protocol];
                    let endpoints = Vec::new();
                    settings.push(Setting { interface, alternate, class, string, endpoints });
                }
                (5, &[_, _, address, attributes, low, high, ..]) => {
                    let transfers = match attributes & 3 {
                        0 => TransferType::Control,
                        1 => TransferType::Isochronous,
                        2 => TransferType::Bulk,
                        _ => TransferType::Interrupt,
                    };
                    let max_packet = u16::from_le_bytes([low, high]) & 0x7ff;
                    if let Some(setting) = settings.last_mut() {
                        setting.endpoints.push(Endpoint { address, transfers, max_packet });
                    }
                }
                _ => {}
            }
        }
        Some(Self { value, settings })
    }

    /// The interfaces in their first settings. `names` has one for each.
    pub(super) fn interfaces(&self) -> Vec<InterfaceInfo> {
        let firsts = self.settings.iter().filter(|setting| setting.alternate == 0);
        firsts.map(|setting| setting.info()).collect()
    }

    pub(super) fn setting(&self, interface: u8, alternate: u8) -> Option<&Setting> {
        self.settings
            .iter()
            .find(|setting| (setting.interface, setting.alternate) == (interface, alternate))
    }
}

impl Setting {
    fn info(&self) -> InterfaceInfo {
        let [class, subclass, protocol] = self.class;
        InterfaceInfo { number: self.interface, class, subclass, protocol, name: None }
    }

    pub(super) fn endpoint(&self, address: u8) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.address == address)
    }
}

/// The configuration descriptors behind a device descriptor, each whole.
pub(super) fn configurations(descriptors: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = descriptors.get(18..).unwrap_or_default();
    while let &[_, _, low, high, ..] = rest {
        let total = usize::from(u16::from_le_bytes([low, high])).clamp(4, rest.len());
        let (this, others) = rest.split_at(total);
        found.push(this);
        rest = others;
    }
    found
}

/// The text of a string descriptor (9.6.7). What is no UTF-16 is replaced.
pub(super) fn text(descriptor: &[u8]) -> Option<String> {
    let &[len, 3, ..] = descriptor else { return None };
    let bytes = descriptor.get(2..usize::from(len).min(descriptor.len()))?;
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect())
}
