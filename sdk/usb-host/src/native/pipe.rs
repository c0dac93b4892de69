//! An endpoint, and the transfers in flight on it.

use std::boxed::Box;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::vec::Vec;

use periplasm_usb::{Request, Transfer};

use super::convert::{completion, error, refused, setup};
use super::wait::{self, Event};
use super::{Buffer, locked};
use crate::{BufferError, Completion, Error, Setup};

/// An endpoint, and the transfers in flight on it. They end in the order in
/// which they were submitted. Dropping the pipe cancels them.
pub struct Pipe(Mutex<State>);

struct State {
    usb: Box<dyn periplasm_usb::Pipe>,
    next_tag: u32,
    /// Which of the transfers in flight go out: their bytes are no answer.
    out: VecDeque<bool>,
    /// Memory of a transfer that went out, for the next one.
    spare: Vec<u8>,
}

impl Pipe {
    pub(super) fn new(usb: Box<dyn periplasm_usb::Pipe>) -> Self {
        Self(Mutex::new(State { usb, next_tag: 0, out: VecDeque::new(), spare: Vec::new() }))
    }

    /// Sends bytes, on a bulk or interrupt endpoint.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_out(&self, data: &[u8]) -> Result<u32, Error> {
        let mut state = locked(&self.0);
        let data = state.bytes(data);
        state.submit(Request::Out(data))
    }

    /// The same with bytes of a buffer.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] beyond the buffer's end.
    pub fn submit_out_from(&self, buffer: &Buffer, offset: u32, len: u32) -> Result<u32, Error> {
        let data = buffer.read(offset, len).map_err(|BufferError::OutOfBounds| Error::Invalid)?;
        locked(&self.0).submit(Request::Out(data))
    }

    /// Asks for at most `len` bytes, on a bulk or interrupt endpoint.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_in(&self, len: u32) -> Result<u32, Error> {
        locked(&self.0).submit(Request::In { len: len as usize, room: Vec::new() })
    }

    /// A control transfer to the device, on the default pipe.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_control_out(&self, fields: Setup, data: &[u8]) -> Result<u32, Error> {
        let mut state = locked(&self.0);
        let data = state.bytes(data);
        state.submit(Request::ControlOut { setup: setup(fields), data })
    }

    /// A control transfer from the device, on the default pipe.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_control_in(&self, fields: Setup, len: u16) -> Result<u32, Error> {
        locked(&self.0).submit(Request::ControlIn { setup: setup(fields), len })
    }

    /// Sends packets, on an isochronous endpoint.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_isochronous_out(&self, data: &[u8], packets: &[u32]) -> Result<u32, Error> {
        let mut state = locked(&self.0);
        let data = state.bytes(data);
        state.submit(Request::IsochronousOut { data, packets: packets.to_vec() })
    }

    /// Asks for packets of at most these lengths, on an isochronous endpoint.
    ///
    /// # Errors
    ///
    /// Why it was not started.
    pub fn submit_isochronous_in(&self, packets: &[u32]) -> Result<u32, Error> {
        locked(&self.0).submit(Request::IsochronousIn { packets: packets.to_vec() })
    }

    /// Takes the oldest transfer if it has ended, waiting at most `timeout_ns`
    /// for that. None when the time is up, or when nothing is in flight.
    pub fn wait(&self, timeout_ns: Option<u64>) -> Option<Completion> {
        let end = timeout_ns.and_then(|ns| Instant::now().checked_add(Duration::from_nanos(ns)));
        self.wait_until(end)
    }

    /// The same; what came in is written into the buffer from `offset` on.
    pub fn wait_into(
        &self,
        timeout_ns: Option<u64>,
        buffer: &Buffer,
        offset: u32,
    ) -> Option<Completion> {
        let mut done = self.wait(timeout_ns)?;
        let data = std::mem::take(&mut done.data);
        let fits = buffer.with(|bytes| {
            let room = bytes.get_mut(offset as usize..).unwrap_or_default();
            let fits = room.len().min(data.len());
            room[..fits].copy_from_slice(&data[..fits]);
            fits
        });
        if fits < data.len() {
            done.status = Some(Error::Overflow);
        }
        Some(done)
    }

    /// That [`Self::wait`] would return at once.
    pub fn ready(&self) -> Event {
        Event::new(locked(&self.0).usb.ready())
    }

    /// How many transfers were submitted and not taken yet.
    pub fn pending(&self) -> u32 {
        locked(&self.0).usb.pending() as u32
    }

    /// Cancels one transfer.
    pub fn cancel(&self, tag: u32) {
        locked(&self.0).usb.cancel(tag);
    }

    /// Cancels all transfers.
    pub fn cancel_all(&self) {
        locked(&self.0).usb.cancel_all();
    }

    /// Sends bytes and waits for the end.
    pub fn transfer_out(&self, data: &[u8], timeout_ns: Option<u64>) -> Completion {
        let data = locked(&self.0).bytes(data);
        self.transfer(Request::Out(data), timeout_ns)
    }

    /// The same for at most `len` bytes from the device.
    pub fn transfer_in(&self, len: u32, timeout_ns: Option<u64>) -> Completion {
        self.transfer(Request::In { len: len as usize, room: Vec::new() }, timeout_ns)
    }

    /// Clears the endpoint's halt, on both sides.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when anything is in flight.
    pub fn clear_halt(&self) -> Result<(), Error> {
        locked(&self.0).usb.clear_halt().map_err(error)
    }

    pub(super) fn transfer(&self, request: Request, timeout_ns: Option<u64>) -> Completion {
        let mut state = locked(&self.0);
        if state.usb.pending() > 0 {
            return refused(Error::Busy);
        }
        let tag = match state.submit(request) {
            Ok(tag) => tag,
            Err(error) => return refused(error),
        };
        drop(state);
        if let Some(done) = self.wait(timeout_ns) {
            return done;
        }
        self.cancel(tag);
        let mut done = self.wait(None).unwrap_or_else(|| refused(Error::Timeout));
        if done.status == Some(Error::Cancelled) {
            done.status = Some(Error::Timeout);
        }
        done
    }

    fn wait_until(&self, end: Option<Instant>) -> Option<Completion> {
        loop {
            let ready = {
                let mut state = locked(&self.0);
                if let Some(done) = state.take() {
                    return Some(done);
                }
                if state.usb.pending() == 0 || end.is_some_and(|end| end <= Instant::now()) {
                    return None;
                }
                Event::new(state.usb.ready())
            };
            wait::within(&[&ready], end);
        }
    }
}

impl State {
    fn submit(&mut self, request: Request) -> Result<u32, Error> {
        let out = matches!(
            request,
            Request::Out(_) | Request::ControlOut { .. } | Request::IsochronousOut { .. }
        );
        let tag = self.next_tag;
        self.usb.submit(Transfer { tag, request }).map_err(error)?;
        self.next_tag = tag.wrapping_add(1);
        self.out.push_back(out);
        Ok(tag)
    }

    fn take(&mut self) -> Option<Completion> {
        let mut done = self.usb.take()?;
        let mut data = std::mem::take(&mut done.data);
        if self.out.pop_front().unwrap_or(false) {
            self.spare = std::mem::take(&mut data);
        }
        Some(completion(done, data))
    }

    /// `data`, in memory that was used before if there is some.
    fn bytes(&mut self, data: &[u8]) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.clear();
        bytes.extend_from_slice(data);
        bytes
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe").finish_non_exhaustive()
    }
}
