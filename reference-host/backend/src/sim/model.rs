//! How a model is known by its name in a board file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::value::{self, Table};
use super::{ConfigError, Site, VirtualClock, World};

/// A kind of chip, as board files know it. `T` is what it is on its bus:
/// `dyn I2cTarget`, `dyn SpiTarget` or `dyn SerialTarget`.
pub trait Model<T: ?Sized> {
    /// What a board file may say about it beside what it may say about every
    /// device. Derive `Deserialize` with
    /// `#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]`.
    type Options: DeserializeOwned;

    /// Its name in a board file.
    const NAME: &'static str;

    /// Its pins beside the bus, by the datasheet's names in lower case.
    const PINS: &'static [&'static str] = &[];

    /// Whether it shows something ([`Site::show`]).
    const SHOWS: bool = false;

    /// The chip, powered up.
    ///
    /// # Errors
    /// What in `options` it cannot have.
    fn build(options: &Self::Options, site: &Site) -> Result<Box<T>, ConfigError>;

    /// Whether [`Self::build`] would take `options`, as far as that can be said
    /// while the board file is read. A model that reads files says it without
    /// them.
    ///
    /// # Errors
    /// As [`Self::build`].
    fn check(options: &Self::Options) -> Result<(), ConfigError> {
        let world = World::new(Arc::new(VirtualClock::new()));
        Self::build(options, &Site::new(&world, Self::NAME, BTreeMap::new())).map(drop)
    }
}

/// A line of the list of models.
pub(super) struct Entry<T: ?Sized> {
    pub(super) name: &'static str,
    pub(super) pins: &'static [&'static str],
    pub(super) shows: bool,
    pub(super) fields: fn() -> &'static [&'static str],
    pub(super) check: fn(&Table) -> Result<(), ConfigError>,
    pub(super) build: fn(&Table, &Site) -> Result<Box<T>, ConfigError>,
}

impl<T: ?Sized> Entry<T> {
    /// The line of the model `M`.
    pub(super) const fn of<M: Model<T>>() -> Self {
        Self {
            name: M::NAME,
            pins: M::PINS,
            shows: M::SHOWS,
            fields: value::fields::<M::Options>,
            check: |table| M::check(&options::<T, M>(table)?),
            build: |table, site| M::build(&options::<T, M>(table)?, site),
        }
    }
}

fn options<T: ?Sized, M: Model<T>>(table: &Table) -> Result<M::Options, ConfigError> {
    value::read(table).map_err(ConfigError::Options)
}

/// The kinds of targets that there are models of.
pub(super) trait Kind: 'static {
    /// The models.
    fn models() -> &'static [Entry<Self>];

    /// What the bus is called.
    const BUS: &'static str;
}

/// The model of this name.
pub(super) fn find<T: Kind + ?Sized>(name: &str) -> Result<&'static Entry<T>, ConfigError> {
    T::models().iter().find(|entry| entry.name == name).ok_or_else(|| {
        let names = || T::models().iter().map(|entry| entry.name);
        let help = match periplasm_request::nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", periplasm_request::list(names(), "none")),
        };
        ConfigError::UnknownModel { bus: T::BUS, name: name.to_owned(), help }
    })
}
