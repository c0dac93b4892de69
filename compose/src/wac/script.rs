//! The `.wac` file: its text, and the stages that it instantiates.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::SourceSpan;
use wac_parser::Document;
use wac_parser::lexer::{Lexer, Token};

use super::{language, packages, sizes};
use crate::encode::guarded;
use crate::manifest::{At, Chain, Manifest, Text, Wants};
use crate::problem::{Problem, WacFault, WacInFile, WacProblem};

/// The most bytes of a script that are read.
const MAX_BYTES: u64 = 1 << 20;

/// Brackets may be nested so deep: wac's parser is recursive.
const MAX_NESTING: usize = 64;

/// A `.wac` file that can be read, and what it takes from elsewhere.
#[derive(Debug)]
pub(crate) struct Script {
    /// As messages show it.
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
    /// One for each `new`, in the order of the text.
    pub(super) instances: Vec<Instance>,
    /// Packages that are named for their types.
    pub(super) files: Vec<packages::PackageFile>,
    /// The name that the file gives itself.
    pub(super) name_at: SourceSpan,
}

/// A `new` of the script.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// The package's place.
    pub(super) at: SourceSpan,
    /// The index of the stage.
    pub(super) stage: usize,
    /// The stage that the package was made before, if it was.
    pub(super) again: Option<usize>,
}

/// Where a stage is named that the manifest does not have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Names {
    /// The manifest names the script.
    InManifest(SourceSpan),
    /// There is no manifest: the script's own text is shown.
    InScript,
}

/// Reads the file that the manifest names. Returns its path as shown, and its
/// text.
pub(super) fn read(text: &Text, wac: &At<PathBuf>) -> Result<(PathBuf, Arc<str>), WacProblem> {
    let (path, at) = (|| wac.value.clone(), wac.at);
    let file = text.resolve(&wac.value);
    let unreadable = |source| WacProblem::Unreadable { path: path(), source, at };
    let mut bytes = Vec::new();
    let opened = File::open(&file).map_err(unreadable)?;
    opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(WacProblem::TooLarge { path: path(), limit: MAX_BYTES, at });
    }
    let content = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        WacProblem::NotText { path: path(), offset, at }
    })?;
    Ok((file, content.into()))
}

impl Script {
    /// Reads the script, and adds the stages that it has and the manifest has
    /// not. `named` is the script as the manifest names it.
    pub(super) fn new(
        path: PathBuf,
        named: PathBuf,
        text: Arc<str>,
        manifest: &mut Manifest,
        names: Names,
    ) -> Result<Self, Vec<Problem>> {
        check_manifest(manifest, &named)?;
        let name_at = (0, 0).into();
        let (instances, files) = (Vec::new(), Vec::new());
        let mut script = Self { path, text, instances, files, name_at };
        let text = Arc::clone(&script.text);
        let mut faults = Vec::new();
        let read = (|| {
            check_nesting(&text)?;
            let mut document = parse(&text)?;
            sizes::check(&text)?;
            script.name_at = document.directive.package.span;
            let folder = named.parent().unwrap_or(Path::new(""));
            packages::find(&mut script, &mut document, manifest, folder, names, &mut faults)
        })();
        faults.extend(read.err());
        if !faults.is_empty() {
            return Err(script.problems(faults));
        }
        check_all_used(&script, manifest, &named)?;
        Ok(script)
    }

    /// Faults as problems, shown in this file.
    pub(super) fn problems(&self, faults: impl IntoIterator<Item = WacFault>) -> Vec<Problem> {
        faults.into_iter().map(|fault| self.problem(fault)).collect()
    }

    pub(super) fn problem(&self, fault: WacFault) -> Problem {
        let text = crate::manifest::shown(&self.text).into();
        WacProblem::from(WacInFile::new(&self.path, text, fault)).into()
    }
}

/// Parses a text that is not nested too deep.
pub(super) fn parse(text: &str) -> Result<Document<'_>, WacFault> {
    match guarded(|| Ok(Document::parse(text))) {
        Ok(parsed) => parsed.map_err(|error| language::syntax(&error)),
        Err(fault) => Err(language::panicked(fault.message, (0, 0).into())),
    }
}

fn check_nesting(text: &str) -> Result<(), WacFault> {
    let Ok(lexer) = Lexer::new(text) else { return Ok(()) };
    let mut depth = 0_usize;
    for (token, at) in lexer {
        use Token::{CloseAngle, CloseBrace, CloseBracket, CloseParen};
        use Token::{OpenAngle, OpenBrace, OpenBracket, OpenParen};
        match token {
            Ok(OpenAngle | OpenBrace | OpenBracket | OpenParen) => depth += 1,
            Ok(CloseAngle | CloseBrace | CloseBracket | CloseParen) => {
                depth = depth.saturating_sub(1);
            }
            Ok(_) => {}
            // The parser tells it.
            Err(_) => return Ok(()),
        }
        if depth > MAX_NESTING {
            return Err(WacFault::Nested { limit: MAX_NESTING, at });
        }
    }
    Ok(())
}

/// With a script, a manifest wires nothing.
fn check_manifest(manifest: &Manifest, wac: &Path) -> Result<(), Vec<Problem>> {
    let shown = || wac.display().to_string();
    let mut problems: Vec<Problem> = Vec::new();
    let mut note = |what: String, at| {
        problems.push(WacProblem::WiredTwice { what, wac: shown(), at }.into());
    };
    if let Some(first) = manifest.exports.first() {
        note("`exports`".to_owned(), first.at);
    }
    for stage in &manifest.stages {
        let name = &stage.name.value;
        if !stage.uses.is_empty() {
            note(format!("`uses` of stage `{name}`"), stage.uses_at);
        }
        for slot in stage.slots.iter().filter(|slot| !matches!(slot.wants, Wants::Board(_))) {
            note(format!("slot `{}` of stage `{name}`", slot.name.value), slot.at);
        }
    }
    for Chain { user, slot, at, .. } in &manifest.chains {
        let stage = &manifest.stages[*user].name.value;
        note(format!("`through` of slot `{}` of stage `{stage}`", slot.value), *at);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn check_all_used(script: &Script, manifest: &Manifest, wac: &Path) -> Result<(), Vec<Problem>> {
    let unused = manifest
        .stages
        .iter()
        .enumerate()
        .filter(|(index, _)| !script.instances.iter().any(|instance| instance.stage == *index));
    let problems: Vec<Problem> = unused
        .map(|(_, stage)| {
            let (stage, at) = (stage.name.value.clone(), stage.name.at);
            WacProblem::Unused { stage, wac: wac.display().to_string(), at }.into()
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
