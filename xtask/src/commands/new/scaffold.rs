//! The files of a new driver, from the templates in `xtask/templates`.

use std::path::{Path, PathBuf};
use std::process::Command;

use periplasm_portability::Shape;

use super::code::Code;
use super::device::Interface;
use super::slots::Slot;
use super::templates::templates;
use super::usb::{self, Usb};
use super::{driver_folder, wrong_name};
use crate::cargo::{quiet, root};
use crate::error::{Error, Result};
use crate::steps::Step;

/// A driver crate that is about to exist.
pub(crate) struct Scaffold {
    name: String,
    package: String,
    exports: Vec<Interface>,
    slots: Vec<Slot>,
    code: Code,
    usb: Option<Usb>,
}

impl Scaffold {
    /// Checks that a driver `name` can be made.
    pub(crate) fn new(name: &str, exports: &[Interface]) -> Result<Self> {
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let all_well = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !starts_well || !all_well || name.len() > 64 {
            return Err(wrong_name(
                name,
                "is no name of a crate",
                "give the name that the driver has on crates.io, such as lm75",
            ));
        }
        let mut scaffold = Self::named(name);
        for export in exports {
            if !scaffold.exports.contains(export) {
                scaffold.exports.push(*export);
            }
        }
        let for_usb = usb::workspace().join(name);
        for path in [scaffold.folder(), for_usb, scaffold.test_file()] {
            if path.exists() {
                return Err(wrong_name(
                    name,
                    &format!("has {} already", crate::cargo::shown(&path)),
                    "nothing was changed: edit what is there, or remove it first",
                ));
            }
        }
        Ok(scaffold)
    }

    /// A driver with one bus, of which nothing is known.
    fn named(name: &str) -> Self {
        let slots = vec![Slot::bus()];
        let code = Code::bare(&ident(name), &slots);
        let package = format!("periplasm-{name}");
        Self { name: name.into(), package, exports: Vec::new(), slots, code, usb: None }
    }

    /// Gives it the hardware that the driver is made from, if that is known.
    pub(crate) fn hardware(&mut self, shape: Option<&Shape>) {
        let Some(shape) = shape else { return };
        let ident = self.ident();
        let mut taken: Vec<&str> = self.exports.iter().map(|export| export.name()).collect();
        taken.push(&ident);
        self.slots = Slot::all(&shape.slots, &taken);
        self.code = Code::made(shape, &self.slots);
    }

    /// Makes it one for USB.
    pub(crate) fn on(&mut self, usb: Usb) {
        self.usb = Some(usb);
    }

