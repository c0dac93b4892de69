//! A component beside the same driver natively, over the same model, in one
//! run: `cargo xtask bench`.
#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group};
use embedded_hal::i2c::I2c;
use periplasm_backend::native::{NativeDelay, NativeI2c};
use periplasm_compose::{Options, compose};
use periplasm_host::{Board, Grants, Host, HostOptions, Machine, Pipeline, RunOptions};
use periplasm_tests::{Rig, THERMOMETER, build, host, ok, root};

mod hal;
mod usb;
mod usb_gadget;
mod usb_storage;

const BUS: &str = "bus = { i2c = \"environment\", address = 0x76 }";

fn weather_board() -> String {
    std::fs::read_to_string(root().join("compose/pipelines/weather/board.toml")).expect("a board")
}

fn machine() -> Machine {
    ok(Machine::open(&ok(Board::parse(&weather_board(), "board.toml"))))
}

/// One reading of a BME280: a forced measurement, its delay, and the sums.
fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("reading");
    let machine = machine();
    let mut delay = NativeDelay::new(Arc::clone(machine.clock()));
    let mut chip = bme280::i2c::BME280::new_primary(NativeI2c::new(ok(machine.i2c("environment"))));
    chip.init(&mut delay).expect("a chip");
    group.bench_function("native", |b| {
        b.iter(|| black_box(chip.measure(&mut delay).expect("a reading").temperature))
    });
    let mut rig = Rig::driver("drivers/bme280", BUS, &weather_board());
    type Temperature = (Result<i32, periplasm_tests::DeviceError>,);
    let temperature = ok(rig.running.typed_func::<(), Temperature>(THERMOMETER, "temperature"));
    group.bench_function("component", |b| {
        b.iter(|| black_box(ok(rig.running.call(&temperature, ()))))
    });
    group.finish();
}

/// One I2C write-read of 1 + 8 bytes. The component makes 1,000 of them in one
/// call, so that the call itself does not count.
fn i2c(c: &mut Criterion) {
    let mut group = c.benchmark_group("i2c");
    let board = "backend = \"sim\"\n[i2c.bus]\nallow = [0x50]\n\
                 [[i2c.bus.devices]]\nmodel = \"registers\"\naddress = 0x50\n";
    let machine = ok(Machine::open(&ok(Board::parse(board, "board.toml"))));
    let mut bus = NativeI2c::new(ok(machine.i2c("bus")));
    group.bench_function("native", |b| {
        let mut buffer = [0; 8];
        b.iter(|| bus.write_read(0x50_u8, &[0], black_box(&mut buffer)).expect("a chip"))
    });
    let slots = "bus = { i2c = \"bus\", address = 0x50 }";
    let mut rig = Rig::driver("tests/guests/hammer", slots, board);
    let write_reads = ok(rig
        .running
        .typed_func::<(u32,), (Result<u32, ()>,)>("test:hammer/hammer@0.1.0", "write-reads"));
    group.bench_function("component", |b| {
        b.iter_custom(|count| {
            let count = u32::try_from(count).expect("fewer than 4 billion");
            let started = std::time::Instant::now();
            black_box(ok(rig.running.call(&write_reads, (count,)))).0.expect("a chip");
            started.elapsed()
        })
    });
    group.finish();
}

/// Composing two components that cargo has built already.
fn composing(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options::default();
    for (name, path) in [("climate", "drivers/bme280"), ("app", "compose/pipelines/weather/app")] {
        let stage = ok(periplasm_compose::build_stage(&root().join(path), &options));
        std::fs::write(folder.path().join(format!("{name}.wasm")), stage.bytes()).expect("written");
    }
    let manifest = folder.path().join("pipeline.toml");
    let text = format!(
        "[pipeline]\nname = \"weather\"\n\
         [stages.climate]\nwasm = \"climate.wasm\"\n[stages.climate.slots]\n{BUS}\n\
         [stages.app]\nwasm = \"app.wasm\"\nuses = [\"climate\"]\n"
    );
    std::fs::write(&manifest, text).expect("a manifest");
    let mut group = c.benchmark_group("compose");
    group.bench_function("two-components", |b| {
        b.iter(|| black_box(ok(compose(&manifest, &options, &mut ()))))
    });
    group.finish();
}

/// From a pipeline's bytes to an instance that can be called.
fn load(c: &mut Criterion) {
    let component = build::pipeline("compose/pipelines/weather/pipeline.toml");
    let board = ok(Board::parse(&weather_board(), "board.toml"));
    let machine = machine();
    let pipeline = ok(Pipeline::from_bytes(component.clone()));
    let grants = ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused));
    let cache = tempfile::tempdir().expect("a temporary folder");
    let options = HostOptions { cache: Some(cache.path().join("cache")) };
    let cached = ok(Host::new(options));
    ok(cached.compile(&pipeline));
    let mut group = c.benchmark_group("load");
    group.bench_function("check", |b| {
        b.iter(|| {
            let pipeline = ok(Pipeline::from_bytes(component.clone()));
            black_box(ok(Grants::decide(&pipeline, &board).map_err(|refused| *refused)))
        })
    });
    group.bench_function("compile", |b| b.iter(|| black_box(ok(host().compile(&pipeline)))));
    group.bench_function("precompiled", |b| b.iter(|| black_box(ok(cached.compile(&pipeline)))));
    let compiled = ok(cached.compile(&pipeline));
    group.bench_function("instantiate", |b| {
        b.iter(|| {
            let started = cached.start(&compiled, &machine, &grants, RunOptions::default());
            black_box(ok(started))
        })
    });
    group.bench_function("precompiled-and-instantiate", |b| {
        b.iter(|| {
            let compiled = ok(cached.compile(&pipeline));
            black_box(ok(cached.start(&compiled, &machine, &grants, RunOptions::default())))
        })
    });
    group.finish();
}

/// Bytes of the components. Not a measurement of time: printed, not timed.
fn size(_: &mut Criterion) {
    let driver = |path| ok(periplasm_compose::build_stage(&root().join(path), &Options::default()));
    let pipeline = |path| build::pipeline(&format!("compose/pipelines/{path}/pipeline.toml"));
    for (name, bytes, target) in [
        ("size/bme280-driver", driver("drivers/bme280").bytes().len(), "at most 24 KB"),
        ("size/lm75-driver", driver("drivers/lm75").bytes().len(), "at most 24 KB"),
        ("size/weather-pipeline", pipeline("weather").len(), "at most 120 KB"),
        ("size/thermometer-pipeline", pipeline("thermometer").len(), "at most 120 KB"),
    ] {
        println!("{name:34}{:>7.1} KB   target: {target}", bytes as f64 / 1000.0);
    }
}

criterion_group!(benches, reading, i2c, hal::hal, composing, load, size);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // What `cargo xtask bench` makes of a group.
    let only_usb = args.iter().any(|arg| arg == "^usb[/-]");
    let all = args.iter().all(|arg| arg.starts_with('-'));
    if !only_usb {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    // Cargo says so to a benchmark that it does not just test.
    if only_usb || all && args.iter().any(|arg| arg == "--bench") {
        usb::usb();
    }
}
