//! Adapters: a stage that speaks a draft of WASI for hardware gets a component
//! inside that speaks it on slots. The crates are in `compose/adapters`.
//!
//! A draft asks for hardware by a name that the guest chooses; here the names
//! are those of the stage's slots in the manifest, `led = { output-pin = "…" }`
//! for `get("LED")`. So that an adapter is built once and knows no names, a
//! small component is made for each stage that does ([`switch`]): it imports
//! the slots, and the adapter asks it for their names and opens them by place.

mod switch;

use std::path::{Path, PathBuf};

use crate::build::{BuildError, build_stage};
use crate::component::{ImportKind, Shape};
use crate::encode::{Fault, guarded};
use crate::inside;
use crate::kind::SlotKind;
use crate::manifest::{Stage, Wants};
use crate::name::InterfaceName;
use crate::options::Options;
use crate::seal::{is_taken, without_names};

/// What a pin is watched through, and a stream too.
const POLL: &str = "wasi:io/poll";

/// One adapter.
#[derive(Debug)]
pub(crate) struct Adapter {
    /// The package of the draft.
    pub(crate) package: &'static str,
    /// What it has of it.
    interfaces: &'static [&'static str],
    /// Its crate, in the folder of adapters.
    folder: &'static str,
    /// What slots it opens: by their kinds, and how it asks for them.
    slots: &'static [(SlotKind, &'static str)],
}

const ADAPTERS: [Adapter; 2] = [
    Adapter {
        package: "wasi:gpio",
        interfaces: &["wasi:gpio/digital@0.2.0", "wasi:gpio/delay@0.2.0"],
        folder: "gpio",
        slots: &[(SlotKind::OutputPin, "outputs"), (SlotKind::InputPin, "inputs")],
    },
    Adapter {
        package: "wasi:spi",
        interfaces: &["wasi:spi/spi"],
        folder: "spi",
        slots: &[(SlotKind::Spi, "devices")],
    },
];

impl Adapter {
    /// Builds the adapter: cargo knows whether it is there already.
    pub(crate) fn build(&self, options: &Options) -> Result<Vec<u8>, BuildError> {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("adapters");
        let folder: PathBuf = options.adapters.clone().unwrap_or_else(beside);
        Ok(without_names(build_stage(&folder.join(self.folder), options)?.bytes()))
    }

    /// What a lock calls it.
    pub(crate) fn key(&self) -> String {
        format!("adapter-{}", self.folder)
    }

    /// Whether it has this interface.
    fn has(&self, interface: &InterfaceName) -> bool {
        let mut known = self.interfaces.iter().filter_map(|name| InterfaceName::parse(name));
        known.any(|known| known.same_track(interface))
    }

    /// Whether a stage calls something that it has, and takes it from nobody.
    fn is_needed(&self, stage: &Stage, shape: &Shape) -> bool {
        shape.interfaces().any(|(import, interface, contract)| {
            contract.has_functions
                && self.has(interface)
                && !is_taken(stage, &import.name, interface)
        })
    }

    /// The slots that the manifest has for it: those that the stage does not
    /// import itself.
    fn slots<'a>(&self, stage: &'a Stage, shape: &Shape) -> Vec<switch::Slots<'a>> {
        let names = |kind: SlotKind| {
            let entries = stage.slots.iter().filter(move |entry| match &entry.wants {
                Wants::Board(request) => request.kind() == kind.as_str(),
                // What another stage gives is known when all are there.
                Wants::Given { .. } => false,
            });
            let names = entries.map(|entry| entry.name.value.as_str());
            names.filter(|name| !shape.slots().any(|(own, _)| own == *name)).collect()
        };
        let slots = self.slots.iter();
        slots
            .map(|(kind, asked)| switch::Slots { kind: *kind, asked, names: names(*kind) })
            .collect()
    }

    /// The stage with the adapter inside.
    pub(crate) fn put_in(
        &self,
        stage: &Stage,
        component: &[u8],
        shape: &Shape,
        adapter: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let read =
            |bytes: &[u8]| Shape::read(bytes).map_err(|errors| Fault::words(format!("{errors:?}")));
        guarded(|| {
            let switch = switch::make(&self.slots(stage, shape))?;
            let parts = [
                ("slots", switch.as_slice(), &read(&switch)?),
                ("adapter", adapter, &read(adapter)?),
            ];
            let whole = inside::compose(parts, |_, _| true)?;
            let polls = polls_here(self, shape);
            let parts =
                [("adapter", whole.as_slice(), &read(&whole)?), ("stage", component, shape)];
            let adapted = inside::compose(parts, |import, interface| {
                let wanted = interface.is_of(self.package) || (polls && interface.path == POLL);
                wanted && !is_taken(stage, import, interface)
            })?;
            let left = self.is_needed(stage, &read(&adapted)?);
            if left { Err(Fault::words("it asks for more than there is")) } else { Ok(adapted) }
        })
    }
}

/// The adapters that a stage needs.
pub(crate) fn needed(stage: &Stage, shape: &Shape) -> Vec<&'static Adapter> {
    ADAPTERS.iter().filter(|adapter| adapter.is_needed(stage, shape)).collect()
}

/// Whether only the adapter's own interfaces give the stage something to wait
/// for. What a stream or a clock gives is of another maker.
fn polls_here(adapter: &Adapter, shape: &Shape) -> bool {
    !shape.imports.iter().any(|import| match &import.kind {
        ImportKind::Interface { interface, contract, .. } => {
            interface.path != POLL
                && !adapter.has(interface)
                && contract.resources.contains_key("pollable")
        }
        ImportKind::Slot { .. } => false,
    })
}
