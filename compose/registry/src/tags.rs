//! Tags: a version names one artifact for good, an alias moves.

use miette::Diagnostic;
use semver::Version;

/// A tag that is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum TagError {
    /// The tag is no version.
    #[error("the tag {tag:?} is no version")]
    #[diagnostic(help(
        "an artifact is published as a semantic version of three numbers, such as 1.2.0; a name \
         that moves, such as `latest`, comes with `--also`"
    ))]
    NoVersion {
        /// The tag.
        tag: String,
    },
    /// A version with `+` and more behind it.
    #[error("the version {version} has build metadata, and a tag cannot have a `+`")]
    #[diagnostic(help("leave out what is behind the `+`"))]
    Build {
        /// The version.
        version: String,
    },
    /// An alias that is itself a version.
    #[error("{alias:?} is a version of its own, and names one artifact for good")]
    #[diagnostic(help("publish under it instead, or choose an alias like `latest`, `1` or `1.2`"))]
    AliasIsVersion {
        /// The alias.
        alias: String,
    },
    /// An alias that says another version.
    #[error("the alias {alias:?} does not fit the version {version}")]
    #[diagnostic(help(
        "an alias of numbers is the beginning of the version: of 1.2.0, `1` or `1.2`"
    ))]
    AliasOfAnother {
        /// The alias.
        alias: String,
        /// The version that is published.
        version: Version,
    },
    /// An alias that no registry takes, or that means something else.
    #[error("the alias {alias:?} cannot be a tag of an artifact")]
    #[diagnostic(help(
        "a tag has letters, digits, `_`, `.` and `-`, at most 128; one that begins with `sha256-` \
         is for what refers to an artifact"
    ))]
    Alias {
        /// The alias.
        alias: String,
    },
}

/// Reads a tag as a version.
pub fn version(tag: &str) -> Result<Version, TagError> {
    let version = Version::parse(tag).map_err(|_| TagError::NoVersion { tag: tag.to_owned() })?;
    match version.build.is_empty() {
        true => Ok(version),
        false => Err(TagError::Build { version: tag.to_owned() }),
    }
}

/// Checks that `alias` may name an artifact of the version `version`, now and
/// until a later one takes it.
pub fn alias(alias: &str, version: &Version) -> Result<(), TagError> {
    let alias = || alias.to_owned();
    if Version::parse(&alias()).is_ok() {
        return Err(TagError::AliasIsVersion { alias: alias() });
    }
    if !crate::reference::is_tag(&alias()) || alias().starts_with("sha256-") {
        return Err(TagError::Alias { alias: alias() });
    }
    if alias().starts_with(|first: char| first.is_ascii_digit()) {
        let major = version.major.to_string();
        let fits = [major.clone(), format!("{major}.{}", version.minor)].contains(&alias());
        // A release to try is not what people mean by `1`.
        if !fits || !version.pre.is_empty() {
            return Err(TagError::AliasOfAnother { alias: alias(), version: version.clone() });
        }
    }
    Ok(())
}

/// The versions among `tags`, the newest last.
pub fn versions(tags: &[String]) -> Vec<Version> {
    let mut versions: Vec<Version> = tags.iter().filter_map(|tag| version(tag).ok()).collect();
    versions.sort();
    versions
}

/// The newest version among `tags`; one to try only if there is no other.
pub fn newest(tags: &[String]) -> Option<Version> {
    let versions = versions(tags);
    let released = versions.iter().rev().find(|version| version.pre.is_empty());
    released.or(versions.last()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_of_three_numbers() {
        assert_eq!(version("1.2.0-rc.1").unwrap().to_string(), "1.2.0-rc.1");
        for tag in ["latest", "1", "1.2", "v1.2.0", "01.2.0", ""] {
            assert!(matches!(version(tag), Err(TagError::NoVersion { .. })), "{tag}");
        }
        assert!(matches!(version("1.2.0+abc"), Err(TagError::Build { .. })));
    }

    #[test]
    fn an_alias_is_a_word_or_the_beginning_of_the_version() {
        let version = Version::new(1, 2, 0);
        for name in ["latest", "stable", "1", "1.2"] {
            assert_eq!(alias(name, &version), Ok(()), "{name}");
        }
        assert!(matches!(alias("1.3.0", &version), Err(TagError::AliasIsVersion { .. })));
        for name in ["1.3", "2", "1.2.", "01"] {
            assert!(
                matches!(alias(name, &version), Err(TagError::AliasOfAnother { .. })),
                "{name}"
            );
        }
        for name in ["", "a b", "sha256-00", "-a"] {
            assert!(matches!(alias(name, &version), Err(TagError::Alias { .. })), "{name}");
        }
        let trial = Version::parse("1.2.0-rc.1").unwrap();
        assert!(alias("1.2", &trial).is_err() && alias("next", &trial).is_ok());
    }

    #[test]
    fn the_newest_version_is_by_number_and_not_by_letter() {
        let tags = |tags: &[&str]| tags.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = newest(&tags(&["latest", "1.9.0", "1.10.0", "2.0.0-rc.1", "sha256-00.sig"]));
        assert_eq!(found, Some(Version::new(1, 10, 0)));
        assert_eq!(newest(&tags(&["2.0.0-rc.1"])).unwrap().to_string(), "2.0.0-rc.1");
        assert_eq!(newest(&tags(&["latest"])), None);
    }
}
