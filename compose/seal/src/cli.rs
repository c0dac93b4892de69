//! `wasi:cli`: nothing that an app was given.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::Seal;
use crate::bindings::diag;
use crate::bindings::exports::wasi::cli::{
    environment, exit, terminal_input, terminal_output, terminal_stderr, terminal_stdin,
    terminal_stdout,
};
use crate::streams::{Never, end_lines};

impl environment::Guest for Seal {
    fn get_environment() -> Vec<(String, String)> {
        Vec::new()
    }

    fn get_arguments() -> Vec<String> {
        Vec::new()
    }

    fn initial_cwd() -> Option<String> {
        None
    }
}

impl exit::Guest for Seal {
    fn exit(status: Result<(), ()>) {
        end(if status.is_ok() {
            "the driver ended itself with exit code 0"
        } else {
            "the driver ended itself with an exit code that is not 0"
        })
    }

    fn exit_with_code(status_code: u8) {
        end(&format!("the driver ended itself with exit code {status_code}"))
    }
}

impl terminal_input::Guest for Seal {
    type TerminalInput = Never;
}

impl terminal_input::GuestTerminalInput for Never {}

impl terminal_output::Guest for Seal {
    type TerminalOutput = Never;
}

impl terminal_output::GuestTerminalOutput for Never {}

impl terminal_stdin::Guest for Seal {
    fn get_terminal_stdin() -> Option<terminal_input::TerminalInput> {
        None
    }
}

impl terminal_stdout::Guest for Seal {
    fn get_terminal_stdout() -> Option<terminal_output::TerminalOutput> {
        None
    }
}

impl terminal_stderr::Guest for Seal {
    fn get_terminal_stderr() -> Option<terminal_output::TerminalOutput> {
        None
    }
}

/// Ends the stage, and says why in its log.
pub(crate) fn end(why: &str) -> ! {
    end_lines();
    diag::open().panicked(why, None);
    trap()
}

#[cfg(target_family = "wasm")]
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

/// Only a component comes here.
#[cfg(not(target_family = "wasm"))]
fn trap() -> ! {
    panic!("sealed WASI is for components")
}
