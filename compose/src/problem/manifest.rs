//! What can be wrong with the manifest, before any stage is looked at.

use std::path::PathBuf;

use miette::{Diagnostic, SourceSpan};

/// The manifest is not one, or contradicts itself.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum ManifestProblem {
    /// The file is not there or may not be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help("give the path of a pipeline.toml, or of the folder it is in"))]
    Unreadable {
        /// The manifest.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far larger than any manifest.
    #[error("{} is larger than a manifest may be ({limit} bytes)", path.display())]
    #[diagnostic(help("is this the right file? A manifest has a few lines for each stage"))]
    TooLarge {
        /// The manifest.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// The file is not UTF-8.
    #[error("{} is not text in UTF-8: byte {offset} belongs to no character", path.display())]
    #[diagnostic(help("is this the right file? A manifest is a TOML file"))]
    NotText {
        /// The manifest.
        path: PathBuf,
        /// The first byte that is wrong.
        offset: usize,
    },
    /// The text is not TOML.
    #[error("this is not TOML: {message}")]
    #[diagnostic(help("the rules of TOML are at https://toml.io"))]
    Toml {
        /// What the parser says.
        message: String,
        /// Where.
        #[label("here")]
        at: SourceSpan,
    },
    /// A key or a string that cannot be shown as it is.
    #[error("a name or a path has the control character U+{code:04X}")]
    #[diagnostic(help("take it out: it would change what a terminal shows, not what is composed"))]
    Control {
        /// The character's number.
        code: u32,
        /// The key or the string.
        #[label("in here")]
        at: SourceSpan,
    },
    /// A key that means nothing here.
    #[error("{place} has no key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in, in words.
        place: String,
        /// The keys that would mean something.
        #[help]
        help: String,
        /// The key's place.
        #[label("not known here")]
        at: SourceSpan,
    },
    /// A value of another type than expected.
    #[error("{what} must be {expected}, not {found}")]
    #[diagnostic(help("write it like this: {example}"))]
    WrongType {
        /// What the value is for.
        what: String,
        /// The type it should have.
        expected: &'static str,
        /// The type it has.
        found: &'static str,
        /// A line that would be right.
        example: String,
        /// The value's place.
        #[label("{found}")]
        at: SourceSpan,
    },
    /// A key that must be there is not.
    #[error("{what} is missing")]
    #[diagnostic(help("add {example}"))]
    Missing {
        /// The key, in words.
        what: String,
        /// What to add.
        example: String,
        /// Where it would stand.
        #[label("it belongs here")]
        at: SourceSpan,
    },
    /// There is nothing to compose.
    #[error("the pipeline has no stages")]
    #[diagnostic(help("add one: `[stages.app]` and below it `crate = \"app\"`"))]
    NoStages {
        /// The table, or the manifest's start.
        #[label("no stage is named here")]
        at: SourceSpan,
    },
    /// A name that no stage can have.
    #[error("`{name}` is not a name for a stage")]
    #[diagnostic(help(
        "a stage's name is one word: lower-case letters and digits, a letter first, at most 64; \
         no hyphen, because a hyphen ends it where it is joined with a slot's name"
    ))]
    StageName {
        /// The name.
        name: String,
        /// Its place.
        #[label("not a stage's name")]
        at: SourceSpan,
    },
    /// A name that no slot can have.
    #[error("`{name}` is not a name for a slot")]
    #[diagnostic(help(
        "a slot's name is words of lower-case letters and digits joined by single hyphens, like \
         `bus` or `data-ready`, at most 64 characters"
    ))]
    SlotName {
        /// The name.
        name: String,
        /// Its place.
        #[label("not a slot's name")]
        at: SourceSpan,
    },
    /// A name that no pipeline or no hardware can have.
    #[error("`{name}` is not a name for {what}")]
    #[diagnostic(help(
        "use lower-case letters and digits joined by single hyphens, a letter first, at most 64 \
         characters: {example}"
    ))]
    Name {
        /// What it should name: a pipeline, or some kind of hardware.
        what: &'static str,
        /// The name.
        name: String,
        /// One that would do.
        example: &'static str,
        /// Its place.
        #[label("not a name for {what}")]
        at: SourceSpan,
    },
    /// A stage without a crate or a file.
    #[error("stage `{stage}` does not say what it is made of")]
    #[diagnostic(help(
        "add `crate = \"path/to/crate\"`, `wasm = \"path/to/file.wasm\"`, or from a registry `oci = \
         \"registry.example/drivers/bme280:1.2.0\"` or `package = \"acme:bme280@1.2.0\"`"
    ))]
    NoSource {
        /// The stage.
        stage: String,
        /// Its place.
        #[label("no source")]
        at: SourceSpan,
    },
    /// A stage with more than one crate or file.
    #[error("stage `{stage}` is made of two things")]
    #[diagnostic(help("keep one of `crate`, `wasm`, `oci` and `package`"))]
    TwoSources {
        /// The stage.
        stage: String,
        /// The first.
        #[label("this")]
        first: SourceSpan,
        /// The second.
        #[label("and this")]
        second: SourceSpan,
    },
    /// A stage from elsewhere, by a name of another form than such names have.
    #[error("{what} is \"{name}\": {why}")]
    #[diagnostic(help("write it like this: `{form}`"))]
    Remote {
        /// The key and the stage, in words.
        what: String,
        /// The name, shortened.
        name: String,
        /// What is wrong with it.
        why: &'static str,
        /// One of the right form.
        form: &'static str,
        /// The name's place.
        #[label("names no component")]
        at: SourceSpan,
    },
    /// A stage is named that the manifest does not have.
    #[error("there is no stage `{name}`")]
    UnknownStage {
        /// The name.
        name: String,
        /// The nearest name, or all.
        #[help]
        help: String,
        /// Where it is named.
        #[label("no such stage")]
        at: SourceSpan,
    },
    /// A stage that uses itself.
    #[error("stage `{stage}` uses itself")]
    #[diagnostic(help("remove it from `uses`: a stage reaches its own functions without wiring"))]
    UsesItself {
        /// The stage.
        stage: String,
        /// Where it says so.
        #[label("this is `{stage}` itself")]
        at: SourceSpan,
    },
    /// The same thing is named twice.
    #[error("{what} `{name}` is named twice")]
    #[diagnostic(help("remove one of the two"))]
    Twice {
        /// What it is: a stage, an interface.
        what: &'static str,
        /// Its name.
        name: String,
        /// Where it is named first.
        #[label("first here")]
        first: SourceSpan,
        /// Where it is named again.
        #[label("again here")]
        second: SourceSpan,
    },
    /// Stages that use each other, or give each other slots, in a circle.
    #[error("stages need each other in a circle: {}", path.join(" → "))]
    #[diagnostic(help(
        "every stage must be ready before one that uses it or gets a slot from it: take one of \
         these out, or move what both need into a stage of its own"
    ))]
    Cycle {
        /// The stages, the first one again at the end.
        path: Vec<String>,
        /// Each `uses` or slot on the way.
        #[label(collection)]
        at: Vec<miette::LabeledSpan>,
    },
    /// A slot that does not say what it wants.
    #[error("slot `{slot}` of stage `{stage}` does not say which hardware it wants")]
    NoRequest {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// An entry that would do.
        #[help]
        help: String,
        /// The entry.
        #[label("names no hardware")]
        at: SourceSpan,
    },
    /// A slot that asks for more than one thing.
    #[error("slot `{slot}` of stage `{stage}` asks for two things")]
    #[diagnostic(help("a slot opens one handle: keep one of the two"))]
    TwoRequests {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The first.
        #[label("this")]
        first: SourceSpan,
        /// The second.
        #[label("and this")]
        second: SourceSpan,
    },
    /// A slot that its own stage shall give.
    #[error("slot `{slot}` of stage `{stage}` shall be given by `{stage}` itself")]
    #[diagnostic(help(
        "a slot is filled by the board or by another stage; what a stage makes itself it has \
         without a slot"
    ))]
    GivesItself {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The entry.
        #[label("this is `{stage}` itself")]
        at: SourceSpan,
    },
    /// A WASI that no stage can have.
    #[error("{what} cannot be \"{word}\"")]
    #[diagnostic(help(
        "write `wasi = \"host\"` for a stage that stands for the host, such as a board of models: \
         it shares the app's WASI. Without it a driver has one of its own"
    ))]
    Wasi {
        /// The key, in words.
        what: String,
        /// The word.
        word: String,
        /// Its place.
        #[label("not known")]
        at: SourceSpan,
    },
    /// A number that is no I2C address.
    #[error("{number} is no {bits}-bit I2C address: those are 0 to {most:#x}")]
    Address {
        /// The number, as written.
        number: String,
        /// The width that the key stands for.
        bits: u8,
        /// The largest address of that width.
        most: u16,
        /// What was probably meant.
        #[help]
        help: String,
        /// Its place.
        #[label("no {bits}-bit address")]
        at: SourceSpan,
    },
    /// An I2C slot without any address.
    #[error("slot `{slot}` of stage `{stage}` asks for no address on the bus")]
    #[diagnostic(help(
        "add `address = 0x76`, or `addresses = [0x76, 0x77]` (`ten-bit-address` and \
         `ten-bit-addresses` for 10-bit ones): what is not asked for does not exist for the stage"
    ))]
    NoAddress {
        /// The stage.
        stage: String,
        /// The slot.
        slot: String,
        /// The entry.
        #[label("no address")]
        at: SourceSpan,
    },
}
