//! A pipe whose transfers are written down.

use std::collections::VecDeque;

use periplasm_backend::Event;

use super::port::Port;
use super::urb::{IsochronousPacket, Moment, Urb};
use crate::{Completed, Pipe, Request, Setup, Transfer, TransferType, UsbError};

const CLEAR_FEATURE: u8 = 1;
const ENDPOINT_HALT: u16 = 0;

pub(super) struct CapturedPipe {
    pipe: Box<dyn Pipe>,
    port: Port,
    endpoint: u8,
    transfers: TransferType,
    /// What was submitted and not taken: its number, and its endpoint with the
    /// direction.
    flights: VecDeque<(u64, u8)>,
}

impl CapturedPipe {
    pub(super) fn new(
        pipe: Box<dyn Pipe>,
        port: Port,
        endpoint: u8,
        transfers: TransferType,
    ) -> Self {
        Self { pipe, port, endpoint, transfers, flights: VecDeque::new() }
    }

    /// Writes down what is submitted; the answer is its number and endpoint.
    fn submitted(&self, request: &Request) -> (u64, u8) {
        let id = self.port.capture.id();
        let urb = self.port.urb(id, self.transfers, self.endpoint);
        match request {
            Request::Out(data) => self.port.write(&Urb { len: data.len(), data, ..urb }),
            Request::In { len, .. } => self.port.write(&Urb { len: *len, ..urb }),
            Request::ControlOut { setup, data } => {
                let len = u16::try_from(data.len()).unwrap_or(u16::MAX);
                let setup = Some(setup.packet(len));
                self.port.write(&Urb { setup, len: data.len(), data, ..urb });
            }
            Request::ControlIn { setup, len } => {
                let setup = Some(setup.packet(*len));
                let (endpoint, len) = (self.endpoint | 0x80, usize::from(*len));
                self.port.write(&Urb { setup, endpoint, len, ..urb });
                return (id, endpoint);
            }
            Request::IsochronousOut { data, packets } => {
                let packets = &planned(packets);
                self.port.write(&Urb { len: data.len(), data, packets, ..urb });
            }
            Request::IsochronousIn { packets } => {
                let len =
                    packets.iter().fold(0, |sum: usize, len| sum.saturating_add(*len as usize));
                let packets = &planned(packets);
                self.port.write(&Urb { len, packets, ..urb });
            }
        }
        (id, self.endpoint)
    }

    /// Writes down an end.
    fn ended(&self, (id, endpoint): (u64, u8), ended: &Completed) {
        let packets: Vec<_> = ended
            .packets
            .iter()
            .map(|packet| IsochronousPacket { status: packet.status, len: packet.actual })
            .collect();
        let came_in = if endpoint & 0x80 != 0 { ended.actual } else { 0 };
        self.port.write(&Urb {
            moment: Moment::Ended,
            status: ended.status,
            len: ended.actual,
            data: ended.data.get(..came_in).unwrap_or(&ended.data),
            packets: &packets,
            ..self.port.urb(id, self.transfers, endpoint)
        });
    }

    fn failed(&self, (id, endpoint): (u64, u8), moment: Moment, error: UsbError) {
        let urb = self.port.urb(id, self.transfers, endpoint);
        self.port.write(&Urb { moment, status: Err(error), ..urb });
    }
}

fn planned(packets: &[u32]) -> Vec<IsochronousPacket> {
    packets.iter().map(|len| IsochronousPacket { status: Ok(()), len: *len }).collect()
}

impl Pipe for CapturedPipe {
    fn submit(&mut self, transfer: Transfer) -> Result<(), UsbError> {
        let flight = self.submitted(&transfer.request);
        match self.pipe.submit(transfer) {
            Ok(()) => self.flights.push_back(flight),
            Err(error) => {
                self.failed(flight, Moment::Refused, error);
                return Err(error);
            }
        }
        Ok(())
    }

    fn take(&mut self) -> Option<Completed> {
        let ended = self.pipe.take()?;
        if let Some(flight) = self.flights.pop_front() {
            self.ended(flight, &ended);
        }
        Some(ended)
    }

    fn ready(&mut self) -> Box<dyn Event> {
        self.pipe.ready()
    }

    fn pending(&self) -> usize {
        self.pipe.pending()
    }

    fn cancel(&mut self, tag: u32) {
        self.pipe.cancel(tag);
    }

    fn cancel_all(&mut self) {
        self.pipe.cancel_all();
    }

    fn clear_halt(&mut self) -> Result<(), UsbError> {
        let (request, value) = (CLEAR_FEATURE, ENDPOINT_HALT);
        let setup = Setup { request_type: 2, request, value, index: self.endpoint.into() };
        self.port.request(setup, 0, &[], || self.pipe.clear_halt())
    }
}

impl Drop for CapturedPipe {
    fn drop(&mut self) {
        // What nobody took was cancelled, or is now.
        for flight in std::mem::take(&mut self.flights) {
            self.failed(flight, Moment::Ended, UsbError::Cancelled);
        }
    }
}
