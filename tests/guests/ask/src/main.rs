//! Asks its driver for each of its arguments, which is a line of words, and
//! prints each answer as it comes. Fails at the first error, and prints that.

use std::io::{Write, stdout};
use std::process::ExitCode;

use bindings::test::ask::asked;

periplasm_app::app!();

fn main() -> ExitCode {
    for line in std::env::args().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match asked::ask(&words) {
            Ok(answer) => println!("{answer}"),
            Err(error) => {
                println!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
        // Somebody reads along, and acts upon it.
        if stdout().flush().is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
