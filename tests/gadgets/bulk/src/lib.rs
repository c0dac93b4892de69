//! An interface with a bulk endpoint in each direction, as a class of
//! usb-device: what the tests' models of printers, bootloaders and radios share.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use usb_device::Result;
use usb_device::class_prelude::*;
use usb_device::control::{Request, RequestType};

/// What a device knows beside its bulk endpoints. Requests are those of a class
/// or a vendor.
pub trait Requests {
    /// What a control read gives; nothing is a stall.
    fn answer(&mut self, _request: &Request) -> Option<Vec<u8>> {
        None
    }

    /// Takes a control write; `false` is a stall.
    fn take(&mut self, _request: &Request, _data: &[u8]) -> bool {
        false
    }

    /// More to send, when all is sent.
    fn more(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// Whether what is still to be sent is void, since this was asked last.
    fn starts_over(&mut self) -> bool {
        false
    }

    /// The bus was reset.
    fn reset(&mut self) {}
}

/// A device without requests.
impl Requests for () {}

/// The interface.
pub struct Bulk<'a, B: UsbBus, R> {
    /// What it knows beside.
    pub requests: R,
    interface: InterfaceNumber,
    class: [u8; 3],
    input: EndpointIn<'a, B>,
    output: EndpointOut<'a, B>,
    /// Messages to be sent; the first of them from `sent` on.
    queue: VecDeque<Vec<u8>>,
    sent: usize,
}

impl<'a, B: UsbBus, R: Requests> Bulk<'a, B, R> {
    /// An interface of `class`, subclass and protocol, with these two endpoints
    /// and packets of `packet` bytes.
    pub fn new(
        bus: &'a UsbBusAllocator<B>,
        class: [u8; 3],
        (input, output): (u8, u8),
        packet: u16,
        requests: R,
    ) -> Result<Self> {
        Ok(Self {
            requests,
            interface: bus.interface(),
            class,
            input: bus.alloc(Some(input.into()), EndpointType::Bulk, packet, 0)?,
            output: bus.alloc(Some(output.into()), EndpointType::Bulk, packet, 0)?,
            queue: VecDeque::new(),
            sent: 0,
        })
    }

    /// The packet that came, if one did.
    pub fn receive(&mut self) -> Option<Vec<u8>> {
        let mut packet = alloc::vec![0; self.output.max_packet_size().into()];
        let len = self.output.read(&mut packet).ok()?;
        packet.truncate(len);
        Some(packet)
    }

    /// Sends a message in packets of its own. None is added where it ends with a
    /// full one; an empty message is an empty packet.
    pub fn send(&mut self, message: impl Into<Vec<u8>>) {
        self.queue.push_back(message.into());
        self.flush();
    }

    /// Answers STALL on both endpoints, and forgets what is to be sent.
    pub fn stall(&mut self) {
        self.forget();
        self.input.stall();
        self.output.stall();
    }

    /// The opposite.
    pub fn unstall(&mut self) {
        self.forget();
        self.input.unstall();
        self.output.unstall();
    }

    /// Forgets what is to be sent.
    pub fn forget(&mut self) {
        self.queue.clear();
        self.sent = 0;
    }

    /// Sends what there is room for.
    pub fn flush(&mut self) {
        if self.requests.starts_over() {
            self.forget();
        }
        loop {
            if self.queue.is_empty() {
                self.queue.extend(self.requests.more());
            }
            let Some(message) = self.queue.front() else { return };
            let left = &message[self.sent..];
            let packet = &left[..left.len().min(self.input.max_packet_size().into())];
            let Ok(len) = self.input.write(packet) else { return };
            self.sent += len;
            if self.sent == message.len() {
                self.queue.pop_front();
                self.sent = 0;
            }
        }
    }

    fn is_ours(request: &Request) -> bool {
        matches!(request.request_type, RequestType::Class | RequestType::Vendor)
    }
}

impl<B: UsbBus, R: Requests> UsbClass<B> for Bulk<'_, B, R> {
    fn get_configuration_descriptors(&self, writer: &mut DescriptorWriter<'_>) -> Result<()> {
        let [class, subclass, protocol] = self.class;
        writer.interface(self.interface, class, subclass, protocol)?;
        writer.endpoint(&self.input)?;
        writer.endpoint(&self.output)
    }

    fn reset(&mut self) {
        self.forget();
        self.requests.reset();
    }

    fn endpoint_in_complete(&mut self, address: EndpointAddress) {
        if address == self.input.address() {
            self.flush();
        }
    }

    fn control_in(&mut self, transfer: ControlIn<'_, '_, '_, B>) {
        let request = *transfer.request();
        if Self::is_ours(&request) {
            // A transfer that the host gave up has nobody to hear of it.
            let _ = match self.requests.answer(&request) {
                Some(data) => transfer.accept_with(&data[..data.len().min(request.length.into())]),
                None => transfer.reject(),
            };
        }
    }

    fn control_out(&mut self, transfer: ControlOut<'_, '_, '_, B>) {
        let request = *transfer.request();
        if Self::is_ours(&request) {
            let taken = self.requests.take(&request, transfer.data());
            let _ = if taken { transfer.accept() } else { transfer.reject() };
        }
    }
}
