//! Reads all blocks of a device. Without arguments once, and prints how many
//! there are and their checksum (CRC-32, as zip's). With a number it goes round
//! and round until the device has gone and come back so many times, and was read
//! once more as a whole; it says what becomes of it.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use bindings::periplasm::device::block_storage::{self, Capacity};
use periplasm_app::{Buffer, Error, describe};

periplasm_app::app!();

/// Bytes that are read at once.
const PART: u32 = 64 * 1024;

/// How often it is said that reading goes on.
const TELL: Duration = Duration::from_secs(1);

/// How long a device that failed is left alone.
const PAUSE: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    match std::env::args().nth(1).map(|times| times.parse()) {
        None => match once() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("no blocks: {}", describe(&error));
                ExitCode::FAILURE
            }
        },
        Some(Ok(times)) => {
            Rounds::new().go(times);
            ExitCode::SUCCESS
        }
        Some(Err(error)) => {
            eprintln!("the argument says how many times it comes back: {error}");
            ExitCode::from(2)
        }
    }
}

fn once() -> Result<(), Error> {
    let size = block_storage::size()?;
    let mut sum = crc32fast::Hasher::new();
    for first in (0..size.blocks).step_by(step(size)) {
        sum.update(&read(size, first)?);
    }
    println!("{} blocks of {} bytes, {:08x}", size.blocks, size.block_bytes, sum.finalize());
    Ok(())
}

/// Blocks that are read at once.
fn step(size: Capacity) -> usize {
    (PART / size.block_bytes).max(1) as usize
}

/// The blocks from `first` on: those of one step, fewer at the end.
fn read(size: Capacity, first: u64) -> Result<Vec<u8>, Error> {
    let count = (size.blocks - first).min(step(size) as u64) as u32;
    let part = Buffer::new(count * size.block_bytes);
    block_storage::read(first, &part)?;
    part.read(0, part.len()).map_err(|_| Error::InvalidData)
}

/// A device that is read again and again.
struct Rounds {
    start: Instant,
    told: Instant,
    /// Where the next read begins; the checksum of each part as it was first.
    next: u64,
    sums: Vec<u32>,
    parts: u64,
    /// How many times it has come back, and the parts that were read since.
    back: (u32, usize),
    /// What was wrong the last time, if it was.
    failed: Option<String>,
}

impl Rounds {
    fn new() -> Self {
        let start = Instant::now();
        let (sums, back) = (Vec::new(), (0, 0));
        Self { start, told: start, next: 0, sums, parts: 0, back, failed: None }
    }

    fn go(mut self, times: u32) {
        while self.back.0 < times || self.back.1 <= self.sums.len() {
            match self.part() {
                Ok(()) => self.well(),
                Err(error) => self.failed(describe(&error).to_string()),
            }
        }
        self.say("the end");
    }

    fn part(&mut self) -> Result<(), Error> {
        let size = block_storage::size()?;
        if self.next >= size.blocks {
            self.next = 0;
        }
        let sum = crc32fast::hash(&read(size, self.next)?);
        let at = self.next as usize / step(size);
        match self.sums.get(at) {
            Some(first) if *first != sum => self.say(&format!("block {} changed", self.next)),
            Some(_) => (),
            None => self.sums.push(sum),
        }
        self.next += step(size) as u64;
        self.parts += 1;
        self.back.1 += 1;
        Ok(())
    }

    fn well(&mut self) {
        if self.failed.take().is_some() {
            self.back = (self.back.0 + 1, 0);
            self.say("back");
        } else if self.parts == 1 || self.told.elapsed() >= TELL {
            self.say("reads");
        }
    }

    fn failed(&mut self, why: String) {
        if self.failed.as_ref() != Some(&why) {
            self.say(&why);
        }
        self.failed = Some(why);
        std::thread::sleep(PAUSE);
    }

    fn say(&mut self, what: &str) {
        self.told = Instant::now();
        println!("{what} after {} parts, {:.1} s", self.parts, self.start.elapsed().as_secs_f32());
    }
}
