//! The manifest: `pipeline.toml`, and what it says.

mod addresses;
mod checks;
mod circle;
mod parse;
mod plain;
mod settings;
mod slots;
mod source;
mod text;
mod through;
mod usb;
mod uses;
mod walk;

use std::path::PathBuf;

use miette::SourceSpan;
use periplasm_request::Request;

use crate::fetch::Remote;

pub(crate) use checks::is_name;
pub(crate) use parse::parse;
pub(crate) use plain::shown;
pub(crate) use settings::Settings;
pub(crate) use text::{FILE_NAME, Text};

/// Something, and where the manifest says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) at: SourceSpan,
}

impl<T> At<T> {
    pub(crate) fn new(value: T, at: SourceSpan) -> Self {
        Self { value, at }
    }
}

/// A manifest that does not contradict itself: names are valid, stages that
/// are named exist, and no stage uses itself, directly or through others.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) name: At<String>,
    /// In the order of the manifest; never empty, unless `wac` is there.
    pub(crate) stages: Vec<Stage>,
    /// Indices of stages whose interfaces the pipeline exports.
    pub(crate) exports: Vec<At<usize>>,
    /// Slots with stages before their hardware, until [`crate::plan::settle`]
    /// has found what of those stages to wire.
    pub(crate) chains: Vec<Chain>,
    /// The file that wires the stages, in wac's language, as written.
    pub(crate) wac: Option<At<PathBuf>>,
}

/// One stage.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: At<String>,
    pub(crate) source: At<Source>,
    pub(crate) slots: Vec<SlotEntry>,
    /// Where a slot would be added.
    pub(crate) slots_at: SourceSpan,
    pub(crate) uses: Vec<Use>,
    /// The whole `uses`, or where it would be added.
    pub(crate) uses_at: SourceSpan,
    /// What it is told, if it is told anything.
    pub(crate) settings: Option<At<Settings>>,
    /// Whether it has the host's WASI, though it is a driver.
    pub(crate) host_wasi: bool,
    /// The stages that it reaches hardware through, by the chains.
    pub(crate) behind: Vec<At<usize>>,
}

/// A slot that reaches its hardware through other stages.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The index of the stage whose slot it is.
    pub(crate) user: usize,
    pub(crate) slot: At<String>,
    /// The stages between, by their indices; the first is nearest to the user.
    pub(crate) between: Vec<At<usize>>,
    /// What the slot of the last one gets.
    pub(crate) wants: Wants,
    /// The slot's entry.
    pub(crate) at: SourceSpan,
}

impl Chain {
    /// All stages whose slots it fills.
    pub(crate) fn stages(&self) -> impl Iterator<Item = usize> {
        [self.user].into_iter().chain(self.between.iter().map(|between| between.value))
    }
}

/// What a stage is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A crate's folder, as written.
    Crate(PathBuf),
    /// A component's file, as written.
    Wasm(PathBuf),
    /// A component in a registry.
    Remote(Remote),
}

impl Source {
    /// What a message calls it: a path or a reference.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Crate(path) | Self::Wasm(path) => path.clone(),
            Self::Remote(remote) => PathBuf::from(remote.as_str()),
        }
    }
}

/// What a slot asks for.
#[derive(Debug)]
pub(crate) struct SlotEntry {
    pub(crate) name: At<String>,
    pub(crate) wants: Wants,
    /// The value.
    pub(crate) at: SourceSpan,
}

/// Where a slot's hardware comes from.
#[derive(Clone, Debug)]
pub(crate) enum Wants {
    /// The board.
    Board(Request),
    /// Another stage.
    Given {
        /// The index of the stage.
        provider: At<usize>,
        /// What that one calls it.
        export: At<String>,
    },
}

impl Stage {
    /// The slot's entry, if there is one.
    pub(crate) fn slot(&self, name: &str) -> Option<&SlotEntry> {
        self.slots.iter().find(|slot| slot.name.value == name)
    }

    /// The stages that must be there before this one, in the order of the
    /// text's lists: those it uses, and those that give it hardware.
    pub(crate) fn providers(&self) -> impl Iterator<Item = &At<usize>> {
        let used = self.uses.iter().map(|used| &used.provider);
        used.chain(self.slots.iter().filter_map(|slot| match &slot.wants {
            Wants::Given { provider, .. } => Some(provider),
            Wants::Board(_) => None,
        }))
        .chain(&self.behind)
    }
}

/// A stage that another one uses.
#[derive(Debug)]
pub(crate) struct Use {
    /// The interface or label to take from it; all that fit if absent.
    pub(crate) interface: Option<At<String>>,
    /// The index of the stage.
    pub(crate) provider: At<usize>,
}
