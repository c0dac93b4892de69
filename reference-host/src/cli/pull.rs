//! `periplasm pull`.

use std::path::PathBuf;
use std::process::ExitCode;

use miette::Diagnostic;
use periplasm_registry::Repository;

use super::exit::{CANNOT_WRITE, Failure, fail};
use super::remote::{RemoteArgs, reference, signed_by};
use super::screen::size;
use super::whole::whole;

/// Pulls a pipeline or a driver from a registry into a file, if the policy allows
/// it.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The artifact: registry.example/pipelines/weather:1.0.0, or with a digest.
    reference: String,
    /// The file to write [default: the repository's last word, as in weather.wasm].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// The file cannot be written.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("cannot write {}: {error}", path.display())]
#[diagnostic(help("name a file in a folder that is there and that you may write into: -o FILE"))]
struct CannotWrite {
    path: PathBuf,
    #[source]
    error: std::io::Error,
}

pub(super) fn pull(args: &Args) -> Result<ExitCode, Failure> {
    let reference = reference(&args.reference)?;
    let path = args.output.clone().unwrap_or_else(|| file_name(&reference.repository).into());
    let pulled = args.remote.pull(&reference)?;
    whole(&path, &pulled.component)
        .map_err(|error| fail(CannotWrite { path: path.clone(), error }, CANNOT_WRITE))?;
    let (path, bytes) = (path.display(), size(pulled.component.len() as u64));
    let text = format!("{path}  {bytes}\n  {} {}\n", pulled.reference, signed_by(&pulled));
    super::screen::print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The file of a repository: its last word has nothing that leads elsewhere.
fn file_name(repository: &Repository) -> String {
    let last = repository.path().rsplit('/').next().unwrap_or_default();
    format!("{last}.wasm")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_the_repository() {
        let name = |text: &str| file_name(&text.parse().unwrap());
        assert_eq!(name("registry.example/pipelines/weather"), "weather.wasm");
        assert_eq!(name("127.0.0.1:5000/a"), "a.wasm");
    }
}
