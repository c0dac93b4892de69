//! The ecosystem's traits over a backend, without components: SPI, serial
//! ports, and everything async.

use std::future::poll_fn;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use embassy_futures::join::{join, join3};
use embassy_futures::select::{Either, select};
use embedded_hal::digital::OutputPin;
use embedded_hal::spi::{Error as _, ErrorKind, Operation, SpiBus, SpiDevice};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;
use embedded_hal_async::i2c::I2c;
use embedded_hal_async::spi::SpiDevice as AsyncSpi;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use periplasm_backend::native::{
    NativeDelay, NativeI2c, NativeInput, NativeOutput, NativeSerial, NativeSpi, NativeSpiBus,
    block_on,
};
use periplasm_backend::sim::{self, VirtualClock, World};
use periplasm_backend::{Clock, RealClock, SharedI2c, SharedSpi};

struct Board {
    world: World,
    clock: Arc<VirtualClock>,
}

impl Board {
    fn new() -> Self {
        let clock = Arc::new(VirtualClock::new());
        Self { world: World::new(clock.clone()), clock }
    }

    fn spi(&self, config: &str) -> NativeSpi {
        let config = toml::from_str(config).unwrap();
        let device = sim::SpiDevice::new(&self.world, "spi", &config).unwrap();
        NativeSpi::new(SharedSpi::new(device))
    }

    fn serial(&self, config: &str) -> NativeSerial {
        let config = toml::from_str(config).unwrap();
        let port = sim::Serial::new(&self.world, "port", &config).unwrap();
        NativeSerial::new(port, self.clock.clone())
    }

    fn i2c(&self, hz: u32) -> NativeI2c {
        let mut bus = sim::Bus::on(&self.world);
        bus.set_speed_hz(NonZeroU32::new(hz));
        bus.attach(&toml::from_str("model = 'registers'\naddress = 0x50").unwrap()).unwrap();
        NativeI2c::new(SharedI2c::new(bus))
    }

    fn input(&self, config: &str) -> NativeInput {
        let config = toml::from_str(config).unwrap();
        NativeInput::new(sim::Input::new(&self.world, "x", &config).unwrap())
    }

    fn output(&self) -> NativeOutput {
        NativeOutput::new(sim::Output::new(&self.world, "x", &Default::default()))
    }

    fn delay(&self) -> NativeDelay {
        NativeDelay::new(self.clock.clone())
    }
}

#[test]
fn a_device_is_embedded_hals() {
    let mut device =
        Board::new().spi("model = 'registers'\nfault = { kind = 'overrun', after = 3 }");
    SpiDevice::write(&mut device, &[0x10, 1, 2]).unwrap();
    let mut bytes = [0x90, 0, 0];
    SpiDevice::transfer_in_place(&mut device, &mut bytes).unwrap();
    assert_eq!(bytes, [0, 1, 2]);
    let mut byte = [0];
    let mut operations = [Operation::Write(&[0x91]), Operation::Read(&mut byte)];
    SpiDevice::transaction(&mut device, &mut operations).unwrap();
    assert_eq!(byte, [2]);
    assert_eq!(SpiDevice::write(&mut device, &[0]).unwrap_err().kind(), ErrorKind::Overrun);
}

#[test]
fn a_bus_is_embedded_hals() {
    let board = Board::new();
    let config = toml::from_str("model = 'loopback'").unwrap();
    let mut bus = NativeSpiBus::new(sim::SpiBus::new(&board.world, "bus", &config).unwrap());
    let mut bytes = [1, 2];
    bus.transfer_in_place(&mut bytes).unwrap();
    assert_eq!(bytes, [1, 2]);
    bus.transfer(&mut bytes, &[3]).unwrap();
    assert_eq!(bytes, [3, 0]);
    bus.write(&[4]).unwrap();
    bus.read(&mut bytes).unwrap();
    bus.flush().unwrap();
    assert_eq!(bytes, [0, 0]);
}

#[test]
fn a_port_is_embedded_ios_of_both_versions_and_nbs() {
    use embedded_hal_nb::serial::Write as _;
    use embedded_io::Read as _;
    let board = Board::new();
    let mut port = board.serial("model = 'loopback'\nbaud = 9_600");
    assert!(!embedded_io::ReadReady::read_ready(&mut port).unwrap());
    embedded_io::Write::write_all(&mut port, b"ab").unwrap();
    embedded_io_06::Write::write_all(&mut port, b"cd").unwrap();
    let mut bytes = [0; 4];
    port.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"abcd");
    // What a driver asks for again and again comes: the clock goes on.
    let before = board.clock.now_ns();
    nb::block!(port.write(7)).unwrap();
    assert_eq!(nb::block!(embedded_hal_nb::serial::Read::read(&mut port)), Ok(7));
    // 10 bits at 9600 Hz.
    assert_eq!(board.clock.now_ns() - before, 1_041_667);
    let nothing: nb::Result<u8, _> = embedded_hal_nb::serial::Read::read(&mut port);
    assert_eq!(nothing, Err(nb::Error::WouldBlock));
}

