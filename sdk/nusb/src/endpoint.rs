//! An endpoint, and the transfers in flight on it.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use periplasm_usb_host as usb;

use crate::interface::Claimed;
use crate::io::{EndpointRead, EndpointWrite};
use crate::maybe_future::Call;
use crate::transfer::{
    Buffer, BulkOrInterrupt, Completion, Direction, EndpointDirection, EndpointType, In, Out,
    TransferError, nanoseconds, status,
};
use crate::{Error, MaybeFuture};

/// An endpoint. Dropping it cancels what is in flight.
pub struct Endpoint<EpType, Dir> {
    /// What was submitted and not taken, in order.
    in_flight: VecDeque<InFlight>,
    /// That the oldest has ended, once it was asked for.
    ended: Option<usb::Happened>,
    opened: Arc<Opened>,
    address: u8,
    max_packet_size: usize,
    of: PhantomData<(EpType, Dir)>,
}

struct Opened {
    // Dropped before the interface.
    pipe: usb::Pipe,
    _interface: Arc<Claimed>,
}

struct InFlight {
    buffer: Buffer,
    /// Why it was not started.
    refused: Option<TransferError>,
}

impl<EpType: EndpointType, Dir: EndpointDirection> Endpoint<EpType, Dir> {
    pub(crate) fn new(
        pipe: usb::Pipe,
        interface: Arc<Claimed>,
        address: u8,
        max_packet_size: usize,
    ) -> Self {
        Self {
            in_flight: VecDeque::new(),
            ended: None,
            opened: Arc::new(Opened { pipe, _interface: interface }),
            address,
            max_packet_size,
            of: PhantomData,
        }
    }

    /// `bEndpointAddress`.
    pub fn endpoint_address(&self) -> u8 {
        self.address
    }

    /// The most bytes of a packet.
    pub fn max_packet_size(&self) -> usize {
        self.max_packet_size
    }

    /// How many transfers were submitted and not taken.
    pub fn pending(&self) -> usize {
        self.in_flight.len()
    }

    /// Cancels all transfers in flight. They end soon, and are to be taken.
    pub fn cancel_all(&mut self) {
        self.opened.pipe.cancel_all();
    }

    /// Whether an IN transfer asks for whole packets. Others are not started.
    fn asks_for_packets(&self, buffer: &Buffer) -> bool {
        let len = buffer.requested_len();
        Dir::DIR == Direction::Out
            || len != 0 && self.max_packet_size != 0 && len.is_multiple_of(self.max_packet_size)
    }

    fn start(&self, buffer: &Buffer) -> Result<(), TransferError> {
        if !self.asks_for_packets(buffer) {
            return Err(TransferError::InvalidArgument);
        }
        match Dir::DIR {
            Direction::Out => self.opened.pipe.submit_out(buffer)?,
            Direction::In => self.opened.pipe.submit_in(requested(buffer)?)?,
        };
        Ok(())
    }

    /// The oldest transfer's end, waiting at most that long.
    fn take(&mut self, timeout_ns: Option<u64>) -> Option<Completion> {
        let oldest = self.in_flight.front().expect("no transfer is in flight: submit one first");
        let done = match oldest.refused {
            Some(_) => None,
            None => Some(self.opened.pipe.wait(timeout_ns)?),
        };
        self.ended = None;
        let InFlight { buffer, refused } = self.in_flight.pop_front()?;
        Some(match (done, refused) {
            (Some(done), _) => completed(Dir::DIR, buffer, done),
            (None, error) => {
                not_started(Dir::DIR, buffer, error.unwrap_or(TransferError::Cancelled))
            }
        })
    }
}

/// What came in is in the host's bytes: they take the place of the buffer's.
fn completed(direction: Direction, mut buffer: Buffer, done: usb::Completion) -> Completion {
    if direction == Direction::In {
        buffer.replace(done.data);
    }
    Completion { buffer, actual_len: done.actual as usize, status: status(done.status) }
}

fn not_started(direction: Direction, mut buffer: Buffer, error: TransferError) -> Completion {
    if direction == Direction::In {
        buffer.clear();
    }
    Completion { buffer, actual_len: 0, status: Err(error) }
}

