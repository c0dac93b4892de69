//! Reading the section `.dep-v0`, from whoever made it.
//!
//! Not by auditable-serde: it looks for circles in a time that grows with the
//! square of what a hostile section can list.

use std::fmt::Write;

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use serde::Deserialize;

use super::error::SectionFault;

/// The most bytes of a section, and of what it unpacks to. Sixty crates are
/// 1 KB, and 5 KB unpacked.
const MAX_BYTES: usize = 256 << 10;
const MAX_UNPACKED: usize = 4 << 20;
/// The most crates of one stage, and the most dependencies of all of them.
const MAX_CRATES: usize = 10_000;
const MAX_NEEDS: usize = 200_000;
/// The most characters of a crate's name (crates.io: 64) or version.
const MAX_TEXT: usize = 128;

/// A crate of a stage.
#[derive(Debug, Deserialize)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) source: String,
    #[serde(default, rename = "kind")]
    pub(super) scope: Scope,
    #[serde(default, rename = "dependencies")]
    pub(super) needs: Vec<usize>,
    #[serde(default)]
    pub(super) root: bool,
}

/// Whether it is in the stage, or was only used to build it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    Build,
    #[default]
    Runtime,
}

#[derive(Deserialize)]
struct List {
    packages: Vec<Crate>,
}

impl Crate {
    /// Its package URL (package-url specification, type `cargo`) if it is from
    /// crates.io; otherwise something that is no such URL.
    pub(super) fn id(&self) -> String {
        let (name, version) = (escaped(&self.name), escaped(&self.version));
        match self.source.as_str() {
            "crates.io" => format!("pkg:cargo/{name}@{version}"),
            source => format!("crate:{}/{name}@{version}", escaped(source)),
        }
    }
}

/// With all but what stands for itself in a package URL as `%` and two digits.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            // A string never refuses.
            _ => drop(write!(escaped, "%{byte:02X}")),
        }
    }
    escaped
}

/// Unpacks, reads and checks a section.
pub(super) fn read(section: &[u8]) -> Result<Vec<Crate>, SectionFault> {
    if section.len() > MAX_BYTES {
        return Err(SectionFault::TooLarge { limit: MAX_BYTES });
    }
    let json =
        decompress_to_vec_zlib_with_limit(section, MAX_UNPACKED).map_err(|error| {
            match error.status {
                TINFLStatus::HasMoreOutput => SectionFault::Bomb { limit: MAX_UNPACKED },
                _ => SectionFault::NotZlib,
            }
        })?;
    // serde_json stops at 128 levels.
    let List { packages: crates } = serde_json::from_slice(&json)
        .map_err(|error| SectionFault::NotAList { why: error.to_string() })?;
    let needs: usize = crates.iter().map(|one| one.needs.len()).sum();
    if crates.len() > MAX_CRATES || needs > MAX_NEEDS {
        return Err(SectionFault::TooMany { crates: MAX_CRATES, needs: MAX_NEEDS });
    }
    let plain = |text: &str| {
        !text.is_empty() && text.len() <= MAX_TEXT && text.bytes().all(|b| b.is_ascii_graphic())
    };
    for one in &crates {
        if ![&one.name, &one.version, &one.source].into_iter().all(|text| plain(text)) {
            return Err(SectionFault::Text);
        }
        if one.needs.iter().any(|index| *index >= crates.len()) {
            return Err(SectionFault::Nobody);
        }
    }
    if crates.iter().filter(|one| one.root).count() != 1 {
        return Err(SectionFault::Roots);
    }
    if is_circular(&crates) {
        return Err(SectionFault::Circle);
    }
    Ok(crates)
}

/// Takes out crates that nobody needs, until there are none: what is left needs
/// itself.
fn is_circular(crates: &[Crate]) -> bool {
    let mut needed = vec![0_usize; crates.len()];
    crates.iter().flat_map(|one| &one.needs).for_each(|index| needed[*index] += 1);
    let mut free: Vec<usize> = (0..crates.len()).filter(|index| needed[*index] == 0).collect();
    let mut taken = 0;
    while let Some(index) = free.pop() {
        taken += 1;
        for next in &crates[index].needs {
            needed[*next] -= 1;
            if needed[*next] == 0 {
                free.push(*next);
            }
        }
    }
    taken < crates.len()
}
