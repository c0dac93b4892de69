//! embedded-hal's traits straight on a model and its wires, so that these tests
//! say nothing about anything else.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use embedded_hal::delay::DelayNs;
use embedded_hal::spi::Operation;
use embedded_hal::{digital, pwm, spi};
use periplasm_backend::sim::{Net, Nets, SerialTarget, SpiTarget, VirtualClock, Wiring};
use periplasm_backend::{Clock, Level};

/// A clock and wires of their own.
#[derive(Clone, Default)]
pub(crate) struct Bench {
    pub(crate) clock: Arc<VirtualClock>,
    nets: Nets,
}

impl Bench {
    pub(crate) fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    pub(crate) fn wait_ns(&self, ns: u64) {
        self.clock.delay_ns(ns);
    }

    /// Each of a chip's pins on the wire of the same name.
    pub(crate) fn wiring(&self, pins: &[&str]) -> Wiring {
        let pins: BTreeMap<_, _> =
            pins.iter().map(|pin| ((*pin).to_owned(), (*pin).to_owned())).collect();
        Wiring::new(&self.nets, pins)
    }

    pub(crate) fn net(&self, name: &str) -> Net {
        self.nets.net(name)
    }

    pub(crate) fn pin(&self, name: &str) -> Pin {
        self.pin_on(self.net(name))
    }

    pub(crate) fn pin_on(&self, net: Net) -> Pin {
        Pin { net, bench: self.clone() }
    }

    pub(crate) fn spi<T>(&self, chip: T) -> (Cable<T>, Arc<Mutex<T>>) {
        let chip = Arc::new(Mutex::new(chip));
        (Cable { chip: chip.clone(), bench: self.clone() }, chip)
    }
}

impl DelayNs for Bench {
    fn delay_ns(&mut self, ns: u32) {
        self.clock.delay_ns(ns.into());
    }
}

/// A wire that a driver sets.
pub(crate) struct Pin {
    net: Net,
    bench: Bench,
}

impl digital::ErrorType for Pin {
    type Error = Infallible;
}

impl digital::OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.net.set(Level::Low, self.bench.now_ns());
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.net.set(Level::High, self.bench.now_ns());
        Ok(())
    }
}

/// A duty cycle of 1000 parts that a driver sets.
#[derive(Clone, Default)]
pub(crate) struct Duty(pub(crate) Arc<Mutex<u16>>);

impl pwm::ErrorType for Duty {
    type Error = Infallible;
}

impl pwm::SetDutyCycle for Duty {
    fn max_duty_cycle(&self) -> u16 {
        1000
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        *self.0.lock().unwrap() = duty;
        Ok(())
    }
}

/// A model on the other end.
pub(crate) struct Cable<T> {
    chip: Arc<Mutex<T>>,
    bench: Bench,
}

impl<T: SpiTarget> Cable<T> {
    /// One transaction: what comes back for these bytes.
    pub(crate) fn exchange<const N: usize>(&mut self, sent: [u8; N]) -> [u8; N] {
        let now_ns = self.bench.now_ns();
        self.chip.select(now_ns);
        let received = sent.map(|byte| self.chip.exchange(byte, now_ns));
        self.chip.deselect(now_ns);
        received
    }
}

impl<T> spi::ErrorType for Cable<T> {
    type Error = Infallible;
}

fn transfer(chip: &mut impl SpiTarget, read: &mut [u8], write: &[u8], now_ns: u64) {
    for place in 0..read.len().max(write.len()) {
        let received = chip.exchange(write.get(place).copied().unwrap_or(0), now_ns);
        if let Some(byte) = read.get_mut(place) {
            *byte = received;
        }
    }
}

impl<T: SpiTarget> spi::SpiDevice for Cable<T> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        let now_ns = || self.bench.now_ns();
        self.chip.select(now_ns());
        for operation in operations {
            match operation {
                Operation::Read(read) => self.chip.read(read, now_ns()),
                Operation::Write(write) => self.chip.write(write, now_ns()),
                Operation::Transfer(read, write) => {
                    transfer(&mut self.chip, read, write, now_ns());
                }
                Operation::TransferInPlace(bytes) => {
                    for byte in bytes.iter_mut() {
                        *byte = self.chip.exchange(*byte, now_ns());
                    }
                }
                Operation::DelayNs(ns) => self.bench.wait_ns((*ns).into()),
            }
        }
        self.chip.deselect(now_ns());
        Ok(())
    }
}

impl<T: SpiTarget> spi::SpiBus for Cable<T> {
    fn read(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        self.chip.read(words, self.bench.now_ns());
        Ok(())
    }

    fn write(&mut self, words: &[u8]) -> Result<(), Infallible> {
        self.chip.write(words, self.bench.now_ns());
        Ok(())
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), Infallible> {
        transfer(&mut self.chip, read, write, self.bench.now_ns());
        Ok(())
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        for byte in words {
            *byte = self.chip.exchange(*byte, self.bench.now_ns());
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A serial line to a model. A read waits for as long as something is to come.
pub(crate) struct Line<T> {
    pub(crate) chip: Arc<Mutex<T>>,
    bench: Bench,
    arrived: Vec<u8>,
}

impl<T: SerialTarget> Line<T> {
    pub(crate) fn new(bench: &Bench, chip: T) -> Self {
        Self { chip: Arc::new(Mutex::new(chip)), bench: bench.clone(), arrived: Vec::new() }
    }

    /// What has arrived; if nothing has, what comes next.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        while self.arrived.is_empty() {
            self.chip.send(&mut self.arrived, self.bench.now_ns());
            if self.arrived.is_empty() {
                let next_ns = self.chip.next_ns().expect("nothing will ever come");
                self.bench.wait_ns(next_ns.saturating_sub(self.bench.now_ns()));
            }
        }
        std::mem::take(&mut self.arrived)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.chip.receive(bytes, self.bench.now_ns());
    }
}

impl<T> embedded_io::ErrorType for Line<T> {
    type Error = Infallible;
}

impl<T: SerialTarget> embedded_io::Read for Line<T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        self.arrived = self.take();
        let taken = buffer.len().min(self.arrived.len());
        buffer[..taken].copy_from_slice(&self.arrived[..taken]);
        self.arrived.drain(..taken);
        Ok(taken)
    }
}

impl<T: SerialTarget> embedded_io::Write for Line<T> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.send(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<T> embedded_hal_nb::serial::ErrorType for Line<T> {
    type Error = embedded_hal_nb::serial::ErrorKind;
}

impl<T: SerialTarget> embedded_hal_nb::serial::Read for Line<T> {
    fn read(&mut self) -> nb::Result<u8, Self::Error> {
        self.arrived = self.take();
        Ok(self.arrived.remove(0))
    }
}
