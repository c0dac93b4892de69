//! Turns a motor with the speed that its argument says, in percent: -100 to 100.

use std::process::ExitCode;

use bindings::periplasm::device::motor;
use periplasm_app::describe;

periplasm_app::app!();

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let Some(percent) = argument.parse::<i16>().ok().filter(|n| (-100..=100).contains(n)) else {
        eprintln!("the speed is {argument}, but must be a number from -100 to 100");
        return ExitCode::FAILURE;
    };
    match motor::drive(percent * 10) {
        Ok(()) => {
            println!("the motor turns with {percent} %");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the motor does not turn: {}", describe(&error));
            ExitCode::FAILURE
        }
    }
}
