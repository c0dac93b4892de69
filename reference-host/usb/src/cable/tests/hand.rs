//! A gadget made by hand, which tests can stop anywhere.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::{ControllerError, EndpointConfig, PortSpeed, TransferType, UsbController, wait_any};

use super::adapter::Running;

/// Its endpoints beside 0, each in both directions: bulk, interrupt,
/// isochronous. The last is in the second setting alone.
pub(crate) const BULK: u8 = 1;
pub(crate) const INTERRUPT: u8 = 2;
pub(crate) const ISOCHRONOUS: u8 = 3;

/// Requests of its vendor: keep the data, give it back.
pub(crate) const KEEP: u8 = 1;
pub(crate) const GIVE: u8 = 2;

/// The largest packets at a speed.
pub(crate) fn sizes(speed: PortSpeed) -> [u16; 4] {
    match speed {
        PortSpeed::Full => [8, 64, 64, 200],
        PortSpeed::High => [64, 512, 1024, 1024],
    }
}

pub(crate) struct Hand<C> {
    pub(crate) port: C,
    pub(crate) device: Vec<u8>,
    pub(crate) configuration: Vec<u8>,
    pub(crate) strings: Vec<Vec<u8>>,
    /// All SETUP packets.
    pub(crate) seen: Vec<[u8; 8]>,
    /// All bus resets.
    pub(crate) resets: usize,
    pub(crate) suspends: usize,
    pub(crate) resumes: usize,
    pub(crate) out_ready: u16,
    pub(crate) in_complete: u16,
    sizes: [u16; 4],
    address: Option<u8>,
    answer: VecDeque<Vec<u8>>,
    keeps: Option<usize>,
    kept: Vec<u8>,
    /// Packets to be sent back.
    echo: [VecDeque<Vec<u8>>; 4],
}

impl<C: UsbController> Hand<C> {
    /// On a port, not connected yet.
    pub(crate) fn new(port: C) -> Self {
        let sizes = sizes(port.speed());
        let device = vec![
            18,
            1,
            0x00,
            0x02,
            0,
            0,
            0,
            sizes[0] as u8,
            0xc0,
            0x16,
            0xdc,
            0x05,
            0x00,
            0x01,
            1,
            2,
            0,
            1,
        ];
        Self {
            device,
            configuration: configuration(sizes),
            strings: vec![vec![4, 3, 9, 4], string("Hand"), string("Gr\u{fc}n \u{1f50c}")],
            seen: Vec::new(),
            resets: 0,
            suspends: 0,
            resumes: 0,
            out_ready: 0,
            in_complete: 0,
            sizes,
            address: None,
            answer: VecDeque::new(),
            keeps: None,
            kept: Vec::new(),
            echo: Default::default(),
            port,
        }
    }

    /// Connects.
    pub(crate) fn enable(&mut self) {
        let mut endpoints = Vec::new();
        let kinds = [
            TransferType::Control,
            TransferType::Bulk,
            TransferType::Interrupt,
            TransferType::Isochronous,
        ];
        for (number, transfers) in kinds.into_iter().enumerate() {
            for direction in [0, 0x80] {
                let address = number as u8 | direction;
                let max_packet_size = self.sizes[number];
                endpoints.push(EndpointConfig { address, transfers, max_packet_size, interval: 1 });
            }
        }
        self.port.enable(&endpoints).unwrap();
    }

    /// Answers what happened on endpoint 0. What happened elsewhere is kept.
    /// False when nothing happened.
    pub(crate) fn step(&mut self) -> bool {
        let events = self.port.poll();
        self.resets += usize::from(events.bus.reset);
        self.suspends += usize::from(events.bus.suspend);
        self.resumes += usize::from(events.bus.resume);
        if events.bus.reset {
            (self.out_ready, self.in_complete) = (0, 0);
            self.address = None;
            self.answer.clear();
            self.echo = Default::default();
        }
        if events.in_complete & 1 != 0 {
            if let Some(address) = self.address.take() {
                self.port.set_address(address);
            }
            if events.setup.is_none() {
                self.send();
            }
        }
        if let Some(setup) = events.setup {
            self.seen.push(setup);
            self.answer.clear();
            self.keeps = None;
            self.request(setup);
        }
        if events.out_ready & 1 != 0 {
            self.receive();
        }
        self.out_ready |= events.out_ready & !1;
        self.in_complete |= events.in_complete & !1;
        events != crate::Events::default()
    }

    /// Answers as long as something happens.
    pub(crate) fn run(&mut self) {
        while self.step() {}
    }

