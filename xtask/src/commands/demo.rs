//! `cargo xtask demo`

use super::compose::{BuildOptions, compose};
use super::run::{periplasm_run, status};
use crate::cargo::{root, shown};
use crate::error::Result;
use crate::steps::print;

/// Run the weather pipeline on a simulated board.
///
/// Builds the crates.io driver `bme280` and an app into components, composes
/// them, and reads a simulated BME280 that holds the worked example of the
/// datasheet. Needs no hardware; three to five minutes the first time.
#[derive(clap::Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    build: BuildOptions,
}

impl Demo {
    pub(crate) fn run(self) -> Result<u8> {
        let pipeline = root().join("compose/pipelines/weather");
        let board = pipeline.join("board.toml");
        let (composed, component) = compose(&pipeline.join("pipeline.toml"), None, &self.build)?;
        let command = periplasm_run(&component, &board, "dev")?;
        print(&format!(
            "\n{}\n\nIt runs on {}, with nothing else, and prints:\n",
            composed.report,
            shown(&board)
        ))?;
        let code = status(command)?;
        if code == 0 {
            print(
                "\nThe datasheet's own answers (Bosch BMP280, section 3.12): 25.08 °C, 1006.53 hPa.\n\
                 Next: change the board file, or see every transaction with\n\
                 \x20 cargo xtask run compose/pipelines/weather --trace",
            )?;
        }
        Ok(code)
    }
}
