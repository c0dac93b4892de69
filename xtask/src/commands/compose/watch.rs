//! `cargo xtask compose --watch`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher};
use periplasm_compose::{Composed, Diff, Lock, Options, Report, Session};

use super::{Phases, output_of, show};
use crate::cargo::shown;
use crate::error::{Error, Result};
use crate::steps::{Step, print, size};
use crate::toolchain;

/// Editors write a file in several steps, and a checkout many files: so long
/// nothing may happen before a change is over.
const QUIET: Duration = Duration::from_millis(120);

/// Composes whenever something changes, until it is interrupted.
pub(super) struct Watch<'a> {
    pub(super) manifest: &'a Path,
    pub(super) output: Option<PathBuf>,
    pub(super) json: bool,
    pub(super) svg: Option<&'a Path>,
}

impl Watch<'_> {
    pub(super) fn run(self, options: Options) -> Result<u8> {
        toolchain::ensure_targets()?;
        let (send, changes) = channel();
        let mut watcher = notify::recommended_watcher(send).map_err(Error::Watch)?;
        let mut watched = BTreeSet::new();
        let mut session = Session::new(self.manifest, options);
        let mut last: Option<Report> = None;
        loop {
            match self.once(&mut session, last.as_ref()) {
                Ok(report) => last = Some(report),
                // It stays on the screen until the next change.
                Err(error) => eprintln!("{:?}", miette::Report::from(error)),
            }
            for folder in session.folders() {
                // One that went meanwhile is found again when its sources are.
                if !watched.contains(&folder)
                    && watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok()
                {
                    watched.insert(folder);
                }
            }
            eprintln!("  watching {} folders; Ctrl-C ends", watched.len());
            while !changed(&changes, &mut session)? {}
        }
    }

    /// Composes, and prints the report, or how it differs from the last one.
    fn once(&self, session: &mut Session, last: Option<&Report>) -> Result<Report> {
        let mut phases = Phases(Some(Step::start("compose")));
        let composed = session.compose(&mut phases)?;
        let output = output_of(&composed, self.output.clone())?;
        self.write(&composed, &output)?;
        if let Some(step) = phases.0.take() {
            step.done(format!("{}  {}", shown(&output), size(composed.component.len())));
        }
        let Composed { report, .. } = composed;
        match last {
            None => _ = show(&report, self.json, self.svg)?,
            Some(last) if last.digest == report.digest => {}
            Some(last) => {
                let diff = Diff::new(last, &report);
                print(&if self.json { diff.to_json() } else { diff.to_string() })?;
            }
        }
        Ok(report)
    }

    fn write(&self, composed: &Composed, output: &Path) -> Result<()> {
        composed.write(output)?;
        composed.lock.write(&Lock::beside(self.manifest))?;
        if let Some(path) = self.svg {
            periplasm_compose::write(path, composed.report.to_svg().as_bytes())?;
        }
        Ok(())
    }
}

/// Waits for a change and its end. Returns whether it is one of the pipeline's.
fn changed(changes: &Receiver<notify::Result<Event>>, session: &mut Session) -> Result<bool> {
    let mut any = false;
    let first = changes.recv().map_err(|_| Error::Watch(notify::Error::generic("it ended")))?;
    let mut next = Some(first);
    while let Some(event) = next {
        match event {
            Ok(event) if event.kind.is_access() => {}
            // More happened than was told.
            Ok(event) if event.need_rescan() => any = session.changed_anything(),
            Ok(event) => {
                for path in event.paths.iter().filter(|path| !is_ours(path)) {
                    any |= session.changed(path);
                }
            }
            Err(error) => return Err(Error::Watch(error)),
        }
        next = match changes.recv_timeout(QUIET) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Watch(notify::Error::generic("it ended")));
            }
        };
    }
    Ok(any)
}

/// What is written while composing, and what editors keep beside a file.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let lock = matches!(name, "pipeline.lock" | "Cargo.lock");
    lock || name.starts_with('.') || name.ends_with('~') || name.ends_with(".svg")
}
