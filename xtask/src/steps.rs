//! What a person sees while something long goes on: on a terminal a spinner
//! with the newest detail, elsewhere a line when a step starts and one when it
//! ends. All of it on standard error; standard output is for results.

use std::io::{ErrorKind, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::{Error, Result};

/// One thing that takes a while. Ends with [`Step::done`]; one that is dropped
/// before has failed, and is shown so.
pub(crate) struct Step {
    bar: ProgressBar,
    name: String,
    started: Instant,
    ended: bool,
    terminal: bool,
}

/// Width of the column with the names of the steps.
const NAME_WIDTH: usize = 12;

impl Step {
    /// Starts to show the step `name`.
    pub(crate) fn start(name: impl Into<String>) -> Self {
        let name = name.into();
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if terminal {
            // A template that is a constant is either always right or never.
            if let Ok(style) = ProgressStyle::with_template(
                "{spinner:.cyan} {prefix} {wide_msg:.dim} {elapsed:.dim}",
            ) {
                bar.set_style(style);
            }
            bar.set_prefix(format!("{name:NAME_WIDTH$}"));
            bar.enable_steady_tick(Duration::from_millis(100));
        } else {
            eprintln!("… {name}");
        }
        Self { bar, name, started: Instant::now(), ended: false, terminal }
    }

    /// Shows what the step is at.
    pub(crate) fn detail(&self, detail: impl Into<String>) {
        self.bar.set_message(detail.into());
    }

    /// What shows it.
    pub(crate) fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Ends the step well.
    pub(crate) fn done(mut self, summary: impl AsRef<str>) {
        self.end('✓', summary.as_ref());
    }

    fn end(&mut self, mark: char, summary: &str) {
        self.ended = true;
        self.bar.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f64();
        let time = if seconds < 0.95 { String::new() } else { format!("  ({seconds:.0} s)") };
        let colour = match (self.terminal && std::env::var_os("NO_COLOR").is_none(), mark) {
            (false, _) => ("", ""),
            (true, '✓') => ("\x1b[32m", "\x1b[0m"),
            (true, _) => ("\x1b[31m", "\x1b[0m"),
        };
        let name = &self.name;
        eprintln!("{}{mark}{} {name:NAME_WIDTH$} {summary}{time}", colour.0, colour.1);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.end('✗', "failed");
        }
    }
}

/// Writes a result to standard output, as lines. A reader that has read enough,
/// such as `head`, is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{}", text.strip_suffix('\n').unwrap_or(text)) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Write { path: "standard output".into(), source: error })
        }
        _ => Ok(()),
    }
}

/// `bytes` as people read it: `412 B`, `20.2 KB` (of 1,000 bytes).
pub(crate) fn size(bytes: usize) -> String {
    if bytes < 1_000 { format!("{bytes} B") } else { format!("{:.1} KB", bytes as f64 / 1_000.0) }
}
