//! Transfers over a software bus, natively and in a component: the crate
//! `strokes-usb` on both sides, with the same native gadget at the other end.
//!
//! Two threads wake each other here, so that a mean says little: each round trip
//! is timed by itself, native and component by turns.
//!
//! Whether a gadget that is woken interrupts the host side at once is up to the
//! scheduler. On one processor that made 3.3 switches of a bulk round trip, both
//! sides taken together; under `chrt --batch 0`, where nobody is interrupted, it
//! has 2, and what is left over native is the calls.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use periplasm_tests::{Rig, ok};
use periplasm_usb::cable::Cable;
use strokes_usb::{Failed, Strokes};

use crate::usb_gadget::plug;

const SLOTS: &str = "usb = { usb = \"desk\", devices = [{ vendor = 0x1209, product = 1, \
                     control = [\"vendor-device\"] }] }";

const BOARD: &str = "backend = \"sim\"\n[usb.desk]\ncable = \"desk\"\n\
                     allow = [{ vendor = 0x1209, control = [\"vendor-device\"] }]\n";

/// What is measured.
struct Row {
    name: &'static str,
    /// Of the component.
    function: &'static str,
    native: fn(&mut Strokes, u32, usize) -> Result<(), Failed>,
    len: usize,
    /// How many make one sample, and how many samples there are on each side.
    count: u32,
    samples: usize,
    target: &'static str,
}

type Native = fn(&mut Strokes, u32, usize) -> Result<(), Failed>;

const fn row(
    name: &'static str,
    (function, native): (&'static str, Native),
    len: usize,
    (count, samples): (u32, usize),
    target: &'static str,
) -> Row {
    Row { name, function, native, len, count, samples, target }
}

const BULK: (&str, Native) = ("bulk", Strokes::bulk);
const INTERRUPT: (&str, Native) = ("interrupt", Strokes::interrupt);
const ROUND_TRIP: &str = "at most 2 µs over native";
const STREAM: &str = "at most 3 % over native";

/// Streams are many transfers a sample, so that it is not their start that is
/// measured.
const ROWS: [Row; 12] = [
    row("bulk-32", BULK, 32, (1, 20_000), ROUND_TRIP),
    row("bulk-512", BULK, 512, (1, 20_000), ROUND_TRIP),
    row("interrupt-32", INTERRUPT, 32, (1, 20_000), ROUND_TRIP),
    row("interrupt-512", INTERRUPT, 512, (1, 20_000), ROUND_TRIP),
    row("control-32", ("control", Strokes::control), 32, (1, 20_000), ROUND_TRIP),
    row("read-64KiB", ("read", Strokes::read), 65536, (1, 2_000), ""),
    row("write-64KiB", ("write", Strokes::write), 65536, (1, 2_000), ""),
    row("read-random-4KiB", ("read-random", Strokes::read_random), 4096, (1, 4_000), ""),
    row("write-random-4KiB", ("write-random", Strokes::write_random), 4096, (1, 4_000), ""),
    row("stream-in-64KiB", ("stream-in", Strokes::stream_in), 65536, (32, 200), STREAM),
    row("stream-out-64KiB", ("stream-out", Strokes::stream_out), 65536, (32, 200), STREAM),
    row("isochronous-8KiB", ("isochronous", Strokes::isochronous), 0, (100, 10), STREAM),
];

/// How often the two sides take turns.
const TURNS: usize = 10;

pub(crate) fn usb() {
    println!(
        "\n{:24}{:>10}{:>10}{:>12}{:>10}{:>13}{:>8}   target",
        "", "native", "p99", "component", "p99", "over native", "ratio"
    );
    ROWS.iter().for_each(measure);
    idle();
}

fn measure(row: &Row) {
    let cable = Cable::new(1);
    plug(&cable);
    periplasm_usb_host::native::install(cable.host());
    let mut strokes = Strokes::open().expect("the native gadget");
    let mut rig = Rig::driver("tests/guests/strokes-usb-driver", SLOTS, BOARD);
    plug(&ok(rig.machine.cable("desk")));
    const INTERFACE: &str = "test:strokes-usb/strokes@0.1.0";
    type Done = (Result<(), ()>,);
    let stroke = ok(rig.running.typed_func::<(u32, u32), Done>(INTERFACE, row.function));
    let samples = row.samples / TURNS;
    let (mut native, mut component) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let n = timed(row, samples, || (row.native)(&mut strokes, row.count, row.len).is_ok());
        let c = timed(row, samples, || {
            ok(rig.running.call(&stroke, (row.count, row.len as u32))).0.is_ok()
        });
        // The first turn warms up.
        if turn > 0 {
            native.extend(n);
            component.extend(c);
        }
    }
    let (native, component) = (Figures::of(native), Figures::of(component));
    let line = format!(
        "{:24}{:>10}{:>10}{:>12}{:>10}{:>13}{:>8.3}   {}",
        format!("usb-{}", row.name),
        time(native.median),
        time(native.p99),
        time(component.median),
        time(component.p99),
        time(component.median - native.median),
        component.median / native.median,
        row.target
    );
    println!("{}", line.trim_end());
}

/// What one stroke takes, in ns, for each sample.
fn timed(row: &Row, samples: usize, mut stroke: impl FnMut() -> bool) -> Vec<f64> {
    let mut times = Vec::with_capacity(samples);
    for _ in 0..samples {
        let started = Instant::now();
        assert!(stroke(), "{} failed", row.name);
        times.push(started.elapsed().as_nanos() as f64 / f64::from(row.count));
    }
    times
}

/// How often a gadget that has nothing to do asks its port. Not a measurement of
/// time.
fn idle() {
    let cable = Cable::new(1);
    let calls = plug(&cable);
    // What enumeration left to be done.
    std::thread::sleep(Duration::from_millis(200));
    let before = calls.load(Ordering::Relaxed);
    std::thread::sleep(Duration::from_secs(1));
    let made = calls.load(Ordering::Relaxed) - before;
    println!("usb-idle: {made} calls of a gadget in 1 s   target: none");
}

struct Figures {
    median: f64,
    p99: f64,
}

impl Figures {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |part: f64| samples[((samples.len() - 1) as f64 * part) as usize];
        Self { median: at(0.5), p99: at(0.99) }
    }
}

/// Nanoseconds in the unit that keeps the number short.
fn time(ns: f64) -> String {
    match ns.abs() {
        n if n < 1e3 => format!("{ns:.0} ns"),
        n if n < 1e6 => format!("{:.2} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}
