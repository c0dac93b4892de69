//! One kind of work on both sides, by turns.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// A native program, or a component.
pub(crate) trait Side {
    /// Takes hardware that only one side can have.
    fn take(&mut self) -> Result<()> {
        Ok(())
    }

    /// Gives it back.
    fn give_back(&mut self) -> Result<()> {
        Ok(())
    }

    /// Does `count` of one thing, and gives a sum of what was read.
    fn stroke(&mut self, what: What, count: u32) -> Result<u32>;
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// An I2C write-read of 1 + 2 bytes.
    WriteRead,
    /// A read of so many bytes of a SPI flash.
    Flash(u32),
    /// An output is set, and the edge that this makes is seen.
    Edge,
    /// A control transfer of one byte.
    Control,
    /// A read of so many bytes by bulk-only transport.
    Blocks(u32),
}

/// What is measured.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) what: What,
    /// How many make one sample, so that the call itself does not count.
    pub(crate) count: u32,
}

/// What was measured.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) native: Figures,
    pub(crate) component: Figures,
}

/// One side's, of one operation.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) median_ns: f64,
    /// A tenth of the samples are longer.
    pub(crate) p90_ns: f64,
    pub(crate) samples: usize,
    /// What each sample read.
    pub(crate) sum: u32,
}

/// Samples of one side before the other has its turn: an emulator that slows down
/// hits both.
const TURN: usize = 10;

/// The fewest samples that have a median worth the name.
const LEAST: usize = 3 * TURN;

/// Measures a row for as long as `budget`, and longer where a busy machine has made
/// fewer than [`LEAST`] samples by then.
pub(crate) fn measure(
    row: &Row,
    native: &mut dyn Side,
    component: &mut dyn Side,
    budget: Duration,
) -> Result<Measured> {
    let (mut natives, mut components) = (Samples::default(), Samples::default());
    let started = Instant::now();
    while started.elapsed() < budget || natives.times.len() < LEAST {
        natives.turn(row, native)?;
        components.turn(row, component)?;
    }
    Ok(Measured { name: row.name, native: natives.figures(), component: components.figures() })
}

#[derive(Default)]
struct Samples {
    /// Of one operation, in ns.
    times: Vec<f64>,
    sum: Option<u32>,
}

impl Samples {
    fn turn(&mut self, row: &Row, side: &mut dyn Side) -> Result<()> {
        side.take()?;
        // Not counted: the caches are the other side's.
        side.stroke(row.what, row.count)?;
        for _ in 0..TURN {
            let started = Instant::now();
            let found = side.stroke(row.what, row.count)?;
            self.times.push(started.elapsed().as_nanos() as f64 / f64::from(row.count));
            let expected = *self.sum.get_or_insert(found);
            if found != expected {
                return Err(Error::Changed { row: row.name, found, expected });
            }
        }
        side.give_back()
    }

    fn figures(mut self) -> Figures {
        let samples = self.times.len();
        self.times.sort_by(f64::total_cmp);
        let at = |part: f64| self.times[((samples - 1) as f64 * part) as usize];
        Figures { median_ns: at(0.5), p90_ns: at(0.9), samples, sum: self.sum.unwrap_or(0) }
    }
}
