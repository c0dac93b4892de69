//! Packages that are unpacked together, into one folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::apt::Apt;
use super::error::DebianError;
use super::{Suite, libraries};
use crate::cargo::target_dir;
use crate::steps::Step;

type Result<T> = std::result::Result<T, DebianError>;

/// In a folder: the names of the packages that were asked for.
const LIST: &str = ".packages";

/// Packages of one suite, for one architecture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packages<'a> {
    /// Where they are from.
    pub(crate) suite: Suite,
    /// Debian's name of it: `arm64`. One that is not the machine's own is for
    /// files alone: nothing is looked up for programs.
    pub(crate) architecture: &'a str,
    /// Their names. The folder is called after the first.
    pub(crate) names: &'a [&'a str],
    /// Also what they depend on directly: for a package that is empty itself and
    /// names another, whose name changes.
    pub(crate) dependencies: bool,
}

impl<'a> Packages<'a> {
    /// `names` of `suite`, with the libraries that their programs need.
    pub(crate) fn new(suite: Suite, names: &'a [&'a str]) -> Self {
        Self { suite, architecture: own_architecture(), names, dependencies: false }
    }

    /// The folder with them. They are fetched the first time.
    pub(crate) fn unpacked(&self) -> Result<PathBuf> {
        let base = self.base()?;
        if let Some(found) = self.newest(&base) {
            return Ok(found);
        }
        let step = Step::start(self.first());
        let found = self.fetched(&base, &step)?;
        step.done(crate::cargo::shown(&found));
        Ok(found)
    }

    /// The suite's folder.
    fn base(&self) -> Result<PathBuf> {
        let target = target_dir().map_err(|e| DebianError::Target(e.to_string()))?;
        let base = target.join("tools/debian").join(self.suite.name());
        std::fs::create_dir_all(&base).map_err(|e| DebianError::file(&base, e))?;
        Ok(base)
    }

    fn first(&self) -> &str {
        self.names.first().copied().unwrap_or_default()
    }

    /// The folder that was made last, if it has all that is asked for.
    fn newest(&self, base: &Path) -> Option<PathBuf> {
        let entries = std::fs::read_dir(base).ok()?.flatten();
        let ours = |e: &std::fs::DirEntry| {
            e.file_name().to_str().is_some_and(|name| self.is_named(name)) && self.is_in(&e.path())
        };
        let made = |e: &std::fs::DirEntry| e.metadata().and_then(|m| m.modified()).ok();
        entries.filter(ours).max_by_key(made).map(|e| e.path())
    }

    /// Whether a folder of that name has the first of them.
    fn is_named(&self, folder: &str) -> bool {
        let mut parts = folder.split('_');
        let package = parts.next();
        let architecture = parts.nth(1);
        package == Some(self.first())
            && (architecture == Some(self.architecture) || architecture == Some("all"))
    }

    /// Whether `folder` was made for at least these.
    fn is_in(&self, folder: &Path) -> bool {
        // A folder without the list is of one package.
        let list = std::fs::read_to_string(folder.join(LIST)).unwrap_or(self.first().into());
        self.names.iter().all(|name| list.lines().any(|line| line == *name))
    }

    /// Fetches them, unless another does so meanwhile.
    fn fetched(&self, base: &Path, step: &Step) -> Result<PathBuf> {
        let held = locked(&base.join(format!(".{}_{}.lock", self.first(), self.architecture)))?;
        let found = match self.newest(base) {
            Some(found) => found,
            None => self.fetch(base, step)?,
        };
        drop(held);
        Ok(found)
    }

    /// Fetches and unpacks into a folder aside, which gets its name at the end.
    fn fetch(&self, base: &Path, step: &Step) -> Result<PathBuf> {
        let aside = base.join(format!(".{}_{}", self.first(), self.architecture));
        let file = |e| DebianError::file(&aside, e);
        // What a run that was killed has left.
        emptied(&aside)?;
        std::fs::create_dir_all(&aside).map_err(file)?;
        step.detail(format!("{}: the list of packages", self.suite.name()));
        let apt = Apt::open(base, self.suite, self.architecture)?;
        let mut names: Vec<String> = self.names.iter().map(|&name| name.to_owned()).collect();
        if self.dependencies {
            names.extend(apt.dependencies(self.names)?);
        }
        let tree = aside.join("tree");
        let files = apt.unpack(&names, &aside, &tree, step)?;
        if self.architecture == own_architecture() {
            libraries::complete(&apt, self.names, &aside, &tree, step)?;
        }
        let list = tree.join(LIST);
        std::fs::write(&list, self.names.join("\n") + "\n")
            .map_err(|e| DebianError::file(&list, e))?;
        let first = |file: &&String| file.split('_').next() == Some(self.first());
        let name = files.iter().find(first).and_then(|file| file.strip_suffix(".deb"));
        let name = name.ok_or_else(|| DebianError::Failed {
            command: format!("apt-get download {}", self.first()),
            said: "it wrote no package".into(),
        })?;
        let done = base.join(name);
        // One with fewer packages.
        emptied(&done)?;
        std::fs::rename(&tree, &done).map_err(|e| DebianError::file(&done, e))?;
        // Only the packages themselves are left in it.
        let _ = std::fs::remove_dir_all(&aside);
        Ok(done)
    }
}

