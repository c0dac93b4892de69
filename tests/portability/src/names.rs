//! What a path in a crate's source means, and how it is named from outside.

use std::collections::{BTreeMap, VecDeque};

use crate::hal::{Family, Kind};
use crate::source::{LocalPath, Source, What};

/// A crate that the driver depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its name on crates.io.
    pub package: String,
    /// The version that cargo chose.
    pub version: String,
}

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// An item of the crate itself.
    Local(LocalPath),
    /// An item of another crate: its name in the source, and the path in it.
    Extern(String, Vec<String>),
}

/// A crate's source with everything that is needed to follow its paths.
pub struct Names {
    /// The driver's own name in Rust.
    pub(crate) krate: String,
    pub(crate) source: Source,
    /// By the name that the source has for them.
    pub(crate) dependencies: BTreeMap<String, Dependency>,
    /// The shortest public path of each item.
    public: BTreeMap<LocalPath, Vec<String>>,
}

/// How far re-exports are followed.
const MAX_STEPS: usize = 24;

impl Names {
    /// `krate` is the driver's name in Rust.
    pub fn new(krate: &str, source: Source, dependencies: BTreeMap<String, Dependency>) -> Self {
        let krate = krate.to_owned();
        let mut names = Self { krate, source, dependencies, public: BTreeMap::new() };
        names.public = names.public_paths();
        names
    }

    /// How an item is named from outside, if it can be.
    pub(crate) fn public(&self, path: &LocalPath) -> Option<String> {
        Some(format!("{}::{}", self.krate, self.public.get(path)?.join("::")))
    }

    /// What `path` means in `module`.
    pub(crate) fn resolve(&self, module: &[String], path: &[String]) -> Option<Meaning> {
        self.follow(module, path, MAX_STEPS)
    }

    /// The trait of hardware that an item of another crate is.
    pub(crate) fn hal(&self, meaning: &Meaning) -> Option<(Family, Kind)> {
        let Meaning::Extern(name, path) = meaning else { return None };
        let dependency = self.dependencies.get(name)?;
        let family = Family::of(&dependency.package, &dependency.version)?;
        Some((family, family.kind(path)?))
    }

