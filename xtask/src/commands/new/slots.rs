//! The slots of a scaffold: what each kind looks like in the files it writes.

use periplasm_portability::Need;
use periplasm_portability::hal::Kind;

/// A slot of the new driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// As WIT, the manifest and the board have it.
    pub(crate) name: String,
    kind: Kind,
}

/// What cannot be a slot's name: words of WIT and of Rust, and names that a
/// driver's files have already.
const TAKEN: &str = "as async await bindings bool borrow box break char chip const constructor \
    crate device diag dyn else enum export extern false final flags fn for from func future if \
    impl import in include interface let list loop macro match mod move mut option override own \
    package pub record ref resource result return self static stream string struct super trait \
    true try tuple type unsafe use variant where while with world yield";

impl Slot {
    /// The slots for what a driver needs. `taken` are names that cannot be
    /// theirs.
    pub(crate) fn all(needs: &[Need], taken: &[&str]) -> Vec<Self> {
        let mut slots: Vec<Self> = Vec::new();
        for need in needs {
            let wish = match need.kind {
                Kind::OutputPin | Kind::InputPin => pin_name(&need.name),
                _ => None,
            };
            let free = |name: &str| {
                let word = TAKEN.split_whitespace().any(|word| word == name);
                !word && !taken.contains(&name) && slots.iter().all(|slot| slot.name != name)
            };
            let usual = usual_name(need.kind);
            let name = wish.filter(|name| free(name)).unwrap_or_else(|| {
                let numbered = (2..).map(|n| format!("{usual}{n}"));
                let mut names = std::iter::once(usual.to_owned()).chain(numbered);
                names.find(|name| free(name)).unwrap_or_default()
            });
            slots.push(Self { name, kind: need.kind });
        }
        slots
    }

    /// The one that a driver gets of which nothing is known.
    pub(crate) fn bus() -> Self {
        Self { name: "bus".to_owned(), kind: Kind::I2c }
    }

    pub(crate) fn is_i2c(&self) -> bool {
        self.kind == Kind::I2c
    }

    /// The module that the bindings have for it.
    pub(crate) fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    /// The handle's type in `periplasm_driver`.
    pub(crate) fn rust(&self) -> &'static str {
        self.words().rust
    }

    /// The import in the driver's world.
    pub(crate) fn wit(&self) -> String {
        let Words { what, interface, resource, .. } = self.words();
        let name = &self.name;
        let (address, addresses) = match self.kind {
            Kind::I2c => (
                "address, ",
                "        /// Where the chip is: the first granted address.\n        \
                 addresses: func() -> list<address>;\n",
            ),
            _ => ("", ""),
        };
        let which = match self.kind {
            Kind::I2c => "The bus with the chip. FILL IN: its addresses, and what selects them.",
            _ => &format!("The {what} `{name}`. FILL IN: what it does."),
        };
        format!(
            "    /// {which}\n    import {name}: interface {{\n        \
             use {interface}.{{{address}{resource}}};\n        /// Opens it.\n        \
             open: func() -> {resource};\n{addresses}    }}\n\n"
        )
    }

    /// What a manifest requests for it.
    pub(crate) fn request(&self) -> String {
        let Self { name, .. } = self;
        let key = self.words().key;
        let address = if self.is_i2c() { ", address = 0x48" } else { "" };
        format!("{name} = {{ {key} = \"{name}\"{address} }}")
    }

    /// What stands for it on a simulated board.
    pub(crate) fn board(&self) -> String {
        let Self { name, .. } = self;
        let key = self.words().key;
        match self.kind {
            Kind::I2c => format!(
                "[i2c.{name}]\nallow = [0x48]\n\n[[i2c.{name}.devices]]\nmodel = \"registers\"\n\
                 address = 0x48\ncontents = [0x00, 0x00]\n"
            ),
            Kind::Spi => {
                format!("[{key}.{name}]\nmodel = \"registers\"\ncontents = [0x00, 0x00]\n")
            }
            Kind::SpiBus | Kind::Serial => format!("[{key}.{name}]\nmodel = \"loopback\"\n"),
            Kind::InputPin => format!("[{key}.{name}]\nlevel = \"low\"\n"),
            _ => format!("[{key}.{name}]\n"),
        }
    }

    /// As the README names it.
    pub(crate) fn readme(&self) -> String {
        format!("`{}`, {} {}", self.name, self.words().article, self.words().what)
    }

    fn words(&self) -> Words {
        let hal = |article, what, key, interface, resource, rust| Words {
            article,
            what,
            key,
            interface,
            resource,
            rust,
        };
        match self.kind {
            // The solver asks for neither of the last two.
            Kind::I2c | Kind::Delay | Kind::Converter => {
                hal("an", "I2C bus", "i2c", "wasi:i2c/i2c@0.2.0-draft", "i2c", "I2c")
            }
            Kind::Spi => {
                hal("an", "SPI device", "spi", "periplasm:hal/spi@0.1.0", "spi-device", "SpiDevice")
            }
            Kind::SpiBus => {
                let interface = "periplasm:hal/spi-bus@0.1.0";
                hal("an", "SPI bus", "spi-bus", interface, "spi-bus", "SpiBus")
            }
            Kind::OutputPin => {
                let interface = "periplasm:hal/output-pin@0.1.0";
                hal("an", "output pin", "output-pin", interface, "output-pin", "OutputPin")
            }
            Kind::InputPin => {
                let interface = "periplasm:hal/input-pin@0.1.0";
                hal("an", "input pin", "input-pin", interface, "input-pin", "InputPin")
            }
            Kind::Pwm => hal("a", "PWM output", "pwm", "periplasm:hal/pwm@0.1.0", "pwm", "Pwm"),
            Kind::Adc => hal("an", "ADC input", "adc", "periplasm:hal/adc@0.1.0", "adc", "Adc"),
            Kind::Serial => {
                hal("a", "serial port", "serial", "periplasm:hal/serial@0.1.0", "serial", "Serial")
            }
            Kind::Can => hal("a", "CAN bus", "can", "periplasm:hal/can@0.1.0", "can", "Can"),
        }
    }
}

