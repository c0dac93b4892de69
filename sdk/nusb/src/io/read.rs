//! Reading an IN endpoint.

use std::io::{self, BufRead, Read};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::{EndpointReadUntilShortPacket, whole_packets};
use crate::Endpoint;
use crate::transfer::{Buffer, BulkOrInterrupt, Completion, In, TransferError};

/// Reads an IN endpoint, as `Read` and `BufRead` of std, or their async twins of
/// tokio and futures-io.
///
/// Where packets and transfers end is not seen, but by
/// [`until_short_packet`](Self::until_short_packet).
pub struct EndpointRead<EpType: BulkOrInterrupt> {
    endpoint: Endpoint<EpType, In>,
    current: Option<Current>,
    transfers: usize,
    transfer_size: usize,
    timeout: Duration,
}

/// The transfer that is being read.
struct Current {
    buffer: Buffer,
    read: usize,
    error: Option<TransferError>,
    /// A short packet ended it, and nobody was told yet.
    short: bool,
}

impl Current {
    fn new(Completion { buffer, status, .. }: Completion) -> Self {
        // Cancelled ones are read as far as they came.
        let error = status.err().filter(|&error| error != TransferError::Cancelled);
        let short = status.is_ok() && buffer.len() < buffer.requested_len();
        Self { buffer, read: 0, error, short }
    }

    /// Whether it has bytes, or an error, for the reader.
    fn has_news(&self) -> bool {
        self.read < self.buffer.len() || self.error.is_some()
    }

    fn rest(&self) -> io::Result<&[u8]> {
        match (self.buffer.get(self.read..), self.error) {
            (Some([]) | None, Some(error)) => Err(error.into()),
            (rest, _) => Ok(rest.unwrap_or_default()),
        }
    }
}

/// Where a read ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Where no transfers are submitted any more.
    Nowhere,
    /// After a short packet.
    ShortPacket,
}

impl<EpType: BulkOrInterrupt> EndpointRead<EpType> {
    /// Reads `endpoint` in transfers of `transfer_size` bytes, rounded up to
    /// whole packets.
    pub fn new(endpoint: Endpoint<EpType, In>, transfer_size: usize) -> Self {
        let transfer_size = whole_packets(transfer_size, endpoint.max_packet_size());
        let timeout = Duration::MAX;
        Self { endpoint, current: None, transfers: 1, transfer_size, timeout }
    }

    /// How many transfers are in flight at once, 1 at first. With more the
    /// device goes on sending while what came is read. With 0 no more are
    /// submitted, and the stream ends after those in flight.
    pub fn set_num_transfers(&mut self, num_transfers: usize) {
        self.transfers = num_transfers;
        // One is submitted by the next read.
        self.submit_up_to(num_transfers.saturating_sub(1));
    }

    /// The same, for method chains.
    pub fn with_num_transfers(mut self, num_transfers: usize) -> Self {
        self.set_num_transfers(num_transfers);
        self
    }

    /// How long a blocking read waits. When the time is up, the transfer goes
    /// on: the next read gets what it brings.
    pub fn set_read_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// The same, for method chains.
    pub fn with_read_timeout(mut self, timeout: Duration) -> Self {
        self.set_read_timeout(timeout);
        self
    }

    /// Cancels all transfers and submits no more: the stream ends after what
    /// they brought. [`Self::set_num_transfers`] begins again.
    pub fn cancel_all(&mut self) {
        self.transfers = 0;
        self.endpoint.cancel_all();
    }

    /// The endpoint, with the transfers in flight.
    pub fn into_inner(self) -> Endpoint<EpType, In> {
        self.endpoint
    }

    /// A reader of what comes until a packet is short, for protocols that end
    /// messages so.
    pub fn until_short_packet(&mut self) -> EndpointReadUntilShortPacket<'_, EpType> {
        EndpointReadUntilShortPacket { reader: self }
    }

    fn submit_up_to(&mut self, transfers: usize) {
        while self.endpoint.pending() < transfers {
            self.endpoint.submit(Buffer::new(self.transfer_size));
        }
    }

    /// Drops what was read, and says whether a transfer is in flight.
    fn go_on(&mut self) -> bool {
        self.current = None;
        self.submit_up_to(self.transfers);
        self.endpoint.pending() > 0
    }

    fn has_news(&self, end: End) -> bool {
        self.current
            .as_ref()
            .is_some_and(|current| current.has_news() || end == End::ShortPacket && current.short)
    }

    fn rest(&self) -> io::Result<&[u8]> {
        self.current.as_ref().map_or(Ok(&[]), Current::rest)
    }

    /// What there is to read, waiting for it.
    pub(super) fn fill(&mut self, end: End) -> io::Result<&[u8]> {
        while !self.has_news(end) {
            if !self.go_on() {
                return none_left(end);
            }
            let done = self.endpoint.wait_next_complete(self.timeout);
            let done = done.ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))?;
            self.current = Some(Current::new(done));
        }
        self.rest()
    }

    /// The same for futures.
    #[cfg_attr(not(any(feature = "smol", feature = "tokio")), allow(dead_code))]
    pub(super) fn poll_fill(
        &mut self,
        end: End,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<&[u8]>> {
        while !self.has_news(end) {
            if !self.go_on() {
                return Poll::Ready(none_left(end));
            }
            let done = ready!(self.endpoint.poll_next_complete(context));
            self.current = Some(Current::new(done));
        }
        Poll::Ready(self.rest())
    }

    pub(super) fn read_on(&mut self, bytes: usize) {
        let rest = self.current.as_ref().map_or(0, |current| current.buffer.len() - current.read);
        assert!(bytes <= rest, "{bytes} bytes consumed of {rest}");
        if let Some(current) = &mut self.current {
            current.read += bytes;
        }
    }

    /// Whether all before a short packet's end was read.
    pub(super) fn is_at_short_end(&self) -> bool {
        self.current.as_ref().is_some_and(|current| current.short && !current.has_news())
    }

    pub(super) fn pass_short_end(&mut self) {
        self.current = None;
    }
}

fn none_left(end: End) -> io::Result<&'static [u8]> {
    match end {
        End::Nowhere => Ok(&[]),
        End::ShortPacket => Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "no transfer is in flight, and no short packet came",
        )),
    }
}

/// As many bytes as there are and fit.
pub(super) fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let len = from.len().min(to.len());
    to[..len].copy_from_slice(&from[..len]);
    len
}

impl<EpType: BulkOrInterrupt> Read for EndpointRead<EpType> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let len = copy(self.fill(End::Nowhere)?, to);
        self.read_on(len);
        Ok(len)
    }
}

impl<EpType: BulkOrInterrupt> BufRead for EndpointRead<EpType> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.fill(End::Nowhere)
    }

    fn consume(&mut self, amount: usize) {
        self.read_on(amount);
    }
}
