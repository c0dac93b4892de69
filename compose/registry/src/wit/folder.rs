//! Reading folders of WIT.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use wit_parser::{SourceMap, UnresolvedPackageGroup};

use super::WitError;

/// The most bytes of a package's files, and the most files and folders that are
/// looked at: far more than any package has.
const MAX_BYTES: u64 = 16 << 20;
const MAX_ENTRIES: usize = 4096;

/// Parses all `.wit` files of a folder as one package.
pub(super) fn parse(folder: &Path) -> Result<UnresolvedPackageGroup, WitError> {
    let files: Vec<PathBuf> = list(folder)?.into_iter().filter(|file| is_wit(file)).collect();
    if files.is_empty() {
        return Err(WitError::NoFiles { folder: folder.to_owned() });
    }
    parse_files(&files)
}

/// The packages in `deps`, and in the folders beside `folder`. One beside it
/// that cannot be read is none of its.
pub(super) fn beside(folder: &Path) -> Result<Vec<UnresolvedPackageGroup>, WitError> {
    let mut found = Vec::new();
    let deps = folder.join("deps");
    if deps.is_dir() {
        for entry in list(&deps)? {
            if entry.is_dir() {
                found.push(parse(&entry)?);
            } else if is_wit(&entry) {
                found.push(parse_files(&[entry])?);
            }
        }
    }
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if let Some(parent) = whole.parent() {
        let others = list(parent)?.into_iter().filter(|entry| entry.is_dir() && *entry != whole);
        found.extend(others.filter_map(|folder| parse(&folder).ok()));
    }
    Ok(found)
}

fn parse_files(files: &[PathBuf]) -> Result<UnresolvedPackageGroup, WitError> {
    let mut sources = SourceMap::new();
    let mut left = MAX_BYTES;
    for path in files {
        let text = read(path, left).map_err(|source| unreadable(path, source))?;
        left -= text.len() as u64;
        sources.push_str(&path.display().to_string(), text);
    }
    sources.parse().map_err(|(sources, error)| {
        let folder = files.first().and_then(|file| file.parent()).unwrap_or(Path::new("."));
        WitError::Rejected { folder: folder.to_owned(), message: error.render(&sources) }
    })
}

fn read(path: &Path, limit: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(limit + 1).read_to_string(&mut text)?;
    if text.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more than 16 MiB of WIT"));
    }
    Ok(text)
}

/// What is in a folder, in the order of its names.
fn list(folder: &Path) -> Result<Vec<PathBuf>, WitError> {
    let entries = fs::read_dir(folder).map_err(|source| unreadable(folder, source))?;
    let mut entries: Vec<PathBuf> =
        entries.take(MAX_ENTRIES).flatten().map(|entry| entry.path()).collect();
    entries.sort();
    Ok(entries)
}

fn is_wit(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wit") && path.is_file()
}

fn unreadable(path: &Path, source: io::Error) -> WitError {
    WitError::Unreadable { path: path.to_owned(), source }
}
