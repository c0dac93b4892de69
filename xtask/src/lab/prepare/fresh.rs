//! Pipelines that need not be composed again: composing asks cargo about every
//! stage, which takes a second a pipeline even where nothing has changed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::PrepareError;
use super::files::write;
use crate::cargo::{root, workspaces};

/// Composes a pipeline into `output`, unless nothing has changed since that was
/// done. `compose` gives the folders in which a change matters.
pub(super) fn once<E: From<PrepareError>>(
    output: &Path,
    compose: impl FnOnce() -> Result<Vec<PathBuf>, E>,
) -> Result<(), E> {
    let note = output.with_extension("made-from");
    if output.is_file() && is_fresh(&note) {
        return Ok(());
    }
    // Until it is written anew, what is there is not to be trusted.
    match std::fs::remove_file(&note) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(PrepareError::file(&note, error).into());
        }
        _ => {}
    }
    let began = SystemTime::now();
    let mut paths = compose()?;
    // What cargo reads besides, and this program, which composes.
    paths.extend(workspaces().iter().flat_map(|w| [w.join("Cargo.toml"), w.join("Cargo.lock")]));
    paths.extend([root().join("rust-toolchain.toml"), root().join(".cargo/config.toml")]);
    paths.extend(std::env::current_exe().ok());
    paths.retain(|path| path.exists());
    let lines: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    write(&note, lines.join("\n").as_bytes())?;
    // A file that changed meanwhile is newer than this.
    let noted = std::fs::File::options().write(true).open(&note);
    noted.and_then(|file| file.set_modified(began)).map_err(|e| PrepareError::file(&note, e))?;
    Ok(())
}

/// Whether none of the files and folders that `note` names has changed since
/// the moment that it bears. Of a folder, the files in it count too; the folder
/// itself changes when one comes or goes.
fn is_fresh(note: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let (Ok(paths), Ok(began)) = (std::fs::read_to_string(note), modified(note)) else {
        return false;
    };
    let older = |path: &Path| modified(path).is_ok_and(|changed| changed < began);
    paths.lines().map(Path::new).all(|path| {
        older(path)
            && std::fs::read_dir(path).map_or(true, |mut entries| {
                entries.all(|entry| entry.is_ok_and(|entry| older(&entry.path())))
            })
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::path::Path;
    use std::time::Duration;

    use super::{PrepareError, once};

    #[test]
    fn a_change_of_any_source_composes_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("src");
        std::fs::create_dir(&source).expect("a folder");
        let output = folder.path().join("x.wasm");
        let composed = Cell::new(0);
        // The clock of files is coarser than ours, by some milliseconds.
        let wait = || std::thread::sleep(Duration::from_millis(20));
        let compose = |output: &Path| {
            wait();
            once(output, || {
                composed.set(composed.get() + 1);
                std::fs::write(output, "x").expect("written");
                Ok::<_, PrepareError>(vec![source.clone()])
            })
            .expect("composed");
            wait();
            composed.get()
        };
        assert_eq!(compose(&output), 1);
        assert_eq!(compose(&output), 1, "nothing has changed");
        std::fs::write(source.join("lib.rs"), "a").expect("written");
        assert_eq!(compose(&output), 2, "a file came");
        assert_eq!(compose(&output), 2);
        std::fs::write(source.join("lib.rs"), "b").expect("written");
        assert_eq!(compose(&output), 3, "a file changed");
        std::fs::remove_file(source.join("lib.rs")).expect("removed");
        assert_eq!(compose(&output), 4, "a file went");
        std::fs::remove_file(&output).expect("removed");
        assert_eq!(compose(&output), 5, "the component went");
        std::fs::remove_dir(&source).expect("removed");
        assert_eq!(compose(&output), 6, "all sources went");
    }
}
