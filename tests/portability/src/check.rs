//! Whether a driver takes the SDK's types: the compiler and the linker decide.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnose::{Complaint, clean, complaints, first_error};
use crate::error::Result;
use crate::generate::{Attempt, source};
use crate::hal::Family;
use crate::list::Entry;
use crate::names::Names;
use crate::project::{Project, Workshop};
use crate::source::Source;
use crate::uses::{Offer, offer};

/// What came of one crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its name on crates.io.
    pub name: String,
    /// The version that was checked.
    pub version: String,
    /// The families of traits that it is written for.
    pub traits: Vec<Family>,
    /// Whether it fits.
    pub verdict: Verdict,
    /// In words, why something does not fit. Empty when all does.
    pub reason: String,
}

/// Whether a driver fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// So many of its functions were compiled with the SDK's types, linked, and
    /// became a component. Never none.
    Instantiated {
        /// Functions that fit.
        fit: usize,
        /// Functions that ask for hardware.
        of: usize,
    },
    /// None was.
    Refused,
}

/// How often the compiler is asked about one crate. Each time at least one
/// call is taken back; a driver that needs more is judged by what is left.
const MAX_ROUNDS: usize = 40;

/// Checks one crate. `progress` is told what is going on.
///
/// # Errors
///
/// When there is no answer: see [`crate::Error`].
pub fn check(workshop: &Workshop, entry: &Entry, progress: &dyn Fn(&str)) -> Result<Answer> {
    progress("fetching");
    let project = Project::new(workshop, entry)?;
    let package = project.package()?;
    let answer = |traits: Vec<Family>, verdict, reason: String| Answer {
        name: package.name.clone(),
        version: package.version.clone(),
        traits,
        verdict,
        reason,
    };
    // What it depends on, until its bounds are known.
    let dependencies = package.dependencies.values();
    let written_for: Vec<Family> =
        dependencies.filter_map(|d| Family::of(&d.package, &d.version)).collect();

    progress("expanding");
    let text = match project.expand(&package)? {
        Ok(text) => text,
        Err(output) => {
            let reason = format!("does not compile by itself: {}", first_error(&output));
            return Ok(answer(written_for, Verdict::Refused, reason));
        }
    };
    let source = match Source::parse(&text) {
        Ok(source) => source,
        Err(error) => {
            let reason = format!("its source cannot be read: {error}");
            return Ok(answer(written_for, Verdict::Refused, clean(&reason)));
        }
    };
    let names = Names::new(&package.krate, source, package.dependencies.clone());
    let offer = offer(&names);
    let mut traits: Vec<Family> = offer.families.iter().copied().collect();
    if traits.is_empty() {
        traits = written_for;
        traits.sort();
    }
    project.manifest(&package.dependencies, &offer.packages)?;
    let (verdict, reason) = instantiate(&project, offer, progress)?;
    Ok(answer(traits, verdict, reason))
}

fn instantiate(
    project: &Project<'_>,
    offer: Offer,
    progress: &dyn Fn(&str),
) -> Result<(Verdict, String)> {
    let Offer { uses, unmet, .. } = offer;
    let nothing = "no public function asks for a trait that the SDK has".to_owned();
    let unmet = unmet.into_iter().next();
    if uses.is_empty() {
        return Ok((Verdict::Refused, unmet.unwrap_or(nothing)));
    }
    let attempt = |of| Attempt { of, call: 0, refused: None };
    let mut attempts: Vec<Attempt> = uses.into_iter().map(attempt).collect();
    for round in 1..=MAX_ROUNDS {
        let left = attempts.iter().filter(|a| a.now().is_some()).count();
        if left == 0 {
            break;
        }
        progress(&format!("round {round}: {left} of {} functions", attempts.len()));
        let generated = source(&attempts);
        project.write("src/lib.rs", &generated.text)?;
        let mut output = project.compile("check")?;
        if output.status.success() {
            progress("linking");
            output = project.compile("build")?;
            if output.status.success() {
                let module = project.module()?;
                return Ok(match crate::link::linked(&module) {
                    Ok(()) => verdict(&attempts),
                    Err(reason) => (Verdict::Refused, clean(&reason)),
                });
            }
        }
        let complaints = complaints(&output.stdout);
        let lead = |line: &usize| generated.attempt(*line);
        let mut blamed = false;
        let mut taken_back = vec![false; attempts.len()];
        for Complaint { text, lines } in &complaints {
            let Some(index) = lines.iter().find_map(lead) else { continue };
            blamed = true;
            if let Some(attempt) = attempts.get_mut(index)
                && !std::mem::replace(&mut taken_back[index], true)
            {
                attempt.refused.get_or_insert_with(|| text.clone());
                attempt.call += 1;
            }
        }
        if !blamed {
            let reason = match complaints.first() {
                Some(complaint) => complaint.text.clone(),
                None => first_error(&output.stderr),
            };
            return Ok((Verdict::Refused, reason));
        }
    }
    let (_, reason) = verdict(&attempts);
    Ok((Verdict::Refused, unmet.unwrap_or(reason)))
}

/// What can be said when all that is left compiles.
fn verdict(attempts: &[Attempt]) -> (Verdict, String) {
    let refused = attempts.iter().filter(|attempt| attempt.now().is_none());
    let mut reasons: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for attempt in refused {
        let reason = attempt.refused.as_deref().unwrap_or_default();
        reasons.entry(reason).or_insert((0, &attempt.of.name)).0 += 1;
    }
    let fit = attempts.iter().filter(|attempt| attempt.now().is_some()).count();
    // The commonest; of equal ones the first, so that it is always the same.
    let commonest = reasons.iter().rev().max_by_key(|(_, (count, _))| *count);
    let reason = commonest.map(|(text, (_, name))| format!("`{name}`: {text}"));
    let verdict = match fit {
        0 => Verdict::Refused,
        fit => Verdict::Instantiated { fit, of: attempts.len() },
    };
    (verdict, reason.unwrap_or_default())
}