/// The folders of all of `wanted`, in their order. Those that are missing are
/// fetched at the same time.
pub(crate) fn unpack_all(wanted: &[Packages<'_>]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for packages in wanted {
        let base = packages.base()?;
        found.push((packages.newest(&base), base));
    }
    let missing = wanted.iter().zip(&found).filter(|(_, (found, _))| found.is_none());
    let missing: Vec<&str> = missing.map(|(packages, _)| packages.first()).collect();
    if missing.is_empty() {
        return Ok(found.into_iter().filter_map(|(found, _)| found).collect());
    }
    let step = Step::start("packages");
    let fetched = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (packages, (found, base)) in wanted.iter().zip(found) {
            let step = &step;
            running.push(scope.spawn(move || match found {
                Some(found) => Ok(found),
                None => packages.fetched(&base, step),
            }));
        }
        let ended = running.into_iter().map(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        // All end before any error is told: the threads write into folders.
        ended.collect::<Vec<_>>().into_iter().collect::<Result<Vec<_>>>()
    })?;
    step.done(missing.join(", "));
    Ok(fetched)
}

/// Debian's name of this machine's architecture.
pub(crate) fn own_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "i386",
        "arm" => "armhf",
        "powerpc64" => "ppc64el",
        // The others are called alike.
        same => same,
    }
}

/// The version in the name of a package's folder, as Debian writes it.
pub(crate) fn version_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // In a file's name an epoch's colon is written so.
    name.split('_').nth(1).unwrap_or_default().replace("%3a", ":")
}

/// Waits until nobody else holds the lock in the file `path`.
pub(super) fn locked(path: &Path) -> Result<File> {
    let held = File::create(path).map_err(|e| DebianError::file(path, e))?;
    held.lock().map_err(|e| DebianError::file(path, e))?;
    Ok(held)
}

/// Deletes `folder`, if it is there.
fn emptied(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DebianError::file(folder, error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Packages, version_of};
    use crate::debian::Suite;

    #[test]
    fn a_folder_is_known_by_package_and_architecture() {
        let busybox = Packages {
            architecture: "arm64",
            ..Packages::new(Suite::Bookworm, &["busybox-static"])
        };
        let named = [
            ("busybox-static_1%3a1.35.0-4+b1_arm64", true),
            ("busybox-static_1%3a1.35.0-4+b1_amd64", false),
            ("busybox-static_1.0_all", true),
            ("busybox_1.0_arm64", false),
            (".busybox-static_arm64", false),
            ("busybox-static", false),
        ];
        for (folder, is) in named {
            assert_eq!(busybox.is_named(folder), is, "{folder}");
        }
    }

    #[test]
    fn an_epoch_has_its_colon_again() {
        let folder = Path::new("/x/qemu-system-arm_1%3a10.0.2+ds-2~bpo12+1_amd64");
        assert_eq!(version_of(folder), "1:10.0.2+ds-2~bpo12+1");
        assert_eq!(version_of(Path::new("/x/kmod_30+20221128-1_amd64")), "30+20221128-1");
        assert_eq!(version_of(Path::new("/x/none")), "");
    }
}
