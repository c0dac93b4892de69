//! A configuration descriptor taken apart (USB 2.0, 9.6.3 to 9.6.6). A device
//! may send anything: what is cut off or makes no sense ends the parsing, and
//! what was found until then counts.

use std::ops::Range;

use super::{Code, Result};
use crate::constants::*;

/// Bytes of the descriptors' fixed parts.
const CONFIG: usize = 9;
const INTERFACE: usize = 9;
const ENDPOINT: usize = 7;

/// Where the parts of one configuration are in its bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// All of its bytes, the header's first.
    pub(crate) bytes: Vec<u8>,
    /// What is between the header and the first interface.
    pub(crate) extra: Range<usize>,
    /// The settings of each interface, in the order of their first ones.
    pub(crate) interfaces: Vec<Vec<Setting>>,
}

/// One alternate setting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) header: Range<usize>,
    pub(crate) extra: Range<usize>,
    pub(crate) endpoints: Vec<Endpoint>,
    number: u8,
}

/// One endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) header: Range<usize>,
    pub(crate) extra: Range<usize>,
}

/// The configurations in `blob`: one after the other, each as long as it says.
pub(crate) fn split(blob: &[u8]) -> Vec<&[u8]> {
    let mut rest = blob;
    let mut configs = Vec::new();
    while let [_, LIBUSB_DT_CONFIG, low, high, ..] = *rest {
        let total = usize::from(u16::from_le_bytes([low, high])).max(CONFIG).min(rest.len());
        let (config, others) = rest.split_at(total);
        configs.push(config);
        rest = others;
    }
    configs
}

impl Config {
    /// Takes one configuration apart; `Code::IO` if there is not even a header.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() < CONFIG || bytes[1] != LIBUSB_DT_CONFIG {
            return Err(Code::IO);
        }
        let mut config = Self { bytes: bytes.to_vec(), ..Self::default() };
        let mut at = usize::from(bytes[0]).max(CONFIG).min(bytes.len());
        config.extra = at..at;
        // Class-specific bytes belong to what came last.
        let mut last = Last::Config;
        while let Some(&[len, kind, ..]) = bytes.get(at..).filter(|rest| rest.len() >= 2) {
            let (len, header) = (usize::from(len), at..at + usize::from(len));
            if len < 2 || header.end > bytes.len() {
                break;
            }
            at = header.end;
            last = match kind {
                LIBUSB_DT_INTERFACE if len >= INTERFACE => config.setting(header),
                LIBUSB_DT_ENDPOINT if len >= ENDPOINT => config.endpoint(header, last),
                LIBUSB_DT_INTERFACE | LIBUSB_DT_ENDPOINT => break,
                LIBUSB_DT_CONFIG | LIBUSB_DT_DEVICE => break,
                _ => config.extend(header.end, last),
            };
        }
        Ok(config)
    }

    /// The endpoint of this address in a setting of an interface; without
    /// those, in the first setting that has it.
    pub(crate) fn find(&self, address: u8, within: Option<(u8, u8)>) -> Option<&Endpoint> {
        let settings = self.interfaces.iter().flatten().filter(|setting| {
            within.is_none_or(|(number, alternate)| {
                setting.number == number && self.bytes[setting.header.start + 3] == alternate
            })
        });
        let mut endpoints = settings.flat_map(|setting| &setting.endpoints);
        endpoints.find(|endpoint| self.bytes[endpoint.header.start + 2] == address)
    }

    /// `bmAttributes` and `wMaxPacketSize` of an endpoint.
    pub(crate) fn packets(&self, endpoint: &Endpoint) -> (u8, u16) {
        let header = &self.bytes[endpoint.header.clone()];
        (header[3], u16::from_le_bytes([header[4], header[5]]))
    }

    fn setting(&mut self, header: Range<usize>) -> Last {
        let number = self.bytes[header.start + 2];
        let extra = header.end..header.end;
        let setting = Setting { header, extra, endpoints: Vec::new(), number };
        let known = self.interfaces.iter().position(|settings| settings[0].number == number);
        let place = known.unwrap_or(self.interfaces.len());
        if known.is_none() {
            self.interfaces.push(Vec::new());
        }
        self.interfaces[place].push(setting);
        Last::Setting(place)
    }

    fn endpoint(&mut self, header: Range<usize>, last: Last) -> Last {
        let (Last::Setting(place) | Last::Endpoint(place)) = last else {
            // Before any interface: of no use to anybody.
            return self.extend(header.end, last);
        };
        let extra = header.end..header.end;
        if let Some(setting) = self.interfaces[place].last_mut() {
            setting.endpoints.push(Endpoint { header, extra });
        }
        Last::Endpoint(place)
    }

    fn extend(&mut self, end: usize, last: Last) -> Last {
        match last {
            Last::Config => self.extra.end = end,
            Last::Setting(place) | Last::Endpoint(place) => {
                let setting = self.interfaces[place].last_mut();
                if let Some(Setting { extra, endpoints, .. }) = setting {
                    endpoints.last_mut().map_or(extra, |endpoint| &mut endpoint.extra).end = end;
                }
            }
        }
        last
    }
}

/// What the parser saw last; an interface by its place.
#[derive(Clone, Copy)]
enum Last {
    Config,
    Setting(usize),
    Endpoint(usize),
}

#[cfg(test)]
mod tests;
