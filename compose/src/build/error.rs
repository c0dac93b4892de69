//! Why a crate does not become a component.

use std::path::PathBuf;

use miette::Diagnostic;

use super::target::MissingTarget;

/// A crate that cannot be built as a stage.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no crate in the folder.
    #[error("there is no crate in {}", directory.display())]
    #[diagnostic(help(
        "paths are relative to the manifest; name the folder that holds the crate's Cargo.toml"
    ))]
    NoCrate {
        /// The folder.
        directory: PathBuf,
    },
    /// A program that is needed is not there.
    #[error("cannot run `{program}`")]
    #[diagnostic(help("install Rust with rustup, or set CARGO and RUSTC to where they are"))]
    NoProgram {
        /// Its name or path.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Cargo cannot read the crate.
    #[error("cargo cannot read {}:\n{output}", manifest.display())]
    #[diagnostic(help("mend the crate until `cargo metadata` reads it"))]
    Metadata {
        /// The crate's Cargo.toml.
        manifest: PathBuf,
        /// What cargo says.
        output: String,
    },
    /// The folder holds a workspace, not a crate.
    #[error("{} is a workspace, not a crate", manifest.display())]
    #[diagnostic(help("name the folder of one of its crates"))]
    Workspace {
        /// The workspace's Cargo.toml.
        manifest: PathBuf,
    },
    /// The crate makes nothing that can be a stage.
    #[error("crate `{package}` makes neither a `cdylib` nor a program")]
    #[diagnostic(help(
        "a driver is a library: add `[lib]` and below it `crate-type = [\"cdylib\"]`. An app is a \
         program: add src/main.rs"
    ))]
    NoTarget {
        /// The crate.
        package: String,
    },
    /// The crate makes more than one thing that can be a stage.
    #[error("crate `{package}` makes {count} things that could be the stage: {names}")]
    #[diagnostic(help("a stage's crate has one `cdylib` or one program: split it"))]
    SeveralTargets {
        /// The crate.
        package: String,
        /// How many.
        count: usize,
        /// Which.
        names: String,
    },
    /// `[package.metadata.periplasm]` names a target that stages cannot have.
    #[error("crate `{package}` asks to be built for {target}")]
    #[diagnostic(help(
        "`target` in `[package.metadata.periplasm]` is \"wasm32-unknown-unknown\" (drivers) or \
         \"wasm32-wasip2\" (apps); without it the crate's kind decides"
    ))]
    UnsupportedTarget {
        /// The crate.
        package: String,
        /// What it asks for.
        target: String,
    },
    /// The toolchain cannot build for the target yet.
    #[error(transparent)]
    #[diagnostic(transparent)]
    MissingTarget(#[from] MissingTarget),
    /// `rustc` does not say where it is, or which one.
    #[error("`{rustc}` does not say where it is and which one:\n{output}")]
    #[diagnostic(help("is the toolchain of the crate installed? `rustup show` tells"))]
    Sysroot {
        /// The compiler.
        rustc: String,
        /// What it says.
        output: String,
    },
    /// Cargo cannot build the crate.
    #[error("cargo cannot build `{package}`:\n{output}")]
    Cargo {
        /// The crate.
        package: String,
        /// What cargo and the compiler say: the end of it, if it is long.
        output: String,
        /// What to do: usually the command that says it again.
        #[help]
        help: String,
    },
    /// Cargo built the crate and names no file.
    #[error("cargo built `{package}` and names no WebAssembly file")]
    #[diagnostic(help("does its build put the file elsewhere? Then name it: `wasm = \"…\"`"))]
    NoFile {
        /// The crate.
        package: String,
    },
    /// The built file cannot be read.
    #[error("cannot read {}, which cargo built", path.display())]
    #[diagnostic(help("build it again; does something else write to cargo's target folder?"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The built file is larger than any stage may be.
    #[error("{}, which cargo built, is larger than {} MiB", path.display(), limit >> 20)]
    #[diagnostic(help("does it contain large data, or debug information?"))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        limit: u64,
    },
    /// No component can be made of the built module.
    #[error("no component can be made of {}: {message}", path.display())]
    #[diagnostic(help(
        "the module imports something that its world does not have, or was built with bindings \
         of another version; `std` on wasm32-unknown-unknown is a common reason: add `#![no_std]`"
    ))]
    Componentize {
        /// The module.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}
