//! Where credentials are.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};

use super::{Credential, CredentialError, Looked};
use crate::Repository;

/// The variable with a token: `<registry>=<token>`.
const TOKEN: &str = "PERIPLASM_REGISTRY_TOKEN";

/// The most bytes of a file of credentials that are read.
const MAX_BYTES: u64 = 1 << 20;

/// The places in which credentials are looked for, in their order: the token of
/// the environment, docker's `config.json`, the containers' `auth.json`.
#[derive(Clone, Default)]
pub struct Sources {
    token: Option<OsString>,
    files: Vec<PathBuf>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "…");
        f.debug_struct("Sources").field("token", &token).field("files", &self.files).finish()
    }
}

impl Sources {
    /// Those of the user: `PERIPLASM_REGISTRY_TOKEN`, `$DOCKER_CONFIG/config.json`
    /// or `~/.docker/config.json`, and `$REGISTRY_AUTH_FILE` or
    /// `$XDG_RUNTIME_DIR/containers/auth.json`.
    pub fn of_user() -> Self {
        let folder =
            |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let docker = folder("DOCKER_CONFIG").or_else(|| Some(folder("HOME")?.join(".docker")));
        let containers = folder("REGISTRY_AUTH_FILE")
            .or_else(|| Some(folder("XDG_RUNTIME_DIR")?.join("containers/auth.json")));
        Self {
            token: std::env::var_os(TOKEN).filter(|token| !token.is_empty()),
            files: docker
                .map(|folder| folder.join("config.json"))
                .into_iter()
                .chain(containers)
                .collect(),
        }
    }

    /// None: every registry is asked without a name.
    pub fn none() -> Self {
        Self::default()
    }

    /// Looks into this file too, after all others. It has docker's form.
    pub fn and_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.files.push(file.into());
        self
    }

    /// Has this token for this registry, as the environment would.
    pub fn and_token(mut self, host: &str, token: &str) -> Self {
        self.token = Some(format!("{host}={token}").into());
        self
    }

    /// The credentials for a repository, and where they were looked for.
    pub(crate) fn find(
        &self,
        repository: &Repository,
    ) -> Result<(Option<Credential>, Looked), CredentialError> {
        let mut looked = Looked::default();
        if let Some(token) = &self.token {
            let entry = token.to_str().and_then(|token| token.split_once('='));
            let (host, token) = entry.ok_or(CredentialError::Token)?;
            if host == repository.host() {
                looked.found = Some(TOKEN.to_owned());
                return Ok((Some(Credential::Bearer(token.to_owned())), looked));
            }
            looked.without.push(TOKEN.to_owned());
        }
        for path in &self.files {
            match in_file(path, repository)? {
                Some(credential) => {
                    looked.found = Some(path.display().to_string());
                    return Ok((Some(credential), looked));
                }
                None => looked.without.push(path.display().to_string()),
            }
        }
        Ok((None, looked))
    }
}

fn in_file(path: &Path, repository: &Repository) -> Result<Option<Credential>, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { path: path.to_owned(), source };
    let malformed = |why| CredentialError::Malformed { path: path.to_owned(), why };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(malformed("it has more than a mebibyte"));
    }
    for key in keys(&bytes, repository) {
        use CredentialRetrievalError as E;
        let why = match get_credential_from_reader(bytes.as_slice(), &key) {
            Ok(DockerCredential::IdentityToken(token)) => {
                return Ok(Some(Credential::Identity(token)));
            }
            // What `docker login` leaves where a helper has the rest.
            Ok(DockerCredential::UsernamePassword(user, password))
                if user.is_empty() && password.is_empty() =>
            {
                continue;
            }
            Ok(DockerCredential::UsernamePassword(user, password)) => {
                return Ok(Some(Credential::Basic { user, password }));
            }
            Err(E::NoCredentialConfigured) => continue,
            // The words of docker's protocol for helpers; the status is that of
            // every failure.
            Err(E::HelperFailure { stdout, .. }) if stdout.contains("credentials not found") => {
                continue;
            }
            Err(E::HelperFailure { helper, stderr, .. }) => {
                let said: String =
                    stderr.trim().chars().filter(|c| !c.is_control()).take(200).collect();
                let why = format!("{helper} said {said:?}");
                return Err(CredentialError::Helper { path: path.to_owned(), why });
            }
            Err(E::HelperCommunicationError) => {
                let why = "it cannot be run".to_owned();
                return Err(CredentialError::Helper { path: path.to_owned(), why });
            }
            Err(E::MalformedHelperResponse) => {
                let why = "its answer is not in docker's form".to_owned();
                return Err(CredentialError::Helper { path: path.to_owned(), why });
            }
            Err(E::CredentialDecodingError) => "an `auth` is not base64 of `name:password`",
            Err(E::CredentialMismatchError) => "an `auth` is not its own name and password",
            Err(_) => "it is not JSON in docker's form",
        };
        return Err(malformed(why));
    }
    Ok(None)
}

/// The names to look under: folders of the registry, as `podman login` may write
/// them, the longest first, and the registry itself last. Folders only where the
/// file has them, so that no helper is asked for each.
fn keys(file: &[u8], repository: &Repository) -> Vec<String> {
    let file: serde_json::Value = serde_json::from_slice(file).unwrap_or_default();
    let auths = file.get("auths").and_then(|auths| auths.as_object());
    let mut folder = repository.to_string();
    let mut keys = Vec::new();
    loop {
        if auths.is_some_and(|auths| auths.contains_key(&folder)) {
            keys.push(folder.clone());
        }
        match folder.rsplit_once('/') {
            Some((parent, _)) => folder = parent.to_owned(),
            None => break,
        }
    }
    if keys.last().is_none_or(|last| last != repository.host()) {
        keys.push(repository.host().to_owned());
    }
    keys
}
