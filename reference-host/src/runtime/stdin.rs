//! Standard input that does not outlast a run.

use std::time::Instant;

use tokio::io::AsyncRead;
use wasmtime_wasi::cli::{IsTerminal, StdinStream};
use wasmtime_wasi::p2::{InputStream, Pollable, StreamError, StreamResult};

use super::watch::Stop;

/// The host's standard input, until a run's time is over.
pub(super) struct BoundedStdin {
    pub(super) end: Option<(Instant, Stop)>,
}

struct Stream {
    inner: Box<dyn InputStream>,
    end: Option<(Instant, Stop)>,
}

impl IsTerminal for BoundedStdin {
    fn is_terminal(&self) -> bool {
        std::io::IsTerminal::is_terminal(&std::io::stdin())
    }
}

impl StdinStream for BoundedStdin {
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        wasmtime_wasi::cli::stdin().async_stream()
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(Stream { inner: wasmtime_wasi::cli::stdin().p2_stream(), end: self.end })
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {
        match self.end {
            Some((end, _)) => {
                // Which of the two came first, `read` finds out.
                let _ = tokio::time::timeout_at(end.into(), self.inner.ready()).await;
            }
            None => self.inner.ready().await,
        }
    }
}

#[wasmtime_wasi::async_trait]
impl InputStream for Stream {
    fn read(&mut self, size: usize) -> StreamResult<bytes::Bytes> {
        match self.end {
            Some((end, stop)) if Instant::now() >= end => Err(StreamError::Trap(stop.into())),
            _ => self.inner.read(size),
        }
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}
