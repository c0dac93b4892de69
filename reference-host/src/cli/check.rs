//! `periplasm check`.

use std::path::PathBuf;
use std::process::ExitCode;

use periplasm_host::grants::Granted;
use periplasm_host::{Board, Grants, Host, HostOptions, Machine, Pipeline};

use super::exit::Failure;
use super::remote::{RemoteArgs, Source};

/// Tells whether a pipeline would run on a board, and if not, every reason.
///
/// It decides the grants, opens the devices, compiles the pipeline and compares
/// the types of all imports. Nothing of the pipeline runs.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The pipeline: a .wasm file that `cargo xtask compose` wrote, or what a
    /// registry has: oci://registry.example/pipelines/weather:1.0.0.
    pipeline: Source,
    /// The board file of this machine.
    #[arg(short, long, value_name = "FILE")]
    board: PathBuf,
    #[command(flatten)]
    remote: RemoteArgs,
}

pub(super) fn check(args: &Args) -> Result<ExitCode, Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    let pipeline = args.remote.load(&args.pipeline).map_err(|e| failures.push(e)).ok();
    let board = Board::load(&args.board).map_err(|e| failures.push(e.into())).ok();
    let mut granted = None;
    if let (Some(pipeline), Some(board)) = (&pipeline, &board) {
        granted = Grants::decide(pipeline, board).map_err(|e| failures.push(e.into())).ok();
        let machine = open_asked(pipeline, board, &mut failures);
        // What is open may still be another's, such as a target of an I2C bus.
        if let (Some(grants), []) = (&granted, failures.as_slice()) {
            failures.extend(machine.open_granted(grants).map_err(Failure::from).err());
        }
    }
    if let Some(pipeline) = &pipeline {
        let compiled = Host::new(HostOptions::default()).and_then(|host| host.compile(pipeline));
        if let Err(error) = compiled {
            failures.push(error.into());
        }
        if pipeline.run_export().or(pipeline.gadget_export()).is_none() {
            let cause = periplasm_host::Cause::NoApp;
            failures.push(periplasm_host::RunError { stage: None, cause }.into());
        }
    }
    if let (Some(pipeline), Some(grants), []) = (&pipeline, &granted, failures.as_slice()) {
        super::screen::print(report(pipeline, grants, args).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let code = failures.first().map_or(0, |failure| failure.code);
    for failure in failures {
        super::screen::complain(&failure.report);
    }
    Ok(code.into())
}

/// Opens all that is asked for and that the board has, granted or not.
fn open_asked(pipeline: &Pipeline, board: &Board, failures: &mut Vec<Failure>) -> Machine {
    let machine = Machine::new(board);
    let mut tried = std::collections::BTreeSet::new();
    for slot in pipeline.slots() {
        let kind = slot.kind();
        if let Some(name) = slot.request().name()
            && board.span(kind, name).is_some()
            && tried.insert((kind, name))
            && let Err(error) = machine.try_open(kind, name)
        {
            failures.push(error.into());
        }
    }
    machine
}

fn report(pipeline: &Pipeline, grants: &Grants, args: &Args) -> String {
    let name = pipeline.name();
    let mut text = format!("{name} can run on {}\n", args.board.display());
    let width = grants.iter().map(|g| g.stage.len() + g.slot.len() + 1).max().unwrap_or(0);
    for grant in grants.iter() {
        let import = format!("{}-{}", grant.stage, grant.slot);
        let what = match &grant.hardware {
            Granted::I2c { bus, addresses } => super::inspect::i2c(bus, addresses),
            Granted::Usb { name, request, .. } => super::inspect::usb(name, request),
            Granted::Named { kind, name } => super::inspect::hardware(*kind, name),
            Granted::Diag => super::inspect::DIAG.to_owned(),
            _ => "more than this program can name".to_owned(),
        };
        text.push_str(&format!("  {import:width$}  {what}\n"));
    }
    text
}
