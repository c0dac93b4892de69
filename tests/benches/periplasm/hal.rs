//! One operation of each kind, natively and in a component: the crate
//! `strokes` on both sides, over the same simulated board.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion};
use periplasm_backend::native::{
    NativeDelay, NativeI2c, NativeInput, NativeOutput, NativeSerial, NativeSpi, block_on,
};
use periplasm_backend::sim::{self, VirtualClock, World};
use periplasm_backend::{Clock, SharedI2c, SharedSpi};
use periplasm_tests::{Rig, ok};
use serde::de::DeserializeOwned;
use strokes::Failed;

const SLOTS: &str = "\
spi = { spi = \"registers\" }
output = { output-pin = \"loop\" }
input = { input-pin = \"loop\" }
port = { serial = \"loop\" }
screen = { i2c = \"screen\", address = 0x3c }
card = { spi = \"card\" }";

/// The I2C bus with the display has its real speed: its bus time counts.
fn board(image: &std::path::Path) -> String {
    format!(
        "backend = \"sim\"\n\
         [spi.registers]\nmodel = \"registers\"\n\
         [spi.card]\nmodel = \"sdcard\"\nmebibytes = 4\nimage = {image:?}\n\
         [output-pin.loop]\n[input-pin.loop]\n\
         [serial.loop]\nmodel = \"loopback\"\n\
         [i2c.screen]\nallow = [0x3c]\nspeed-hz = 400_000\n\
         devices = [{{ model = \"ssd1306\", address = 0x3c }}]\n"
    )
}

/// The same board natively.
struct Native {
    clock: Arc<VirtualClock>,
    world: World,
    board: toml::Table,
}

impl Native {
    fn new(board: &str) -> Self {
        let clock = Arc::new(VirtualClock::new());
        Self { world: World::new(clock.clone()), clock, board: board.parse().expect("a board") }
    }

    fn entry<T: DeserializeOwned>(&self, kind: &str, name: &str) -> T {
        self.board[kind][name].clone().try_into().expect("an entry of the board")
    }

    fn spi(&self, name: &str) -> NativeSpi {
        let device = sim::SpiDevice::new(&self.world, name, &self.entry("spi", name));
        NativeSpi::new(SharedSpi::new(device.expect("a device")))
    }

    fn output(&self) -> NativeOutput {
        NativeOutput::new(sim::Output::new(&self.world, "loop", &Default::default()))
    }

    fn screen(&self) -> NativeI2c {
        let mut bus = sim::Bus::on(&self.world);
        bus.set_speed_hz(std::num::NonZeroU32::new(400_000));
        let device = self.board["i2c"]["screen"]["devices"][0].clone();
        bus.attach(&device.try_into().expect("a device")).expect("a display");
        NativeI2c::new(SharedI2c::new(bus))
    }

    fn run(&self, stroke: &str, count: u32) -> Result<(), Failed> {
        match stroke {
            "spi-1" => strokes::spi(&mut self.spi("registers"), count, 1),
            "spi-4096" => strokes::spi(&mut self.spi("registers"), count, 4096),
            "pin" => strokes::pin(&mut self.output(), count),
            "serial-64" => {
                let port = sim::Serial::new(&self.world, "loop", &self.entry("serial", "loop"));
                let clock: Arc<dyn Clock> = self.clock.clone();
                strokes::serial(&mut NativeSerial::new(port.expect("a port"), clock), count)
            }
            "edge" => {
                let input = sim::Input::new(&self.world, "loop", &Default::default());
                let mut input = NativeInput::new(input.expect("a pin"));
                block_on(&*self.clock, strokes::edges(&mut self.output(), &mut input, count))
            }
            "frame" => strokes::frames(self.screen(), count),
            _ => {
                let clock: Arc<dyn Clock> = self.clock.clone();
                strokes::card(self.spi("card"), NativeDelay::new(clock), count)
            }
        }
    }
}

/// Criterion's name of a stroke, and the component's function with its length.
const STROKES: [(&str, &str, Option<u32>); 7] = [
    ("spi-1", "spi", Some(1)),
    ("spi-4096", "spi", Some(4096)),
    ("pin", "pin", None),
    ("serial-64", "serial", None),
    ("edge", "edges", None),
    ("frame", "frames", None),
    ("card-1MiB", "card", None),
];

/// What a stroke took: the time of this machine, and the simulated bus's.
fn timed<R>(bencher: &mut Bencher<'_>, clock: &dyn Clock, mut run: impl FnMut(u32) -> R) {
    bencher.iter_custom(|count| {
        let count = u32::try_from(count).expect("fewer than 4 billion");
        let (began, started) = (clock.now_ns(), Instant::now());
        run(count);
        started.elapsed() + Duration::from_nanos(clock.now_ns() - began)
    });
}

pub(crate) fn hal(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let image = folder.path().join("card.img");
    std::fs::write(&image, vec![0x55; 4 << 20]).expect("an image");
    let board = board(&image);
    for (name, function, len) in STROKES {
        let mut group = c.benchmark_group(format!("hal-{name}"));
        let native = Native::new(&board);
        group.bench_function("native", |b| {
            timed(b, &*native.clock, |count| native.run(name, count).expect("a stroke"));
        });
        let mut rig = Rig::driver("tests/guests/strokes-driver", SLOTS, &board);
        let clock = Arc::clone(rig.machine.clock());
        const INTERFACE: &str = "test:strokes/strokes@0.1.0";
        type Done = (Result<(), ()>,);
        group.bench_function("component", |b| match len {
            Some(len) => {
                let spi = ok(rig.running.typed_func::<(u32, u32), Done>(INTERFACE, function));
                timed(b, &*clock, |count| {
                    ok(rig.running.call(&spi, (count, len))).0.expect("a stroke");
                });
            }
            None => {
                let stroke = ok(rig.running.typed_func::<(u32,), Done>(INTERFACE, function));
                timed(b, &*clock, |count| {
                    ok(rig.running.call(&stroke, (count,))).0.expect("a stroke");
                });
            }
        });
        group.finish();
    }
}
