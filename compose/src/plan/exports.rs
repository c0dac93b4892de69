//! What a pipeline gives to whoever runs it.

use super::{PlannedExport, Staged};
use crate::manifest::Manifest;
use crate::name::InterfaceName;
use crate::problem::{Problem, WiringProblem};

/// What the pipeline exports: the app's `run`, and the device interfaces of
/// the stages named in `exports`.
pub(super) fn plan(
    manifest: &Manifest,
    staged: &[Staged<'_>],
    problems: &mut Vec<Problem>,
) -> Vec<PlannedExport> {
    let name = |index: usize| staged[index].stage.name.value.clone();
    let mut exports: Vec<PlannedExport> = Vec::new();
    let mut app: Option<usize> = None;
    for (index, stage) in staged.iter().enumerate() {
        let Some(run) = stage.loaded.shape.run() else { continue };
        match app {
            None => {
                app = Some(index);
                exports.push(PlannedExport { stage: index, name: run.name.clone() });
            }
            Some(first) => problems.push(
                WiringProblem::TwoApps {
                    first: name(first),
                    second: name(index),
                    first_at: staged[first].stage.name.at,
                    second_at: stage.stage.name.at,
                }
                .into(),
            ),
        }
    }
    if app.is_none() && manifest.exports.is_empty() {
        let example = name(staged.len().saturating_sub(1));
        problems.push(WiringProblem::NoApp { example, at: manifest.name.at }.into());
    }
    for named in &manifest.exports {
        let index = named.value;
        let mut any = false;
        for (export, interface) in staged[index].loaded.shape.device_interfaces() {
            any = true;
            let earlier = exports
                .iter()
                .find(|e| InterfaceName::parse(&e.name).is_some_and(|i| i.same_track(interface)));
            match earlier.map(|e| e.stage).filter(|stage| *stage != index) {
                None => {
                    exports.push(PlannedExport { stage: index, name: export.name.clone() });
                }
                Some(first) => {
                    let at_of = |stage| manifest.exports.iter().find(|e| e.value == stage);
                    let problem = WiringProblem::ExportTwice {
                        first: name(first),
                        second: name(index),
                        interface: export.name.clone(),
                        first_at: at_of(first).map_or(manifest.name.at, |e| e.at),
                        second_at: named.at,
                    };
                    problems.push(problem.into());
                }
            }
        }
        if !any {
            let (stage, at) = (name(index), named.at);
            problems.push(WiringProblem::ExportsNothing { stage, at }.into());
        }
    }
    exports
}