fn requested(buffer: &Buffer) -> Result<u32, TransferError> {
    buffer.requested_len().try_into().map_err(|_| TransferError::InvalidArgument)
}

impl<EpType: BulkOrInterrupt> Endpoint<EpType, Out> {
    /// Wraps it for writing, with transfers of about `buffer_size` bytes.
    pub fn writer(self, buffer_size: usize) -> EndpointWrite<EpType> {
        EndpointWrite::new(self, buffer_size)
    }
}

impl<EpType: BulkOrInterrupt> Endpoint<EpType, In> {
    /// Wraps it for reading, with transfers of about `buffer_size` bytes.
    pub fn reader(self, buffer_size: usize) -> EndpointRead<EpType> {
        EndpointRead::new(self, buffer_size)
    }
}

impl<EpType: BulkOrInterrupt, Dir: EndpointDirection> Endpoint<EpType, Dir> {
    /// A buffer for `len` bytes. Here it is one like all others.
    pub fn allocate(&self, len: usize) -> Buffer {
        Buffer::new(len)
    }

    /// Starts a transfer: OUT of the buffer's bytes, IN of at most as many as
    /// it requests, a multiple of [`Self::max_packet_size`]. What cannot be
    /// started ends at once, in its turn.
    pub fn submit(&mut self, buf: Buffer) {
        let refused = self.start(&buf).err();
        self.in_flight.push_back(InFlight { buffer: buf, refused });
    }

    /// The end of the oldest transfer.
    ///
    /// # Panics
    ///
    /// When none is in flight.
    pub fn next_complete(&mut self) -> impl Future<Output = Completion> + Send + Sync + '_ {
        poll_fn(|context| self.poll_next_complete(context))
    }

    /// The end of the oldest transfer, for futures.
    ///
    /// # Panics
    ///
    /// When none is in flight.
    pub fn poll_next_complete(&mut self, cx: &mut Context<'_>) -> Poll<Completion> {
        loop {
            if let Some(ended) = &mut self.ended {
                if Pin::new(ended).poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.ended = None;
            }
            if let Some(completion) = self.take(Some(0)) {
                return Poll::Ready(completion);
            }
            self.ended = Some(usb::happened(self.opened.pipe.ready()));
        }
    }

    /// The end of the oldest transfer, waiting at most `timeout`. The transfer
    /// goes on when the time is up.
    ///
    /// # Panics
    ///
    /// When none is in flight.
    pub fn wait_next_complete(&mut self, timeout: Duration) -> Option<Completion> {
        self.take(nanoseconds(timeout))
    }

    /// Does one transfer, which is cancelled when the time is up.
    ///
    /// # Panics
    ///
    /// When one is in flight.
    pub fn transfer_blocking(&mut self, buf: Buffer, timeout: Duration) -> Completion {
        assert!(self.pending() == 0, "a transfer is in flight: take it first");
        if !self.asks_for_packets(&buf) {
            return not_started(Dir::DIR, buf, TransferError::InvalidArgument);
        }
        let timeout_ns = nanoseconds(timeout);
        let done = match Dir::DIR {
            Direction::Out => self.opened.pipe.transfer_out(&buf, timeout_ns),
            Direction::In => match requested(&buf) {
                Ok(len) => self.opened.pipe.transfer_in(len, timeout_ns),
                Err(error) => return not_started(Dir::DIR, buf, error),
            },
        };
        completed(Dir::DIR, buf, done)
    }

    /// Clears the endpoint's halt. Nothing may be in flight.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) while something is.
    pub fn clear_halt(
        &mut self,
    ) -> impl MaybeFuture<Output = Result<(), Error>> + use<EpType, Dir> {
        let opened = self.opened.clone();
        Call(move || Ok(opened.pipe.clear_halt()?))
    }
}

impl<EpType: BulkOrInterrupt, Dir: EndpointDirection> fmt::Debug for Endpoint<EpType, Dir> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &format_args!("{:#04x}", self.address))
            .field("type", &EpType::TYPE)
            .field("direction", &Dir::DIR)
            .finish_non_exhaustive()
    }
}
