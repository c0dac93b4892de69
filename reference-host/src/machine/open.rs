//! Each kind of hardware, opened by its name: once, whoever asks.

use std::collections::BTreeMap;
#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::sync::PoisonError;

#[cfg(target_os = "linux")]
use periplasm_backend::linux;
use periplasm_backend::trace::{Entry, Traced};
use periplasm_backend::{
    Adc, CanBus, InputPin, OutputPin, Pwm, Serial, SharedI2c, SharedSpi, SpiBus, SpiDevice, sim,
};
use toml::Spanned;

use super::inputs::{Input, InputSource, Listeners};
use super::lease::{Home, Lease, Shared};
use super::{Machine, MachineError};
use crate::board::kinds::{Hardware, Table};
use crate::pipeline::SlotKind;
#[cfg(target_os = "linux")]
use crate::text::printable;

/// What is open already.
#[derive(Default)]
pub(super) struct Opened {
    /// Whether the wires of a simulated board are there.
    wired: bool,
    pub(super) i2c: BTreeMap<String, SharedI2c>,
    spi: BTreeMap<String, SharedSpi>,
    spi_bus: BTreeMap<String, Home<dyn SpiBus>>,
    output_pin: BTreeMap<String, Home<dyn OutputPin>>,
    input_pin: BTreeMap<String, InputSource>,
    pwm: BTreeMap<String, Home<dyn Pwm>>,
    adc: BTreeMap<String, Shared<dyn Adc>>,
    serial: BTreeMap<String, Home<dyn Serial>>,
}

type Result<T> = std::result::Result<T, MachineError>;

/// Hardware in a box, which tells the machine's sink of what is done with it if
/// there is one.
macro_rules! boxed {
    ($machine:ident, $name:expr, $hardware:expr) => {
        match $machine.sink_for($name) {
            Some(sink) => Box::new(Traced::new($hardware, $machine.clock.clone(), sink)),
            None => Box::new($hardware),
        }
    };
}

/// What the board names so, as its backend opens it, in a box.
macro_rules! opened {
    ($machine:ident, $kind:ident, $table:ident, $name:ident, |$config:ident| {
        sim: $sim:expr,
        linux: $linux:expr,
    }) => {
        match $machine.board.hardware() {
            Hardware::Sim(tables) => {
                let $config = find(&tables.$table, SlotKind::$kind, $name)?.1.get_ref();
                let hardware =
                    $sim.map_err(|error| not_simulated(SlotKind::$kind, $name, error))?;
                boxed!($machine, $name, hardware)
            }
            #[cfg(target_os = "linux")]
            Hardware::Linux(tables) => {
                let (name, config) = find(&tables.$table, SlotKind::$kind, $name)?;
                let $config = &config.get_ref().0;
                let failed = |error| $machine.not_available(SlotKind::$kind, name, &error);
                let hardware = $linux.map_err(failed)?;
                boxed!($machine, $name, hardware)
            }
        }
    };
}

impl Machine {
    /// Opens what the board names so, if it is not open yet.
    pub fn try_open(&self, kind: SlotKind, name: &str) -> Result<()> {
        match kind {
            SlotKind::I2c => self.i2c(name).map(drop),
            SlotKind::Spi => self.spi(name).map(drop),
            SlotKind::SpiBus => self.spi_bus(name).map(drop),
            SlotKind::OutputPin => self.output_pin(name).map(drop),
            SlotKind::InputPin => self.input_pin(name).map(drop),
            SlotKind::Pwm => self.pwm(name).map(drop),
            SlotKind::Adc => self.adc(name).map(drop),
            SlotKind::Serial => self.serial(name).map(drop),
            SlotKind::Can => self.can(name).map(drop),
            SlotKind::Usb => self.usb(name).map(drop),
            SlotKind::UsbDevice => self.usb_device(name).map(drop),
            SlotKind::Diag => Ok(()),
        }
    }

    /// What one slot is to have for itself.
    pub(crate) fn lease<T: ?Sized>(
        kind: SlotKind,
        name: &str,
        home: Result<Home<T>>,
    ) -> Result<Lease<T>> {
        home?.lease().ok_or_else(|| MachineError::InUse { kind, name: name.to_owned() })
    }

    pub(crate) fn spi(&self, name: &str) -> Result<SharedSpi> {
        let open = || -> Result<Box<dyn SpiDevice>> {
            Ok(opened!(self, Spi, spi, name, |config| {
                sim: sim::SpiDevice::new(&self.world, name, config),
                linux: linux::LinuxSpi::open(config),
            }))
        };
        self.once(|opened| &mut opened.spi, name, || Ok(SharedSpi::new(open()?)))
    }

    pub(crate) fn spi_bus(&self, name: &str) -> Result<Home<dyn SpiBus>> {
        let open = || -> Result<Box<dyn SpiBus>> {
            Ok(opened!(self, SpiBus, spi_bus, name, |config| {
                sim: sim::SpiBus::new(&self.world, name, config),
                linux: linux::LinuxSpiBus::open(config),
            }))
        };
        self.once(|opened| &mut opened.spi_bus, name, || Ok(Home::of(open()?)))
    }

    pub(crate) fn output_pin(&self, name: &str) -> Result<Home<dyn OutputPin>> {
        let open = || Ok(Home::of(self.open_output(name)?));
        self.once(|opened| &mut opened.output_pin, name, open)
    }

    fn open_output(&self, name: &str) -> Result<Box<dyn OutputPin>> {
        Ok(opened!(self, OutputPin, output_pin, name, |config| {
            sim: Ok(sim::Output::new(&self.world, name, config)),
            linux: linux::LinuxOutput::open(config),
        }))
    }

