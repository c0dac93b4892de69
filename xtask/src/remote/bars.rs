//! Transfers, shown in the line of the step to which they belong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use periplasm_registry::{Progress, RegistryFault};

use crate::steps::Step;

/// Shows transfers: on a terminal as a bar, elsewhere not at all. What is tried
/// again is said in any case.
#[derive(Debug, Default)]
pub(crate) struct Transfers(Mutex<Option<ProgressBar>>);

impl Transfers {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Starts a step that shows the transfers from now on.
    pub(crate) fn step(&self, name: &str) -> Step {
        let step = Step::start(name);
        *self.bar() = Some(step.bar().clone());
        step
    }

    fn bar(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        // It only shows.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is less is there before it could be seen.
const WORTH_A_BAR: u64 = 256 * 1024;

impl Progress for Transfers {
    fn begin(&self, what: &str, total: Option<u64>) {
        let bar = self.bar();
        let Some(bar) = bar.as_ref() else { return };
        bar.set_message(what.to_owned());
        if let Some(total) = total.filter(|total| *total >= WORTH_A_BAR) {
            bar.set_length(total);
            bar.set_position(0);
            bar.reset_eta();
            style(
                bar,
                "{spinner:.cyan} {prefix} {bar:24.cyan/dim} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec:.dim} {wide_msg:.dim}",
            );
        }
    }

    fn advance(&self, bytes: u64) {
        if let Some(bar) = self.bar().as_ref() {
            bar.inc(bytes);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.bar().as_ref() {
            style(bar, "{spinner:.cyan} {prefix} {wide_msg:.dim} {elapsed:.dim}");
        }
    }

    fn retry(&self, what: &str, why: &RegistryFault, wait: Duration) {
        let line = format!("… {what}: {why}; again in {:.0} s", wait.as_secs_f64().ceil());
        match self.bar().as_ref() {
            Some(bar) if !bar.is_hidden() => bar.println(line),
            _ => eprintln!("{line}"),
        }
    }
}

fn style(bar: &ProgressBar, template: &str) {
    // A template that is a constant is either always right or never.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
