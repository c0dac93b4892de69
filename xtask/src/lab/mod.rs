//! A lab with real kernels: machines that QEMU emulates, with buses and chips
//! that nobody here wrote.
//!
//! A machine is Debian's kernel with an initramfs that holds busybox, the host
//! and the pipelines. It starts once; all runs on it follow one another.
//! Everything is below `target/machines/<machine>`: `log.txt` has what was done and
//! seen, `kernel.txt` what the kernel said.

mod error;
mod fat;
mod guest;
mod images;
mod log;
mod machine;
mod pipelines;
mod prepare;
mod qemu;
mod report;
mod runs;
mod session;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cargo::{shown, target_dir};
use crate::error::{Error, Result};
use crate::steps::{Step, print};
pub(crate) use error::LabError;
pub(crate) use machine::Machine;
pub(crate) use prepare::PrepareError;
use report::{Row, report};
use runs::Run;
use session::Lab;

/// The names of all runs.
pub(crate) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = runs::ALL.iter().map(|run| run.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What there is to run, as a text.
pub(crate) fn list() -> String {
    let mut text = String::new();
    for machine in Machine::ALL {
        text.push_str(&format!("{}: {}\n", machine.name(), machine.about()));
        for run in runs::ALL.iter().filter(|run| run.machine == machine) {
            let asked = if runs::BY_NAME.contains(&run.name) { " (only if named)" } else { "" };
            text.push_str(&format!("  {:12}{}{asked}\n", run.name, run.about));
        }
    }
    text
}

/// Runs those of `machine` that are called by one of `names`; all where nothing
/// is said.
pub(crate) fn run(machine: Option<Machine>, names: &[String]) -> Result<()> {
    let wanted = |run: &&Run| {
        machine.is_none_or(|machine| machine == run.machine)
            && match names {
                [] => !runs::BY_NAME.contains(&run.name),
                _ => names.iter().any(|name| name == run.name),
            }
    };
    let mut rows = Vec::new();
    for machine in Machine::ALL {
        let runs: Vec<_> =
            runs::ALL.iter().filter(wanted).filter(|run| run.machine == machine).collect();
        if runs.is_empty() {
            continue;
        }
        if let Err(error) = on(machine, &runs, &mut rows) {
            let why = error.to_string();
            eprintln!("{:?}", miette::Report::from(error));
            let done = rows.iter().filter(|row| row.is_on(machine)).count();
            rows.extend(runs[done..].iter().map(|run| Row::missed(run, &why)));
        }
    }
    print(&report(&rows))?;
    let failed = rows.iter().filter(|row| !row.passed()).count();
    match (failed, rows.len()) {
        (0, 0) => Err(Error::Input {
            path: names.join(" ").into(),
            found: "no such run on that machine".into(),
            help: "`cargo xtask lab --list` shows which there are".into(),
        }),
        (0, _) => Ok(()),
        (failed, of) => Err(Error::Lab { failed, of }),
    }
}

/// Starts `machine`, and runs `runs` on it, one after the other. An error is
/// one of the machine; those of runs are in `rows`.
fn on(machine: Machine, runs: &[&Run], rows: &mut Vec<Row>) -> Result<()> {
    let folder = folder(machine)?;
    let prepared = prepare::prepare(machine, &folder)?;
    machine.make_images(&folder)?;
    let step = Step::start(machine.name());
    step.detail("starts");
    let mut lab = Lab::start(machine, &prepared, &folder)?;
    step.done(format!("is up; its log is {}", shown(&folder.join("log.txt"))));
    for run in runs {
        let started = Instant::now();
        lab.begin(run.name, Step::start(run.name));
        let result = (run.go)(&mut lab);
        let ended = lab.end();
        match (&result, ended) {
            (Ok(()), Ok(Some(step))) => step.done(run.about),
            (_, Ok(step)) => drop(step),
            // Rows of the others say that the machine is gone.
            (_, Err(error)) => {
                rows.push(Row::new(run, started.elapsed(), lab.checks.clone(), &result));
                return Err(error.into());
            }
        }
        rows.push(Row::new(run, started.elapsed(), lab.checks.clone(), &result));
    }
    Ok(())
}

/// The machine's folder. Not below `target/lab`, which is cargo's, for the profile.
fn folder(machine: Machine) -> Result<PathBuf> {
    let folder = target_dir()?.join("machines").join(machine.name());
    let made = |folder: &Path| std::fs::create_dir_all(folder);
    made(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
    Ok(folder)
}
