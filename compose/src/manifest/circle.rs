//! Stages that need each other in a circle.

use miette::LabeledSpan;

use super::{At, Stage};
use crate::problem::ManifestProblem;

/// The first circle of stages, if there is one.
pub(super) fn find(stages: &[Stage]) -> Option<ManifestProblem> {
    let mut done = vec![false; stages.len()];
    for start in 0..stages.len() {
        // The way from `start`: stages, and the next of their providers to follow.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((stage, next)) = way.last_mut() {
            let Some(provider) = stages[*stage].providers().nth(*next).filter(|_| !done[*stage])
            else {
                done[*stage] = true;
                way.pop();
                continue;
            };
            *next += 1;
            let provider = provider.value;
            if let Some(from) = way.iter().position(|(stage, _)| *stage == provider) {
                return Some(describe(stages, &way[from..]));
            }
            way.push((provider, 0));
        }
    }
    None
}

fn describe(stages: &[Stage], way: &[(usize, usize)]) -> ManifestProblem {
    let name = |index: usize| stages[index].name.value.clone();
    let mut path: Vec<String> = way.iter().map(|(stage, _)| name(*stage)).collect();
    path.extend(way.first().map(|(stage, _)| name(*stage)));
    let mut at = Vec::new();
    for (stage, next) in way {
        // `next` is one past the provider that was followed.
        let place = next.wrapping_sub(1);
        let Some(At { value, at: span }) = stages[*stage].providers().nth(place) else { continue };
        let verb = if place < stages[*stage].uses.len() { "uses" } else { "gets a slot from" };
        let text = format!("`{}` {verb} `{}`", name(*stage), name(*value));
        at.push(LabeledSpan::new_with_span(Some(text), *span));
    }
    ManifestProblem::Cycle { path, at }
}
