//! What a host does with a device that was plugged in (USB 2.0, 9.1.2), step by
//! step as the answers come. No thread waits for them.

use std::sync::Arc;

use crate::descriptors::{MAX_CONFIGURATIONS, configurations, kinds, languages, walk};
use crate::{Change, DeviceId, DeviceInfo, PortSpeed, Setup, Speed, UsbError};

use kinds::{CONFIGURATION, DEVICE, STRING};

use super::bus::Rest;
use super::entry::Entry;
use super::port::Port;

/// How often it is tried again.
const MORE_TRIES: u8 = 3;

/// The most interfaces whose names are read.
const MOST_NAMES: usize = 32;

/// How far it is.
pub(super) struct Enumeration {
    step: Step,
    failures: u8,
    /// Set for a reset of a device that is known: its configuration.
    again: Option<u8>,
    /// What was read so far.
    descriptors: Vec<u8>,
    language: u16,
    /// The strings to be read, and those that were.
    wanted: Vec<u8>,
    strings: Vec<(u8, String)>,
    /// How many were asked for.
    asked: usize,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The first 8 bytes of the device descriptor.
    Size,
    Address,
    Device,
    /// The head of a configuration, by its index.
    Head(u8),
    /// All of it.
    Whole(u8),
    Languages,
    /// One of the wanted strings.
    Text,
    Configure,
}

impl Enumeration {
    /// Of a device that was plugged in.
    pub(super) fn new() -> Self {
        Self {
            step: Step::Size,
            failures: 0,
            again: None,
            descriptors: Vec::new(),
            language: 0,
            wanted: Vec::new(),
            strings: Vec::new(),
            asked: 0,
        }
    }

    /// Of a device that is known and was reset.
    pub(super) fn again(configuration: u8) -> Self {
        Self { again: Some(configuration), ..Self::new() }
    }
}

impl Port {
    /// Resets the port and asks the first question.
    pub(super) fn start_enumeration(&mut self, rest: &mut Rest) {
        self.reset(rest);
        let Some(device) = &mut self.device else { return };
        device.max_packet_0 = 8;
        self.ask_enumeration(Step::Size, rest);
        self.serve_control(rest);
    }

    /// Takes an answer, and asks the next question.
    pub(super) fn enumerate(&mut self, answer: Result<Vec<u8>, UsbError>, rest: &mut Rest) {
        let step = match &self.device {
            Some(device) => device.enumeration.as_ref().map(|it| it.step),
            None => None,
        };
        let Some(step) = step else { return };
        match self.after(step, answer, rest) {
            Ok(Some(next)) => self.ask_enumeration(next, rest),
            Ok(None) => self.settle(rest),
            Err(reason) => self.try_again(&reason, rest),
        }
    }

    /// A try has failed.
    pub(super) fn try_again(&mut self, reason: &str, rest: &mut Rest) {
        let Some(device) = &mut self.device else { return };
        let Some(enumeration) = &mut device.enumeration else { return };
        if enumeration.failures < MORE_TRIES {
            let failures = enumeration.failures + 1;
            let again = enumeration.again;
            *enumeration = Enumeration { failures, again, ..Enumeration::new() };
            self.start_enumeration(rest);
            return;
        }
        let (bus, number) = (rest.bus, self.number);
        rest.after.warn.push(format!(
            "the device on port {number} of USB bus {bus} is left alone: {reason}, {} times",
            MORE_TRIES + 1
        ));
        self.detach(rest);
    }

    fn ask_enumeration(&mut self, step: Step, rest: &mut Rest) {
        let Some(device) = &mut self.device else { return };
        let address = device.address;
        let Some(enumeration) = &mut device.enumeration else { return };
        enumeration.step = step;
        let entry = match step {
            Step::Size => descriptor(DEVICE, 0, 0, 8),
            Step::Address => no_data(0x00, 5, address.into(), 0),
            Step::Device => descriptor(DEVICE, 0, 0, 18),
            Step::Head(index) => descriptor(CONFIGURATION, index, 0, 9),
            Step::Whole(index) => {
                descriptor(CONFIGURATION, index, 0, total(&enumeration.descriptors))
            }
            Step::Languages => descriptor(STRING, 0, 0, 255),
            Step::Text => {
                let index = enumeration.wanted.get(enumeration.asked);
                descriptor(STRING, index.copied().unwrap_or(0), enumeration.language, 255)
            }
            Step::Configure => {
                let value = enumeration.again.unwrap_or_else(|| enumeration.first_value());
                no_data(0x00, 9, value.into(), 0)
            }
        };
        self.ask(entry, rest);
    }

