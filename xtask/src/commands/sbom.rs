//! `cargo xtask sbom`

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use periplasm_registry::artifact::MAX_LAYER_BYTES;
use periplasm_trust::{SbomAbout, sbom};

use crate::error::{Error, Result};
use crate::remote::RemoteError;
use crate::steps::print;

/// Print which crates a component was built from, as CycloneDX JSON.
///
/// All that it says is in the component: each stage that was built from a crate
/// has a list of its crates.
#[derive(clap::Args)]
pub(crate) struct Sbom {
    /// The component: a composed pipeline, or a driver or app alone.
    component: PathBuf,
}

impl Sbom {
    pub(crate) fn run(self) -> Result<u8> {
        let name = self.component.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let about = SbomAbout { name, ..SbomAbout::default() };
        let json = sbom(&self.read()?, &about).map_err(RemoteError::from)?;
        print(&String::from_utf8_lossy(&json))?;
        Ok(0)
    }

    fn read(&self) -> Result<Vec<u8>> {
        let fail = |error: std::io::Error| Error::Input {
            path: self.component.clone(),
            found: error.to_string(),
            help: "name a component that you may read; `cargo xtask pull` gets one from a registry"
                .into(),
        };
        let mut bytes = Vec::new();
        let file = File::open(&self.component).map_err(fail)?;
        // As much as is taken from a registry; what is cut is malformed.
        file.take(MAX_LAYER_BYTES).read_to_end(&mut bytes).map_err(fail)?;
        Ok(bytes)
    }
}
