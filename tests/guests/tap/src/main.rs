//! Runs the conformance cases in their order, and prints what came of each in
//! the Test Anything Protocol, version 14. Fails if any case did.

use std::process::ExitCode;

use bindings::periplasm::conformance::suite;

periplasm_app::app!();

fn main() -> ExitCode {
    let names = suite::names();
    println!("TAP version 14\n1..{}", names.len());
    let mut failed = 0;
    for (case, name) in (0..).zip(&names) {
        let number = case + 1;
        match suite::run(case) {
            Ok(()) => println!("ok {number} - {name}"),
            Err(why) => {
                failed += 1;
                println!("not ok {number} - {name}");
                why.lines().for_each(|line| println!("# {line}"));
            }
        }
    }
    if failed > 0 {
        println!("# {failed} of {} failed", names.len());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
