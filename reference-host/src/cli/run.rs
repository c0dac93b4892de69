//! `periplasm run`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use periplasm_host::{
    Board, Cause, Grants, Host, HostOptions, LogSink, Machine, Output, RunError, RunOptions,
};

use super::beside::Decided;
use super::exit::Failure;
use super::interrupt::Interrupts;
use super::remote::{RemoteArgs, Source};
use super::screen::complain;

/// Runs a pipeline's app, or its gadget, on a board.
///
/// What the board does not allow stops the run before any of the pipeline's
/// code does. The app gets its arguments, standard output and error, clocks and
/// random numbers; no environment, no files, no network. SIGINT (Ctrl-C) and
/// SIGTERM end the run, and what it took from the kernel's drivers is given back.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The pipeline: a .wasm file that `cargo xtask compose` wrote, or what a
    /// registry has: oci://registry.example/pipelines/weather:1.0.0.
    ///
    /// What a registry has runs if the policy allows it, and stays in a cache: it
    /// is not fetched again.
    pipeline: Source,
    /// The board file of this machine.
    #[arg(short, long, value_name = "FILE")]
    board: PathBuf,
    /// End the run after this long, such as 500ms, 10s, 5m or 2h.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    /// Print all that is done with the hardware to standard error.
    #[arg(long)]
    trace: bool,
    /// Write what goes over I2C and USB into this file, for Wireshark: pcapng,
    /// with one interface a bus. Packets are cut after 64 KiB.
    ///
    /// It is written as it goes, and can be read after a run that was killed. If
    /// the disk is full, the rest is lost and the run goes on.
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
    /// Keep compiled code in this folder, so that the next run starts at once.
    ///
    /// The folder must be one that only you can write into.
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Let the app read standard input.
    #[arg(long)]
    stdin: bool,
    /// At the end, write what each simulated display shows into this folder,
    /// as a PNG file of its name.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Run this pipeline too, on the same board, until the main one ends. May be
    /// given several times.
    ///
    /// Each has a thread and limits of its own. This is how a gadget is plugged
    /// into a cable of the board: the main pipeline starts when the gadgets were
    /// plugged in, or two seconds later.
    #[arg(long, value_name = "FILE")]
    beside: Vec<Source>,
    /// Arguments for the app.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
    // At the end, because its heading is for all that follow.
    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) fn run(args: Args) -> Result<ExitCode, Failure> {
    let pipeline = args.remote.load(&args.pipeline)?;
    let board = Board::load(&args.board)?;
    let grants = Grants::decide(&pipeline, &board)?;
    let mut machine = Machine::new(&board);
    if args.trace {
        machine = machine.traced(|bus, entry| {
            // A closed standard error is no reason to stop a pipeline.
            let ms = entry.at_ns as f64 / 1e6;
            let _ = writeln!(std::io::stderr(), "{ms:>12.3} ms  {bus}  {entry}");
        });
    }
    let beside = Decided::of(&args.beside, &args.remote, &board)?;
    if let Some(path) = &args.capture {
        machine = super::capture::into(path, machine)?;
    }
    machine.open_granted(&grants)?;
    beside.open(&machine)?;
    let host = Host::new(HostOptions { cache: args.cache })?;
    let compiled = host.compile(&pipeline)?;
    let options = RunOptions {
        timeout: args.timeout,
        args: args.args,
        stdin: args.stdin,
        stdout: Output::Inherit,
        stderr: Output::Inherit,
        log: LogSink::tracing(),
    };
    args.timeout.map(end_late).transpose()?;
    let mut running = host.start(&compiled, &machine, &grants, options)?;
    let interrupts = Interrupts::end(running.stopper())?;
    let beside = beside.start(&host, &machine, args.timeout)?;
    let ended = running.run_main();
    drop(beside);
    if let Some(folder) = &args.pictures {
        // Of a run that failed too: they may show why.
        super::pictures::write(&machine, folder)?;
    }
    if let (Err(RunError { cause: Cause::Stopped, .. }), Some(code)) = (&ended, interrupts.code()) {
        // Whoever sent the signal knows.
        return Ok(code.into());
    }
    let code = ended?;
    // Systems keep the low 8 bits; a code that would become 0 must not.
    let low = u8::try_from(code & 0xff).unwrap_or(1);
    Ok(if code != 0 && low == 0 { ExitCode::FAILURE } else { low.into() })
}

/// How much longer than its time a run may take to end by itself.
const GRACE: Duration = Duration::from_secs(1);

/// Ends this process if the run has not ended the pipeline in time. Compiled
/// code and waits end by themselves; a write to somebody who does not read and
/// a call of a kernel's driver do not.
fn end_late(timeout: Duration) -> std::io::Result<()> {
    let late = move || {
        std::thread::sleep(timeout.saturating_add(GRACE));
        let cause = Cause::Timeout { limit: timeout };
        let Failure { report, code } = RunError { stage: None, cause }.into();
        // Standard error may be what is held.
        let complaint = std::thread::spawn(move || complain(&report));
        std::thread::sleep(GRACE / 10);
        drop(complaint);
        std::process::exit(code.into())
    };
    std::thread::Builder::new().name("periplasm-timeout".to_owned()).spawn(late).map(drop)
}

/// Reads a time with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err("write a number and ms, s, m or h, such as 10s".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "the number is missing, such as 10s")?;
    Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_number_and_a_unit() {
        assert_eq!(duration("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "10", "s", "10 s", "-1s", "1e3s", "1.2.3s", "99999999999999999999h"] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
    }
}
