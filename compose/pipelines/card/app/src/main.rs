//! Lists the files in the root folder of a memory card, and prints the one that
//! its first argument names, or `README.TXT`.

mod storage;

use std::io::Write;
use std::process::ExitCode;

use embedded_sdmmc::{Error, Mode, TimeSource, Timestamp, VolumeIdx, VolumeManager};
use storage::{Failed, Storage};

periplasm_app::app!();

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_else(|| "README.TXT".to_owned());
    match print(&name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot read {name} from the card: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(name: &str) -> Result<(), Error<Failed>> {
    let card = VolumeManager::new(Storage, NoClock);
    let volume = card.open_volume(VolumeIdx(0))?;
    let root = volume.open_root_dir()?;
    root.iterate_dir(|entry| {
        if !entry.attributes.is_volume() {
            let kind = if entry.attributes.is_directory() { "folder" } else { "file" };
            println!("{:12} {kind:6} {:>8} bytes", entry.name.to_string(), entry.size);
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let file = root.open_file_in_dir(name, Mode::ReadOnly)?;
    let mut bytes = [0; 512];
    while !file.is_eof() {
        let len = file.read(&mut bytes)?;
        // A pipe that was closed is no fault of the card.
        let _ = std::io::stdout().write_all(&bytes[..len]);
    }
    Ok(())
}

/// Nothing is written, so no file gets a date.
struct NoClock;

impl TimeSource for NoClock {
    fn get_timestamp(&self) -> Timestamp {
        Timestamp {
            year_since_1970: 10,
            zero_indexed_month: 0,
            zero_indexed_day: 0,
            hours: 0,
            minutes: 0,
            seconds: 0,
        }
    }
}
