//! Modules of the kernel, with those that they need.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSection};

use super::error::PrepareError;
use super::files::read;

/// A module, ready to be loaded after those before it.
pub(super) struct Module {
    /// Its file's name: `i2c-dev.ko`.
    pub(super) file: String,
    pub(super) content: Vec<u8>,
}

/// Finds modules of one kernel.
struct Modules {
    release: String,
    /// By name.
    files: HashMap<String, PathBuf>,
    builtin: Vec<String>,
    /// Those that were found, in order, and their names.
    found: Vec<Module>,
    names: Vec<String>,
}

/// The modules `wanted` of the kernel whose modules are in `folder`, each after
/// those that it needs. What is built into the kernel is left out.
pub(super) fn in_order(folder: &Path, wanted: &[&str]) -> Result<Vec<Module>, PrepareError> {
    let mut files = HashMap::new();
    collect(&folder.join("kernel"), &mut files)?;
    let builtin = folder.join("modules.builtin");
    let builtin = String::from_utf8_lossy(&read(&builtin)?).lines().map(name_of).collect();
    let release = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut modules = Modules { release, files, builtin, found: Vec::new(), names: Vec::new() };
    for name in wanted {
        modules.add(&name_of(name))?;
    }
    Ok(modules.found)
}

impl Modules {
    fn add(&mut self, name: &str) -> Result<(), PrepareError> {
        if self.names.iter().any(|known| known == name) {
            return Ok(());
        }
        let Some(path) = self.files.get(name).cloned() else {
            if self.builtin.iter().any(|builtin| builtin == name) {
                return Ok(());
            }
            let (name, release) = (name.to_owned(), self.release.clone());
            return Err(PrepareError::Module { name, release });
        };
        // Before those that it needs: a ring, which no kernel has, must not be
        // followed for ever.
        self.names.push(name.to_owned());
        let content = read(&path)?;
        for needed in
            needs(&content).map_err(|said| PrepareError::ModuleFile { path: path.clone(), said })?
        {
            self.add(&needed)?;
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.found.push(Module { file, content });
        Ok(())
    }
}

/// The modules in `folder` and below.
fn collect(folder: &Path, files: &mut HashMap<String, PathBuf>) -> Result<(), PrepareError> {
    let entries = std::fs::read_dir(folder).map_err(|e| PrepareError::file(folder, e))?;
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "ko") {
            files.insert(name_of(&path.to_string_lossy()), path);
        }
    }
    Ok(())
}

/// A module's name, as the kernel says it: of `i2c-dev` and of
/// `kernel/drivers/i2c/i2c-dev.ko` it is `i2c_dev`.
fn name_of(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".ko").unwrap_or(file).replace('-', "_")
}

/// The names of the modules that a module says it needs: the build of the kernel
/// notes them in the section `.modinfo`, from the symbols used.
fn needs(module: &[u8]) -> Result<Vec<String>, String> {
    let elf = object::File::parse(module).map_err(|e| e.to_string())?;
    let section = elf.section_by_name(".modinfo").ok_or("it has no section .modinfo")?;
    Ok(depends(section.data().map_err(|e| e.to_string())?))
}

/// The names in the entry `depends=` of a `.modinfo`: texts that end with a zero.
fn depends(modinfo: &[u8]) -> Vec<String> {
    let mut texts = modinfo.split(|byte| *byte == 0);
    let names = texts.find_map(|text| text.strip_prefix(b"depends=")).unwrap_or_default();
    let names = String::from_utf8_lossy(names);
    names.split(',').filter(|name| !name.is_empty()).map(name_of).collect()
}

#[cfg(test)]
mod tests {
    use super::{depends, name_of};

    #[test]
    fn names_are_as_the_kernel_says_them() {
        for spelt in ["i2c-dev", "i2c_dev", "kernel/drivers/i2c/i2c-dev.ko"] {
            assert_eq!(name_of(spelt), "i2c_dev");
        }
    }

    #[test]
    fn what_a_module_needs_is_read() {
        let modinfo = b"license=GPL\0depends=usb-common,usbcore\0retpoline=Y\0";
        assert_eq!(depends(modinfo), ["usb_common", "usbcore"]);
        assert_eq!(depends(b"depends=\0name=i2c_dev\0"), Vec::<String>::new());
        assert_eq!(depends(b""), Vec::<String>::new());
    }
}
