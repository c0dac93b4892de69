//! What can be wrong with a `.wac` file, and between it and the manifest.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};

use super::{GivenProblem, WiringProblem};

/// A pipeline cannot be wired by its `.wac` file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum WacProblem {
    /// The file is not there or may not be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help("paths are relative to the manifest: is the file there, and readable?"))]
    Unreadable {
        /// The file, as named.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// The file is larger than any that people write.
    #[error("{} is larger than {limit} bytes", path.display())]
    #[diagnostic(help("is it the right file?"))]
    TooLarge {
        /// The file, as named.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// The file is not UTF-8.
    #[error("{} is not text: byte {offset} is not UTF-8", path.display())]
    #[diagnostic(help("is it the right file? wac's language is text"))]
    NotText {
        /// The file, as named.
        path: PathBuf,
        /// The first byte that is wrong.
        offset: usize,
        /// Where it is named.
        #[label("this file")]
        at: SourceSpan,
    },
    /// The manifest wires stages, and the file does too.
    #[error("{what} wires stages, and {wac} does it already")]
    #[diagnostic(help(
        "say it in {wac}, or take `wac` out of the manifest. With `wac`, the manifest says what \
         stages are made of and what their slots ask of the board"
    ))]
    WiredTwice {
        /// What of the manifest.
        what: String,
        /// The `.wac` file.
        wac: String,
        /// The place in the manifest.
        #[label("wired here")]
        at: SourceSpan,
    },
    /// A stage of the manifest that the file does not instantiate.
    #[error("stage `{stage}` is not in {wac}")]
    #[diagnostic(help("write `let {stage} = new stage:{stage} {{ ... }};` there, or remove it"))]
    Unused {
        /// The stage.
        stage: String,
        /// The `.wac` file.
        wac: String,
        /// The stage's name in the manifest.
        #[label("never instantiated")]
        at: SourceSpan,
    },
    /// Something in the file, shown there.
    #[error(transparent)]
    #[diagnostic(transparent)]
    InFile(#[from] WacInFile),
}

/// Something that is wrong in a `.wac` file, with the file's text to show it in.
#[derive(Debug)]
pub struct WacInFile {
    source: NamedSource<Arc<str>>,
    fault: WacFault,
}

