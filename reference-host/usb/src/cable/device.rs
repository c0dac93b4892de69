//! What the host side knows of what is plugged in.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use crate::descriptors::{self, Configuration, Interface};
use crate::{Change, DeviceId, DeviceInfo, InterfaceInfo, UsbError};

use super::bus::Rest;
use super::control::Current;
use super::enumerate::Enumeration;
use super::queue::{Queue, Target};

/// What the host side knows of what is plugged in.
pub(super) struct Device {
    pub(super) id: DeviceId,
    /// Its address on the bus, once it was told.
    pub(super) address: u8,
    /// What requests are sent to: 0 until it has its address.
    pub(super) answers_to: u8,
    /// The largest packet on endpoint 0.
    pub(super) max_packet_0: usize,
    /// The host side's own queue on the default pipe.
    pub(super) own: u64,
    /// Control requests of all queues: their queue and serial number.
    pub(super) requests: VecDeque<(u64, u64)>,
    pub(super) current: Option<Current>,
    pub(super) enumeration: Option<Enumeration>,
    /// When the host side's own request has waited long enough.
    pub(super) deadline: Option<Instant>,
    /// What it is, once it is listed.
    pub(super) info: Option<DeviceInfo>,
    /// The value of the active configuration.
    pub(super) configuration: u8,
    /// The strings that were read, by their numbers.
    pub(super) strings: Vec<(u8, String)>,
    /// Somebody chooses another configuration.
    pub(super) changing: bool,
    /// The interfaces that were taken, and their settings.
    pub(super) claims: BTreeMap<u8, u8>,
    /// The queues of endpoints, OUT first.
    pub(super) open: [Option<u64>; 32],
}

impl Device {
    /// A device of which nothing is known yet.
    pub(super) fn new(rest: &mut Rest) -> Self {
        let id = DeviceId(rest.number());
        Self {
            id,
            address: rest.take_address(),
            answers_to: 0,
            max_packet_0: 8,
            own: rest.add_queue(Queue::new(id, Target::Control)),
            requests: VecDeque::new(),
            current: None,
            enumeration: Some(Enumeration::new()),
            deadline: None,
            info: None,
            configuration: 0,
            strings: Vec::new(),
            changing: false,
            claims: BTreeMap::new(),
            open: [None; 32],
        }
    }

    /// The active configuration, if there is one.
    pub(super) fn layout(&self) -> Option<Configuration<'_>> {
        self.of_value(self.configuration)
    }

    /// A configuration by its value; none for 0.
    pub(super) fn of_value(&self, value: u8) -> Option<Configuration<'_>> {
        let info = self.info.as_ref().filter(|_| value != 0)?;
        descriptors::configuration(&info.descriptors, value)
    }

    /// A setting of an interface of the active configuration.
    pub(super) fn setting(&self, interface: u8, alternate: u8) -> Result<Interface<'_>, UsbError> {
        let setting = self.layout().and_then(|layout| layout.interface(interface, alternate));
        setting.ok_or(UsbError::NotFound)
    }

    /// The interfaces of the active configuration, in their first settings.
    pub(super) fn interfaces(&self) -> Vec<InterfaceInfo> {
        let Some(layout) = self.layout() else { return Vec::new() };
        let firsts = layout.interfaces().filter(|interface| interface.alternate == 0);
        firsts.map(|interface| self.interface_info(&interface)).collect()
    }

    fn interface_info(&self, interface: &Interface<'_>) -> InterfaceInfo {
        let Interface { number, class, subclass, protocol, name, .. } = *interface;
        InterfaceInfo { number, class, subclass, protocol, name: self.string(name) }
    }

    pub(super) fn string(&self, number: u8) -> Option<String> {
        let known = self.strings.iter().find(|(known, _)| *known == number);
        known.map(|(_, text)| text.clone())
    }

    /// It is gone: its queues end, and who watches is told.
    pub(super) fn end(&self, rest: &mut Rest) {
        rest.queues.remove(self.own);
        for (_, queue) in rest.queues.iter_mut().filter(|(_, queue)| queue.device == self.id) {
            queue.closed = Some(UsbError::Gone);
            queue.end_all(UsbError::Gone, &mut rest.after);
        }
        if self.info.is_some() {
            rest.announce(&Change::Disconnected(self.id));
        }
    }

    /// Goes on as another device, whose queues are new.
    pub(super) fn renew(&mut self, id: DeviceId, rest: &mut Rest) {
        self.id = id;
        self.own = rest.add_queue(Queue::new(id, Target::Control));
        self.info = None;
        self.configuration = 0;
        self.strings.clear();
        self.claims.clear();
        self.open = [None; 32];
    }

    /// A queue for an endpoint that has none.
    pub(super) fn open_queue(
        &mut self,
        address: u8,
        target: Target,
        rest: &mut Rest,
    ) -> Result<u64, UsbError> {
        let open = &mut self.open[place(address)];
        if open.is_some() {
            return Err(UsbError::Busy);
        }
        Ok(*open.insert(rest.add_queue(Queue::new(self.id, target))))
    }

    /// Ends the queues of an interface's endpoints.
    pub(super) fn close(&mut self, interface: u8, rest: &mut Rest) {
        for open in &mut self.open {
            let Some(queue) = open.and_then(|id| rest.queues.get_mut(id)) else { continue };
            let Target::Endpoint { interface: owner, .. } = queue.target else { continue };
            if interface == owner {
                queue.closed = Some(UsbError::NotFound);
                queue.end_all(UsbError::Cancelled, &mut rest.after);
                *open = None;
            }
        }
    }
}

/// The place of an endpoint among 32: OUT first.
pub(super) fn place(address: u8) -> usize {
    usize::from(address & 0x0f) + if address & 0x80 == 0 { 0 } else { 16 }
}
