//! Says `ready`, takes as many readings of an air sensor as the argument says,
//! and prints each or why there was none.

use std::io::{Write, stdout};

use bindings::periplasm::device::air_quality::{self, Particles};
use periplasm_app::describe;

periplasm_app::app!();

fn main() -> Result<(), String> {
    println!("ready");
    let count = std::env::args().nth(1).unwrap_or_else(|| "1".to_owned());
    for _ in 0..count.parse::<u32>().map_err(|error| format!("{count}: {error}"))? {
        match air_quality::read() {
            Ok(Particles { pm1, pm2_5, pm10 }) => println!("{pm1} {pm2_5} {pm10}"),
            Err(error) => println!("error: {}", describe(&error)),
        }
        stdout().flush().map_err(|error| error.to_string())?;
    }
    Ok(())
}
