//! Patterns of repositories.

use std::fmt;
use std::str::FromStr;

use periplasm_registry::Repository;

/// Which repositories a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    host: String,
    parts: Vec<Part>,
}

/// What stands between two slashes. In the order in which they count.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    /// One word, whichever.
    One,
    /// All that follows, at least one word. Only at the end.
    Rest,
}

/// A text that is no pattern: why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

impl Pattern {
    /// Whether it is for this repository.
    pub fn fits(&self, repository: &Repository) -> bool {
        let words: Vec<&str> = repository.path().split('/').collect();
        let (most, open) = match self.parts.split_last() {
            Some((Part::Rest, before)) => (before, true),
            _ => (self.parts.as_slice(), false),
        };
        let length = if open { words.len() > most.len() } else { words.len() == most.len() };
        self.host == repository.host()
            && length
            && most.iter().zip(words).all(|(part, word)| match part {
                Part::Word(expected) => expected == word,
                Part::One | Part::Rest => true,
            })
    }

    /// How specific it is: of two patterns that fit the same repository, the lesser
    /// one counts. They are the same only if the patterns are.
    pub(super) fn rank(&self) -> Vec<u8> {
        let rank = |part: &Part| match part {
            Part::Word(_) => 0,
            Part::One => 1,
            Part::Rest => 2,
        };
        // Before one that is for all repositories, which has none.
        self.parts.iter().map(rank).collect()
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let Some((host, path)) = text.split_once('/') else {
            let why = "it has no `/` between registry and repository";
            return Err(PatternError(why.to_owned()));
        };
        let part = |word: &str| match word {
            "*" => Part::One,
            "**" => Part::Rest,
            word => Part::Word(word.to_owned()),
        };
        let parts: Vec<Part> = path.split('/').map(part).collect();
        let before = &parts[..parts.len() - 1];
        if before.contains(&Part::Rest) {
            return Err(PatternError("`**` may stand at the end only".to_owned()));
        }
        // With words in place of the stars it must be a repository.
        let words = parts.iter().map(|part| match part {
            Part::Word(word) => word,
            Part::One | Part::Rest => "a",
        });
        let example = format!("{host}/{}", words.collect::<Vec<_>>().join("/"));
        match example.parse::<Repository>() {
            Ok(_) => Ok(Self { host: host.to_owned(), parts }),
            Err(_) if text.contains('*') && host.contains('*') => {
                Err(PatternError("the registry must be named".to_owned()))
            }
            Err(_) if parts.iter().any(|part| matches!(part, Part::Word(w) if w.contains('*'))) => {
                let why = "a `*` stands for a whole word between slashes";
                Err(PatternError(why.to_owned()))
            }
            Err(error) => Err(PatternError(error.why.to_owned())),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        for part in &self.parts {
            let word = match part {
                Part::Word(word) => word,
                Part::One => "*",
                Part::Rest => "**",
            };
            write!(f, "/{word}")?;
        }
        Ok(())
    }
}
