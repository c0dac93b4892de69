//! Reads a weather sensor once and prints what it measured.

use std::process::ExitCode;

use bindings::periplasm::device::{barometer, hygrometer, thermometer};
use periplasm_app::{Error, decimal, describe};

periplasm_app::app!();

fn main() -> ExitCode {
    match report() {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("no reading: {}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

/// All three readings, or none: half a report helps nobody.
fn report() -> Result<String, Error> {
    let temperature = decimal(thermometer::temperature()?.into(), 2);
    // 1 hPa is 100 Pa, so a thousandth of it is 100 milli-Pa.
    let pressure = decimal((i64::from(barometer::pressure()?) + 50) / 100, 2);
    let humidity = decimal(hygrometer::humidity()?.into(), 2);
    Ok(format!(
        "temperature  {temperature:>8} °C\n\
         pressure     {pressure:>8} hPa\n\
         humidity     {humidity:>8} %RH"
    ))
}
