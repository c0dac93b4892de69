//! The part of a device's table that only its model understands.
//!
//! What the keys mean is known once the whole table was read, for `model` may
//! stand anywhere in it. Until then they are kept as plain values.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{Error as ValueError, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

/// The options of one device, as they were written.
pub(super) type Table = BTreeMap<String, Value>;

/// A value of a board file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Table(Table),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::Integer).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut table = Table::new();
        while let Some((key, value)) = map.next_entry()? {
            table.insert(key, value);
        }
        Ok(Value::Table(table))
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self {
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Integer(value) => visitor.visit_i64(value),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Text(value) => visitor.visit_string(value),
            Self::List(values) => {
                let mut list = SeqDeserializer::new(values.into_iter());
                let value = visitor.visit_seq(&mut list)?;
                list.end()?;
                Ok(value)
            }
            Self::Table(table) => visitor.visit_map(Entries::new(table)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self {
            Self::Text(variant) => {
                let variant: serde::de::value::StringDeserializer<ValueError> =
                    variant.into_deserializer();
                variant.deserialize_enum(name, variants, visitor)
            }
            Self::Table(table) => visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(
                MapDeserializer::new(table.into_iter()),
            )),
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The entries of a table. What is wrong with a value is told with its key.
struct Entries {
    entries: std::collections::btree_map::IntoIter<String, Value>,
    next: Option<(String, Value)>,
}

impl Entries {
    fn new(table: Table) -> Self {
        Self { entries: table.into_iter(), next: None }
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ValueError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.next = Some((key.clone(), value));
        seed.deserialize(Value::Text(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, ValueError> {
        let (key, value) =
            self.next.take().ok_or_else(|| ValueError::custom("a value without its key"))?;
        seed.deserialize(value).map_err(|error| ValueError::custom(format!("`{key}`: {error}")))
    }
}

/// The options that `table` means.
pub(super) fn read<O: DeserializeOwned>(table: &Table) -> Result<O, String> {
    O::deserialize(Value::Table(table.clone())).map_err(|error| error.to_string())
}

/// The names of the fields that `O` is read from; none if it is no struct.
pub(super) fn fields<O: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It fails always: what is asked for is only which fields are asked for.
    let _ = O::deserialize(Fields(&mut found));
    found
}

struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
        Err(ValueError::custom("no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ValueError> {
        *self.0 = fields;
        Err(ValueError::custom("only asked"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Options {
        on: bool,
        #[serde(default)]
        level: Option<f64>,
        list: Vec<u8>,
        mode: Mode,
        deep: Inner,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Mode {
        VeryFast,
        After { ms: u16 },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        text: String,
    }

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_kept_table_means_what_it_meant_at_once() {
        for text in [
            "on = true\nlist = [0, 255]\nmode = 'very-fast'\ndeep = { text = 'x' }",
            "on = false\nlevel = 3\nlist = []\nmode = { after = { ms = 5 } }\ndeep.text = ''",
            "on = false\nlevel = 3.5\nlist = []\nmode = 'very-fast'\ndeep.text = 'y'",
        ] {
            let direct: Options = toml::from_str(text).unwrap();
            assert_eq!(read::<Options>(&table(text)), Ok(direct), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_key() {
        let base = "on = true\nlist = []\nmode = 'very-fast'\ndeep.text = 'x'";
        for (from, to, expected) in [
            ("list = []", "list = [256]", "`list`: invalid value: integer `256`, expected u8"),
            ("true", "1", "`on`: invalid type: integer `1`, expected a boolean"),
            ("very-fast", "slow", "`mode`: unknown variant `slow`"),
            ("'x'", "1", "`deep`: `text`: invalid type: integer `1`, expected a string"),
            ("deep.text", "deep.txt", "`deep`: unknown field `txt`, expected `text`"),
            ("list = []", "", "missing field `list`"),
        ] {
            let error = read::<Options>(&table(&base.replace(from, to))).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn fields_are_named_as_in_a_file() {
        assert_eq!(fields::<Options>(), ["on", "level", "list", "mode", "deep"]);
        assert_eq!(fields::<Mode>(), [""; 0]);
    }
}
