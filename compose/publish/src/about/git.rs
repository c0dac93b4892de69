//! The revision of a folder's source.

use std::path::Path;
use std::process::Command;

/// The commit that is checked out where `folder` is, with `-dirty` behind it if
/// a file that git knows was changed since. None where there is no git.
pub(super) fn revision(folder: &Path) -> Option<String> {
    let commit = git(folder, &["rev-parse", "--verify", "HEAD"])?;
    let is_commit =
        (40..=64).contains(&commit.len()) && commit.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_commit {
        return None;
    }
    let changed = git(folder, &["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() { commit } else { format!("{commit}-dirty") })
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        // It may write into the repository to be faster later.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .ok()?;
    let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_to_a_known_file_makes_it_dirty() {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| {
            let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
            assert!(git(folder.path(), &[&who, args].concat()).is_some(), "git {args:?}");
        };
        let write = |name: &str| std::fs::write(folder.path().join(name), "b").unwrap();
        std::fs::write(folder.path().join("known"), "a").unwrap();
        run(&["init", "--quiet"]);
        assert_eq!(revision(folder.path()), None);
        run(&["add", "known"]);
        run(&["commit", "--quiet", "-m", "a"]);
        let clean = revision(folder.path()).unwrap();
        assert_eq!(clean.len(), 40);
        write("unknown");
        assert_eq!(revision(folder.path()).as_ref(), Some(&clean));
        write("known");
        assert_eq!(revision(folder.path()), Some(format!("{clean}-dirty")));
    }
}
