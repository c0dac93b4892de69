//! What the tables of USB get wrong.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;

use miette::SourceSpan;
use periplasm_request::{SlotKind, UsbFilter, UsbFilterError};
use toml::Spanned;

use super::error::UsbProblem;
use super::file::{SpeedFile, UsbDeviceFile, UsbFile};
use super::{UsbDevicePort, UsbDeviceSource, UsbPort, UsbSource, UsbSpeed};
use crate::board::{Backend, Problem};

/// USB 2.0, 11.23.2.1: a hub may say 255 ports. Those of a software bus are
/// fewer.
const MAX_CABLE_PORT: u8 = 15;

pub(in crate::board) struct Checked {
    pub(in crate::board) usb: BTreeMap<String, UsbPort>,
    pub(in crate::board) usb_device: BTreeMap<String, UsbDevicePort>,
}

/// Checks both tables. Names were, elsewhere.
pub(in crate::board) fn check(
    usb: BTreeMap<Spanned<String>, UsbFile>,
    usb_device: BTreeMap<Spanned<String>, UsbDeviceFile>,
    backend: Backend,
    problems: &mut Vec<Problem>,
) -> Checked {
    let mut found = Checker { backend, problems, ports: BTreeMap::new() };
    let usb = usb.into_iter().filter_map(|(name, file)| {
        let at = name.span();
        Some((name.into_inner(), found.host(at, file)?))
    });
    let usb = usb.collect();
    let usb_device = usb_device.into_iter().filter_map(|(name, file)| {
        let at = name.span();
        Some((name.into_inner(), found.device(at, file)?))
    });
    Checked { usb, usb_device: usb_device.collect() }
}

struct Checker<'a> {
    backend: Backend,
    problems: &'a mut Vec<Problem>,
    /// The ports of software buses that gadgets have, and where that is said.
    ports: BTreeMap<(String, u8), SourceSpan>,
}