/// What is wrong in a `.wac` file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum WacFault {
    /// What the language, or what the stages are, does not allow.
    #[error("{message}")]
    Language {
        /// What the parser or the resolver of wac says.
        message: String,
        /// What to do.
        #[help]
        help: String,
        /// The places.
        #[label(collection)]
        labels: Vec<LabeledSpan>,
    },
    /// Brackets within brackets.
    #[error("brackets are nested deeper than {limit}")]
    #[diagnostic(help("give the parts names with `let`"))]
    Nested {
        /// The deepest that is read.
        limit: usize,
        /// The first bracket that is too deep.
        #[label("too deep")]
        at: SourceSpan,
    },
    /// Types that are made of types that are made of types.
    #[error("type `{name}` has more than {limit} parts when it is written out")]
    #[diagnostic(help("a pipeline needs no such types: take them out"))]
    HugeType {
        /// The type.
        name: String,
        /// The most parts.
        limit: usize,
        /// Its name.
        #[label("too large")]
        at: SourceSpan,
    },
    /// `stage:` and a name that the manifest does not have.
    #[error("there is no stage `{name}`")]
    UnknownStage {
        /// The name.
        name: String,
        /// What there is.
        #[help]
        help: String,
        /// Where it is named.
        #[label("not in the manifest")]
        at: SourceSpan,
    },
    /// A package of which no stage can be made without a name for it.
    #[error("package `{package}` cannot become a stage called `{name}`: {why}")]
    #[diagnostic(help(
        "give it a name in pipeline.toml, `[stages.<name>]` with `wasm = \"{path}\"`, and write \
         `new stage:<name> {{ ... }}` here"
    ))]
    NoStageName {
        /// The package.
        package: String,
        /// The stage's name.
        name: String,
        /// What speaks against it.
        why: &'static str,
        /// The package's file.
        path: String,
        /// Where it is named.
        #[label("this package")]
        at: SourceSpan,
    },
    /// A package whose file is not there or cannot be used.
    #[error("package `{package}` cannot be had: {why}")]
    Package {
        /// The package.
        package: String,
        /// Why not.
        why: String,
        /// Where it would be.
        #[help]
        help: String,
        /// Where it is named.
        #[label("this package")]
        at: SourceSpan,
    },
    /// The file's own name is that of stages.
    #[error("the file calls itself `{name}`, and `stage:` is for stages")]
    #[diagnostic(help("take another namespace: `package pipeline:{part};`"))]
    OwnName {
        /// The name.
        name: String,
        /// What comes after the colon.
        part: String,
        /// The place.
        #[label("this name")]
        at: SourceSpan,
    },
    /// A file without a manifest whose name is not that of a pipeline.
    #[error("`{name}` cannot be the name of a pipeline")]
    #[diagnostic(help(
        "a pipeline is called by lower-case words joined by single hyphens: `package \
         home:living-room;`"
    ))]
    PipelineName {
        /// The name.
        name: String,
        /// The place.
        #[label("this name")]
        at: SourceSpan,
    },
    /// A stage with slots that is instantiated twice.
    #[error("stage `{stage}` has slots, and is instantiated twice")]
    #[diagnostic(help(
        "two instances would share the permissions of one: give the second a name of its own, \
         `[stages.{stage}2]` in pipeline.toml, with its own slots, and write `new stage:{stage}2`"
    ))]
    Twice {
        /// The stage.
        stage: String,
        /// The first instance.
        #[label("once here")]
        first: SourceSpan,
        /// The second.
        #[label("and again")]
        second: SourceSpan,
    },
    /// A slot that is filled here and in the manifest.
    #[error("slot `{slot}` of stage `{stage}` is filled here and in the manifest")]
    #[diagnostic(help(
        "take it out of `[stages.{stage}.slots]`, or leave it to `...` here and let the board \
         fill it"
    ))]
    FilledTwice {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The instance.
        #[label("filled here")]
        at: SourceSpan,
    },
    /// Something that is no slot would look like one to whoever reads the result.
    #[error("import `{name}` is no slot of a stage")]
    #[diagnostic(help(
        "the imports of a pipeline are its permissions: leave a slot out and end the arguments \
         with `...`, and it is imported as `<stage>-<slot>`; an interface is imported under its \
         own name"
    ))]
    PlainImport {
        /// Its name.
        name: String,
        /// The statement's place.
        #[label("imported here")]
        at: SourceSpan,
    },
    /// An argument under another name than that of what it is.
    #[error("stage `{stage}` takes `{import}` for its `{argument}`")]
    #[diagnostic(help(
        "what a pipeline imports is what its stages may use: import `{argument}` under its own \
         name, or leave it to `...`"
    ))]
    Renamed {
        /// The stage.
        stage: String,
        /// The import of the pipeline.
        import: String,
        /// The import of the stage.
        argument: String,
        /// The instance.
        #[label("passed here")]
        at: SourceSpan,
    },
    /// An argument that is no export of a stage.
    #[error("argument `{argument}` of stage `{stage}` is not an export of a stage")]
    #[diagnostic(help(
        "pass what a stage exports: `\"{argument}\": other[\"{argument}\"]`, or all that fits: \
         `...other`"
    ))]
    NotAnExport {
        /// The stage.
        stage: String,
        /// The argument.
        argument: String,
        /// The instance.
        #[label("in these arguments")]
        at: SourceSpan,
    },
    /// An interface that is left to the host, which has none.
    #[error("stage `{stage}` needs {interface}, and nothing is passed for it")]
    NothingPassed {
        /// The stage.
        stage: String,
        /// The interface.
        interface: String,
        /// Who exports it.
        #[help]
        help: String,
        /// The instance.
        #[label("`...` leaves it to the host, which has none")]
        at: SourceSpan,
    },
    /// Nothing could run or use the pipeline.
    #[error("the pipeline exports nothing")]
    #[diagnostic(help(
        "export what runs it, `export app.run;`, or all that a stage exports: `export app...;`"
    ))]
    NoExports {
        /// The file's own name.
        #[label("nothing to run")]
        at: SourceSpan,
    },
    /// The world that the file targets is none.
    #[error("there is no world `{name}`")]
    #[diagnostic(help(
        "`targets` names a world of a package in `deps`, or one that is declared here"
    ))]
    NoWorld {
        /// What it names.
        name: String,
        /// The place.
        #[label("no world")]
        at: SourceSpan,
    },
    /// The result is not what the file says that it targets.
    #[error("the pipeline does not fit the world that it targets:\n{differences}")]
    #[diagnostic(help("change the world, or take `targets` out"))]
    Target {
        /// What differs, one line each.
        differences: String,
        /// The world.
        #[label("does not fit")]
        at: SourceSpan,
    },
    /// Stages do not fit together.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wiring(#[from] WiringProblem),
    /// A slot that another stage fills.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Given(#[from] GivenProblem),
}

impl WacInFile {
    pub(crate) fn new(path: &Path, text: Arc<str>, fault: WacFault) -> Self {
        Self { source: NamedSource::new(path.display().to_string(), text), fault }
    }

    /// What is wrong.
    pub fn fault(&self) -> &WacFault {
        &self.fault
    }
}

impl fmt::Display for WacInFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for WacInFile {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source()
    }
}

impl Diagnostic for WacInFile {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.fault.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.fault.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
}
