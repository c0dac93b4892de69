//! Names of packages, `acme:bme280@1.2.0`, as `wkg` resolves them: by its own
//! configuration file, and by what a registry says of itself.

mod config;
mod error;
mod metadata;
mod name;

pub use config::{ConfigError, PackageConfig};
pub use error::PackageError;
pub use name::{NameError, PackageName};

use crate::{Reference, Registry, Repository, tags};
use config::Mapping;
use metadata::Metadata;

/// What an OCI registry is called in wkg's configuration.
const OCI: &str = "oci";

/// Where a package is: its repository, and its version as the tag; without a
/// version, the newest that is there.
///
/// `registry` is asked for what the host that the package belongs to publishes
/// about itself ([`Registry::well_known`]), and for the versions.
pub fn resolve(
    name: &PackageName,
    config: &PackageConfig,
    registry: &dyn Registry,
) -> Result<Reference, PackageError> {
    let repository = repository(name, config, registry)?;
    let version = match &name.version {
        Some(version) => version.clone(),
        None => {
            let newest = tags::newest(&registry.tags(&repository)?);
            newest.ok_or_else(|| PackageError::NoVersion {
                name: name.to_string(),
                repository: repository.clone(),
            })?
        }
    };
    let refused = |_| PackageError::Version { version: version.to_string() };
    repository.tagged(&version.to_string()).map_err(refused)
}

/// The repository of a package, whatever its version.
pub fn repository(
    name: &PackageName,
    config: &PackageConfig,
    registry: &dyn Registry,
) -> Result<Repository, PackageError> {
    let Some(mapping) = config.mapping(name) else {
        let (path, name) = (config.place(), name.clone());
        return Err(PackageError::NoRegistry { name: Box::new(name), path });
    };
    let host = mapping.host();
    let chosen = config.backend(host);
    let metadata = match (&mapping, chosen) {
        (Mapping::Custom { metadata, .. }, _) => metadata.clone(),
        // What is not OCI is refused below; nobody needs to be asked.
        (_, Some(backend)) if backend != OCI => Metadata::default(),
        (Mapping::Host(host), _) => match registry.well_known(host.as_str(), metadata::PATH)? {
            Some(bytes) => Metadata::read(host.as_str(), &bytes)?,
            None => Metadata::default(),
        },
    };
    let backend = chosen.or(metadata.preferred()).unwrap_or(OCI);
    if backend != OCI {
        let (host, backend) = (host.to_string(), backend.to_owned());
        return Err(PackageError::Backend { host, backend });
    }
    let (oci, prefix) = metadata.oci();
    let (oci, prefix) = (oci.unwrap_or(host.as_str()), prefix.unwrap_or_default());
    let text = format!("{oci}/{prefix}{}/{}", name.namespace, name.name);
    text.parse().map_err(|source| PackageError::Place { host: host.to_string(), source })
}

#[cfg(test)]
mod tests;
