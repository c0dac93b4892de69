//! The packages that a script names: stages, and files.

use std::path::{Path, PathBuf};

use miette::SourceSpan;
use periplasm_request::{is_stage_name, list, nearest};
use semver::Version;
use wac_parser::lexer::{Lexer, Token};
use wac_parser::{Document, Expr, InstantiationArgument, NewExpr, PrimaryExpr, Statement};

use super::script::{Instance, Names, Script};
use crate::manifest::{At, Manifest, Source, Stage};
use crate::problem::WacFault;

/// The namespace of stages.
pub(super) const STAGE: &str = "stage:";

/// Where other packages are, beside the script.
const FOLDER: &str = "deps";

/// A package that is named for its types, and the places where it may be.
#[derive(Debug)]
pub(super) struct PackageFile {
    pub(super) name: String,
    pub(super) version: Option<Version>,
    /// Without an ending, relative to the manifest.
    pub(super) path: PathBuf,
    pub(super) at: SourceSpan,
}

/// Calls `each` for every `new` of the document, in the order of the text.
pub(super) fn each_new<'a>(document: &mut Document<'a>, each: &mut dyn FnMut(&mut NewExpr<'a>)) {
    for statement in &mut document.statements {
        match statement {
            Statement::Let(statement) => walk(&mut statement.expr, each),
            Statement::Export(statement) => walk(&mut statement.expr, each),
            Statement::Import(_) | Statement::Type(_) => {}
        }
    }
}

fn walk<'a>(expr: &mut Expr<'a>, each: &mut dyn FnMut(&mut NewExpr<'a>)) {
    match &mut expr.primary {
        PrimaryExpr::New(new) => {
            each(new);
            for argument in &mut new.arguments {
                if let InstantiationArgument::Named(argument) = argument {
                    walk(&mut argument.expr, each);
                }
            }
        }
        PrimaryExpr::Nested(nested) => walk(&mut nested.inner, each),
        PrimaryExpr::Ident(_) => {}
    }
}

/// Finds the stages and files that the script takes. `folder` is the script's,
/// relative to the manifest.
pub(super) fn find(
    script: &mut Script,
    document: &mut Document<'_>,
    manifest: &mut Manifest,
    folder: &Path,
    names: Names,
    faults: &mut Vec<WacFault>,
) -> Result<(), WacFault> {
    let own = &document.directive.package;
    let (own_name, own_at) = (own.name.to_owned(), own.span);
    if let Some(part) = own_name.strip_prefix(STAGE) {
        let part = part.to_owned();
        return Err(WacFault::OwnName { name: own_name, part, at: own_at });
    }
    if let Names::InScript = names {
        let part = own_name.rsplit(':').next().unwrap_or_default();
        if !crate::manifest::is_name(part) {
            return Err(WacFault::PipelineName { name: part.to_owned(), at: own_at });
        }
        manifest.name = At::new(part.to_owned(), own_at);
    }
    let declared = manifest.stages.len();
    let mut found = Found { manifest, declared, folder, names, written: Vec::new() };
    each_new(document, &mut |new| {
        let package = &new.package;
        match found.stage(package.name, package.version.as_ref(), package.span) {
            Ok(stage) => {
                let made = script.instances.iter().any(|instance| instance.stage == stage);
                let again = made.then_some(stage);
                let stage = again.map_or(stage, |stage| found.another(stage));
                script.instances.push(Instance { at: package.span, stage, again });
            }
            Err(fault) => faults.push(fault),
        }
    });
    for path in paths(&script.text.clone()) {
        if path.name == own_name {
            continue;
        }
        if let Some(name) = path.name.strip_prefix(STAGE) {
            if !manifest.stages[..declared].iter().any(|stage| stage.name.value == name) {
                faults.push(unknown(manifest, declared, name, path.at));
            }
            continue;
        }
        let same = |file: &PackageFile| file.name == path.name && file.version == path.version;
        if !script.files.iter().any(same) {
            let file = file_of(folder, path.name, path.version.as_ref());
            let (name, version) = (path.name.to_owned(), path.version);
            script.files.push(PackageFile { name, version, path: file, at: path.at });
        }
    }
    Ok(())
}

/// Stages as they are found.
struct Found<'a> {
    manifest: &'a mut Manifest,
    /// How many stages the manifest has by itself.
    declared: usize,
    folder: &'a Path,
    names: Names,
    /// The packages that became stages, and which.
    written: Vec<(String, usize)>,
}

