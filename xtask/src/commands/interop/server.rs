//! docker-registry on loopback, for as long as it is needed.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::lab::write;
use crate::cargo::failed;
use crate::debian::Tool;
use crate::error::{Error, Result};

/// One server. It ends with this value.
pub(super) struct Server {
    child: Child,
    /// Where it is, `127.0.0.1:43210`.
    pub(super) host: String,
}

/// How long one may take to answer; a loaded machine needs seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many free ports are tried, since another program may be faster.
const TRIES: usize = 5;

impl Server {
    /// Starts `tool` with its storage in `folder`, and waits until it answers.
    pub(super) fn start(tool: &Tool, folder: &Path) -> Result<Self> {
        let storage = folder.join("storage");
        std::fs::create_dir_all(&storage)
            .map_err(|source| Error::Write { path: storage.clone(), source })?;
        let config = folder.join("config.yml");
        let log = folder.join("log");
        let mut said = String::new();
        for _ in 0..TRIES {
            let port = free_port()?;
            write(&config, settings(&storage, port).as_bytes())?;
            let output = |source| Error::Write { path: log.clone(), source };
            let mut command = tool.command();
            command.arg("serve").arg(&config).stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(File::create(&log).map_err(output)?);
            let child = command.spawn().map_err(|source| Error::Start {
                program: "docker-registry".into(),
                source,
                help: format!("is {} of this machine's kind?", tool.path.display()),
            })?;
            let mut server = Self { child, host: format!("127.0.0.1:{port}") };
            if server.answers() {
                return Ok(server);
            }
            drop(server);
            said = std::fs::read_to_string(&log).unwrap_or_default();
        }
        let mut command = tool.command();
        command.arg("serve").arg(&config);
        Err(failed(&command, said.as_bytes()))
    }

    /// Whether it answers before it ends or patience does.
    fn answers(&mut self) -> bool {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            // One that has ended leaves its port to others.
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            if TcpStream::connect(&self.host).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// JSON strings are YAML's too.
fn settings(storage: &Path, port: u16) -> String {
    let storage = serde_json::Value::from(storage.display().to_string());
    format!(
        "version: 0.1\n\
         log: {{ level: error, accesslog: {{ disabled: true }} }}\n\
         storage: {{ filesystem: {{ rootdirectory: {storage} }}, delete: {{ enabled: true }} }}\n\
         http: {{ addr: \"127.0.0.1:{port}\" }}\n"
    )
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let port = listener.and_then(|listener| Ok(listener.local_addr()?.port()));
    port.map_err(|source| Error::Input {
        path: "127.0.0.1".into(),
        found: source.to_string(),
        help: "the servers need a free port on loopback".into(),
    })
}
