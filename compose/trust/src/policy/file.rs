//! A policy as it is written, before it is checked.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    #[serde(default)]
    pub(super) trust: Vec<Spanned<RuleFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) repositories: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) keys: Vec<Spanned<KeyFile>>,
    pub(super) require: Option<Spanned<String>>,
    pub(super) unsigned: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KeyFile {
    pub(super) file: Spanned<String>,
    pub(super) not_before: Option<Spanned<Datetime>>,
    pub(super) not_after: Option<Spanned<Datetime>>,
}
