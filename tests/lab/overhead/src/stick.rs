//! USB: a stick for storage.

use std::time::Duration;

use nusb::{Device, MaybeFuture};
use strokes_stick::{Failed, Stick};
use wasmtime::component::TypedFunc;

use crate::component::Component;
use crate::error::{Error, Result};
use crate::measure::{Measured, Row, Side, What, measure as row};

const ROWS: [Row; 4] = [
    Row { name: "USB control, 1 B", what: What::Control, count: 8 },
    Row { name: "USB bulk, READ (10) 512 B", what: What::Blocks(512), count: 8 },
    Row { name: "USB bulk, READ (10) 4 KiB", what: What::Blocks(4 << 10), count: 8 },
    Row { name: "USB bulk, READ (10) 64 KiB", what: What::Blocks(64 << 10), count: 4 },
];

/// The interface that the component exports.
const STROKES: &str = "test:strokes-stick/strokes@0.1.0";

/// What its functions give.
type Done<T> = (std::result::Result<T, ()>,);

/// A program on nusb.
#[derive(Default)]
struct Native(Option<Stick>);

impl Side for Native {
    fn take(&mut self) -> Result<()> {
        self.0 = Some(Stick::open().map_err(native)?);
        Ok(())
    }

    fn give_back(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }

    fn stroke(&mut self, what: What, count: u32) -> Result<u32> {
        let stick = self.0.as_mut().ok_or_else(|| native(Failed("open")))?;
        let done = match what {
            What::Blocks(len) => stick.read(count, len),
            _ => stick.control(count),
        };
        done.map_err(native)
    }
}

/// A component on the drop-in for nusb.
struct Plasm {
    component: Component,
    take: TypedFunc<(), Done<()>>,
    give_back: TypedFunc<(), ()>,
    control: TypedFunc<(u32,), Done<u32>>,
    read: TypedFunc<(u32, u32), Done<u32>>,
}

impl Plasm {
    fn new(mut component: Component) -> Result<Self> {
        let take = component.function(STROKES, "take")?;
        let give_back = component.function(STROKES, "give-back")?;
        let control = component.function(STROKES, "control")?;
        let read = component.function(STROKES, "read")?;
        Ok(Self { component, take, give_back, control, read })
    }
}

impl Side for Plasm {
    fn take(&mut self) -> Result<()> {
        let (taken,) = self.component.call(&self.take, ())?;
        taken.map_err(|()| Error::Component { what: "take" })
    }

    fn give_back(&mut self) -> Result<()> {
        self.component.call(&self.give_back, ())
    }

    fn stroke(&mut self, what: What, count: u32) -> Result<u32> {
        let component = &mut self.component;
        let (name, (sum,)) = match what {
            What::Blocks(len) => ("read", component.call(&self.read, (count, len))?),
            _ => ("control", component.call(&self.control, (count,))?),
        };
        sum.map_err(|()| Error::Component { what: name })
    }
}

fn native(failed: Failed) -> Error {
    Error::Native { what: failed.0, reason: "the stick did not do it".to_owned() }
}

/// The kernel's driver, which has the stick again in the end.
struct Detached {
    device: Device,
    interface: u8,
}

impl Detached {
    fn new() -> Result<Self> {
        let failed = |e: nusb::Error| Error::native("taking the stick")(e.to_string());
        let (info, interface) = strokes_stick::find().map_err(native)?;
        let device = info.open().wait().map_err(failed)?;
        device.detach_kernel_driver(interface).map_err(failed)?;
        Ok(Self { device, interface })
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        if let Err(error) = self.device.attach_kernel_driver(self.interface) {
            eprintln!("the stick was not given back to the kernel's driver: {error}");
        }
    }
}

/// Measures all rows.
pub(crate) fn measure(component: Component, budget: Duration) -> Result<Vec<Measured>> {
    let (mut native, mut component) = (Native::default(), Plasm::new(component)?);
    let _detached = Detached::new()?;
    ROWS.iter().map(|one| row(one, &mut native, &mut component, budget)).collect()
}
