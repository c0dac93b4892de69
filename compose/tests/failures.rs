//! Every way in which a pipeline can be wrong, and what the user is told.
//!
//! The cases are the folders below `tests/failures`; `common` says what is in
//! them. The golden is `expected.txt`: the error as a terminal of 100 columns
//! without colours shows it.

mod common;

use std::path::Path;

use miette::{GraphicalReportHandler, GraphicalTheme};
use periplasm_compose::{ComposeError, Options, compose};

fn render(error: &ComposeError) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut text, error)
        .unwrap();
    // Cargo tells whole paths.
    let here = std::env::current_dir().unwrap().canonicalize().unwrap();
    let text = text.replace(here.to_str().unwrap(), "/case");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn every_mistake_is_told_where_it_is_and_how_to_mend_it() {
    let options = Options { offline: true, ..Options::default() };
    common::each_case("failures", |case| {
        let text = match compose(Path::new("pipeline.toml"), &options, &mut ()) {
            Ok(composed) => {
                return vec![format!("{}: it composes\n{}", case.display(), composed.report)];
            }
            Err(error) => render(&error),
        };
        let mut failures = Vec::new();
        if !text.contains("help: ") {
            failures.push(format!("{}: no help\n{text}", case.display()));
        }
        failures.extend(common::golden(&case.join("expected.txt"), &text));
        failures
    });
}