    /// Sends back what comes on the other endpoints.
    pub(crate) fn echo(&mut self) {
        let mut room = [0; 1024];
        for number in [BULK, INTERRUPT] {
            let echo = &mut self.echo[usize::from(number)];
            loop {
                if let Some(packet) = echo.front() {
                    match self.port.write(number, packet) {
                        Ok(()) => echo.pop_front(),
                        Err(_) => break,
                    };
                } else if let Ok(len) = self.port.read(number, &mut room) {
                    echo.push_back(room[..len].to_vec());
                } else {
                    break;
                }
            }
        }
    }

    fn request(&mut self, setup: [u8; 8]) {
        let [kind, request, v0, v1, i0, _, l0, l1] = setup;
        let len = usize::from(u16::from_le_bytes([l0, l1]));
        let answer = match (kind, request) {
            (0x80, 6) => self.descriptor(v1, v0),
            (0x00, 5) => {
                self.address = Some(v0);
                Some(Vec::new())
            }
            (0x00, 9) | (0x01, 11) => Some(Vec::new()),
            (0x02, 1 | 3) => {
                self.port.set_stalled(i0, request == 3);
                Some(Vec::new())
            }
            (0x82, 0) => Some(vec![self.port.is_stalled(i0).into(), 0]),
            (0x40, KEEP) => {
                self.kept.clear();
                if len > 0 {
                    self.keeps = Some(len);
                    return;
                }
                Some(Vec::new())
            }
            (0xc0, GIVE) => Some(self.kept.clone()),
            _ => None,
        };
        let Some(mut answer) = answer else {
            self.port.set_stalled(0x00, true);
            self.port.set_stalled(0x80, true);
            return;
        };
        answer.truncate(len);
        let size = usize::from(self.sizes[0]);
        self.answer = answer.chunks(size).map(<[u8]>::to_vec).collect();
        if len > answer.len() && answer.len() % size == 0 || len == 0 {
            self.answer.push_back(Vec::new());
        }
        self.send();
    }

    fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        match kind {
            1 => Some(self.device.clone()),
            2 => Some(self.configuration.clone()),
            3 => self.strings.get(usize::from(index)).cloned(),
            _ => None,
        }
    }

    fn send(&mut self) {
        if let Some(packet) = self.answer.pop_front() {
            // Refused only when the host wants no more of it.
            let _ = self.port.write(0, &packet);
        }
    }

    fn receive(&mut self) {
        let mut room = [0; 64];
        while let Ok(len) = self.port.read(0, &mut room) {
            let Some(keeps) = self.keeps else { continue };
            self.kept.extend_from_slice(&room[..len]);
            if self.kept.len() >= keeps {
                self.keeps = None;
                self.port.write(0, &[]).unwrap();
            }
        }
    }

    /// Whether there is nothing to be read.
    pub(crate) fn has_none(&mut self, number: u8) -> bool {
        self.port.read(number, &mut [0; 1024]) == Err(ControllerError::WouldBlock)
    }
}

/// A gadget that sends everything back, in a thread.
pub(crate) fn echo(controller: impl UsbController + 'static) -> Running {
    Running::new(move |stop: &AtomicBool| {
        let mut hand = Hand::new(controller);
        hand.enable();
        while !stop.load(Ordering::Relaxed) {
            while hand.step() {
                hand.echo();
            }
            let mut happened = hand.port.happened();
            wait_any(&mut [&mut *happened], Some(Duration::from_millis(20)));
        }
    })
}

/// Its configuration: one interface with two settings (tables 9-10, 9-12, 9-13).
fn configuration(sizes: [u16; 4]) -> Vec<u8> {
    let mut bytes = vec![9, 2, 0, 0, 1, 1, 0, 0xc0, 0];
    for (setting, numbers) in [(0, &[BULK, INTERRUPT][..]), (1, &[ISOCHRONOUS])] {
        bytes.extend([9, 4, 0, setting, 2 * numbers.len() as u8, 0xff, setting, 0, 2]);
        for number in numbers {
            // Bulk is 2, interrupt 3, isochronous 1.
            let kind = [0, 2, 3, 1][usize::from(*number)];
            let [low, high] = sizes[usize::from(*number)].to_le_bytes();
            bytes.extend([7, 5, *number, kind, low, high, 1]);
            bytes.extend([7, 5, 0x80 | *number, kind, low, high, 1]);
        }
    }
    let total = bytes.len() as u16;
    bytes[2..4].copy_from_slice(&total.to_le_bytes());
    bytes
}

/// A string descriptor (table 9-16).
fn string(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&[units.len() as u8 + 2, 3], &*units].concat()
}