impl Found<'_> {
    /// The stage that a `new` of this package makes.
    fn stage(
        &mut self,
        package: &str,
        version: Option<&Version>,
        at: SourceSpan,
    ) -> Result<usize, WacFault> {
        let full = version.map_or(package.to_owned(), |version| format!("{package}@{version}"));
        if let Some(name) = full.strip_prefix(STAGE) {
            let stages = &self.manifest.stages[..self.declared];
            return stages
                .iter()
                .position(|stage| stage.name.value == name)
                .ok_or_else(|| unknown(self.manifest, self.declared, name, at));
        }
        if let Some((_, stage)) = self.written.iter().find(|(written, _)| *written == full) {
            return Ok(*stage);
        }
        let name = package.rsplit(':').next().unwrap_or_default().to_owned();
        let mut path = file_of(self.folder, package, version).into_os_string();
        path.push(".wasm");
        let why = if !is_stage_name(&name) {
            Some("the name of a stage is one word in lower case")
        } else if self.manifest.stages.iter().any(|stage| stage.name.value == name) {
            Some("there is one of that name")
        } else {
            None
        };
        if let Some(why) = why {
            let path = path.to_string_lossy().into_owned();
            return Err(WacFault::NoStageName { package: full, name, why, path, at });
        }
        let place = match self.names {
            Names::InManifest(place) => place,
            Names::InScript => at,
        };
        self.written.push((full, self.manifest.stages.len()));
        self.manifest.stages.push(Stage {
            name: At::new(name, place),
            source: At::new(Source::Wasm(path.into()), place),
            slots: Vec::new(),
            slots_at: place,
            uses: Vec::new(),
            uses_at: place,
            settings: None,
            host_wasi: false,
            behind: Vec::new(),
        });
        Ok(self.manifest.stages.len() - 1)
    }

    /// One more stage of the same source, under a name of its own.
    fn another(&mut self, stage: usize) -> usize {
        let stages = &mut self.manifest.stages;
        let Stage { name, source, slots_at, uses_at, settings, host_wasi, .. } = &stages[stage];
        let free = (2..)
            .map(|number| format!("{}{number}", name.value))
            .find(|name| !stages.iter().any(|stage| stage.name.value == *name));
        let another = Stage {
            name: At::new(free.unwrap_or_default(), name.at),
            source: source.clone(),
            slots: Vec::new(),
            slots_at: *slots_at,
            uses: Vec::new(),
            uses_at: *uses_at,
            settings: settings.clone(),
            host_wasi: *host_wasi,
            behind: Vec::new(),
        };
        stages.push(another);
        stages.len() - 1
    }
}

fn unknown(manifest: &Manifest, declared: usize, name: &str, at: SourceSpan) -> WacFault {
    let names = manifest.stages[..declared].iter().map(|stage| stage.name.value.as_str());
    let help = match nearest(name, names.clone()) {
        Some(near) => format!("did you mean `stage:{near}`?"),
        None => format!(
            "`stage:` is followed by the name of a stage of pipeline.toml, which has {}",
            list(names, "none")
        ),
    };
    WacFault::UnknownStage { name: name.to_owned(), help, at }
}

/// Where a package is, without its ending: as wac itself has it.
fn file_of(folder: &Path, name: &str, version: Option<&Version>) -> PathBuf {
    let mut path = folder.join(FOLDER);
    path.extend(name.split(':'));
    path.extend(version.map(ToString::to_string));
    path
}

/// A package that is named with a path into it.
struct Named<'t> {
    name: &'t str,
    version: Option<Version>,
    at: SourceSpan,
}

/// Every path of the text, such as `wasi:i2c/i2c@0.2.0-draft`.
fn paths(text: &str) -> Vec<Named<'_>> {
    let Ok(lexer) = Lexer::new(text) else { return Vec::new() };
    let paths = lexer.filter(|(token, _)| matches!(token, Ok(Token::PackagePath)));
    let named = paths.filter_map(|(_, at)| {
        let path = text.get(at.offset()..at.offset() + at.len())?;
        let (name, rest) = path.split_once('/')?;
        let version = rest.split_once('@').and_then(|(_, version)| version.parse().ok());
        Some(Named { name, version, at })
    });
    named.collect()
}
