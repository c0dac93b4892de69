//! Transfers, shown on a terminal.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use periplasm_registry::{Progress, RegistryFault};

/// Shows a transfer as a bar while it goes on; elsewhere than on a terminal
/// nothing. What is tried again is said in any case.
#[derive(Debug, Default)]
pub(super) struct Bars(Mutex<Option<ProgressBar>>);

/// What is less is there before it could be seen.
const WORTH_A_BAR: u64 = 256 << 10;

impl Bars {
    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        // It only shows.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn begin(&self, what: &str, total: Option<u64>) {
        let Some(total) = total.filter(|total| *total >= WORTH_A_BAR) else { return };
        let bar = ProgressBar::new(total);
        let template = "{bar:24.cyan/dim} {decimal_bytes}/{decimal_total_bytes} \
                        {decimal_bytes_per_sec:.dim} {wide_msg:.dim}";
        // A template that is a constant is either always right or never.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        *self.bar() = Some(bar);
    }

    fn advance(&self, bytes: u64) {
        if let Some(bar) = self.bar().as_ref() {
            bar.inc(bytes);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
    }

    fn retry(&self, what: &str, why: &RegistryFault, wait: Duration) {
        let line = format!("{what}: {why}; again in {:.0} s", wait.as_secs_f64().ceil());
        match self.bar().as_ref().filter(|bar| !bar.is_hidden()) {
            Some(bar) => bar.println(line),
            // A closed standard error is no reason to give up.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }
}
