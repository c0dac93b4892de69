//! The log of all stages that take it from here: lines on standard error.

use crate::Board;
use crate::bindings::exports::log;
use crate::bindings::exports::periplasm::hal::diag::{self, Level, Location};

pub(crate) struct Voice;

impl log::Guest for Board {
    fn open() -> log::Diag {
        log::Diag::new(Voice)
    }
}

impl diag::Guest for Board {
    type Diag = Voice;
}

impl diag::GuestDiag for Voice {
    fn log(&self, level: Level, message: String) {
        let word = match level {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        };
        eprintln!("{word}: {}", plain(&message));
    }

    fn panicked(&self, message: String, location: Option<Location>) {
        match location {
            Some(Location { file, line, column }) => {
                eprintln!("panicked at {}:{line}:{column}: {}", plain(&file), plain(&message));
            }
            None => eprintln!("panicked: {}", plain(&message)),
        }
    }
}

/// Without what a terminal obeys.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
