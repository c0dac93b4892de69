//! Writing an OUT endpoint.

use std::future::poll_fn;
use std::io::{self, Write};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::whole_packets;
use crate::Endpoint;
use crate::transfer::{Buffer, BulkOrInterrupt, Completion, Out};

/// Writes an OUT endpoint, as `Write` of std, or its async twins of tokio and
/// futures-io.
///
/// Bytes are sent when a transfer is full, and by [`submit`](Self::submit) and
/// flushes. How a transfer ended is told by a later write or flush.
pub struct EndpointWrite<EpType: BulkOrInterrupt> {
    endpoint: Endpoint<EpType, Out>,
    /// The transfer that is being filled.
    current: Option<Buffer>,
    /// Memory of one that has ended.
    spare: Option<Buffer>,
    transfers: usize,
    transfer_size: usize,
    timeout: Duration,
}

impl<EpType: BulkOrInterrupt> EndpointWrite<EpType> {
    /// Writes `endpoint` in transfers of `transfer_size` bytes, rounded up to
    /// whole packets.
    pub fn new(endpoint: Endpoint<EpType, Out>, transfer_size: usize) -> Self {
        let transfer_size = whole_packets(transfer_size, endpoint.max_packet_size());
        let (current, spare, timeout) = (None, None, Duration::MAX);
        Self { endpoint, current, spare, transfers: 1, transfer_size, timeout }
    }

    /// How many transfers may be in flight before a write waits, 1 at first.
    ///
    /// # Panics
    ///
    /// With 0.
    pub fn set_num_transfers(&mut self, num_transfers: usize) {
        assert!(num_transfers > 0, "without transfers nothing could be written");
        self.transfers = num_transfers;
    }

    /// The same, for method chains.
    pub fn with_num_transfers(mut self, num_transfers: usize) -> Self {
        self.set_num_transfers(num_transfers);
        self
    }

    /// How long a blocking write or flush waits for one transfer. When the time
    /// is up, the transfer goes on.
    pub fn set_write_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// The same, for method chains.
    pub fn with_write_timeout(mut self, timeout: Duration) -> Self {
        self.set_write_timeout(timeout);
        self
    }

    /// The endpoint, with the transfers in flight. Bytes that were not
    /// submitted are lost.
    pub fn into_inner(self) -> Endpoint<EpType, Out> {
        self.endpoint
    }

    /// Sends what was written, and does not wait for it.
    pub fn submit(&mut self) {
        if let Some(bytes) = self.current.take_if(|bytes| !bytes.is_empty()) {
            self.endpoint.submit(bytes);
        }
    }

    /// The same, and ends with a short packet: an empty one if need be.
    pub fn submit_end(&mut self) {
        let bytes = self.current.take().unwrap_or_else(|| Buffer::new(0));
        let len = bytes.len();
        self.endpoint.submit(bytes);
        if len != 0 && len.is_multiple_of(self.endpoint.max_packet_size().max(1)) {
            self.endpoint.submit(Buffer::new(0));
        }
    }

    /// Sends what was written and a short packet, and waits until all is sent.
    ///
    /// # Errors
    ///
    /// How a transfer ended; [`io::ErrorKind::TimedOut`].
    pub fn flush_end(&mut self) -> io::Result<()> {
        self.submit_end();
        self.wait_all()
    }

    /// The same for async code.
    ///
    /// # Errors
    ///
    /// How a transfer ended.
    pub async fn flush_end_async(&mut self) -> io::Result<()> {
        self.submit_end();
        poll_fn(|context| self.poll_all(context)).await
    }

    /// What can be filled, unless a transfer is to be waited for first.
    fn room(&mut self) -> Option<&mut Buffer> {
        if self.current.is_none() && self.endpoint.pending() < self.transfers {
            let spare = self.spare.take();
            self.current = Some(spare.unwrap_or_else(|| Buffer::new(self.transfer_size)));
        }
        self.current.as_mut()
    }

    fn fill(&mut self, bytes: &[u8]) -> usize {
        let Some(room) = self.room() else { return 0 };
        let len = bytes.len().min(room.remaining_capacity());
        room.extend_from_slice(&bytes[..len]);
        if room.remaining_capacity() == 0 {
            self.submit();
        }
        len
    }

    fn ended(&mut self, Completion { mut buffer, status, .. }: Completion) -> io::Result<()> {
        if buffer.capacity() >= self.transfer_size {
            buffer.clear();
            self.spare = Some(buffer);
        }
        Ok(status?)
    }

    fn wait_one(&mut self) -> io::Result<()> {
        let done = self.endpoint.wait_next_complete(self.timeout);
        let done = done.ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))?;
        self.ended(done)
    }

    fn wait_all(&mut self) -> io::Result<()> {
        while self.endpoint.pending() > 0 {
            self.wait_one()?;
        }
        Ok(())
    }

    fn poll_one(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = ready!(self.endpoint.poll_next_complete(context));
        Poll::Ready(self.ended(done))
    }

    pub(super) fn poll_all(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.endpoint.pending() > 0 {
            ready!(self.poll_one(context))?;
        }
        Poll::Ready(Ok(()))
    }

    #[cfg_attr(not(any(feature = "smol", feature = "tokio")), allow(dead_code))]
    pub(super) fn poll_fill(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        while self.room().is_none() {
            ready!(self.poll_one(context))?;
        }
        Poll::Ready(Ok(self.fill(bytes)))
    }
}

impl<EpType: BulkOrInterrupt> Write for EndpointWrite<EpType> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        while self.room().is_none() {
            self.wait_one()?;
        }
        Ok(self.fill(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.submit();
        self.wait_all()
    }
}
