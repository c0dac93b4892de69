//! The difference for people.

use std::collections::BTreeMap;
use std::fmt;

use super::{Change, Diff, Permission};

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = (&self.old, &self.new);
        writeln!(f, "old  {}  {}", old.pipeline, old.digest)?;
        writeln!(f, "new  {}  {}", new.pipeline, new.digest)?;
        permissions(f, "New: what it could not do before", "may", &self.gained)?;
        permissions(f, "Gone: what it may no longer do", "could", &self.lost)?;
        if self.gained.is_empty() && self.lost.is_empty() {
            writeln!(f, "\nEvery stage may do what it could do before, and nothing else.")?;
        }
        if !self.changes.is_empty() {
            writeln!(f, "\nChanged besides")?;
        }
        for change in &self.changes {
            writeln!(f, "  {}", self.words(change))?;
        }
        Ok(())
    }
}

fn permissions(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    verb: &str,
    permissions: &[Permission],
) -> fmt::Result {
    if permissions.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    let width = permissions.iter().map(|p| p.stage.len()).max().unwrap_or_default();
    let mut last = "";
    for Permission { stage, may } in permissions {
        let name = if stage == last { "" } else { stage };
        writeln!(f, "  {name:width$}  {verb} {may}")?;
        last = stage;
    }
    Ok(())
}

impl Diff {
    fn words(&self, change: &Change) -> String {
        match change {
            Change::Renamed => {
                format!("the pipeline is called {}, not {}", self.new.pipeline, self.old.pipeline)
            }
            Change::StageAdded { stage, digest } => format!("{stage} is a new stage: {digest}"),
            Change::StageRemoved { stage, digest } => format!("{stage} is gone: {digest}"),
            Change::Component { stage, old, new, same_permissions } => {
                let same = if *same_permissions { " with the same permissions" } else { "" };
                format!("{stage} is another component{same}: {new}, not {old}")
            }
            Change::Source { stage, old, new } => {
                format!("{stage} comes from {new}, not from {old}")
            }
            Change::Settings { stage, old, new } => {
                let one = |(key, value): (&String, &String)| format!("{key} = {value:?}");
                let words = |all: &BTreeMap<String, String>| match all.is_empty() {
                    true => "nothing".to_owned(),
                    false => all.iter().map(one).collect::<Vec<_>>().join(", "),
                };
                format!("{stage} is told {}, not {}", words(new), words(old))
            }
            Change::ExportAdded { stage, interface } => {
                format!("the pipeline exports {interface} of {stage}")
            }
            Change::ExportRemoved { stage, interface } => {
                format!("the pipeline no longer exports {interface} of {stage}")
            }
        }
    }
}
