//! docker-registry on loopback. It needs nothing of this crate: the benchmarks of
//! `compose/registry` have it, too.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Names the program: `cargo xtask test` unpacks Debian's and sets it.
pub const VARIABLE: &str = "PERIPLASM_DOCKER_REGISTRY";

/// How long it may take to answer; a loaded machine needs seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many free ports are tried, since another program may be faster.
const TRIES: usize = 5;

/// The program, if [`VARIABLE`] names one.
pub fn docker_registry() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// One server, with nothing in it at first. It ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    host: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts `program` with `more` in its configuration, which is made of the
    /// folder that it has.
    pub(super) fn start(program: &Path, more: impl Fn(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log");
        for _ in 0..TRIES {
            let port = free_port();
            let config = folder.path().join("config.yml");
            // Strings of Rust are YAML's, as far as paths go.
            let text = format!(
                "version: 0.1\n\
                 log: {{ level: error, accesslog: {{ disabled: true }} }}\n\
                 storage: {{ filesystem: {{ rootdirectory: {:?} }} }}\n\
                 http: {{ addr: \"127.0.0.1:{port}\" }}\n{}",
                folder.path().join("storage"),
                more(folder.path())
            );
            std::fs::write(&config, text).expect("a file in a temporary folder");
            let said = std::fs::File::create(&log).expect("a file in a temporary folder");
            let mut command = Command::new(program);
            command.arg("serve").arg(&config);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
            let mut child = command.spawn().unwrap_or_else(|error| {
                panic!("{} does not start: {error}", program.display());
            });
            let host = format!("127.0.0.1:{port}");
            if answers(&mut child, &host) {
                return Self { child, host, folder };
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        panic!("{} does not answer: {said}", program.display())
    }

    /// Where it is: `127.0.0.1:43210`.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// A folder that is deleted with it.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether it answers before it ends or patience does.
fn answers(child: &mut Child, host: &str) -> bool {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        // One that has ended leaves its port to others.
        if !matches!(child.try_wait(), Ok(None)) {
            return false;
        }
        if TcpStream::connect(host).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
