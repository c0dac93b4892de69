//! Stages that stand between a driver and its hardware: the four of `drivers/`
//! before an I2C bus.

use std::sync::{Arc, Mutex};

use periplasm_backend::trace::Entry;
use periplasm_host::{LogSink, RunOptions};
use periplasm_tests::{Rig, build, root};

mod calls;
mod sensor;
mod told;

/// All that went over the wires, with its times.
type Transcript = Arc<Mutex<Vec<Entry>>>;

/// The lines of the log, each after the stage that wrote it.
type Log = Arc<Mutex<Vec<String>>>;

/// A driver on a board, with what is to be seen of it.
struct Behind {
    rig: Rig,
    wires: Transcript,
    log: Log,
}

impl Behind {
    /// The driver in the folder `driver`, whose slot `bus` asks for `request`
    /// and goes through `between`.
    #[track_caller]
    fn start(driver: &str, request: &str, between: &[&str], board: &str) -> Self {
        let through = match between {
            [] => String::new(),
            _ => format!(", through = [{}]", between.join(", ")),
        };
        let pipeline = build::driver(driver, &format!("bus = {{ {request}{through} }}"));
        let (wires, log) = (Transcript::default(), Log::default());
        let (entries, lines) = (wires.clone(), log.clone());
        let options = RunOptions {
            log: LogSink::to(move |record| {
                lines.lock().unwrap().push(format!("{}: {}", record.stage, record.message));
            }),
            ..RunOptions::default()
        };
        let rig = Rig::with(pipeline, board, options, |machine| {
            machine.traced(move |_, entry| entries.lock().unwrap().push(entry.clone()))
        });
        Self { rig, wires, log }
    }

    fn wires(&self) -> Vec<Entry> {
        self.wires.lock().unwrap().clone()
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

/// One of those in `drivers/`, as a manifest makes one on the spot.
fn interposer(name: &str, settings: &str) -> String {
    let folder = root().join("drivers").join(name);
    format!("{{ crate = {folder:?}, settings = {{ {settings} }} }}")
}