    /// The next step after an answer; none when all is done.
    fn after(
        &mut self,
        step: Step,
        answer: Result<Vec<u8>, UsbError>,
        rest: &mut Rest,
    ) -> Result<Option<Step>, String> {
        let Some(device) = &mut self.device else { return Ok(None) };
        let Some(it) = &mut device.enumeration else { return Ok(None) };
        // A device without strings is no worse.
        if matches!(step, Step::Languages | Step::Text) && answer == Err(UsbError::Stall) {
            return Ok(Some(match step {
                Step::Languages => Step::Configure,
                _ => it.add_string(None),
            }));
        }
        let data = answer.map_err(|error| format!("{step:?} was answered by {error}"))?;
        let next = match step {
            Step::Size => {
                let size = match data.as_slice() {
                    &[_, DEVICE, _, _, _, _, _, size] => size,
                    _ => return Err("its device descriptor is none".to_owned()),
                };
                let high = self.speed == PortSpeed::High;
                if !(size == 64 || !high && matches!(size, 8 | 16 | 32)) {
                    return Err(format!("its packets on endpoint 0 have {size} bytes"));
                }
                device.max_packet_0 = size.into();
                Step::Address
            }
            Step::Address => {
                device.answers_to = device.address;
                Step::Device
            }
            Step::Device => {
                if data.len() != 18 || data[..2] != [18, DEVICE] || data[17] == 0 {
                    return Err("its device descriptor is damaged".to_owned());
                }
                it.descriptors = data;
                Step::Head(0)
            }
            Step::Head(index) => {
                let &[_, CONFIGURATION, low, high, _, _, _, _, _] = data.as_slice() else {
                    return Err(format!("its configuration {index} is damaged"));
                };
                if u16::from_le_bytes([low, high]) < 9 {
                    return Err(format!("its configuration {index} has no length"));
                }
                // The head is read over by the whole.
                it.descriptors.extend_from_slice(&data);
                Step::Whole(index)
            }
            Step::Whole(index) => {
                let head = it.descriptors.len() - 9;
                if data.len() != usize::from(total(&it.descriptors))
                    || data[..4] != it.descriptors[head..head + 4]
                {
                    return Err(format!("its configuration {index} is cut off"));
                }
                it.descriptors.truncate(head);
                it.descriptors.extend_from_slice(&data);
                let count = usize::from(it.descriptors[17]).min(MAX_CONFIGURATIONS);
                if usize::from(index) + 1 < count {
                    Step::Head(index + 1)
                } else if it.again.is_some() {
                    return Ok(self.compare(rest));
                } else {
                    it.want_strings()
                }
            }
            Step::Languages => match languages(&data).ok().and_then(|mut all| all.next()) {
                Some(language) => {
                    it.language = language;
                    Step::Text
                }
                None => Step::Configure,
            },
            Step::Text => it.add_string(text(&data)),
            Step::Configure => return Ok(None),
        };
        Ok(Some(next))
    }

    /// After a reset: the same device goes on, another one is new.
    fn compare(&mut self, rest: &mut Rest) -> Option<Step> {
        let device = self.device.as_mut()?;
        let it = device.enumeration.as_mut()?;
        let known = device.info.as_ref().map(|info| &*info.descriptors);
        if known == Some(&*it.descriptors) {
            // One without a configuration is left so.
            return it.again.filter(|value| *value != 0).map(|_| Step::Configure);
        }
        it.again = None;
        let next = it.want_strings();
        device.end(rest);
        device.renew(DeviceId(rest.number()), rest);
        Some(next)
    }

    /// All was asked: the device is listed.
    fn settle(&mut self, rest: &mut Rest) {
        let number = self.number;
        let speed = match self.speed {
            PortSpeed::Full => Speed::Full,
            PortSpeed::High => Speed::High,
        };
        let Some(device) = &mut self.device else { return };
        let Some(it) = device.enumeration.take() else { return };
        device.deadline = None;
        if device.info.is_none() {
            device.configuration = it.first_value();
            device.strings = it.strings;
            let string = |at: usize| device.string(*it.descriptors.get(at)?);
            let mut info = DeviceInfo {
                id: device.id,
                bus: rest.bus,
                address: device.address,
                ports: vec![number],
                speed: Some(speed),
                manufacturer: string(14),
                product: string(15),
                serial: string(16),
                interfaces: Vec::new(),
                descriptors: Arc::from(it.descriptors.as_slice()),
            };
            device.info = Some(info.clone());
            info.interfaces = device.interfaces();
            rest.announce(&Change::Connected(info.clone()));
            device.info = Some(info);
        }
        self.settled.wake(&mut rest.after);
        self.serve_all(rest);
    }
}

impl Enumeration {
    /// Lists the strings of the device and of its first configuration.
    fn want_strings(&mut self) -> Step {
        let mut wanted = self.descriptors[14..17].to_vec();
        if let Some(Ok(first)) = configurations(&self.descriptors).next() {
            let firsts = first.interfaces().filter(|interface| interface.alternate == 0);
            wanted.extend(firsts.map(|interface| interface.name).take(MOST_NAMES));
        }
        wanted.retain(|index| *index != 0);
        wanted.sort_unstable();
        wanted.dedup();
        self.wanted = wanted;
        if self.wanted.is_empty() { Step::Configure } else { Step::Languages }
    }

    fn add_string(&mut self, string: Option<String>) -> Step {
        let number = self.wanted.get(self.asked).copied().unwrap_or(0);
        self.strings.extend(string.map(|string| (number, string)));
        self.asked += 1;
        if self.asked < self.wanted.len() { Step::Text } else { Step::Configure }
    }

    /// The value of the first configuration.
    fn first_value(&self) -> u8 {
        match configurations(&self.descriptors).next() {
            Some(Ok(first)) => first.value,
            _ => 0,
        }
    }
}

/// `wTotalLength` of the head that was read last.
fn total(descriptors: &[u8]) -> u16 {
    match descriptors.last_chunk::<9>() {
        Some(head) => u16::from_le_bytes([head[2], head[3]]),
        None => 9,
    }
}

/// GET_DESCRIPTOR (9.4.3).
fn descriptor(kind: u8, number: u8, language: u16, len: u16) -> Entry {
    let value = u16::from_be_bytes([kind, number]);
    Entry::control_in(Setup { request_type: 0x80, request: 6, value, index: language }, len)
}

/// A request without data.
fn no_data(request_type: u8, request: u8, value: u16, index: u16) -> Entry {
    Entry::control_out(Setup { request_type, request, value, index })
}

/// The text of a string descriptor (9.6.7). What is no UTF-16 is replaced.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let descriptor = walk(bytes).next()?.ok().filter(|it| it.kind == STRING)?;
    let (pairs, _) = descriptor.bytes.get(2..)?.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect())
}