struct Words {
    article: &'static str,
    what: &'static str,
    /// In a manifest and a board file.
    key: &'static str,
    interface: &'static str,
    resource: &'static str,
    rust: &'static str,
}

fn usual_name(kind: Kind) -> &'static str {
    match kind {
        Kind::I2c | Kind::Spi | Kind::SpiBus | Kind::Can => "bus",
        Kind::OutputPin | Kind::InputPin => "pin",
        Kind::Pwm => "pwm",
        Kind::Adc => "input",
        Kind::Serial => "port",
        Kind::Delay | Kind::Converter => "slot",
    }
}

/// A pin's name as WIT can have it, from what the driver calls it.
fn pin_name(name: &str) -> Option<String> {
    let words: Vec<String> = name
        .split('_')
        .filter(|word| !word.is_empty() && *word != "pin")
        .map(str::to_ascii_lowercase)
        .collect();
    let name = match words.join("-").as_str() {
        "rst" | "nreset" | "nrst" => "reset".to_owned(),
        name => name.to_owned(),
    };
    let starts = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    // One letter says nothing to whoever wires it.
    (name.len() > 1 && plain && name.split('-').all(starts)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(needs: &[(&str, Kind)]) -> Vec<String> {
        let need = |(name, kind): &(&str, Kind)| Need { name: (*name).to_owned(), kind: *kind };
        let needs: Vec<Need> = needs.iter().map(need).collect();
        Slot::all(&needs, &["thermometer"]).into_iter().map(|slot| slot.name).collect()
    }

    #[test]
    fn pins_keep_the_driver_s_names_and_buses_have_the_usual_ones() {
        use Kind::{I2c, InputPin, OutputPin, Serial, Spi};
        let needs = [("spi", Spi), ("dc", OutputPin), ("rst", OutputPin), ("busy_pin", InputPin)];
        assert_eq!(names(&needs), ["bus", "dc", "reset", "busy"]);
        assert_eq!(names(&[("uart", Serial), ("a", I2c), ("b", I2c)]), ["port", "bus", "bus2"]);
    }

    #[test]
    fn a_name_that_is_taken_is_not_a_slot_s() {
        use Kind::OutputPin;
        let odd = [("thermometer", OutputPin), ("type", OutputPin), ("p_1", OutputPin)];
        assert_eq!(names(&odd), ["pin", "pin2", "pin3"]);
        assert_eq!(names(&[("reset", OutputPin), ("rst", OutputPin)]), ["reset", "pin"]);
    }
}
