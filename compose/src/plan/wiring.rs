//! Which stage takes which interface from which other.

use miette::SourceSpan;
use periplasm_request::list;

use super::given::{self, Giver};
use super::slots::{SHARED, WASI};
use super::{Staged, Wire};
use crate::component::{Contract, Export, Import, ImportKind, Shape, StageKind};
use crate::kind::{SlotKind, Words as _};
use crate::manifest::{Stage, Use};
use crate::name::InterfaceName;
use crate::problem::{Problem, WiringProblem};

/// For each stage, what it takes from others.
pub(super) fn wires(staged: &[Staged<'_>], problems: &mut Vec<Problem>) -> Vec<Vec<Wire>> {
    (0..staged.len())
        .map(|user| {
            let before = problems.len();
            let given = given::wires(staged, user, problems);
            let mut wiring = Wiring { staged, user, wires: given, problems };
            wiring.check_keys();
            wiring.run();
            // What is wrong already explains why nothing is taken.
            if wiring.problems.len() == before {
                wiring.check_use();
            }
            wiring.wires
        })
        .collect()
}

struct Wiring<'a> {
    staged: &'a [Staged<'a>],
    user: usize,
    wires: Vec<Wire>,
    problems: &'a mut Vec<Problem>,
}

/// Whether the host may be left to satisfy an import of the stage.
pub(crate) fn is_shared(
    stage: &Stage,
    shape: &Shape,
    wanted: &InterfaceName,
    contract: &Contract,
) -> bool {
    let wasi = shape.kind() == StageKind::App || stage.host_wasi;
    !contract.has_functions
        || SHARED.iter().any(|package| wanted.is_of(package))
        || (wasi && wanted.is_of(WASI))
}

/// Whether a key of the table form means this import.
fn means(key: &str, import: &Import, interface: &InterfaceName) -> bool {
    let labelled = matches!(import.kind, ImportKind::Interface { labelled: true, .. });
    key == import.name || (!labelled && key == interface.path)
}