    /// Leaves it to the author how the driver is made.
    pub(crate) fn by_hand(&mut self) {
        self.code = Code::bare(&self.ident(), &self.slots);
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn package(&self) -> &str {
        &self.package
    }

    pub(crate) fn folder(&self) -> PathBuf {
        match self.usb {
            Some(Usb::Nusb | Usb::Rusb(_)) => usb::workspace().join(&self.name),
            Some(Usb::Gadget(_)) | None => driver_folder(&self.name),
        }
    }

    /// The folder of the workspace that it is a member of.
    pub(crate) fn workspace(&self) -> PathBuf {
        match self.usb {
            Some(Usb::Nusb | Usb::Rusb(_)) => usb::workspace(),
            Some(Usb::Gadget(_)) | None => root().to_owned(),
        }
    }

    /// The test's name, for `cargo xtask test`.
    pub(crate) fn test_name(&self) -> String {
        format!("driver_{}", self.ident())
    }

    pub(crate) fn test_file(&self) -> PathBuf {
        tests().join(format!("{}.rs", self.test_name()))
    }

    /// Writes all files, or none.
    pub(crate) fn write(&self) -> Result<()> {
        let folder = self.folder();
        let names = ["Cargo.toml", "README.md", "wit/world.wit", "src/lib.rs"];
        let (crate_files, test) = templates(self.usb.as_ref());
        let files = names.map(|name| folder.join(name)).into_iter().zip(crate_files);
        let test = test.map(|test| (self.test_file(), test));
        for (path, template) in files.chain(test.clone()) {
            if let Err(error) = write(&path, &self.fill(template)) {
                self.remove();
                return Err(error);
            }
        }
        if test.is_none() {
            return Ok(());
        }
        let (module, line) = (tests().join("main.rs"), self.module_line());
        let listed = read(&module).and_then(|text| match with_line(&text, &line) {
            Some(text) => write(&module, &text),
            None => Ok(()),
        });
        if listed.is_err() {
            self.remove();
        }
        listed
    }

    /// How the program of all drivers' tests knows this one.
    fn module_line(&self) -> String {
        format!("mod {};\n", self.test_name())
    }

    /// Takes back what [`Self::write`] wrote.
    pub(crate) fn remove(&self) {
        // It did not exist before, and if it cannot be removed the error that
        // led here says enough.
        let _ = std::fs::remove_dir_all(self.folder());
        let _ = std::fs::remove_file(self.test_file());
        let module = tests().join("main.rs");
        if let Ok(text) = std::fs::read_to_string(&module) {
            let _ = std::fs::write(&module, text.replace(&self.module_line(), ""));
        }
    }

    /// Has rustfmt lay out what was filled in: names have any length.
    pub(crate) fn format(&self, step: &Step) -> Result<()> {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.current_dir(root()).args(["--edition", "2024"]);
        rustfmt.arg(self.folder().join("src/lib.rs"));
        rustfmt.args(Some(self.test_file()).filter(|file| file.is_file()));
        quiet(rustfmt, step)
    }

    fn fill(&self, template: &str) -> String {
        let guest = include_str!("../../../templates/driver/guest.rs.in");
        let guests: String = self
            .exports
            .iter()
            .map(|e| {
                guest
                    .replace("{{module}}", e.name())
                    .replace("{{function}}", e.function())
                    .replace("{{rust}}", e.rust())
                    .replace("{{unit}}", e.unit())
            })
            .collect();
        let world_exports: String = self
            .exports
            .iter()
            .map(|e| format!("    export periplasm:device/{}@0.1.0;\n", e.name()))
            .collect();
        let names = |quote: &str| {
            let names: Vec<_> =
                self.exports.iter().map(|e| format!("{quote}{}{quote}", e.name())).collect();
            names.join(", ")
        };
        let modules = match self.exports.as_slice() {
            [one] => one.name().to_owned(),
            _ => format!("{{{}}}", names("")),
        };
        let function = self.exports.first().map_or("", |e| e.function());
        let each = |of: fn(&Slot) -> String| self.slots.iter().map(of).collect::<Vec<_>>();
        let requests = each(Slot::request);
        let in_row: Vec<String> = requests.iter().map(|line| format!("`{line}`")).collect();
        let usb = |of: fn(&Usb) -> &str| self.usb.as_ref().map_or("", of);
        let dependency = self.usb.as_ref().map(Usb::dependency).unwrap_or_default();
        template
            .replace("{{library}}", &dependency)
            .replace("{{library-name}}", usb(|usb| usb.library()))
            .replace("{{library-use}}\n", usb(|usb| usb.import()))
            .replace("{{version}}", usb(Usb::version))
            .replace("{{slot-modules}}", &each(Slot::module).join(", "))
            .replace("{{names}}", &self.code.names.join(", "))
            .replace(
                "{{chip}}\n",
                self.usb.as_ref().map_or(self.code.chip.as_str(), |usb| usb.chip()),
            )
            .replace("{{world-slots}}", &each(Slot::wit).concat())
            .replace("{{readme-slots}}", &each(Slot::readme).join("; "))
            .replace("{{readme-requests}}", &in_row.join(", "))
            .replace("{{board}}", &each(Slot::board).join("\n"))
            .replace("{{requests}}", &(requests.join("\n") + "\n"))
            .replace("{{guests}}\n", &guests)
            .replace("{{world-exports}}", &world_exports)
            .replace("{{{modules}}}", &modules)
            .replace("{{exports}}", &names("`"))
            .replace("{{function}}", function)
            .replace("{{crate}}", &self.name)
            .replace("{{ident}}", &self.ident())
            .replace("{{kebab}}", &self.kebab())
            .replace("{{type}}", &self.type_name())
    }

    /// The crate as Rust names it.
    fn ident(&self) -> String {
        ident(&self.name)
    }

    /// The crate as WIT names it: words of lower-case letters and digits, each
    /// with a letter first.
    fn kebab(&self) -> String {
        let mut kebab = String::new();
        for word in self.words() {
            if !kebab.is_empty() && word.starts_with(|c: char| c.is_ascii_alphabetic()) {
                kebab.push('-');
            }
            kebab.push_str(&word.to_ascii_lowercase());
        }
        kebab
    }

    /// The crate as a Rust type.
    fn type_name(&self) -> String {
        let words = self.words().map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        });
        words.collect()
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.name.split(['-', '_']).filter(|word| !word.is_empty())
    }
}

