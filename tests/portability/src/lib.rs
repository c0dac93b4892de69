//! Which drivers of crates.io fit, found out by the compiler.
//!
//! [`check()`] takes a crate, substitutes the SDK's types for what its functions
//! ask of hardware, and has every such function compiled, linked and made a
//! component of. That is more than a `cargo check` of the crate alone, which
//! says nothing of whether the SDK has what it asks for.
//!
//! [`shape()`] reads the same source for `cargo xtask new driver`: which slots
//! the driver needs, and how it is made.
//!
//! # How it works
//!
//! 1. A cargo project of its own depends on the driver and on the SDK. cargo
//!    chooses versions, the compiler expands the driver's source.
//! 2. syn reads it; [`Names`] follows its paths through every `use`.
//! 3. A small solver offers types for generic parameters: the SDK's for the
//!    traits of hardware, the crate's own for the crate's own traits.
//! 4. Every function is called in a generated crate. What the compiler refuses
//!    is tried with the next types, or taken back; the rest must link.
//!
//! Nothing of it is ever run.
#![forbid(unsafe_code)]

mod bounds;
mod cache;
mod check;
mod diagnose;
mod error;
mod foreign;
mod generate;
pub mod hal;
mod link;
mod list;
mod names;
mod print;
mod project;
mod sdk;
mod shape;
mod solve;
mod source;
mod table;
mod uses;

pub use cache::Cache;
pub use check::{Answer, Verdict, check};
pub use error::{Error, Result};
pub use list::{Entry, is_name, read};
pub use names::{Dependency, Names};
pub use project::{Package, Workshop, fetch};
pub use shape::{Argument, Need, Shape, shape};
pub use source::Source;
pub use table::table;
