//! A machine that runs, seen from outside.

mod qmp;
mod qtest;
mod sockets;

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::error::LabError;
use super::machine::{Machine, Port};
use super::prepare::Prepared;
use qmp::Qmp;
use qtest::Qtest;
use sockets::Sockets;

/// A machine, which ends with this.
pub(super) struct Qemu {
    /// The emulator, which ends before its sockets go.
    #[expect(dead_code, reason = "it ends when it is dropped")]
    child: Ends,
    pub(super) qmp: Qmp,
    pub(super) qtest: Qtest,
    /// By QEMU's number of the port.
    ports: Vec<Option<UnixStream>>,
    // After the streams: it takes the folder away.
    _sockets: Sockets,
}

impl Qemu {
    /// Starts the machine, with its files in `folder`.
    pub(super) fn start(
        machine: Machine,
        prepared: &Prepared,
        folder: &Path,
    ) -> Result<Self, LabError> {
        let sockets = Sockets::new(machine.name())?;
        let log = folder.join("qemu.txt");
        let file = |source| LabError::File { path: log.clone(), source };
        let log_file = std::fs::File::create(&log).map_err(file)?;
        let mut command = prepared.qemu.command();
        for folder in &prepared.data {
            command.arg("-L").arg(folder);
        }
        command.args(["-display", "none", "-no-reboot", "-nodefaults"]);
        command.args(machine.arguments(folder));
        command.arg("-kernel").arg(&prepared.kernel).arg("-initrd").arg(&prepared.initramfs);
        command.args(["-append", machine.command_line()]);
        if let Some(tree) = &prepared.dtb {
            command.arg("-dtb").arg(tree);
        }
        command.arg("-qmp").arg(sockets.server("qmp"));
        command.arg("-qtest").arg(sockets.server("qtest")).args(["-qtest-log", "none"]);
        for (number, port) in machine.ports().iter().enumerate() {
            command.arg("-serial");
            match port {
                Port::Kernel => command.arg(file_of(&folder.join("kernel.txt"))),
                Port::Shell | Port::Outside => command.arg(sockets.server(&number.to_string())),
            };
        }
        let output =
            log_file.try_clone().map_err(|source| LabError::File { path: log.clone(), source })?;
        command.stdin(Stdio::null()).stdout(output).stderr(log_file);
        let program = prepared.qemu.path.display().to_string();
        let child = command.spawn().map_err(|source| LabError::Start { program, source })?;
        let mut child = Ends(child);
        let (qmp, qtest, ports) = connected(machine, &sockets, &mut child.0, &log)
            // What it said before it ended says more than that it did.
            .map_err(|error| match child.0.try_wait() {
                Ok(Some(_)) => LabError::Gone { said: said(&log) },
                _ => error,
            })?;
        Ok(Self { child, qmp, qtest, ports, _sockets: sockets })
    }

    /// The outside end of serial port `number`. Reads end after 10 s without a
    /// byte.
    pub(super) fn port(&self, number: usize) -> Result<UnixStream, LabError> {
        let gone = |e: std::io::Error| LabError::Gone { said: e.to_string() };
        let port = self.ports.get(number).and_then(Option::as_ref).ok_or_else(|| {
            LabError::unexpected(
                "a serial port",
                format!("number {number}"),
                "one with an end outside",
            )
        })?;
        let port = port.try_clone().map_err(gone)?;
        port.set_read_timeout(Some(Duration::from_secs(10))).map_err(gone)?;
        Ok(port)
    }
}

/// Connects with all that the emulator serves.
fn connected(
    machine: Machine,
    sockets: &Sockets,
    child: &mut Child,
    log: &Path,
) -> Result<(Qmp, Qtest, Vec<Option<UnixStream>>), LabError> {
    let mut connect = |name: &str| sockets.connect(name, child, log);
    let qmp = Qmp::open(connect("qmp")?)?;
    let qtest = Qtest::open(connect("qtest")?)?;
    let ports = machine.ports().iter().enumerate().map(|(number, port)| match port {
        Port::Kernel => Ok(None),
        Port::Shell | Port::Outside => connect(&number.to_string()).map(Some),
    });
    Ok((qmp, qtest, ports.collect::<Result<_, _>>()?))
}

/// A process that ends with this.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the emulator has said, at `log`.
fn said(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

/// A file as QEMU's option for a serial port.
fn file_of(path: &Path) -> String {
    format!("file:{}", path.display())
}
