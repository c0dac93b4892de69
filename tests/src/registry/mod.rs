//! A registry of other people, docker-registry, on loopback for as long as a
//! test needs it.

mod server;

use std::path::Path;
use std::sync::Arc;

use periplasm_registry::{Client, Reference, Settings};

use server::Server;
pub use server::{VARIABLE, docker_registry};

/// One registry, with nothing in it at first. It ends with this value.
#[derive(Debug)]
pub struct DockerRegistry(Server);

impl DockerRegistry {
    /// One that anybody may use.
    pub fn start() -> Self {
        Self::with(|_| String::new())
    }

    /// One that takes only the name `user` with the password `secret`.
    pub fn with_password() -> Self {
        // bcrypt with 2^5 rounds: crypt("secret", "$2y$05$abcdefghijklmnopqrstuu").
        const LINE: &str = "user:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";
        Self::with(|folder| {
            let file = folder.join("htpasswd");
            std::fs::write(&file, LINE).expect("a file in a temporary folder");
            format!("auth: {{ htpasswd: {{ realm: test, path: {file:?} }} }}\n")
        })
    }

    fn with(more: impl Fn(&Path) -> String) -> Self {
        let program = docker_registry().expect("tests that need it are left out without it");
        Self(Server::start(&program, more))
    }

    /// Where it is: `127.0.0.1:43210`.
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// A folder that is deleted with it.
    pub fn folder(&self) -> &Path {
        self.0.folder()
    }

    /// The name of an artifact in it: `a/b:1.0.0`.
    pub fn name(&self, name: &str) -> Reference {
        let text = format!("{}/{name}", self.host());
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// A client without a cache, a password or a file of settings.
    pub fn client(&self) -> Client {
        self.client_with(Settings::bare())
    }

    /// A client with these settings.
    pub fn client_with(&self, settings: Settings) -> Client {
        crate::ok(Client::new(settings, Arc::new(())))
    }
}
