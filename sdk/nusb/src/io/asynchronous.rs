//! The async traits of futures-io and tokio.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::read::End;
use super::{EndpointRead, EndpointReadUntilShortPacket, EndpointWrite};
use crate::transfer::BulkOrInterrupt;

#[cfg(feature = "smol")]
mod smol {
    use futures_io::{AsyncBufRead, AsyncRead, AsyncWrite};

    use super::super::read::copy;
    use super::*;

    impl<EpType: BulkOrInterrupt> AsyncRead for EndpointRead<EpType> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            to: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            let len = copy(ready!(self.poll_fill(End::Nowhere, context))?, to);
            self.read_on(len);
            Poll::Ready(Ok(len))
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncBufRead for EndpointRead<EpType> {
        fn poll_fill_buf(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<&[u8]>> {
            self.get_mut().poll_fill(End::Nowhere, context)
        }

        fn consume(mut self: Pin<&mut Self>, amount: usize) {
            self.read_on(amount);
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncRead for EndpointReadUntilShortPacket<'_, EpType> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            to: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            let len = copy(ready!(self.reader.poll_fill(End::ShortPacket, context))?, to);
            self.reader.read_on(len);
            Poll::Ready(Ok(len))
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncBufRead for EndpointReadUntilShortPacket<'_, EpType> {
        fn poll_fill_buf(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<&[u8]>> {
            self.get_mut().reader.poll_fill(End::ShortPacket, context)
        }

        fn consume(mut self: Pin<&mut Self>, amount: usize) {
            self.reader.read_on(amount);
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncWrite for EndpointWrite<EpType> {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.poll_fill(context, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.submit();
            self.poll_all(context)
        }

        fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.poll_flush(context)
        }
    }
}

#[cfg(feature = "tokio")]
mod tokio {
    use ::tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

    use super::*;

    /// As many bytes as there are and fit.
    fn put(from: &[u8], to: &mut ReadBuf<'_>) -> usize {
        let len = from.len().min(to.remaining());
        to.put_slice(&from[..len]);
        len
    }

    impl<EpType: BulkOrInterrupt> AsyncRead for EndpointRead<EpType> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            to: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let len = put(ready!(self.poll_fill(End::Nowhere, context))?, to);
            self.read_on(len);
            Poll::Ready(Ok(()))
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncBufRead for EndpointRead<EpType> {
        fn poll_fill_buf(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<&[u8]>> {
            self.get_mut().poll_fill(End::Nowhere, context)
        }

        fn consume(mut self: Pin<&mut Self>, amount: usize) {
            self.read_on(amount);
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncRead for EndpointReadUntilShortPacket<'_, EpType> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            to: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let len = put(ready!(self.reader.poll_fill(End::ShortPacket, context))?, to);
            self.reader.read_on(len);
            Poll::Ready(Ok(()))
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncBufRead for EndpointReadUntilShortPacket<'_, EpType> {
        fn poll_fill_buf(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<&[u8]>> {
            self.get_mut().reader.poll_fill(End::ShortPacket, context)
        }

        fn consume(mut self: Pin<&mut Self>, amount: usize) {
            self.reader.read_on(amount);
        }
    }

    impl<EpType: BulkOrInterrupt> AsyncWrite for EndpointWrite<EpType> {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.poll_fill(context, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.submit();
            self.poll_all(context)
        }

        fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.poll_flush(context)
        }
    }
}
