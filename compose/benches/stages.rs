//! Pipelines of 2, 10 and 50 stages, composed by us and by wac from the same
//! files, in turns. `cargo xtask bench compose` runs it.
//!
//! The drivers are all the lm75, each with its own slots; the app reads each of
//! them. wac does what its command line does: it parses a text, reads the files,
//! resolves, encodes and validates. We do that, and read a manifest, check every
//! stage against it, plan, decode what was made, and write report and lock.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use periplasm_compose::{Options, build_stage, compose};
use wac_graph::EncodeOptions;
use wac_graph::types::BorrowedPackageKey;
use wac_parser::Document;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

const STAGES: [usize; 3] = [2, 10, 50];

/// How often each is measured.
const TURNS: usize = 41;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let driver = build_stage(&root.join("drivers/lm75"), &Options::default())?.into_bytes();
    println!(
        "{:12}{:>12}{:>12}{:>12}{:>12}{:>8}",
        "stages", "ours", "a stage", "wac", "a stage", "ratio"
    );
    for stages in STAGES {
        let folder = tempfile::tempdir()?;
        write(folder.path(), &root, &driver, stages)?;
        let (mut ours, mut wac) = (Vec::new(), Vec::new());
        // The first turn fills the caches and does not count.
        for turn in 0..=TURNS {
            let us = timed(|| by_us(folder.path()))?;
            let they = timed(|| by_wac(folder.path()))?;
            if turn > 0 {
                ours.push(us);
                wac.push(they);
            }
        }
        let (ours, wac) = (median(ours), median(wac));
        let each = |time: Duration| time / u32::try_from(stages).unwrap_or(1);
        println!(
            "{stages:<12}{:>12}{:>12}{:>12}{:>12}{:>8.2}",
            shown(ours),
            shown(each(ours)),
            shown(wac),
            shown(each(wac)),
            ours.as_secs_f64() / wac.as_secs_f64()
        );
    }
    Ok(())
}

/// The stages, and what both sides are told of them.
fn write(folder: &Path, root: &Path, driver: &[u8], stages: usize) -> Result<()> {
    let mut manifest = String::from("[pipeline]\nname = \"bench\"\n");
    let mut script = String::from("package bench:pipeline;\n");
    let (mut world, mut uses, mut arguments) = (String::new(), Vec::new(), String::new());
    for stage in 1..stages {
        std::fs::write(folder.join(format!("room{stage}.wasm")), driver)?;
        write!(manifest, "[stages.room{stage}]\nwasm = \"room{stage}.wasm\"\n")?;
        writeln!(manifest, "slots.bus = {{ i2c = \"b{stage}\", address = 0x48 }}")?;
        writeln!(script, "let room{stage} = new stage:room{stage} {{ ... }};")?;
        writeln!(world, "import r{stage}: periplasm:device/thermometer@0.1.0;")?;
        uses.push(format!("r{stage} = \"room{stage}\""));
        write!(arguments, "r{stage}: room{stage}[\"periplasm:device/thermometer@0.1.0\"], ")?;
    }
    std::fs::write(folder.join("app.wasm"), app(root, &world)?)?;
    let uses = uses.join(", ");
    writeln!(manifest, "[stages.app]\nwasm = \"app.wasm\"\nuses = {{ {uses} }}")?;
    writeln!(script, "let app = new stage:app {{ {arguments}... }};")?;
    writeln!(script, "export app[\"wasi:cli/run@0.2.6\"];")?;
    std::fs::write(folder.join("pipeline.toml"), manifest)?;
    std::fs::write(folder.join("bench.wac"), script)?;
    Ok(())
}

/// An app with these imports, whose code traps.
fn app(root: &Path, imports: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    for package in ["config", "i2c", "hal", "device"] {
        resolve.push_dir(root.join("wit").join(package))?;
    }
    let text = format!(
        "package bench:app;\nworld app {{ {imports} export wasi:cli/run@0.2.6; }}\n\
         package wasi:cli@0.2.6 {{ interface run {{ run: func() -> result; }} }}"
    );
    let package = resolve.push_str("app.wit", &text)?;
    let world = resolve.select_world(&[package], None)?;
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}

fn by_us(folder: &Path) -> Result<usize> {
    let composed = compose(&folder.join("pipeline.toml"), &Options::default(), &mut ())?;
    Ok(composed.component.len())
}

fn by_wac(folder: &Path) -> Result<usize> {
    let text = std::fs::read_to_string(folder.join("bench.wac"))?;
    let document = Document::parse(&text)?;
    let names: Vec<_> = text.lines().filter_map(|line| line.split(' ').nth(4)).collect();
    let mut packages = IndexMap::new();
    for name in names {
        let file = name.strip_prefix("stage:").unwrap_or(name);
        let bytes = std::fs::read(folder.join(format!("{file}.wasm")))?;
        packages.insert(BorrowedPackageKey::from_name_and_version(name, None), bytes);
    }
    let resolution = document.resolve(packages)?;
    Ok(resolution.encode(EncodeOptions::default())?.len())
}

fn timed(work: impl FnOnce() -> Result<usize>) -> Result<Duration> {
    let started = Instant::now();
    std::hint::black_box(work()?);
    Ok(started.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1e3 { format!("{micros:.0} µs") } else { format!("{:.2} ms", micros / 1e3) }
}
