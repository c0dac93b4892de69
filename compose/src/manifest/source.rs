//! What a stage is made of: its source, and its settings.

use std::path::PathBuf;

use miette::SourceSpan;
use toml::Spanned;
use toml::de::DeValue;

use super::settings::{self, Settings};
use super::walk::{Entry, Walk};
use super::{At, Source};
use crate::fetch::{OCI_FORM, PACKAGE_FORM, Remote};
use crate::name::shown;
use crate::problem::ManifestProblem;

/// The keys that say what a stage is made of.
pub(super) const KEYS: [&str; 5] = ["crate", "wasm", "oci", "package", "settings"];

/// Whatever of it could be read.
#[derive(Default)]
pub(super) struct Making {
    pub(super) source: Option<At<Source>>,
    pub(super) settings: Option<At<Settings>>,
    /// The sources as written: the key, and its value if that is text.
    pub(super) written: Vec<(String, At<String>)>,
}

impl Making {
    /// Reads the value of one of [`KEYS`]. `of` is the stage, in words.
    pub(super) fn read(&mut self, walk: &mut Walk, of: &str, (key, value): &Entry<'_>) {
        if key.value == "settings" {
            self.settings = settings::read(walk, of, value);
            return;
        }
        let text = value.get_ref().as_str().unwrap_or_default().to_owned();
        self.written.push((key.value.to_owned(), At::new(text, key.at)));
        self.source = read_source(walk, of, key, value);
    }

    /// Notes too few or too many sources.
    pub(super) fn check(&self, walk: &mut Walk, stage: &str, at: SourceSpan) {
        let stage = stage.to_owned();
        match self.written.as_slice() {
            [] => walk.note(ManifestProblem::NoSource { stage, at }),
            [_] => {}
            [(_, first), (_, second), ..] => {
                let (first, second) = (first.at, second.at);
                walk.note(ManifestProblem::TwoSources { stage, first, second });
            }
        }
    }
}

fn read_source(
    walk: &mut Walk,
    of: &str,
    key: &At<&str>,
    value: &Spanned<DeValue<'_>>,
) -> Option<At<Source>> {
    let what = format!("`{}` of {of}", key.value);
    let form = match key.value {
        "oci" => OCI_FORM,
        "package" => PACKAGE_FORM,
        _ => "path",
    };
    let At { value, at } = walk.string(&what, value, &format!("{} = \"{form}\"", key.value))?;
    let remote = match key.value {
        "crate" => return Some(At::new(Source::Crate(PathBuf::from(value)), at)),
        "wasm" => return Some(At::new(Source::Wasm(PathBuf::from(value)), at)),
        "oci" => Remote::oci(&value),
        _ => Remote::package(&value),
    };
    let noted = |why| ManifestProblem::Remote { what, name: shown(&value, 120), why, form, at };
    match remote {
        Ok(remote) => Some(At::new(Source::Remote(remote), at)),
        Err(why) => {
            walk.note(noted(why));
            None
        }
    }
}
