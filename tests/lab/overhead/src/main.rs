//! What a component costs on the interfaces of a real kernel: the same work by a
//! native program, as anybody writes it, and by a component on the reference
//! host, by turns in one process.
//!
//! The lab runs it inside its machines (`cargo xtask lab … overhead`); it works on
//! any Linux whose board file names the hardware.
#![forbid(unsafe_code)]

mod buses;
mod component;
mod error;
mod measure;
mod stick;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use buses::Places;
use error::Result;

/// Measures a native program and a component beside each other.
///
/// Prints a table, and then the same as one line of JSON.
#[derive(Parser)]
#[command(name = "overhead")]
struct Cli {
    #[command(subcommand)]
    hardware: Hardware,
}

/// Which hardware is measured.
#[derive(Subcommand)]
enum Hardware {
    /// I2C write-reads, reads of a SPI flash, edges of GPIO lines.
    Buses {
        #[command(flatten)]
        both: Both,
        #[command(flatten)]
        places: Places,
    },
    /// Control and bulk transfers of a USB stick.
    ///
    /// Takes it from the kernel's driver, and gives it back.
    Stick {
        #[command(flatten)]
        both: Both,
    },
}

/// What either kind of hardware needs.
#[derive(Args)]
struct Both {
    /// The composed pipeline of the component.
    pipeline: PathBuf,
    /// Its board.
    #[arg(long)]
    board: PathBuf,
    /// A folder for compiled code.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// How many milliseconds each row takes.
    #[arg(long, default_value = "2000", value_name = "MS")]
    budget: u64,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:?}", miette::Report::from(error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let rows = match cli.hardware {
        Hardware::Buses { both, places } => {
            let budget = Duration::from_millis(both.budget);
            let native = buses::Native::open(&places)?;
            let component = component::Component::open(&both.pipeline, &both.board, both.cache)?;
            buses::measure(native, component, budget)?
        }
        Hardware::Stick { both } => {
            let budget = Duration::from_millis(both.budget);
            let component = component::Component::open(&both.pipeline, &both.board, both.cache)?;
            stick::measure(component, budget)?
        }
    };
    print!("{}", table::text(&rows));
    println!("{}", table::json(&rows)?);
    Ok(())
}
