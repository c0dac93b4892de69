//! The async traits on the same wires. Nothing is ever pending: a wait moves
//! the clock to where the wire changes.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;
use embedded_hal_async::spi::{Operation, SpiDevice};
use periplasm_backend::Level;
use periplasm_backend::sim::{Net, SpiTarget};

use crate::cable::{Bench, Cable};

/// What a future gives that is never pending.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("something is pending"),
    }
}

impl DelayNs for Bench {
    async fn delay_ns(&mut self, ns: u32) {
        self.wait_ns(ns.into());
    }
}

impl<T: SpiTarget> SpiDevice for Cable<T> {
    async fn transaction(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Result<(), Infallible> {
        embedded_hal::spi::SpiDevice::transaction(self, operations)
    }
}

/// A wire that a driver waits on. It fails when nothing is to come.
pub(crate) struct Input {
    pub(crate) net: Net,
    pub(crate) bench: Bench,
}

/// Nothing will ever happen on this wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Never;

impl embedded_hal::digital::Error for Never {
    fn kind(&self) -> embedded_hal::digital::ErrorKind {
        embedded_hal::digital::ErrorKind::Other
    }
}

impl embedded_hal::digital::ErrorType for Input {
    type Error = Never;
}

impl Input {
    fn wait(&self, level: Level) -> Result<(), Never> {
        while self.net.level(self.bench.now_ns()) != level {
            let next_ns = self.net.next_ns().ok_or(Never)?;
            self.bench.wait_ns(next_ns - self.bench.now_ns());
        }
        Ok(())
    }
}

impl Wait for Input {
    async fn wait_for_high(&mut self) -> Result<(), Never> {
        self.wait(Level::High)
    }

    async fn wait_for_low(&mut self) -> Result<(), Never> {
        self.wait(Level::Low)
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Never> {
        self.wait(Level::Low).and_then(|()| self.wait(Level::High))
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Never> {
        self.wait(Level::High).and_then(|()| self.wait(Level::Low))
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Never> {
        self.wait(if self.net.level(self.bench.now_ns()).is_high() {
            Level::Low
        } else {
            Level::High
        })
    }
}
