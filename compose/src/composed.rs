//! From a manifest to the composed component.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::encode;
use crate::manifest::{Manifest, Text};
use crate::options::{Options, Phase, Progress};
use crate::plan;
use crate::problem::{Problem, WiringProblem};
use crate::report::Report;
use crate::source::{Loaded, Loader};

/// A pipeline: one component, and what is to be known of it.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The component.
    pub component: Vec<u8>,
    /// What it is made of, and what it may do.
    pub report: Report,
}

/// A composed component that cannot be written.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("cannot write {}", path.display())]
#[diagnostic(help("is the folder there, writable, and not full? The file is as it was before"))]
pub struct WriteError {
    /// Where it should go.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

impl Composed {
    /// Writes the component to a file: all of it, or, on an error, nothing. The
    /// file never holds a part of it, whoever reads it when.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        self.try_write(path).map_err(|source| WriteError { path: path.to_owned(), source })
    }

    fn try_write(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // In the same folder, so that the rename stays on one file system.
        let mut builder = tempfile::Builder::new();
        builder.prefix(".periplasm-").suffix(".part");
        #[cfg(unix)]
        {
            // Temporary files are private; what is written may be read by all
            // whom the umask lets.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(&self.component)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// Carries out a manifest.
pub(crate) fn compose(
    text: &Text,
    manifest: &Manifest,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Composed, Vec<Problem>> {
    progress.begin(manifest.stages.len());
    let loaded = load(text, manifest, options, progress)?;
    progress.enter(Phase::Composing);
    let plan = plan::plan(manifest, &loaded)?;
    let component = encode::encode(manifest, &loaded, &plan).map_err(|fault| {
        let at = match fault.stage {
            Some(stage) => manifest.stages[stage].source.at,
            None => manifest.name.at,
        };
        vec![WiringProblem::Rejected { message: fault.message, at }.into()]
    })?;
    let report = Report::new(manifest, &loaded, &plan, &component);
    Ok(Composed { component, report })
}

/// Gets every stage, and checks it against what the manifest says of it.
fn load(
    text: &Text,
    manifest: &Manifest,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Vec<Loaded>, Vec<Problem>> {
    let mut loader = Loader { text, options, built: HashMap::new() };
    let (mut loaded, mut problems) = (Vec::new(), Vec::new());
    for stage in &manifest.stages {
        match loader.load(stage, progress) {
            Ok(one) => {
                problems.extend(plan::check_slots(stage, &one.shape));
                loaded.push(one);
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(loaded) } else { Err(problems) }
}
