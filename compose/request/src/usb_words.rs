//! What a USB filter says, in plain words.

use crate::usb::{ControlKind, ControlRecipient, ControlScope, UsbFilter, UsbPrivilege};

/// The most numbers of a list, and characters of a serial number, that are
/// shown: a request may hold thousands.
const SHOWN: usize = 16;
const SERIAL: usize = 64;

impl UsbFilter {
    /// Which devices it speaks of: `USB device 16c0:05dc`, `any USB device`.
    pub fn devices(&self) -> String {
        let mut text = match (self.vendor, self.product) {
            (Some(vendor), Some(product)) => format!("USB device {vendor:04x}:{product:04x}"),
            (Some(vendor), None) => format!("any USB device of vendor {vendor:04x}"),
            (None, Some(product)) => format!("any USB device with product {product:04x}"),
            (None, None) => "any USB device".to_owned(),
        };
        if let Some(serial) = &self.serial {
            let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '\u{fffd}' };
            let serial: String = serial.chars().take(SERIAL).map(plain).collect();
            text += &format!(" with serial number \"{serial}\"");
        }
        if let Some(ports) = &self.ports {
            let ports: Vec<String> = ports.iter().take(SHOWN).map(u8::to_string).collect();
            text += &format!(" at port {}", ports.join("."));
        }
        text
    }

    /// What may be done with them: `interface 0, class requests; may reset it`.
    pub fn uses(&self) -> String {
        let mut uses = vec![match &self.interfaces {
            None => "all interfaces".to_owned(),
            Some(numbers) => several("interface", numbers.iter().map(u8::to_string)),
        }];
        if let Some(addresses) = &self.endpoints {
            uses.push(several("endpoint", addresses.iter().map(|a| format!("{a:#04x}"))));
        }
        uses.extend(self.control.iter().take(SHOWN).map(|scope| scope.words()));
        let mut text = uses.join(", ");
        if !self.may.is_empty() {
            let may = self.may.iter().take(SHOWN).map(|privilege| privilege.words());
            text += &format!("; may {}", and(&may.map(str::to_owned).collect::<Vec<_>>()));
        }
        text
    }
}

impl ControlScope {
    /// Which requests these are: `class requests to interfaces`.
    pub fn words(self) -> String {
        let kind = match self.kind {
            ControlKind::Standard => "standard",
            ControlKind::Class => "class",
            ControlKind::Vendor => "vendor",
        };
        let recipient = match self.recipient {
            None => "",
            Some(ControlRecipient::Device) => " to the device",
            Some(ControlRecipient::Interface) => " to interfaces",
            Some(ControlRecipient::Endpoint) => " to endpoints",
            Some(ControlRecipient::Other) => " to others",
        };
        format!("{kind} requests{recipient}")
    }

    /// Whether some request is of both.
    pub fn overlaps(self, other: Self) -> bool {
        self.kind == other.kind
            && (self.recipient.is_none()
                || other.recipient.is_none()
                || self.recipient == other.recipient)
    }
}

impl UsbPrivilege {
    /// What is done: `reset it`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reset => "reset it",
            Self::SetConfiguration => "choose its configuration",
            Self::Detach => "take it from the kernel's drivers",
        }
    }
}

fn several(one: &str, things: impl ExactSizeIterator<Item = String>) -> String {
    let count = things.len();
    let mut shown: Vec<String> = things.take(SHOWN).collect();
    if count > SHOWN {
        shown.push(format!("{} more", count - SHOWN));
    }
    match count {
        0 => format!("no {one}"),
        1 => format!("{one} {}", and(&shown)),
        _ => format!("{one}s {}", and(&shown)),
    }
}

fn and(things: &[String]) -> String {
    match things.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_told_in_words() {
        let filter = UsbFilter {
            vendor: Some(0x16c0),
            product: Some(0x05dc),
            serial: Some("A\u{1b}1".to_owned()),
            ports: Some(vec![1, 4]),
            interfaces: Some(vec![0]),
            endpoints: Some(vec![0x81, 0x02]),
            control: vec!["class-interface".parse().unwrap(), "vendor".parse().unwrap()],
            may: vec![UsbPrivilege::Reset, UsbPrivilege::Detach],
        };
        assert_eq!(
            filter.devices(),
            "USB device 16c0:05dc with serial number \"A\u{fffd}1\" at port 1.4"
        );
        assert_eq!(
            filter.uses(),
            "interface 0, endpoints 0x81 and 0x02, class requests to interfaces, \
             vendor requests; may reset it and take it from the kernel's drivers"
        );
        assert_eq!(UsbFilter::default().devices(), "any USB device");
        assert_eq!(UsbFilter::default().uses(), "all interfaces");
    }

    #[test]
    fn scopes_overlap_when_a_request_is_of_both() {
        let scope = |text: &str| text.parse::<ControlScope>().unwrap();
        for (one, other, overlap) in [
            ("class", "class-interface", true),
            ("class-interface", "class", true),
            ("class-device", "class-interface", false),
            ("class", "vendor", false),
        ] {
            assert_eq!(scope(one).overlaps(scope(other)), overlap, "{one} {other}");
        }
    }
}