    pub(crate) fn input_pin(&self, name: &str) -> Result<InputSource> {
        let open = || -> Result<Box<dyn InputPin>> {
            Ok(opened!(self, InputPin, input_pin, name, |config| {
                sim: sim::Input::new(&self.world, name, config),
                linux: linux::LinuxInput::open(config, self.clock.clone()),
            }))
        };
        self.once(
            |opened| &mut opened.input_pin,
            name,
            || {
                let pin = open()?;
                let Hardware::Sim(tables) = self.board.hardware() else {
                    // The kernel gives a line to one.
                    let listeners = Listeners::new(pin);
                    return Ok(InputSource::new(move || Some(Input::Shared(listeners.listen()))));
                };
                // A simulated wire has any number of inputs.
                let config = find(&tables.input_pin, SlotKind::InputPin, name)?.1.get_ref().clone();
                let (world, trace, wire) =
                    (self.world.clone(), self.trace.clone(), name.to_owned());
                Ok(InputSource::new(move || {
                    let pin = sim::Input::new(&world, &wire, &config).ok()?;
                    Some(Input::Own(match trace.clone() {
                        Some(sink) => {
                            let (name, clock) = (wire.clone(), world.clock().clone());
                            Box::new(Traced::new(pin, clock, move |entry| sink(&name, &entry)))
                        }
                        None => Box::new(pin),
                    }))
                }))
            },
        )
    }

    pub(crate) fn pwm(&self, name: &str) -> Result<Home<dyn Pwm>> {
        let open = || -> Result<Box<dyn Pwm>> {
            Ok(opened!(self, Pwm, pwm, name, |config| {
                sim: sim::Pulses::new(&self.world, name, config),
                linux: linux::LinuxPwm::open(config),
            }))
        };
        self.once(|opened| &mut opened.pwm, name, || Ok(Home::of(open()?)))
    }

    pub(crate) fn adc(&self, name: &str) -> Result<Shared<dyn Adc>> {
        let open = || -> Result<Box<dyn Adc>> {
            Ok(opened!(self, Adc, adc, name, |config| {
                sim: sim::Converter::new(&self.world, name, config),
                linux: linux::LinuxAdc::open(config),
            }))
        };
        self.once(|opened| &mut opened.adc, name, || Ok(Shared::of(open()?)))
    }

    pub(crate) fn serial(&self, name: &str) -> Result<Home<dyn Serial>> {
        let open = || -> Result<Box<dyn Serial>> {
            Ok(opened!(self, Serial, serial, name, |config| {
                sim: sim::Serial::new(&self.world, name, config),
                linux: linux::LinuxSerial::open(config, self.clock.clone()),
            }))
        };
        self.once(|opened| &mut opened.serial, name, || Ok(Home::of(open()?)))
    }

    /// A handle of its own on a CAN bus, whose frames all others get too.
    pub(crate) fn can(&self, name: &str) -> Result<Box<dyn CanBus>> {
        Ok(opened!(self, Can, can, name, |config| {
            sim: sim::Can::new(&self.world, name, config),
            linux: linux::LinuxCan::open(config, self.clock.clone()),
        }))
    }

    /// What is open under `name`, or is now.
    pub(super) fn once<T: Clone>(
        &self,
        of: impl Fn(&mut Opened) -> &mut BTreeMap<String, T>,
        name: &str,
        open: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut opened.wired, true) {
            self.wire(&mut opened)?;
        }
        if let Some(known) = of(&mut opened).get(name) {
            return Ok(known.clone());
        }
        let hardware = open()?;
        of(&mut opened).insert(name.to_owned(), hardware.clone());
        Ok(hardware)
    }

    /// Has the wires of a simulated board at their first levels before any chip
    /// looks at them.
    fn wire(&self, opened: &mut Opened) -> Result<()> {
        if let Hardware::Sim(tables) = self.board.hardware() {
            for name in tables.output_pin.keys() {
                let home = Home::of(self.open_output(name.get_ref())?);
                opened.output_pin.insert(name.get_ref().clone(), home);
            }
        }
        Ok(())
    }

    /// What tells the machine's sink, if there is one, of the hardware `name`.
    pub(super) fn sink_for(&self, name: &str) -> Option<impl FnMut(Entry) + Send + 'static> {
        let (sink, name) = (self.trace.clone()?, name.to_owned());
        Some(move |entry: Entry| sink(&name, &entry))
    }

    #[cfg(target_os = "linux")]
    fn not_available(
        &self,
        kind: SlotKind,
        name: &Spanned<String>,
        error: &linux::OpenError,
    ) -> MachineError {
        MachineError::NotAvailable {
            kind,
            name: name.get_ref().clone(),
            // It quotes the board file, which may hold anything.
            reason: printable(&error.to_string(), 512).into_owned(),
            remedy: error.remedy(),
            board: Arc::new(self.board.source().clone()),
            at: name.span().into(),
        }
    }
}

fn find<'a, C>(
    table: &'a Table<C>,
    kind: SlotKind,
    name: &str,
) -> Result<(&'a Spanned<String>, &'a Spanned<C>)> {
    table.get_key_value(name).ok_or_else(|| MachineError::NoneNamed { kind, name: name.to_owned() })
}

fn not_simulated(kind: SlotKind, name: &str, error: sim::ConfigError) -> MachineError {
    MachineError::NotSimulated { kind, name: name.to_owned(), error }
}
