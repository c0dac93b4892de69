//! What every device's table has in common, whatever bus the device is on.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use periplasm_request::list;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::model::{self, Entry, Kind};
use super::value::Table;
use super::{ConfigError, Site, World};

/// The keys that every device has.
const KEYS: [&str; 3] = ["model", "pins", "screen"];

/// A device: its model with its options, and what it is connected to.
pub(super) struct Described<T: ?Sized + 'static> {
    entry: &'static Entry<T>,
    options: Table,
    pins: BTreeMap<String, String>,
    screen: Option<String>,
}

impl<T: ?Sized> Described<T> {
    pub(super) fn model(&self) -> &'static str {
        self.entry.name
    }

    pub(super) fn pins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pins.iter().map(|(own, boards)| (own.as_str(), boards.as_str()))
    }

    /// The chip on `world`. What it shows is called `name` if the file does not
    /// say how.
    pub(super) fn build(&self, world: &World, name: &str) -> Result<Box<T>, ConfigError> {
        let name = self.screen.as_deref().unwrap_or(name);
        (self.entry.build)(&self.options, &Site::new(world, name, self.pins.clone()))
    }

    fn check(&self, place: &[&str]) -> Result<(), ConfigError> {
        let (model, own) = (self.entry.name, (self.entry.fields)());
        if let Some(field) = self.options.keys().find(|key| !own.contains(&key.as_str())) {
            let (field, allowed) = (field.clone(), list(own.iter().copied(), "none"));
            let common = list(KEYS.iter().chain(place).copied(), "none");
            return Err(ConfigError::Foreign { field, model, allowed, common });
        }
        if let Some(pin) = self.pins.keys().find(|pin| !self.entry.pins.contains(&pin.as_str())) {
            let (pin, known) = (pin.clone(), list(self.entry.pins.iter().copied(), "none"));
            return Err(ConfigError::UnknownPin { pin, model, known });
        }
        if self.screen.is_some() && !self.entry.shows {
            return Err(ConfigError::NoScreen(model));
        }
        (self.entry.check)(&self.options)
    }
}

impl<T: ?Sized> Clone for Described<T> {
    fn clone(&self) -> Self {
        Self {
            entry: self.entry,
            options: self.options.clone(),
            pins: self.pins.clone(),
            screen: self.screen.clone(),
        }
    }
}

impl<T: ?Sized> PartialEq for Described<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.entry.name, &self.options, &self.pins, &self.screen)
            == (other.entry.name, &other.options, &other.pins, &other.screen)
    }
}

impl<T: ?Sized> fmt::Debug for Described<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Described")
            .field("model", &self.entry.name)
            .field("options", &self.options)
            .field("pins", &self.pins)
            .field("screen", &self.screen)
            .finish()
    }
}

/// The keys that the devices of one kind of bus have beside.
pub(super) trait Place: Default {
    const KEYS: &'static [&'static str];

    /// Takes the value of `key`, if it is one of [`Self::KEYS`].
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Reads a device's table, and makes of it what `make` does.
///
/// Everything is checked inside the visitor: what fails there is reported at
/// this table, and not at the first one of an array.
pub(super) fn read<'de, D, T, P, R>(
    deserializer: D,
    make: impl FnOnce(Described<T>, P) -> Result<R, ConfigError>,
) -> Result<R, D::Error>
where
    D: Deserializer<'de>,
    T: Kind + ?Sized,
    P: Place,
{
    deserializer.deserialize_map(TableVisitor(make, PhantomData))
}

type Of<T, P> = PhantomData<(P, fn(&T))>;

struct TableVisitor<F, T: ?Sized, P>(F, Of<T, P>);

impl<'de, F, T, P, R> Visitor<'de> for TableVisitor<F, T, P>
where
    F: FnOnce(Described<T>, P) -> Result<R, ConfigError>,
    T: Kind + ?Sized,
    P: Place,
{
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device's table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        let mut entry = None;
        let (mut options, mut pins, mut screen) = (Table::new(), BTreeMap::new(), None);
        let mut place = P::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "model" => entry = Some(map.next_value_seed(Named(PhantomData))?),
                "pins" => pins = map.next_value()?,
                "screen" => screen = Some(map.next_value()?),
                key if place.take(key, &mut map)? => {}
                _ => {
                    options.insert(key, map.next_value()?);
                }
            }
        }
        let entry = entry.ok_or_else(|| A::Error::missing_field("model"))?;
        let device = Described { entry, options, pins, screen };
        device.check(P::KEYS).map_err(A::Error::custom)?;
        (self.0)(device, place).map_err(A::Error::custom)
    }
}

/// A model by its name; a name that is none is reported where it stands.
struct Named<T: ?Sized>(PhantomData<fn(&T)>);

impl<'de, T: Kind + ?Sized> DeserializeSeed<'de> for Named<T> {
    type Value = &'static Entry<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Kind + ?Sized> Visitor<'_> for Named<T> {
    type Value = &'static Entry<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a model")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        model::find(name).map_err(E::custom)
    }
}