#[test]
fn two_buses_and_a_timer_run_at_once() {
    let board = Board::new();
    let (mut one, mut two, mut delay) = (board.i2c(100_000), board.i2c(100_000), board.delay());
    let mut byte = [0];
    let (a, b, ()) = block_on(
        &*board.clock,
        join3(
            I2c::<u8>::write(&mut one, 0x50, &[0, 7]),
            I2c::<u8>::write_read(&mut two, 0x50, &[0], &mut byte),
            delay.delay_us(100),
        ),
    );
    a.unwrap();
    b.unwrap();
    // The longer of the two: START, 2 bytes, START, 2 bytes, STOP.
    assert_eq!(board.clock.now_ns(), (1 + 18 + 1 + 18 + 1) * 10_000);
    block_on(&*board.clock, I2c::<u8>::write_read(&mut one, 0x50, &[0], &mut byte)).unwrap();
    assert_eq!(byte, [7]);
    let nobody = block_on(&*board.clock, I2c::<u16>::write(&mut one, 0x400, &[0]));
    assert!(nobody.is_err());
}

#[test]
fn an_async_device_does_what_the_blocking_one_does() {
    let board = Board::new();
    let mut device = board.spi("model = 'registers'\nspeed-hz = 1_000_000");
    let (mut place, mut both, mut read) = ([0, 0], [0; 3], [0; 1]);
    let all = async {
        AsyncSpi::write(&mut device, &[0x00, 1, 2, 3, 4, 5]).await?;
        AsyncSpi::transaction(
            &mut device,
            &mut [
                Operation::Transfer(&mut both, &[0x80]),
                Operation::DelayNs(77),
                Operation::TransferInPlace(&mut place),
                Operation::Read(&mut read),
            ],
        )
        .await
    };
    block_on(&*board.clock, all).unwrap();
    assert_eq!((both, place, read), ([0, 1, 2], [3, 4], [5]));
    assert_eq!(board.clock.now_ns(), 12 * 8_000 + 77);
}

#[test]
fn an_edge_that_one_future_makes_wakes_another() {
    let board = Board::new();
    let (mut input, mut output) = (board.input(""), board.output());
    let (mut delay, mut timeout) = (board.delay(), board.delay());
    let ((), first) = block_on(
        &*board.clock,
        join(
            async {
                delay.delay_ms(2).await;
                output.set_high().unwrap();
            },
            select(input.wait_for_rising_edge(), timeout.delay_ms(1_000)),
        ),
    );
    assert!(matches!(first, Either::First(Ok(()))));
    assert_eq!(board.clock.now_ns(), 2_000_000);
}

#[test]
fn every_edge_of_a_wave_is_seen_and_its_end_too() {
    let board = Board::new();
    let mut input =
        board.input("square = { start-us = 10_000_000, period-us = 2_000, edges = 40 }");
    let mut delay = board.delay();
    let mut count = 0;
    block_on(&*board.clock, async {
        while let Either::First(edge) =
            select(input.wait_for_any_edge(), delay.delay_ms(60_000)).await
        {
            edge.unwrap();
            count += 1;
        }
    });
    assert_eq!(count, 40);
    assert_eq!(board.clock.now_ns(), 10_040_000_000 + 60_000_000_000);
}

#[test]
fn combinators_that_poll_only_what_was_woken_go_on() {
    let board = Board::new();
    let order: Vec<u32> = block_on(&*board.clock, async {
        let timers: FuturesUnordered<_> = [5, 1, 3]
            .map(|ms| {
                let mut delay = board.delay();
                async move {
                    delay.delay_ms(ms).await;
                    ms
                }
            })
            .into_iter()
            .collect();
        timers.collect().await
    });
    assert_eq!(order, [1, 3, 5]);
}

#[test]
fn async_reads_wait_for_the_first_byte() {
    let board = Board::new();
    let mut port = board.serial("model = 'stream'\nsend = 'hi'\nperiod-us = 500\ntimes = 2");
    let mut bytes = [0; 8];
    let read = embedded_io_async::Read::read(&mut port, &mut bytes);
    assert_eq!(block_on(&*board.clock, read), Ok(2));
    let read = embedded_io_async_06::Read::read(&mut port, &mut bytes);
    assert_eq!((block_on(&*board.clock, read), board.clock.now_ns()), (Ok(2), 1_000_000));
    let read = embedded_io_async::Read::read(&mut port, &mut []);
    assert_eq!(block_on(&*board.clock, read), Ok(0));
}

#[test]
fn another_thread_may_wake_a_future_in_real_time() {
    let clock = Arc::new(RealClock::new());
    let done = Arc::new(AtomicBool::new(false));
    let waits = poll_fn(|context| {
        if done.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        let (done, waker) = (done.clone(), context.waker().clone());
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            done.store(true, Ordering::SeqCst);
            waker.wake();
        });
        Poll::Pending
    });
    block_on(&*clock, waits);
    let before = clock.now_ns();
    block_on(&*clock, NativeDelay::new(clock.clone()).delay_ms(2));
    assert!(clock.now_ns() - before >= 2_000_000);
}
