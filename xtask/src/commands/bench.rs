//! `cargo xtask bench`

use std::path::Path;

use crate::cargo::{cargo, show, target_dir};
use crate::error::{Error, Result};
use crate::steps::print;
use crate::toolchain;

/// Measure a component beside the same driver natively, in one run.
///
/// Builds the host with link-time optimization first, which takes minutes.
/// Figures are medians; a ratio holds better than either of its sides.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// `reading`, `i2c`, `hal`, `usb`, `compose`, `load` or `size`; all of them
    /// without one.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(GROUPS))]
    group: Option<String>,
}

const GROUPS: [&str; 7] = ["reading", "i2c", "hal", "usb", "compose", "load", "size"];

impl Bench {
    pub(crate) fn run(self) -> Result<u8> {
        toolchain::ensure_targets()?;
        let results = target_dir()?.join("criterion");
        // Figures of an earlier run, maybe of other groups, are not this run's.
        if let Err(source) = std::fs::remove_dir_all(&results)
            && source.kind() != std::io::ErrorKind::NotFound
        {
            return Err(Error::Write { path: results, source });
        }
        let mut bench = cargo(["bench", "--package", "periplasm-tests", "--profile", "dist"]);
        bench.args(["--bench", "periplasm", "--"]);
        if let Some(group) = &self.group {
            bench.arg(format!("^{group}[/-]"));
        }
        show(bench)?;
        print(&table(&results))?;
        Ok(0)
    }
}

/// What the project holds itself to.
const TARGETS: [(&str, &str); 7] = [
    ("i2c/component", "at most 250 ns over native"),
    ("hal-spi-4096/component", "at most 1 µs over native"),
    ("hal-pin/component", "at most 60 ns"),
    ("hal-edge/component", "at most 3 µs"),
    ("hal-frame/component", "at most 3 % over native, at 400 kHz"),
    ("compose/two-components", "at most 50 ms"),
    ("load/precompiled-and-instantiate", "at most 300 µs"),
];

/// One row a measurement: its median, how far it is above its native twin, the
/// ratio, and its target.
fn table(results: &Path) -> String {
    let mut rows = String::new();
    for group in groups(results) {
        let folder = results.join(&group);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut names: Vec<_> =
            entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        // What the others are compared with comes first.
        names.sort_by_key(|name| (name != "native", name.clone()));
        let native = median_ns(&folder.join("native"));
        for name in names.iter().filter(|n| *n != "report") {
            let Some(ns) = median_ns(&folder.join(name)) else { continue };
            let row = format!("{group}/{name}");
            let target = TARGETS.iter().find(|(of, _)| *of == row).map_or("", |(_, target)| target);
            let (over, ratio) = match native.filter(|_| name != "native") {
                Some(native) => (time(ns - native), format!("{:.2}", ns / native)),
                None => (String::new(), String::new()),
            };
            let row = format!("{row:34}{:>10}{over:>14}{ratio:>8}   {target}", time(ns));
            rows.push_str(row.trim_end());
            rows.push('\n');
        }
    }
    if rows.is_empty() {
        return rows;
    }
    format!("\n{:34}{:>10}{:>14}{:>8}   target\n{rows}", "", "median", "over native", "ratio")
}

/// The groups that were measured: those of [`GROUPS`], and of each its parts,
/// `hal-pin` of `hal`.
fn groups(results: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(results) else { return Vec::new() };
    let mut found: Vec<_> =
        entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let place = |name: &String| GROUPS.iter().position(|g| name.split('-').next() == Some(g));
    found.retain(|name| place(name).is_some());
    found.sort_by_key(|name| (place(name), name.clone()));
    found
}

fn median_ns(measurement: &Path) -> Option<f64> {
    let text = std::fs::read_to_string(measurement.join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_str(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Nanoseconds in the unit that keeps the number short.
fn time(ns: f64) -> String {
    match ns.abs() {
        n if n < 1e3 => format!("{ns:.1} ns"),
        n if n < 1e6 => format!("{:.1} µs", ns / 1e3),
        n if n < 1e9 => format!("{:.1} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}
