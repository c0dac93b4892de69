//! How reports look: with colours and lines on a terminal, plain elsewhere.

use std::io::{self, IsTerminal, Write};

use miette::{GraphicalReportHandler, GraphicalTheme};

/// Sets up miette for this process.
pub(super) fn install() {
    let terminal = std::io::stderr().is_terminal();
    let colour = terminal && colour_wanted();
    // It can only be set up already, and then looks as well.
    let _ = miette::set_hook(Box::new(move |_| {
        if colour {
            let options = miette::MietteHandlerOpts::new().terminal_links(false);
            return Box::new(options.show_related_errors_as_nested().build());
        }
        let theme =
            if terminal { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::none() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_show_related_as_nested(true);
        // What is not looked at is searched: a message then stays on one line.
        Box::new(if terminal { handler } else { handler.with_wrap_lines(false) })
    }));
}

/// Prints what was asked for.
pub(super) fn print(text: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text)?;
    stdout.flush()
}

/// Says what is wrong. If standard error is closed or full there is nobody left
/// to say it to; the exit code still does.
pub(super) fn complain(report: &miette::Report) {
    let _ = writeln!(io::stderr(), "{report:?}");
}

/// Whether standard error takes colours: <https://no-color.org>.
pub(super) fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A size that people read, in thousands of bytes as `xtask` prints it.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
