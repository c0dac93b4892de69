//! What a driver is made from: its type, its slots and its constructor.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{FnArg, Pat, ReturnType, Signature, Type};

use crate::bounds::Solved;
use crate::error::Result;
use crate::hal::Kind;
use crate::list::Entry;
use crate::names::Names;
use crate::project::{Package, Project, Workshop};
use crate::solve::Solver;
use crate::source::Source;

/// A driver as `cargo xtask new driver` needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The driver's type, with the SDK's types as `periplasm_driver` has them:
    /// `w25q32jv::W25q32jv<SpiDevice, OutputPin, OutputPin>`.
    pub ty: String,
    /// The hardware that it is made from, in the constructor's order.
    pub slots: Vec<Need>,
    /// The constructor's name.
    pub constructor: String,
    /// What the constructor takes.
    pub arguments: Vec<Argument>,
    /// Whether it gives a `Result`.
    pub fallible: bool,
}

/// Hardware that a driver needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What the driver calls it.
    pub name: String,
    /// What it is. Never [`Kind::Delay`] or [`Kind::Converter`].
    pub kind: Kind,
}

/// One argument of a constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The hardware at this place of [`Shape::slots`].
    Slot(usize),
    /// The SDK's delay.
    Delay,
    /// The chip's address on its bus.
    Address,
    /// Anything else, by its name.
    Other(String),
}

/// Fetches a driver and reads what it is made from. Nothing when it has no
/// constructor that takes hardware, or cannot be read.
///
/// # Errors
///
/// When cargo cannot fetch it: see [`crate::Error`].
pub fn shape(workshop: &Workshop, entry: &Entry) -> Result<Option<Shape>> {
    let project = Project::new(workshop, entry)?;
    let package: Package = project.package()?;
    let Ok(text) = project.expand(&package)? else { return Ok(None) };
    let Ok(source) = Source::parse(&text) else { return Ok(None) };
    Ok(of(&Names::new(&package.krate, source, package.dependencies)))
}

/// Of all constructors the one that looks most like the driver's.
pub(crate) fn of(names: &Names) -> Option<Shape> {
    let solver = Solver::new(names);
    let mut best: Option<(usize, Shape)> = None;
    for implementation in &names.source.impls {
        if implementation.item.trait_.is_some() {
            continue;
        }
        let selves = solver.self_types(implementation, 0);
        // A type with an open place cannot be written down.
        let Some((solved, ty)) = selves.iter().find(|(_, ty)| !open(ty)) else {
            continue;
        };
        for function in implementation.functions() {
            let constructor =
                Constructor { solver: &solver, module: &implementation.module, solved, ty };
            let Some(shape) = constructor.shape(&function.sig) else { continue };
            let score = score(&names.krate, &shape);
            if best.as_ref().is_none_or(|(best, _)| score > *best) {
                best = Some((score, shape));
            }
        }
    }
    best.map(|(_, shape)| shape)
}

/// Whether a place of the type is left to the compiler.
fn open(ty: &str) -> bool {
    ty.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "_")
}

fn score(krate: &str, shape: &Shape) -> usize {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let head = shape.ty.split('<').next().unwrap_or_default();
    let (krate, ty) = (plain(krate), plain(head.rsplit("::").next().unwrap_or_default()));
    let named = if krate == ty {
        8
    } else if krate.contains(&ty) || ty.contains(&krate) {
        4
    } else {
        0
    };
    let by_name = match shape.constructor.as_str() {
        "new" => 3,
        name if name.starts_with("new") => 2,
        _ => 0,
    };
    let whole = usize::from(!shape.arguments.iter().any(|a| matches!(a, Argument::Other(_))));
    // More than anything: a type at the crate's root is what it is about.
    let root = if head.matches("::").count() == 1 { 16 } else { 0 };
    root + named + by_name + whole
}

struct Constructor<'a> {
    solver: &'a Solver<'a>,
    module: &'a [String],
    solved: &'a Solved,
    ty: &'a str,
}

