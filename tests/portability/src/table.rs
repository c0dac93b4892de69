//! The table of the documents.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::check::{Answer, Verdict};

/// The table in Markdown. `listed` is how many crates the list has: more than
/// there are answers while some were not checked yet.
pub fn table(answers: &[Answer], listed: usize, now: SystemTime) -> String {
    let count = |holds: fn(&Verdict) -> bool| answers.iter().filter(|a| holds(&a.verdict)).count();
    let whole = count(|v| matches!(v, Verdict::Instantiated { fit, of } if fit == of));
    let partly = count(|v| matches!(v, Verdict::Instantiated { fit, of } if fit < of));
    let refused = count(|v| *v == Verdict::Refused);
    let missing = listed.saturating_sub(answers.len());
    let mut text = format!(
        "# Which drivers fit\n\n\
         Written by `cargo xtask portability` on {}. Each driver of \
         `tests/portability/crates.toml` is taken from crates.io as it is; its public functions \
         that ask for hardware are compiled for components with the SDK's types in their place, \
         linked, and made a component of. Nothing is run: whether a driver *behaves* is what the \
         tests in `tests/tests/drivers` are for.\n\n\
         The list holds drivers that were ported or tried here. It is no sample of crates.io, and \
         says nothing of how many drivers there fit.\n\n\
         | crates checked | all functions fit | some fit | none fits |\n\
         | --- | --- | --- | --- |\n\
         | {} | {whole} | {partly} | {refused} |\n\n",
        date(now),
        answers.len(),
    );
    if missing > 0 {
        let _ = write!(text, "{missing} more of the list could not be checked in this run.\n\n");
    }
    text.push_str(
        "A reason is the commonest of those why a function does not fit, in the compiler's words. \
         A function with parameters that no type could be found for counts as one that does not \
         fit.\n\n\
         | crate | version | traits | result | reason |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    let mut sorted: Vec<&Answer> = answers.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    for Answer { name, version, traits, verdict, reason } in sorted {
        let traits: Vec<&str> = traits.iter().map(|family| family.as_str()).collect();
        let traits = traits.join(", ");
        let _ = writeln!(text, "| {name} | {version} | {traits} | {verdict} | {} |", cell(reason));
    }
    text
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Instantiated { fit, of } => {
                write!(f, "instantiated ({fit} of {of} functions)")
            }
            Self::Refused => f.write_str("does not fit"),
        }
    }
}

/// Text that does not end its cell, and is no HTML.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}

/// The day in UTC: `2026-05-31`.
fn date(now: SystemTime) -> String {
    let days = now.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() / 86_400);
    let (mut year, mut left) = (1970_u64, days);
    let leap = |year: u64| {
        (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
    };
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", left + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::hal::Family;

    #[test]
    fn days_are_those_of_the_calendar() {
        // From `date -u -d @SECONDS +%F`.
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
        ] {
            assert_eq!(date(UNIX_EPOCH + Duration::from_secs(seconds)), day);
        }
    }

    #[test]
    fn a_row_says_how_much_fits_and_why_not_more() {
        let answer = |name: &str, verdict, reason: &str| Answer {
            name: name.into(),
            version: "1.0.0".into(),
            traits: vec![Family::Hal1, Family::Async],
            verdict,
            reason: reason.into(),
        };
        let some = answer("b", Verdict::Instantiated { fit: 3, of: 4 }, "`Vec<u8>` | X");
        let none = answer("a", Verdict::Refused, "needs std");
        let text = table(&[some, none], 3, UNIX_EPOCH);
        assert!(text.contains("| 2 | 0 | 1 | 1 |") && text.contains("1 more of the list"));
        let rows = "| a | 1.0.0 | hal 1.0, async | does not fit | needs std |\n\
                    | b | 1.0.0 | hal 1.0, async | instantiated (3 of 4 functions) | \
                    `Vec\\<u8>` \\| X |\n";
        assert!(text.ends_with(rows), "{text}");
    }
}