    fn follow(&self, module: &[String], path: &[String], steps: usize) -> Option<Meaning> {
        let steps = steps.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "" | "$crate" => {
                let (name, rest) = rest.split_first()?;
                Some(Meaning::Extern(name.clone(), rest.to_vec()))
            }
            "crate" => self.enter(&[], rest, steps),
            "self" => self.enter(module, rest, steps),
            "super" => self.enter(module.split_last()?.1, rest, steps),
            _ => self.inside(module, path, steps, true).or_else(|| {
                let known = matches!(first.as_str(), "core" | "std" | "alloc")
                    || self.dependencies.contains_key(first);
                known.then(|| Meaning::Extern(first.clone(), rest.to_vec()))
            }),
        }
    }

    /// `path` from the module `module` on.
    fn enter(&self, module: &[String], path: &[String], steps: usize) -> Option<Meaning> {
        match path.first().map(String::as_str) {
            None => Some(Meaning::Local(module.to_vec())),
            Some("super" | "self") => self.follow(module, path, steps),
            Some(_) => self.inside(module, path, steps, true),
        }
    }

    /// `path`, whose first word is a name of the module `at`.
    fn inside(&self, at: &[String], path: &[String], steps: usize, hal: bool) -> Option<Meaning> {
        let steps = steps.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        let module = self.source.modules.get(at)?;
        if let Some((what, _)) = module.items.get(first) {
            let mut found = at.to_vec();
            found.push(first.clone());
            return match what {
                What::Module if !rest.is_empty() => self.enter(&found, rest, steps),
                // What follows a type is an associated one: not for us.
                _ => Some(Meaning::Local(found)),
            };
        }
        for import in module.imports.iter().filter(|i| &i.name == first) {
            // `use hal::…` beside `extern crate … as hal` leads to itself.
            let itself = import.path.first() == Some(first) && import.path.len() == 1;
            if !itself && let Some(meaning) = self.follow(at, &import.path, steps) {
                return self.go_on(meaning, rest, steps);
            }
        }
        for (glob, _) in &module.globs {
            // A glob cannot be found through itself.
            if glob.first() == Some(first) {
                continue;
            }
            match self.follow(at, glob, steps) {
                Some(Meaning::Local(inner)) if inner != at => {
                    let found = self.inside(&inner, path, steps, false);
                    if found.is_some() {
                        return found;
                    }
                }
                Some(Meaning::Extern(name, inner)) if hal => {
                    let meaning = Meaning::Extern(name, [inner, path.to_vec()].concat());
                    if self.hal(&meaning).is_some() {
                        return Some(meaning);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn go_on(&self, meaning: Meaning, rest: &[String], steps: usize) -> Option<Meaning> {
        if rest.is_empty() {
            return Some(meaning);
        }
        match meaning {
            Meaning::Local(module) => self.enter(&module, rest, steps),
            Meaning::Extern(name, path) => {
                Some(Meaning::Extern(name, [path, rest.to_vec()].concat()))
            }
        }
    }

    /// Every item that can be named from outside, by the shortest way there.
    fn public_paths(&self) -> BTreeMap<LocalPath, Vec<String>> {
        let mut found: BTreeMap<LocalPath, Vec<String>> = BTreeMap::new();
        // Modules that are reached: where they are, and under which path.
        let mut queue = VecDeque::from([(Vec::new(), Vec::new())]);
        let mut seen = std::collections::BTreeSet::new();
        while let Some((at, path)) = queue.pop_front() {
            if path.len() > 8 || !seen.insert((at.clone(), path.clone())) || seen.len() > 4096 {
                continue;
            }
            let Some(module) = self.source.modules.get(&at) else { continue };
            let mut reach = |item: LocalPath, name: Option<&String>| {
                let mut public = path.clone();
                public.extend(name.cloned());
                if self.source.modules.contains_key(&item) {
                    queue.push_back((item, public));
                } else {
                    found.entry(item).or_insert(public);
                }
            };
            for (name, (_, public)) in &module.items {
                if *public {
                    reach([at.clone(), vec![name.clone()]].concat(), Some(name));
                }
            }
            for import in module.imports.iter().filter(|i| i.public) {
                if let Some(Meaning::Local(item)) = self.resolve(&at, &import.path) {
                    reach(item, Some(&import.name));
                }
            }
            for (glob, _) in module.globs.iter().filter(|(_, public)| *public) {
                if let Some(Meaning::Local(item)) = self.resolve(&at, glob) {
                    reach(item, None);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        let hal = |package: &str, version: &str| Dependency {
            package: package.into(),
            version: version.into(),
        };
        let dependencies = BTreeMap::from([
            ("embedded_hal".to_owned(), hal("embedded-hal", "1.0.0")),
            ("old".to_owned(), hal("embedded-hal", "0.2.7")),
        ]);
        Names::new("chip", Source::parse(text).unwrap(), dependencies)
    }

    fn path(path: &str) -> Vec<String> {
        path.split("::").map(str::to_owned).collect()
    }

    #[track_caller]
    fn kind(names: &Names, module: &[&str], of: &str) -> Option<Kind> {
        let module: Vec<String> = module.iter().map(|m| (*m).to_owned()).collect();
        names.hal(&names.resolve(&module, &path(of))?).map(|(_, kind)| kind)
    }

    #[test]
    fn traits_are_found_under_every_name_that_sources_give_them() {
        let names = names(
            "use embedded_hal as hal; use hal::i2c; use i2c::I2c as Bus;
             use old::blocking::{self, *};
             mod inner { use super::*; use crate::hal::digital::*; }",
        );
        for name in ["Bus", "i2c::I2c", "hal::i2c::I2c", "embedded_hal::i2c::I2c"] {
            assert_eq!(kind(&names, &[], name), Some(Kind::I2c), "{name}");
        }
        assert_eq!(kind(&names, &[], "blocking::delay::DelayMs"), Some(Kind::Delay));
        assert_eq!(kind(&names, &[], "spi::Transfer"), Some(Kind::SpiBus));
        assert_eq!(kind(&names, &["inner"], "Bus"), Some(Kind::I2c));
        assert_eq!(kind(&names, &["inner"], "OutputPin"), Some(Kind::OutputPin));
        assert_eq!(kind(&names, &[], "OutputPin"), None);
    }

    #[test]
    fn an_item_has_the_shortest_public_path() {
        let names = names(
            "mod hidden { pub struct Chip; pub struct Kept; struct Private; }
             pub mod deep { pub mod er { pub struct Far; } pub use crate::hidden::*; }
             pub use hidden::Chip as Sensor; pub use deep::er::Far;",
        );
        let public = |p: &str| names.public(&path(p));
        assert_eq!(public("hidden::Chip").as_deref(), Some("chip::Sensor"));
        assert_eq!(public("hidden::Kept").as_deref(), Some("chip::deep::Kept"));
        assert_eq!(public("deep::er::Far").as_deref(), Some("chip::Far"));
        assert_eq!(public("hidden::Private"), None);
    }

    #[test]
    fn a_circle_of_imports_ends() {
        let names =
            names("pub use a::X; mod a { pub use crate::b::X; } mod b { pub use crate::a::*; }");
        assert_eq!(names.resolve(&[], &path("X")), None);
    }
}