impl Constructor<'_> {
    /// What a function says, if it makes the type from hardware.
    fn shape(&self, signature: &Signature) -> Option<Shape> {
        if signature.receiver().is_some() || signature.asyncness.is_some() {
            return None;
        }
        let ReturnType::Type(_, output) = &signature.output else { return None };
        let fallible = self.makes(output)?;
        let no = |_: &str| Vec::new();
        let choices =
            self.solver.choices(self.module, &signature.generics, self.solved, 0, |_| true, no);
        let choice = choices.first()?;
        let mut slots = Vec::new();
        let mut arguments = Vec::new();
        for input in &signature.inputs {
            let FnArg::Typed(input) = input else { return None };
            let name = match &*input.pat {
                Pat::Ident(ident) => ident.ident.to_string(),
                _ => "value".to_owned(),
            };
            arguments.push(self.argument(name, &input.ty, choice, &mut slots));
        }
        if slots.is_empty() {
            return None;
        }
        let ty = self.ty.replace("sdk::", "");
        let constructor = signature.ident.to_string();
        Some(Shape { ty, slots, constructor, arguments, fallible })
    }

    /// Whether the type comes in a `Result`; nothing if it does not come.
    fn makes(&self, output: &Type) -> Option<bool> {
        let is_it = |ty: &Type| {
            let printed = self.solver.print(self.module, ty, &self.with_self());
            printed.is_some_and(|printed| printed == self.ty)
        };
        if is_it(output) {
            return Some(false);
        }
        let inner = crate::solve::arguments(output);
        let result = output.to_token_stream().to_string().contains("Result");
        (result && inner.first().is_some_and(|ty| is_it(ty))).then_some(true)
    }

    fn with_self(&self) -> Solved {
        let itself = BTreeMap::from([("Self".to_owned(), self.ty.to_owned())]);
        self.solved.clone().into_iter().chain(itself).collect()
    }

    fn argument(
        &self,
        name: String,
        ty: &Type,
        choice: &Solved,
        slots: &mut Vec<Need>,
    ) -> Argument {
        let printed = self.solver.print(self.module, ty, choice).unwrap_or_default();
        let kinds: Vec<Kind> = printed
            .match_indices("sdk::")
            .filter_map(|(at, word)| kind(printed.get(at + word.len()..)?))
            .collect();
        if printed == "sdk::Delay" {
            return Argument::Delay;
        }
        for kind in &kinds {
            // One of a few in one value is known by what it is.
            let name = if kinds.len() == 1 { name.clone() } else { String::new() };
            slots.push(Need { name, kind: *kind });
        }
        let whole = kind_of(&printed).is_some();
        match slots.len().checked_sub(1) {
            Some(last) if whole => Argument::Slot(last),
            _ if kinds.is_empty() && is_address(&name, &printed) => Argument::Address,
            _ => Argument::Other(name),
        }
    }
}

fn is_address(name: &str, ty: &str) -> bool {
    ty == "u8" && (name.contains("addr") || name == "address")
        || name.contains("addr") && ty.ends_with("Address")
}

/// The kind of the SDK's type that a text is, if it is nothing else.
fn kind_of(text: &str) -> Option<Kind> {
    let rest = text.strip_prefix("sdk::")?;
    kind(rest).filter(|_| rest.chars().all(char::is_alphanumeric))
}

/// The kind of the SDK's type that a text begins with.
fn kind(text: &str) -> Option<Kind> {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    Some(match &text[..end] {
        "I2c" => Kind::I2c,
        "SpiDevice" => Kind::Spi,
        "SpiBus" => Kind::SpiBus,
        "OutputPin" => Kind::OutputPin,
        "InputPin" => Kind::InputPin,
        "Pwm" => Kind::Pwm,
        "Adc" => Kind::Adc,
        "Serial" => Kind::Serial,
        "Can" => Kind::Can,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Dependency;

    fn shape(text: &str) -> Option<Shape> {
        let hal = Dependency { package: "embedded-hal".into(), version: "1.0.0".into() };
        let dependencies = BTreeMap::from([("embedded_hal".to_owned(), hal)]);
        of(&Names::new("flash25", Source::parse(text).unwrap(), dependencies))
    }

    const FLASH: &str = "
        use embedded_hal::{spi::SpiDevice, digital::OutputPin, delay::DelayNs};
        pub struct Flash25<SPI, P, D> { s: SPI, p: P, d: D }
        pub struct Other<SPI>(SPI);
        impl<SPI: SpiDevice> Other<SPI> { pub fn new(spi: SPI) -> Self { Other(spi) } }
        impl<SPI, P, D, E> Flash25<SPI, P, D>
        where SPI: SpiDevice<Error = E>, P: OutputPin, D: DelayNs {
            pub fn from_parts(spi: SPI, p: P, d: D) -> Self { panic!() }
            pub fn new(spi: SPI, hold: P, delay: D, size: u32) -> Result<Self, E> { panic!() }
            pub fn read(&mut self) -> u8 { 0 }
        }";

    #[test]
    fn the_constructor_of_the_crate_s_own_type_is_found() {
        let shape = shape(FLASH).unwrap();
        assert_eq!(shape.ty, "flash25::Flash25<SpiDevice, OutputPin, Delay>");
        let need = |name: &str, kind| Need { name: name.into(), kind };
        assert_eq!(shape.slots, [need("spi", Kind::Spi), need("hold", Kind::OutputPin)]);
        assert_eq!((shape.constructor.as_str(), shape.fallible), ("new", true));
        let size = Argument::Other("size".into());
        assert_eq!(shape.arguments, [Argument::Slot(0), Argument::Slot(1), Argument::Delay, size]);
    }

    #[test]
    fn an_address_is_known_by_name_and_type() {
        let shape = shape(
            "use embedded_hal::i2c::I2c;
             pub struct Flash25<I>(I);
             impl<I: I2c> Flash25<I> { pub fn new(i2c: I, addr: u8) -> Self { panic!() } }",
        );
        assert_eq!(shape.unwrap().arguments, [Argument::Slot(0), Argument::Address]);
    }

    #[test]
    fn a_crate_that_takes_no_hardware_has_no_shape() {
        assert_eq!(shape("pub struct X; impl X { pub fn new() -> Self { X } }"), None);
    }
}