/// Where the tests of all drivers are.
fn tests() -> PathBuf {
    root().join("tests/tests/drivers")
}

/// `text` with the line `mod …;` in its place among the others; nothing when
/// it is there.
fn with_line(text: &str, line: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.contains(&line) {
        return None;
    }
    let modules = |l: &&str| l.starts_with("mod ");
    let later = lines.iter().position(|l| modules(l) && *l > line);
    let last = lines.iter().rposition(modules).map(|last| last + 1);
    let (before, after) = lines.split_at(later.or(last).unwrap_or(lines.len()));
    Some([&before.concat(), line, &after.concat()].concat())
}

pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::Input {
        path: path.to_owned(),
        found: source.to_string(),
        help: "is this a whole checkout?".into(),
    })
}

fn ident(name: &str) -> String {
    name.replace('-', "_")
}

fn write(path: &Path, text: &str) -> Result<()> {
    let wrong = |source| Error::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    std::fs::write(path, text).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaffold(name: &str) -> Scaffold {
        let exports = vec![Interface::Thermometer, Interface::Barometer];
        Scaffold { exports, ..Scaffold::named(name) }
    }

    #[test]
    fn names_suit_rust_and_wit() {
        let s = scaffold("veml6040-x_2");
        assert_eq!(s.ident(), "veml6040_x_2");
        assert_eq!(s.kebab(), "veml6040-x2");
        assert_eq!(s.type_name(), "Veml6040X2");
    }

    #[test]
    fn nothing_is_left_to_replace() {
        let gadget = Usb::Gadget("0.3.2".into());
        for usb in [None, Some(Usb::Nusb), Some(Usb::Rusb("0.9.4".into())), Some(gadget)] {
            let (files, test) = templates(usb.as_ref());
            let scaffold = Scaffold { usb, ..scaffold("lm75") };
            for template in files.into_iter().chain(test) {
                let filled = scaffold.fill(template);
                assert!(!filled.contains("{{"), "{filled}");
            }
        }
    }

    #[test]
    fn a_test_is_listed_once_and_in_order() {
        let text = "//! All.\n\nmod driver_a;\nmod driver_c;\n";
        let with = |line| with_line(text, line);
        let middle = "//! All.\n\nmod driver_a;\nmod driver_b;\nmod driver_c;\n";
        assert_eq!(with("mod driver_b;\n").as_deref(), Some(middle));
        let end = format!("{text}mod driver_d;\n");
        assert_eq!(with("mod driver_d;\n"), Some(end));
        assert_eq!(with("mod driver_a;\n"), None);
    }

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_refused() {
        for name in ["../x", "", "1wire", "a/b", "a b", "-x"] {
            assert!(matches!(Scaffold::new(name, &[]), Err(Error::Name { .. })), "{name}");
        }
    }

    #[test]
    fn a_driver_that_exists_is_not_overwritten() {
        let error = Scaffold::new("lm75", &[]).err().map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("drivers/lm75 already")));
    }
}