impl Checker<'_> {
    fn say(&mut self, problem: UsbProblem) {
        self.problems.push(problem.into());
    }

    fn host(&mut self, header: Range<usize>, file: UsbFile) -> Option<UsbPort> {
        let kernel = file.kernel.filter(|kernel| *kernel.get_ref());
        let cable = file.cable.as_ref().map(Spanned::span);
        let usbip = file.usbip.as_ref().map(Spanned::span);
        let given = [cable, usbip, kernel.as_ref().map(Spanned::span)];
        let one = self.one_source(SlotKind::Usb, &header, given);
        let span = file.allow.as_ref().map_or(header, Spanned::span);
        let allow = self.allow(file.allow, &span);
        one?;
        let source = match (file.cable, file.usbip, kernel) {
            (Some(cable), ..) => UsbSource::Cable(self.cable(cable)?),
            (_, Some(usbip), _) => UsbSource::UsbIp(self.address(&usbip, file.anywhere, false)?),
            (.., Some(kernel)) => {
                self.of_linux("kernel", kernel.span())?;
                UsbSource::Kernel
            }
            _ => return None,
        };
        Some(UsbPort { allow, source, span: span.into() })
    }

    fn device(&mut self, header: Range<usize>, file: UsbDeviceFile) -> Option<UsbDevicePort> {
        let cable = file.cable.as_ref().map(Spanned::span);
        let usbip = file.usbip.as_ref().map(Spanned::span);
        let given = [cable.clone(), usbip, file.raw_gadget.as_ref().map(Spanned::span)];
        self.one_source(SlotKind::UsbDevice, &header, given)?;
        if let (None, Some(port)) = (&cable, &file.port) {
            self.say(UsbProblem::PortOfNoCable { at: port.span().into() });
        }
        let source = match (file.cable, file.usbip, file.raw_gadget) {
            (Some(cable), ..) => {
                let name = self.cable(cable)?;
                let port = match file.port {
                    Some(port) => Some(self.port(&name, &port)?),
                    None => None,
                };
                UsbDeviceSource::Cable { name, port }
            }
            (_, Some(usbip), _) => {
                UsbDeviceSource::UsbIp(self.address(&usbip, file.anywhere, true)?)
            }
            (.., Some(gadget)) => {
                self.of_linux("raw-gadget", gadget.span())?;
                let gadget = gadget.into_inner();
                UsbDeviceSource::RawGadget { driver: gadget.driver, device: gadget.device }
            }
            _ => return None,
        };
        let speed = match file.speed {
            SpeedFile::Full => UsbSpeed::Full,
            SpeedFile::High => UsbSpeed::High,
        };
        Some(UsbDevicePort { source, speed, span: header.into() })
    }

    /// Exactly one key says where the other side is.
    fn one_source(
        &mut self,
        kind: SlotKind,
        header: &Range<usize>,
        given: [Option<Range<usize>>; 3],
    ) -> Option<()> {
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(_), None) => return Some(()),
            (Some(first), Some(second)) => {
                self.say(UsbProblem::TwoSources { first: first.into(), second: second.into() });
            }
            (None, _) => {
                let linux = self.backend == Backend::Linux;
                self.say(UsbProblem::NoSource { kind, linux, at: header.clone().into() });
            }
        }
        None
    }

    fn of_linux(&mut self, key: &'static str, at: Range<usize>) -> Option<()> {
        if self.backend == Backend::Linux {
            return Some(());
        }
        self.say(UsbProblem::OfLinux { key, at: at.into() });
        None
    }

    fn cable(&mut self, name: Spanned<String>) -> Option<String> {
        if periplasm_request::is_slot_name(name.get_ref()) {
            return Some(name.into_inner());
        }
        let at = name.span().into();
        self.say(UsbProblem::CableName { found: name.into_inner(), at });
        None
    }

    fn port(&mut self, cable: &str, port: &Spanned<i64>) -> Option<u8> {
        let (found, at) = (*port.get_ref(), port.span().into());
        let number = u8::try_from(found).ok().filter(|port| (1..=MAX_CABLE_PORT).contains(port));
        let Some(number) = number else {
            self.say(UsbProblem::Port { found, most: MAX_CABLE_PORT, at });
            return None;
        };
        if let Some(first) = self.ports.insert((cable.to_owned(), number), at) {
            self.say(UsbProblem::PortTwice { cable: cable.to_owned(), number, first, at });
        }
        Some(number)
    }

    fn address(
        &mut self,
        text: &Spanned<String>,
        anywhere: bool,
        ours: bool,
    ) -> Option<SocketAddr> {
        let at = text.span().into();
        let Ok(address) = text.get_ref().parse::<SocketAddr>() else {
            self.say(UsbProblem::Address { found: text.get_ref().clone(), at });
            return None;
        };
        if !address.ip().is_loopback() && !anywhere {
            self.say(UsbProblem::NotLoopback { address, ours, at });
        }
        Some(address)
    }

    fn allow(
        &mut self,
        allow: Option<Spanned<Vec<Spanned<UsbFilter>>>>,
        at: &Range<usize>,
    ) -> Vec<UsbFilter> {
        let filters = allow.map(Spanned::into_inner).unwrap_or_default();
        if filters.is_empty() {
            self.say(UsbProblem::NothingAllowed { at: at.clone().into() });
        }
        let checked = filters.into_iter().map(|filter| {
            if let Some((message, help)) = wrong(filter.get_ref()) {
                self.say(UsbProblem::Filter { message, help, at: filter.span().into() });
            }
            filter.into_inner()
        });
        checked.collect()
    }
}

/// What no device can be, or nothing could be done with.
fn wrong(filter: &UsbFilter) -> Option<(String, &'static str)> {
    let empty = |list: &Option<Vec<u8>>| list.as_ref().is_some_and(Vec::is_empty);
    for (key, list) in [("interfaces", &filter.interfaces), ("endpoints", &filter.endpoints)] {
        if empty(list) {
            let message = format!("`{key}` is empty: it would permit none");
            return Some((message, "leave it out to permit all, or list those to permit"));
        }
    }
    let error = filter.check().err()?;
    let help = match &error {
        UsbFilterError::Serial(_) => "leave `serial` out to permit any",
        UsbFilterError::Ports(_) | UsbFilterError::PortZero => {
            "write the port of the root hub first, then those of hubs behind it, such as [1, 4]; \
             leave `ports` out to permit any"
        }
        UsbFilterError::Endpoint(_) => {
            "write the number of the endpoint, and add 0x80 for IN (bEndpointAddress): 0x02, 0x81"
        }
        UsbFilterError::Twice(_) => "remove one of the two",
    };
    Some((error.to_string(), help))
}
