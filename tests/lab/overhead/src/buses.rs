//! I2C, SPI and GPIO.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use gpiocdev::Request;
use gpiocdev::line::{EdgeDetection, Value};
use i2cdev::core::{I2CMessage, I2CTransfer};
use i2cdev::linux::{LinuxI2CBus, LinuxI2CMessage};
use spidev::{SpiModeFlags, Spidev, SpidevOptions, SpidevTransfer};
use wasmtime::component::TypedFunc;

use crate::component::Component;
use crate::error::{Error, Result};
use crate::measure::{Measured, Row, Side, What, measure as row};

const ROWS: [Row; 3] = [
    Row { name: "I2C write-read, 1 + 2 B", what: What::WriteRead, count: 8 },
    Row { name: "SPI flash read, 4 KiB", what: What::Flash(4096), count: 1 },
    // An even number: the output ends as it began.
    Row { name: "GPIO set, edge seen", what: What::Edge, count: 8 },
];

/// The interface that the component exports.
const STROKES: &str = "test:strokes-linux/strokes@0.1.0";

/// The chip on the I2C bus.
const ADDRESS: u16 = 0x48;

/// READ DATA of most SPI flashes.
const READ: u8 = 0x03;

/// Where the native program's hardware is.
#[derive(Args)]
pub(crate) struct Places {
    /// The I2C bus with a chip at 0x48.
    #[arg(long, default_value = "/dev/i2c-0")]
    i2c: PathBuf,
    /// The SPI flash.
    #[arg(long, default_value = "/dev/spidev3.0")]
    spi: PathBuf,
    /// Its clock, in Hz.
    #[arg(long, default_value = "20000000")]
    spi_speed: u32,
    /// The output that makes edges, as CHIP:LINE.
    #[arg(long, value_parser = line)]
    output: Line,
    /// The input that is wired to it.
    #[arg(long, value_parser = line)]
    input: Line,
}

type Line = (PathBuf, u32);

fn line(text: &str) -> std::result::Result<Line, String> {
    let (chip, line) = text.split_once(':').ok_or("expected CHIP:LINE, as /dev/gpiochip2:20")?;
    let line = line.parse().map_err(|_| format!("expected a line's number, found `{line}`"))?;
    Ok((chip.into(), line))
}

/// What a program has that is written for Linux alone.
pub(crate) struct Native {
    bus: LinuxI2CBus,
    flash: Spidev,
    output: Request,
    input: Request,
}

impl Native {
    /// Opens everything.
    pub(crate) fn open(places: &Places) -> Result<Self> {
        let bus = LinuxI2CBus::new(&places.i2c)
            .map_err(|e| Error::native("opening the I2C bus")(e.to_string()))?;
        let failed = |e: std::io::Error| Error::native("opening the SPI device")(e.to_string());
        let mut flash = Spidev::open(&places.spi).map_err(failed)?;
        let options = SpidevOptions::new()
            .bits_per_word(8)
            .max_speed_hz(places.spi_speed)
            .mode(SpiModeFlags::SPI_MODE_0)
            .build();
        flash.configure(&options).map_err(failed)?;
        let failed = |e: gpiocdev::Error| Error::native("requesting a GPIO line")(e.to_string());
        let (chip, line) = &places.output;
        let output = Request::builder()
            .on_chip(chip)
            .with_line(*line)
            .as_output(Value::Inactive)
            .request()
            .map_err(failed)?;
        let (chip, line) = &places.input;
        let input = Request::builder()
            .on_chip(chip)
            .with_line(*line)
            .with_edge_detection(EdgeDetection::BothEdges)
            .request()
            .map_err(failed)?;
        Ok(Self { bus, flash, output, input })
    }

    fn write_reads(&mut self, count: u32) -> Result<u32> {
        let mut sum = 0;
        for _ in 0..count {
            let mut bytes = [0; 2];
            let mut messages = [
                LinuxI2CMessage::write(&[0]).with_address(ADDRESS),
                LinuxI2CMessage::read(&mut bytes).with_address(ADDRESS),
            ];
            let done = self.bus.transfer(&mut messages);
            done.map_err(|e| Error::native("an I2C write-read")(e.to_string()))?;
            sum = added(sum, &bytes);
        }
        Ok(sum)
    }

    fn flash_reads(&mut self, count: u32, len: u32) -> Result<u32> {
        let mut bytes = vec![0; len as usize];
        let mut sum = 0;
        for number in 0..count {
            let [_, high, middle, low] = number.wrapping_mul(len).to_be_bytes();
            let command = [READ, high, middle, low];
            let mut transfers = [SpidevTransfer::write(&command), SpidevTransfer::read(&mut bytes)];
            let done = self.flash.transfer_multiple(&mut transfers);
            done.map_err(|e| Error::native("a SPI transfer")(e.to_string()))?;
            sum = added(sum, &bytes);
        }
        Ok(sum)
    }

    fn edges(&mut self, count: u32) -> Result<u32> {
        let failed = |e: gpiocdev::Error| Error::native("an edge")(e.to_string());
        // As the crate `strokes` does, which the component has.
        self.output.set_lone_value(Value::Inactive).map_err(failed)?;
        for number in 0..count {
            self.output.set_lone_value((number % 2 == 0).into()).map_err(failed)?;
            self.input.read_edge_event().map_err(failed)?;
        }
        Ok(count)
    }
}

/// The last byte, added. Not all of them: it is the bus that is measured.
fn added(sum: u32, bytes: &[u8]) -> u32 {
    sum.wrapping_mul(31).wrapping_add(bytes.last().copied().unwrap_or_default().into())
}

impl Side for Native {
    fn stroke(&mut self, what: What, count: u32) -> Result<u32> {
        match what {
            What::WriteRead => self.write_reads(count),
            What::Flash(len) => self.flash_reads(count, len),
            _ => self.edges(count),
        }
    }
}

/// What a function of the component gives.
type Done = (std::result::Result<u32, ()>,);

/// The same in a component.
struct Plasm {
    component: Component,
    write_reads: TypedFunc<(u32,), Done>,
    flash_reads: TypedFunc<(u32, u32), Done>,
    edges: TypedFunc<(u32,), Done>,
}

impl Plasm {
    fn new(mut component: Component) -> Result<Self> {
        let write_reads = component.function(STROKES, "write-reads")?;
        let flash_reads = component.function(STROKES, "flash-reads")?;
        let edges = component.function(STROKES, "edges")?;
        Ok(Self { component, write_reads, flash_reads, edges })
    }
}

impl Side for Plasm {
    fn stroke(&mut self, what: What, count: u32) -> Result<u32> {
        let component = &mut self.component;
        let (name, (sum,)) = match what {
            What::WriteRead => ("write-reads", component.call(&self.write_reads, (count,))?),
            What::Flash(len) => ("flash-reads", component.call(&self.flash_reads, (count, len))?),
            _ => ("edges", component.call(&self.edges, (count,))?),
        };
        sum.map_err(|()| Error::Component { what: name })
    }
}

/// Measures all rows.
pub(crate) fn measure(
    mut native: Native,
    component: Component,
    budget: Duration,
) -> Result<Vec<Measured>> {
    let mut component = Plasm::new(component)?;
    ROWS.iter().map(|one| row(one, &mut native, &mut component, budget)).collect()
}
