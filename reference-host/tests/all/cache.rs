//! Compiled code on disk.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use periplasm_host::{CacheError, Host, HostError, HostOptions, Machine};

use crate::support::{GOOD, Stage, board, interface, pipeline};

fn host(folder: &Path) -> Result<Host, HostError> {
    Host::new(HostOptions { cache: Some(folder.to_owned()) })
}

/// Compiles the good pipeline and has it add one.
fn works(host: &Host) {
    let (pipeline, board) = (pipeline(&[GOOD]), board());
    let grants = periplasm_host::Grants::decide(&pipeline, &board).unwrap();
    let compiled = host.compile(&pipeline).unwrap();
    let machine = Machine::open(&board).unwrap();
    let mut running = host.start(&compiled, &machine, &grants, Default::default()).unwrap();
    let probe = running.typed_func::<(u64,), (u64,)>(&interface("good"), "probe").unwrap();
    assert_eq!(running.call(&probe, (41,)).unwrap(), (42,));
}

/// The one file in `folder`.
fn kept(folder: &Path) -> PathBuf {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    let [file] = &files[..] else { panic!("{files:?}") };
    file.clone()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn code_is_kept_for_its_owner_alone_and_used_again() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    works(&host(&folder).unwrap());
    let file = kept(&folder);
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    // What is used is not written again.
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    works(&host(&folder).unwrap());
    assert_eq!(fs::metadata(kept(&folder)).unwrap().modified().unwrap(), written);
}

#[test]
fn a_damaged_file_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let host = host(folder.path()).unwrap();
    works(&host);
    let file = kept(folder.path());
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&b""[..], b"not code", &whole[..whole.len() / 2], &flipped] {
        fs::write(&file, damaged).unwrap();
        works(&host);
        assert_eq!(fs::read(&file).unwrap().len(), whole.len(), "it is kept whole again");
    }
}

#[test]
fn a_file_that_others_could_have_written_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let host = host(folder.path()).unwrap();
    works(&host);
    let file = kept(folder.path());
    fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
    works(&host);
    assert_eq!(mode(&kept(folder.path())), 0o600, "it was replaced");
    // A link to a file elsewhere is not one of ours either.
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("code");
    fs::rename(&file, &target).unwrap();
    symlink(&target, &file).unwrap();
    works(&host);
    assert!(fs::symlink_metadata(&file).unwrap().is_file(), "the link was replaced");
}

#[test]
fn a_folder_that_others_can_write_into_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for open in [0o777, 0o770, 0o702] {
        fs::set_permissions(folder.path(), Permissions::from_mode(open)).unwrap();
        let error = host(folder.path()).unwrap_err();
        assert!(matches!(error, HostError::Cache(CacheError::NotSafe { .. })), "{open:o}: {error}");
    }
}

#[test]
fn a_file_where_the_folder_should_be_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = host(file.path()).unwrap_err();
    assert!(matches!(error, HostError::Cache(CacheError::Folder { .. })), "{error}");
}

#[test]
fn the_code_of_another_pipeline_is_not_used_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let host = host(folder.path()).unwrap();
    works(&host);
    let file = kept(folder.path());
    // Another pipeline's code, whole, under the name of this one's.
    let subtracts = Stage {
        code: "(func $probe (param $x i64) (result i64) (i64.sub (local.get $x) (i64.const 1)))",
        ..GOOD
    };
    host.compile(&pipeline(&[subtracts])).unwrap();
    let other = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path());
    let other = other.into_iter().find(|path| *path != file).unwrap();
    fs::rename(other, &file).unwrap();
    works(&host);
}

#[test]
fn many_hosts_may_use_one_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("cache");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| drop(host(&folder).unwrap())));
        }
    });
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is left behind");
}
