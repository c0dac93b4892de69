//! How reports look: with colours and lines on a terminal, plain elsewhere.

use std::io::IsTerminal;

use miette::{GraphicalReportHandler, GraphicalTheme};

/// The width of reports that nobody looks at on a terminal.
const PLAIN_WIDTH: usize = 100;

/// Sets up miette for this process.
pub(super) fn install() {
    let terminal = std::io::stderr().is_terminal();
    let colour = terminal && colour_wanted();
    // It can only be set up already, and then looks as well.
    let _ = miette::set_hook(Box::new(move |_| {
        if colour {
            return Box::new(miette::MietteHandlerOpts::new().terminal_links(false).build());
        }
        let theme =
            if terminal { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::none() };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
        Box::new(if terminal { handler } else { handler.with_width(PLAIN_WIDTH) })
    }));
}

/// Whether standard error takes colours: <https://no-color.org>.
pub(super) fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A size that people read.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
