//! A driver on std that tries to get at what is not its own. What it tries is
//! the number in register 0 of a register file at 0x50, and what it gives as a
//! temperature is how much it got.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::time::{Duration, Instant, SystemTime};

use bindings::{bus, exports::periplasm::device::thermometer};
use periplasm_driver::{Error, I2cError};

periplasm_driver::driver!(Std);

struct Std;

/// The register file that says what to try.
const CONTROL: u16 = 0x50;

impl thermometer::Guest for Std {
    fn temperature() -> Result<i32, Error> {
        let control = bus::open().write_read(CONTROL, &[0], 1);
        let control = control.map_err(|code| Error::from(I2cError::from(code)))?;
        Ok(match control.first() {
            Some(0) => count(std::env::args_os()),
            Some(1) => count(std::env::vars_os()),
            Some(2) => files(),
            Some(3) => std::io::stdin().read(&mut [0; 16]).map_or(-1, |read| read as i32),
            Some(4) => i32::try_from(since_1970().as_secs()).unwrap_or(i32::MAX),
            Some(5) => slept(),
            Some(6) => speak(),
            Some(7) => distinct(),
            Some(8) => seed(),
            Some(9) => panic!("the shutter is stuck at {} degrees", 42),
            Some(10) => std::process::exit(3),
            Some(11) => std::process::abort(),
            Some(12) => std::thread::spawn(|| ()).join().map_or(1, |()| 0),
            Some(13) => flood(),
            _ => return Err(Error::NotReady),
        })
    }
}

fn count<T>(things: impl Iterator<Item = T>) -> i32 {
    i32::try_from(things.count()).unwrap_or(i32::MAX)
}

/// How many of these can be read, made or listed.
fn files() -> i32 {
    let found = [
        std::fs::read("/etc/passwd").is_ok(),
        std::fs::read("Cargo.toml").is_ok(),
        std::fs::write("/tmp/note", "mine").is_ok(),
        std::fs::create_dir("folder").is_ok(),
        std::fs::read_dir(".").is_ok(),
        std::fs::metadata("/").is_ok(),
    ];
    count(found.into_iter().filter(|found| *found))
}

fn since_1970() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::MAX)
}

/// How many milliseconds pass while it sleeps for 250.
fn slept() -> i32 {
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(250));
    i32::try_from(start.elapsed().as_millis()).unwrap_or(i32::MAX)
}

/// How many pieces could be written.
fn speak() -> i32 {
    print!("half a ");
    println!("line");
    eprint!("another ");
    eprintln!("half");
    print!("no end");
    count([std::io::stdout().flush(), std::io::stderr().flush()].into_iter().flatten())
}

/// How many of a thousand a set holds.
fn distinct() -> i32 {
    let set: HashSet<u32> = (0..1000).collect();
    count(set.iter())
}

/// What a hasher makes of nothing: the seed of this instance.
fn seed() -> i32 {
    (RandomState::new().hash_one(()) >> 33) as i32
}

/// Writes far more than a stage may say, with no line in it.
fn flood() -> i32 {
    let piece = [b'x'; 4096];
    count((0..256).filter(|_| std::io::stdout().write_all(&piece).is_ok()))
}
