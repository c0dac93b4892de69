//! `cargo xtask bench`

mod stages;

use std::path::Path;

use crate::cargo::{cargo, show, target_dir};
use crate::debian;
use crate::error::{Error, Result};
use crate::steps::print;
use crate::toolchain;

/// Measure components beside native code, and pushing and pulling beside skopeo.
///
/// Builds the host with link-time optimization first, which takes minutes.
/// Figures are medians; a ratio holds better than either of its sides.
#[derive(clap::Args)]
pub(crate) struct Bench {
    /// `reading`, `i2c`, `hal`, `usb`, `compose`, `load`, `size` or `registry`;
    /// all of them without one.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(GROUPS))]
    group: Option<String>,
}

const GROUPS: [&str; 8] = ["reading", "i2c", "hal", "usb", "compose", "load", "size", "registry"];

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
        if self.group.as_deref() != Some("registry") {
            let mut bench = cargo(["bench", "--package", "periplasm-tests", "--profile", "dist"]);
            bench.args(["--bench", "periplasm", "--"]);
            if let Some(group) = &self.group {
                bench.arg(format!("^{group}[/-]"));
            }
            show(bench)?;
        }
        match self.group.as_deref() {
            Some("registry") => registry()?,
            Some(_) => {}
            // The figures of the others are there by now, and are to be shown.
            None => {
                if let Err(error) = registry() {
                    eprintln!("{:?}", miette::Report::from(error));
                }
            }
        }
        print(&table(&results))?;
        if self.group.as_deref().is_none_or(|group| group == "compose") {
            stages::run()?;
        }
        Ok(0)
    }
}

/// Push and pull beside skopeo, with the programs of Debian.
fn registry() -> Result<()> {
    let (server, skopeo) = (debian::tool("docker-registry")?, debian::tool("skopeo")?);
    let mut bench = cargo(["bench", "--package", "periplasm-registry", "--profile", "dist"]);
    bench.args(["--bench", "registry"]).env("PERIPLASM_DOCKER_REGISTRY", server.path);
    let libraries = skopeo.command().get_envs().find_map(|(name, value)| {
        (name == "LD_LIBRARY_PATH").then(|| value.map(std::ffi::OsStr::to_owned))?
    });
    bench.env("PERIPLASM_SKOPEO_LIBRARIES", libraries.unwrap_or_default());
    bench.env("PERIPLASM_SKOPEO", skopeo.path);
    show(bench)
}

/// What the project holds itself to. A rate of 80 % is a time of 1 / 0.8.
const TARGETS: [(&str, &str); 11] = [
    ("i2c/component", "at most 250 ns over native"),
    ("hal-spi-4096/component", "at most 1 µs over native"),
    ("hal-pin/component", "at most 60 ns"),
    ("hal-edge/component", "at most 3 µs"),
    ("hal-frame/component", "at most 3 % over native, at 400 kHz"),
    ("compose/two-components", "at most 50 ms"),
    ("load/precompiled-and-instantiate", "at most 300 µs"),
    ("registry-push-8MiB/ours", "ratio at most 1.25"),
    ("registry-pull-8MiB/ours", "ratio at most 1.25"),
    ("registry-push-64MiB/ours", "ratio at most 1.25"),
    ("registry-pull-64MiB/ours", "ratio at most 1.25"),
];

/// What the others of a group are compared with.
const BASES: [&str; 2] = ["native", "skopeo"];

/// One row a measurement: its median, how far it is above what it is compared
/// with, the ratio, and its target.
fn table(results: &Path) -> String {
    let mut rows = String::new();
    for group in groups(results) {
        let folder = results.join(&group);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut names: Vec<_> =
            entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        // What the others are compared with comes first.
        let base = BASES.into_iter().find(|base| names.iter().any(|name| name == base));
        names.sort_by_key(|name| (Some(name.as_str()) != base, name.clone()));
        let native = base.and_then(|base| median_ns(&folder.join(base)));
        for name in names.iter().filter(|n| *n != "report") {
            let Some(ns) = median_ns(&folder.join(name)) else { continue };
            let row = format!("{group}/{name}");
            let target = TARGETS.iter().find(|(of, _)| *of == row).map_or("", |(_, target)| target);
            let (over, ratio) = match native.filter(|_| Some(name.as_str()) != base) {
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
    format!("\n{:34}{:>10}{:>14}{:>8}   target\n{rows}", "", "median", "over base", "ratio")
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