impl<'a> Wiring<'a> {
    fn uses(&self) -> &'a [Use] {
        &self.staged[self.user].stage.uses
    }

    fn stage(&self) -> String {
        self.name(self.user)
    }

    fn name(&self, index: usize) -> String {
        self.staged[index].stage.name.value.clone()
    }

    fn note(&mut self, problem: WiringProblem) {
        self.problems.push(problem.into());
    }

    /// Every key of the table form must mean an import, and none two keys.
    fn check_keys(&mut self) {
        let shape = &self.staged[self.user].loaded.shape;
        for key in self.uses().iter().filter_map(|used| used.interface.as_ref()) {
            if !shape.interfaces().any(|(import, i, _)| means(&key.value, import, i)) {
                let (stage, imports) = (self.stage(), self.imports());
                let interface = key.value.clone();
                self.note(WiringProblem::NotImported { stage, interface, imports, at: key.at });
            }
        }
    }

    fn run(&mut self) {
        let staged = self.staged;
        let shape = &staged[self.user].loaded.shape;
        for (index, import) in shape.imports.iter().enumerate() {
            let ImportKind::Interface { interface, labelled, contract } = &import.kind else {
                continue;
            };
            let named = self.uses().iter().find(|used| {
                used.interface.as_ref().is_some_and(|key| means(&key.value, import, interface))
            });
            match (named, self.giver(interface)) {
                (Some(used), _) => self.take_named(index, interface, used),
                (None, Some(giver)) => self.take_given(index, interface, giver),
                (None, None) => self.take_fitting(index, import, interface, *labelled, contract),
            }
        }
    }

    /// Where the handles of an interface come from, if slots open them.
    fn giver(&self, interface: &InterfaceName) -> Option<Giver> {
        let kind = SlotKind::of_interface(interface)?;
        // Slots that do not go together are a problem already.
        given::giver(&self.staged[self.user], kind).unwrap_or_default()
    }

    /// The slots say where the interface comes from.
    fn take_given(&mut self, import: usize, wanted: &InterfaceName, giver: Giver) {
        let Giver::Stage(provider) = giver else { return };
        if let Some(export) = self.best_export(provider, wanted) {
            self.wires.push(Wire { import, provider, export });
        } else if let Some(found) = self.other_version(provider, wanted) {
            let at = self.staged[self.user].stage.slots_at;
            let (stage, provider) = (self.stage(), self.name(provider));
            let wanted = wanted.to_string();
            self.note(WiringProblem::Version { stage, wanted, provider, found, at });
        }
    }

    /// The manifest says which stage to take the interface from.
    fn take_named(&mut self, import: usize, wanted: &InterfaceName, used: &Use) {
        let provider = used.provider.value;
        if let Some(export) = self.best_export(provider, wanted) {
            self.wires.push(Wire { import, provider, export });
            return;
        }
        let problem = match self.other_version(provider, wanted) {
            Some(found) => self.version(wanted, used, found),
            None => WiringProblem::NotExported {
                stage: self.stage(),
                provider: self.name(provider),
                interface: wanted.to_string(),
                exports: self.exports(provider),
                at: used.provider.at,
            },
        };
        self.note(problem);
    }

    /// The manifest leaves it to the interfaces.
    fn take_fitting(
        &mut self,
        import: usize,
        item: &Import,
        wanted: &InterfaceName,
        labelled: bool,
        contract: &Contract,
    ) {
        // Plain types are the same wherever they come from, and stay imports.
        let plain = !contract.has_functions && contract.resources.is_empty();
        if plain && !labelled {
            return;
        }
        let listed = || self.uses().iter().filter(|used| used.interface.is_none());
        let fitting: Vec<(usize, usize)> = listed()
            .filter_map(|used| {
                let provider = used.provider.value;
                Some((provider, self.best_export(provider, wanted)?))
            })
            .collect();
        match fitting.as_slice() {
            [(provider, export)] => {
                self.wires.push(Wire { import, provider: *provider, export: *export });
            }
            [] if !labelled && self.is_shared(wanted, contract) => {}
            [] => {
                let other = listed().find_map(|used| {
                    Some((used, self.other_version(used.provider.value, wanted)?))
                });
                let problem = match other {
                    Some((used, found)) => self.version(wanted, used, found),
                    None => self.nobody(item, wanted, labelled),
                };
                self.note(problem);
            }
            [(first, _), ..] => {
                let providers = list(fitting.iter().map(|(p, _)| self.name(*p)), "");
                let key = if labelled { item.name.clone() } else { wanted.path.clone() };
                let example = format!("\"{key}\" = \"{}\"", self.name(*first));
                let (stage, at) = (self.stage(), self.uses_at());
                let interface = wanted.to_string();
                let problem =
                    WiringProblem::SeveralExport { stage, interface, providers, example, at };
                self.note(problem);
            }
        }
    }

    fn is_shared(&self, wanted: &InterfaceName, contract: &Contract) -> bool {
        let Staged { stage, loaded } = &self.staged[self.user];
        is_shared(stage, &loaded.shape, wanted, contract)
    }

    /// The provider's export that can stand for `wanted`: the same version if
    /// there is one, else the newest.
    fn best_export(&self, provider: usize, wanted: &InterfaceName) -> Option<usize> {
        let exports = self.staged[provider].loaded.shape.exports.iter().enumerate();
        exports
            .filter_map(|(index, export)| Some((index, export.interface()?)))
            .filter(|(_, interface)| interface.provides(wanted))
            .max_by_key(|(_, interface)| (*interface == wanted, interface.version.clone()))
            .map(|(index, _)| index)
    }

    fn other_version(&self, provider: usize, wanted: &InterfaceName) -> Option<String> {
        let exports = &self.staged[provider].loaded.shape.exports;
        let same = |e: &&Export| e.interface().is_some_and(|i| i.path == wanted.path);
        exports.iter().find(same).map(|e| e.name.clone())
    }

    fn version(&self, wanted: &InterfaceName, used: &Use, found: String) -> WiringProblem {
        let provider = self.name(used.provider.value);
        let (stage, wanted, at) = (self.stage(), wanted.to_string(), used.provider.at);
        WiringProblem::Version { stage, wanted, provider, found, at }
    }

    fn nobody(&self, item: &Import, wanted: &InterfaceName, labelled: bool) -> WiringProblem {
        let others = (0..self.staged.len())
            .filter(|index| *index != self.user && self.best_export(*index, wanted).is_some());
        let names: Vec<String> = others.map(|index| self.name(index)).collect();
        let help = match names.first() {
            Some(first) if labelled => format!(
                "{} exports it: add `uses = {{ {} = \"{first}\" }}` to `[stages.{}]`",
                list(&names, ""),
                item.name,
                self.stage()
            ),
            Some(first) => format!(
                "{} exports it: add `{first}` to `uses` of `[stages.{}]`",
                list(&names, ""),
                self.stage()
            ),
            None => format!(
                "no stage of the pipeline exports it: add a stage that does, and name it in \
                 `uses` of `[stages.{}]`",
                self.stage()
            ),
        };
        let (stage, interface, at) = (self.stage(), wanted.to_string(), self.uses_at());
        WiringProblem::NobodyExports { stage, interface, help, at }
    }

    fn uses_at(&self) -> SourceSpan {
        self.staged[self.user].stage.uses_at
    }

    fn exports(&self, index: usize) -> String {
        let exports = &self.staged[index].loaded.shape.exports;
        let interfaces = exports.iter().filter(|export| export.interface().is_some());
        list(interfaces.map(|export| &export.name), "nothing")
    }

    /// What the user could take from another stage.
    fn imports(&self) -> String {
        let shape = &self.staged[self.user].loaded.shape;
        let wired = shape
            .interfaces()
            .filter(|(_, interface, contract)| !self.is_shared(interface, contract));
        list(wired.map(|(import, ..)| &import.name), "nothing from other stages")
    }

    /// Every stage that is used must give something.
    fn check_use(&mut self) {
        for used in self.uses() {
            let provider = used.provider.value;
            // A key that means an import was wired, or is a problem already.
            if used.interface.is_none() && !self.wires.iter().any(|w| w.provider == provider) {
                let problem = WiringProblem::NothingUsed {
                    stage: self.stage(),
                    provider: self.name(provider),
                    exports: self.exports(provider),
                    imports: self.imports(),
                    at: used.provider.at,
                };
                self.note(problem);
            }
        }
    }
}
