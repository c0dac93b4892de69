//! Composing many stages beside wac, and again after a change.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use periplasm_compose::Options;

use crate::cargo::{cargo, root, show};
use crate::commands::compose::BuildOptions;
use crate::error::{Error, Result};
use crate::steps::{Step, print};

/// How often a change is tried.
const CHANGES: usize = 5;

/// Prints both.
pub(super) fn run() -> Result<()> {
    show(cargo(["bench", "--package", "periplasm-compose", "--bench", "stages"]))?;
    let time = after_a_change()?.as_secs_f64();
    print(&format!("\ncompose/weather after a change in drivers/bme280: {time:.2} s   at most 3 s"))
}

/// From a change in the source of a driver to the new pipeline, all other stages
/// being as they were. For cargo, a newer date is a change.
fn after_a_change() -> Result<Duration> {
    let manifest = root().join("compose/pipelines/weather/pipeline.toml");
    let source = root().join("drivers/bme280/src/lib.rs");
    let options = Options::from(&BuildOptions::default());
    let step = Step::start("a change");
    let mut times = Vec::new();
    // The first one builds what was never built.
    for change in 0..=CHANGES {
        touch(&source)?;
        let started = Instant::now();
        periplasm_compose::compose(&manifest, &options, &mut ())?;
        if change > 0 {
            times.push(started.elapsed());
        }
    }
    step.done("");
    times.sort();
    Ok(times[CHANGES / 2])
}

fn touch(path: &Path) -> Result<()> {
    let file = File::options().append(true).open(path);
    file.and_then(|file| file.set_modified(SystemTime::now()))
        .map_err(|source| Error::Write { path: path.to_owned(), source })
}
