//! From a policy's text to a policy: everything wrong with it at once.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use miette::{Diagnostic, NamedSource, SourceSpan};
use toml::Spanned;
use toml::value::Datetime;

use super::file::{KeyFile, PolicyFile, RuleFile};
use super::{Malformed, Pattern, Policy, Problem, Require, Rule, TrustedKey};
use crate::key::PublicKey;
use crate::text::{same_length, shown};

/// The most characters of the file's words in a message.
const MAX_SHOWN: usize = 200;

/// Where each pattern stands, of all rules so far.
type Seen = Vec<(Pattern, Range<usize>)>;

pub(super) fn policy(text: &str, name: &str, folder: &Path) -> Result<Policy, Box<Malformed>> {
    let name = shown(name, 4096);
    let malformed = |problems| {
        let source_code = NamedSource::new(&name, Arc::from(same_length(text)));
        Box::new(Malformed { source_code, problems })
    };
    let file: PolicyFile = toml::from_str(text).map_err(|error| {
        let at = error.span().unwrap_or(text.len()..text.len()).into();
        let message = error.message().replace("a TOML datetime", "a day, without quotes");
        let message = shown(&message, 1024);
        malformed(vec![Problem::Syntax { message, at }])
    })?;
    let (mut problems, mut seen) = (Vec::new(), Seen::new());
    let rules = file.trust.into_iter();
    let rules = rules.map(|file| rule(file, folder, &mut seen, &mut problems)).collect();
    if problems.is_empty() {
        return Ok(Policy { name, rules, found: true });
    }
    problems.sort_by_key(|problem| problem.labels()?.next().map(|label| label.offset()));
    Err(malformed(problems))
}

fn rule(
    file: Spanned<RuleFile>,
    folder: &Path,
    seen: &mut Seen,
    problems: &mut Vec<Problem>,
) -> Rule {
    let at = file.span();
    let RuleFile { repositories, keys, require, unsigned } = file.into_inner();
    if repositories.get_ref().is_empty() {
        problems.push(Problem::NoRepositories { at: repositories.span().into() });
    }
    let patterns = repositories.into_inner().into_iter();
    let patterns = patterns.filter_map(|text| pattern(&text, seen, problems)).collect();

    let mut require = match require.as_ref().map(|word| word.get_ref().as_str()) {
        None | Some("any") => Require::Any,
        Some("all") => Require::All,
        Some(found) => {
            let (found, at) = (shown(found, MAX_SHOWN), span(require.as_ref(), &at));
            problems.push(Problem::Require { found, at });
            Require::All
        }
    };
    match (keys.is_empty(), unsigned.as_ref().is_some_and(|unsigned| *unsigned.get_ref())) {
        (true, true) => require = Require::Nothing,
        (true, false) => problems.push(Problem::NoKeys { at: at.into() }),
        (false, true) => {
            let at = span(unsigned.as_ref(), &at);
            problems.push(Problem::KeysAndUnsigned { at });
        }
        (false, false) => {}
    }
    Rule { patterns: Some(patterns), keys: read_keys(keys, folder, problems), require }
}

fn span<T>(value: Option<&Spanned<T>>, otherwise: &Range<usize>) -> SourceSpan {
    value.map_or_else(|| otherwise.clone(), Spanned::span).into()
}

fn pattern(
    text: &Spanned<String>,
    seen: &mut Seen,
    problems: &mut Vec<Problem>,
) -> Option<Pattern> {
    let at = text.span();
    let pattern: Pattern = match text.get_ref().parse() {
        Ok(pattern) => pattern,
        Err(error) => {
            let (found, why) = (shown(text.get_ref(), MAX_SHOWN), shown(&error.to_string(), 200));
            problems.push(Problem::Pattern { found, why, at: at.into() });
            return None;
        }
    };
    if let Some((_, first)) = seen.iter().find(|(known, _)| *known == pattern) {
        let (first, second) = (first.clone().into(), at.into());
        problems.push(Problem::Twice { pattern: pattern.to_string(), first, second });
        return None;
    }
    seen.push((pattern.clone(), at));
    Some(pattern)
}

fn read_keys(
    files: Vec<Spanned<KeyFile>>,
    folder: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<TrustedKey> {
    let mut keys: Vec<(TrustedKey, Range<usize>)> = Vec::new();
    for file in files {
        let at = file.span();
        let KeyFile { file, not_before, not_after } = file.into_inner();
        let not_before = not_before.and_then(|date| day(&date, problems));
        let not_after = not_after.and_then(|date| day(&date, problems));
        if let (Some(first), Some(last)) = (not_before, not_after)
            && first > last
        {
            problems.push(Problem::Never { at: at.clone().into() });
        }
        let name = shown(file.get_ref(), MAX_SHOWN);
        let key = match PublicKey::read(&folder.join(file.get_ref())) {
            Ok(key) => key,
            Err(mut error) => {
                error.key = name;
                problems.push(Problem::key(error, file.span().into()));
                continue;
            }
        };
        if let Some((_, first)) = keys.iter().find(|(known, _)| known.key == key) {
            let (first, second) = (first.clone().into(), at.clone().into());
            problems.push(Problem::SameKey { first, second });
        }
        keys.push((TrustedKey { name, key, not_before, not_after }, at));
    }
    keys.into_iter().map(|(key, _)| key).collect()
}

fn day(date: &Spanned<Datetime>, problems: &mut Vec<Problem>) -> Option<NaiveDate> {
    let found = date.get_ref();
    let day = match (found.date, found.time, found.offset) {
        (Some(day), None, None) => {
            NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into())
        }
        _ => None,
    };
    if day.is_none() {
        problems.push(Problem::Day { found: found.to_string(), at: date.span().into() });
    }
    day
}
