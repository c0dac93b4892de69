//! The Rust of a scaffold that depends on what the driver is made from.

use periplasm_portability::{Argument, Shape};

use super::slots::Slot;

/// What a scaffold's `lib.rs` says of the driver.
pub(crate) struct Code {
    /// Names of `periplasm_driver` that it uses besides `Device` and `Error`.
    pub(crate) names: Vec<&'static str>,
    /// The driver's import, type and constructor.
    pub(crate) chip: String,
}

/// The SDK's names that a type can hold.
const NAMES: [&str; 18] = [
    "Adc",
    "AdcError",
    "Can",
    "CanError",
    "Delay",
    "I2c",
    "I2cError",
    "InputPin",
    "OutputPin",
    "PinError",
    "Pwm",
    "PwmError",
    "Serial",
    "SerialError",
    "SpiBus",
    "SpiDevice",
    "SpiError",
    "hal_02",
];

impl Code {
    /// A driver that is made as `shape` says.
    pub(crate) fn made(shape: &Shape, slots: &[Slot]) -> Self {
        let bus = slots.iter().find(|slot| slot.is_i2c());
        let mut names: Vec<&'static str> =
            NAMES.into_iter().filter(|name| words(&shape.ty).any(|word| word == *name)).collect();
        let mut unknown = Vec::new();
        let mut arguments = Vec::new();
        for argument in &shape.arguments {
            arguments.push(match (argument, bus) {
                (Argument::Slot(place), _) => {
                    let module = slots.get(*place).map(Slot::module).unwrap_or_default();
                    format!("{module}::open()")
                }
                (Argument::Delay, _) => {
                    names.push("Delay");
                    "Delay".to_owned()
                }
                (Argument::Address, Some(bus)) => {
                    names.push("seven_bit");
                    format!("seven_bit(&{}::addresses())?", bus.module())
                }
                (Argument::Address, None) => "Default::default()".to_owned(),
                (Argument::Other(name), _) => {
                    unknown.push(format!("`{name}`"));
                    "Default::default()".to_owned()
                }
            });
        }
        let mut call = format!("Chip::{}({})", shape.constructor, arguments.join(", "));
        let mut comment = String::from("// FILL IN: what sets the chip up");
        if !unknown.is_empty() {
            comment.push_str(&format!("; {} as you want it", unknown.join(", ")));
        }
        if shape.fallible {
            comment.push_str("; what the driver's error means");
            call = format!("{call}.map_err(|_| Error::InvalidData)");
        } else {
            call = format!("Ok({call})");
        }
        names.sort_unstable();
        names.dedup();
        let ty = &shape.ty;
        let chip = format!(
            "type Chip = {ty};\n\n{comment}.\nstatic CHIP: Device<Chip> = Device::new(|| {call});\n"
        );
        Self { names, chip }
    }

    /// A driver that is to be made by hand: its hardware alone.
    pub(crate) fn bare(ident: &str, slots: &[Slot]) -> Self {
        let mut names: Vec<&'static str> = slots.iter().map(Slot::rust).collect();
        let mut types: Vec<&str> = names.clone();
        let mut values: Vec<String> =
            slots.iter().map(|slot| format!("{}::open()", slot.module())).collect();
        if let Some(bus) = slots.iter().find(|slot| slot.is_i2c()) {
            names.push("seven_bit");
            types.push("u8");
            values.push(format!("seven_bit(&{}::addresses())?", bus.module()));
        }
        names.sort_unstable();
        names.dedup();
        let (types, values) = (types.join(", "), values.join(", "));
        let chip = format!(
            "// FILL IN: the driver's own type instead.\nuse {ident} as _;\n\n\
             // FILL IN: the driver's type instead of its hardware, made from it and set up.\n\
             type Chip = ({types},);\n\n\
             static CHIP: Device<Chip> = Device::new(|| Ok(({values},)));\n"
        );
        Self { names, chip }
    }
}

/// The names in a type that are no part of a longer path.
fn words(ty: &str) -> impl Iterator<Item = &str> {
    ty.split(['<', '>', ',', ' ', '(', ')', '&', '[', ']', ';'])
        .map(|path| path.split("::").next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use periplasm_portability::Need;
    use periplasm_portability::hal::Kind;

    use super::*;

    fn display() -> (Shape, Vec<Slot>) {
        let need = |name: &str, kind| Need { name: name.into(), kind };
        let slots = vec![need("spi", Kind::Spi), need("dc", Kind::OutputPin)];
        let made = Slot::all(&slots, &[]);
        let shape = Shape {
            ty: "screen::Screen<SpiDevice, OutputPin, screen::Delay>".into(),
            slots,
            constructor: "new".into(),
            arguments: vec![
                Argument::Slot(0),
                Argument::Slot(1),
                Argument::Delay,
                Argument::Other("size".into()),
            ],
            fallible: true,
        };
        (shape, made)
    }

    #[test]
    fn a_constructor_gets_its_slots_in_order() {
        let (shape, slots) = display();
        let code = Code::made(&shape, &slots);
        let call = "Chip::new(bus::open(), dc::open(), Delay, Default::default())";
        assert!(code.chip.contains(call), "{}", code.chip);
        assert!(code.chip.contains("`size`") && code.chip.contains("map_err"));
        assert_eq!(code.names, ["Delay", "OutputPin", "SpiDevice"]);
    }

    #[test]
    fn hardware_alone_has_the_address_of_an_i2c_chip() {
        let code = Code::bare("lm75", &[Slot::bus()]);
        assert!(code.chip.contains("type Chip = (I2c, u8,)"), "{}", code.chip);
        assert_eq!(code.names, ["I2c", "seven_bit"]);
        let (_, slots) = display();
        assert!(Code::bare("screen", &slots).chip.contains("(bus::open(), dc::open(),)"));
    }
}
