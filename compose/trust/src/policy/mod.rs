//! The file that says whose signatures are believed, repository by repository.
//!
//! ```toml
//! [[trust]]
//! repositories = ["registry.example/drivers/*", "registry.example/pipelines/**"]
//! keys = [{ file = "vendor.pub", not-after = 2027-12-31 }]
//!
//! [[trust]]
//! repositories = ["127.0.0.1:5000/**"]
//! unsigned = true
//! ```
//!
//! - `repositories`: patterns. A `*` stands for one word between slashes, a `**`
//!   at the end for one or more of them; the registry is always named. Of all
//!   patterns that fit a repository the most specific one counts: read from the
//!   left, where they first differ, a word goes before a `*`, and a `*` before a
//!   `**`. No pattern may stand twice, so there is always one that counts, in
//!   whatever order they stand.
//! - `keys`: files of public keys, relative to the policy. From `not-before` on
//!   and until the end of the day `not-after`, both in UTC, a key's signatures are
//!   believed; whenever they were made, because nothing vouches for that.
//! - `require`: `"any"` of the keys must have signed, which is the default, or
//!   `"all"`.
//! - `unsigned = true`: no signature is asked for. It must be said.
//!
//! A repository that no pattern fits is refused.

mod check;
mod error;
mod file;
mod pattern;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use periplasm_registry::Repository;

pub use error::{Malformed, PolicyError, Problem};
pub use pattern::{Pattern, PatternError};

use crate::file::FileFault;
use crate::key::PublicKey;

/// The most bytes of a policy that are read.
pub const MAX_POLICY_BYTES: u64 = 1 << 20;

/// Whose signatures are believed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The file, or what stands for it in messages.
    name: String,
    rules: Vec<Rule>,
    /// Whether the file was there.
    found: bool,
}

/// What is asked of some repositories.
#[derive(Clone, Debug)]
pub struct Rule {
    /// None: all repositories.
    patterns: Option<Vec<Pattern>>,
    keys: Vec<TrustedKey>,
    require: Require,
}

/// A key that is believed, and when.
#[derive(Clone, Debug)]
pub struct TrustedKey {
    name: String,
    key: PublicKey,
    not_before: Option<NaiveDate>,
    not_after: Option<NaiveDate>,
}

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Require {
    /// A signature by one of its keys.
    Any,
    /// A signature by each of its keys.
    All,
    /// No signature.
    Nothing,
}

impl Policy {
    /// Reads the policy at `path`, or, without one, that of the user: see
    /// [`Policy::default_path`]. If the user has none, everything is refused.
    pub fn find(path: Option<&Path>) -> Result<Self, PolicyError> {
        let default = match path {
            Some(path) => return Self::load(path),
            None => Self::default_path(),
        };
        match default {
            Some(path) if path.exists() => Self::load(&path),
            path => {
                let path = path.unwrap_or_else(|| PathBuf::from("policy.toml"));
                Ok(Self { name: path.display().to_string(), rules: Vec::new(), found: false })
            }
        }
    }

    /// `$XDG_CONFIG_HOME/periplasm/policy.toml`, or the same in `$HOME/.config`.
    pub fn default_path() -> Option<PathBuf> {
        // Others are to be ignored (XDG base directory specification).
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let config = folder("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let config = config.or_else(|| Some(folder("HOME")?.join(".config")))?;
        Some(config.join("periplasm").join("policy.toml"))
    }

    /// Reads a policy and the keys that it names.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        let text = crate::file::read(path, MAX_POLICY_BYTES).map_err(|fault| {
            let path = path.to_owned();
            match fault {
                FileFault::Io(source) => PolicyError::Unreadable { path, source },
                FileFault::TooLarge => PolicyError::TooLarge { path, limit: MAX_POLICY_BYTES },
                FileFault::NotText => PolicyError::NotText { path },
            }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, &path.display().to_string(), folder)
    }

    /// Reads the text of a policy. `name` is for messages; keys are looked for from
    /// `folder` on.
    pub fn parse(text: &str, name: &str, folder: &Path) -> Result<Self, PolicyError> {
        check::policy(text, name, folder).map_err(|malformed| malformed.into())
    }

    /// Believes each of these keys, for whatever repository.
    pub fn trusting(keys: impl IntoIterator<Item = (String, PublicKey)>) -> Self {
        let dates = (None, None);
        let keys = keys.into_iter().map(|(name, key)| TrustedKey {
            name,
            key,
            not_before: dates.0,
            not_after: dates.1,
        });
        let rule = Rule { patterns: None, keys: keys.collect(), require: Require::Any };
        Self { name: "the keys that were given".to_owned(), rules: vec![rule], found: true }
    }

    /// The file, or what stands for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is a file: if not, everything is refused.
    pub fn is_there(&self) -> bool {
        self.found
    }

    /// The rule for a repository, if there is one.
    pub fn rule(&self, repository: &Repository) -> Option<&Rule> {
        let fits = self.rules.iter().filter_map(|rule| {
            let Some(patterns) = &rule.patterns else {
                return Some((Vec::new(), rule));
            };
            let fits = patterns.iter().filter(|pattern| pattern.fits(repository));
            Some((fits.map(Pattern::rank).min()?, rule))
        });
        fits.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, rule)| rule)
    }
}

impl Rule {
    /// The keys that are believed; none if no signature is asked for.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// What is asked for.
    pub fn require(&self) -> Require {
        self.require
    }
}

impl TrustedKey {
    /// How the policy names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The first day on which it is believed.
    pub fn not_before(&self) -> Option<NaiveDate> {
        self.not_before
    }

    /// The last one.
    pub fn not_after(&self) -> Option<NaiveDate> {
        self.not_after
    }
}
