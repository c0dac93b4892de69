//! The figures, for people and for the lab.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::measure::{Figures, Measured};

/// A table, a line a row.
pub(crate) fn text(rows: &[Measured]) -> String {
    let mut text = format!(
        "{:26}{:>10}{:>10}{:>12}{:>10}{:>14}{:>8}{:>9}\n",
        "", "native", "p90", "component", "p90", "over native", "ratio", "samples"
    );
    for row in rows {
        let (native, component) = (&row.native, &row.component);
        let line = writeln!(
            text,
            "{:26}{:>10}{:>10}{:>12}{:>10}{:>14}{:>8.3}{:>9}",
            row.name,
            time(native.median_ns),
            time(native.p90_ns),
            time(component.median_ns),
            time(component.p90_ns),
            time(component.median_ns - native.median_ns),
            component.median_ns / native.median_ns,
            native.samples.min(component.samples),
        );
        // A text takes everything.
        let _: std::fmt::Result = line;
    }
    text
}

/// Nanoseconds in the unit that keeps the number short.
fn time(ns: f64) -> String {
    match ns.abs() {
        n if n < 1e3 => format!("{ns:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}

/// One line: an array of the rows.
pub(crate) fn json(rows: &[Measured]) -> Result<String> {
    let rows: Vec<RowJson> = rows
        .iter()
        .map(|row| RowJson {
            name: row.name,
            native: (&row.native).into(),
            component: (&row.component).into(),
        })
        .collect();
    Ok(serde_json::to_string(&rows)?)
}

#[derive(Serialize)]
struct RowJson {
    name: &'static str,
    native: SideJson,
    component: SideJson,
}

/// Times are those of one operation, in ns; `sum` is of what a sample read.
#[derive(Serialize)]
struct SideJson {
    median: f64,
    p90: f64,
    samples: usize,
    sum: u32,
}

impl From<&Figures> for SideJson {
    fn from(figures: &Figures) -> Self {
        let Figures { median_ns: median, p90_ns: p90, samples, sum } = *figures;
        Self { median, p90, samples, sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Measured {
        let figures = |median_ns| Figures { median_ns, p90_ns: 2e3, samples: 15, sum: 7 };
        Measured { name: "i2c", native: figures(1e3), component: figures(1.5e3) }
    }

    #[test]
    fn the_table_says_what_is_over_native() {
        let text = text(&[row()]);
        let line = text.lines().nth(1).expect("a row");
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[..5], ["i2c", "1.0", "µs", "2.0", "µs"]);
        assert_eq!(words[words.len() - 4..], ["500", "ns", "1.500", "15"]);
    }

    #[test]
    fn the_json_is_one_line_with_both_sums() {
        assert_eq!(
            json(&[row()]).expect("JSON"),
            r#"[{"name":"i2c","native":{"median":1000.0,"p90":2000.0,"samples":15,"sum":7},"#
                .to_owned()
                + r#""component":{"median":1500.0,"p90":2000.0,"samples":15,"sum":7}}]"#
        );
    }
}
