//! What was tried, with which program, and what came of it.

use crate::error::{Error, Result};
use crate::steps::{Step, print};

/// All that was tried so far.
#[derive(Default)]
pub(super) struct Ledger {
    rows: Vec<Row>,
}

struct Row {
    by: String,
    what: String,
    passed: bool,
}

impl Ledger {
    /// Tries `what` with the program `by`. Gives what `trial` gave, or nothing
    /// after it has shown what is wrong: the other trials go on.
    pub(super) fn trial<T>(
        &mut self,
        by: &str,
        what: &str,
        trial: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let step = Step::start(by);
        step.detail(what);
        let result = trial();
        match &result {
            Ok(_) => step.done(what),
            Err(_) => drop(step),
        }
        self.note(by, what, result)
    }

    /// The same for what shows its own steps, because it takes long.
    pub(super) fn long<T>(
        &mut self,
        by: &str,
        what: &str,
        trial: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let result = trial();
        self.note(by, what, result)
    }

    /// Tries it where the earlier trial that it needs has passed.
    pub(super) fn after<A, T>(
        &mut self,
        earlier: Option<A>,
        by: &str,
        what: &str,
        trial: impl FnOnce(A) -> Result<T>,
    ) -> Option<T> {
        match earlier {
            Some(earlier) => self.trial(by, what, || trial(earlier)),
            None => {
                self.missed(by, what);
                None
            }
        }
    }

    fn note<T>(&mut self, by: &str, what: &str, result: Result<T>) -> Option<T> {
        self.rows.push(Row { by: by.into(), what: what.into(), passed: result.is_ok() });
        let shown = |error| eprintln!("{by}: {what}\n{:?}", miette::Report::from(error));
        result.map_err(shown).ok()
    }

    /// Notes that `what` could not even be tried, because of an earlier failure.
    pub(super) fn missed(&mut self, by: &str, what: &str) {
        self.rows.push(Row { by: by.into(), what: what.into(), passed: false });
    }

    /// Prints the table, and is an error when anything failed.
    pub(super) fn finish(self) -> Result<()> {
        print(&table(&self.rows))?;
        let failed = self.rows.iter().filter(|row| !row.passed).count();
        if failed > 0 {
            return Err(Error::Interop { failed, of: self.rows.len() });
        }
        Ok(())
    }
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.by.chars().count()).max().unwrap_or(0).max("with".len());
    let line = |result: &str, by: &str, what: &str| format!("{result:8}{by:width$}  {what}\n");
    let mut table = format!("\n{}", line("result", "with", "what"));
    for row in rows {
        table.push_str(&line(if row.passed { "ok" } else { "FAILED" }, &row.by, &row.what));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Row, table};

    #[test]
    fn the_table_says_who_did_what_and_what_failed() {
        let row = |by: &str, passed| Row { by: by.into(), what: "copies it".into(), passed };
        let shown = table(&[row("skopeo 1.9.3", true), row("oras 1.2.0", false)]);
        let expected = "\nresult  with          what\nok      skopeo 1.9.3  copies it\n\
                        FAILED  oras 1.2.0    copies it\n";
        assert_eq!(shown, expected);
    }
}
