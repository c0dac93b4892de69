//! What was tried on which machine, and what came of it.

use std::time::Duration;

use super::error::LabError;
use super::machine::Machine;
use super::runs::Run;

/// What came of a run.
pub(super) struct Row {
    machine: Machine,
    name: &'static str,
    about: &'static str,
    time: Duration,
    checks: Vec<String>,
    /// Why it failed, if it did.
    failed: Option<String>,
}

impl Row {
    pub(super) fn new(
        run: &Run,
        time: Duration,
        checks: Vec<String>,
        result: &Result<(), LabError>,
    ) -> Self {
        let failed = result.as_ref().err().map(ToString::to_string);
        let (machine, name, about) = (run.machine, run.name, run.about);
        Self { machine, name, about, time, checks, failed }
    }

    /// One that was not even begun.
    pub(super) fn missed(run: &Run, why: &str) -> Self {
        let (machine, name, about) = (run.machine, run.name, run.about);
        let (time, checks) = (Duration::ZERO, Vec::new());
        Self { machine, name, about, time, checks, failed: Some(why.into()) }
    }

    pub(super) fn is_on(&self, machine: Machine) -> bool {
        self.machine == machine
    }

    pub(super) fn passed(&self) -> bool {
        self.failed.is_none()
    }
}

/// All rows as a text: a line a run, and below it a line a check.
pub(super) fn report(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut machine = None;
    for row in rows {
        if machine != Some(row.machine) {
            machine = Some(row.machine);
            text.push_str(&format!("\n{}: {}\n", row.machine.name(), row.machine.about()));
        }
        let result = if row.passed() { "ok" } else { "FAILED" };
        let seconds = row.time.as_secs_f64();
        text.push_str(&format!(
            "\n{result:8}{:width$}  {}  ({seconds:.0} s)\n",
            row.name, row.about
        ));
        for check in &row.checks {
            let indented = check.replace('\n', "\n          ");
            text.push_str(&format!("          {indented}\n"));
        }
        if let Some(failed) = &row.failed {
            let indented = failed.trim_end().replace('\n', "\n          ");
            text.push_str(&format!("        ✗ {indented}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LabError, Machine, Row, Run, report};

    #[test]
    fn the_report_names_each_run_what_it_showed_and_what_failed() {
        let run = |name| Run { name, machine: Machine::Imx8mp, about: "a chip", go: |_| Ok(()) };
        let time = Duration::from_secs(3);
        let failed = Err(LabError::unexpected("the id", "0", "1"));
        let rows = [
            Row::new(&run("i2c"), time, vec!["reads".into(), "a table\nof two".into()], &Ok(())),
            Row::new(&run("spi"), time, vec![], &failed),
        ];
        let expected = "
imx8mp: AArch64, NXP i.MX 8M Plus

ok      i2c  a chip  (3 s)
          reads
          a table
          of two

FAILED  spi  a chip  (3 s)
        ✗ the id: found 0, expected 1
";
        assert_eq!(report(&rows), expected);
    }
}
