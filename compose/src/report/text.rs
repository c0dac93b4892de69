//! The report for people.

use std::fmt;

use super::{GivenReport, Permissions, Report, SourceReport, StageReport};

/// As many hexadecimal digits tell stages apart; the whole digest is in the
/// first line and in the JSON.
const SHORT_DIGEST: usize = "sha256:".len() + 12;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}  {}  {}", self.pipeline, size(self.size), self.digest)?;
        writeln!(f, "\nStages")?;
        table(f, &self.stages)?;
        let given = || self.stages.iter().any(|stage| !stage.given.is_empty());
        if !self.wiring.is_empty() || !self.exports.is_empty() || given() {
            writeln!(f, "\nWiring")?;
        }
        for stage in &self.stages {
            for slot in &stage.given {
                let (name, GivenReport { name: slot, kind, provider, export }) =
                    (&stage.name, slot);
                writeln!(f, "  {name} takes {slot}: {kind} {export} of stage {provider}")?;
            }
        }
        for wire in &self.wiring {
            write!(f, "  {} uses {} from {}", wire.user, wire.interface, wire.provider)?;
            match &wire.label {
                Some(label) => writeln!(f, " as {label}")?,
                None => writeln!(f)?,
            }
        }
        for export in &self.exports {
            writeln!(f, "  the pipeline exports {} of {}", export.interface, export.stage)?;
        }
        writeln!(f, "\nPermissions")?;
        let width = self.permissions.iter().map(|p| p.stage.len()).max().unwrap_or_default();
        for permissions in &self.permissions {
            let calls = self.wiring.iter().any(|wire| wire.user == permissions.stage);
            write_permissions(f, width, permissions, calls)?;
        }
        Ok(())
    }
}

impl fmt::Display for SourceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crate(path) => write!(f, "crate {path}"),
            Self::Wasm(path) => write!(f, "file {path}"),
            Self::Oci { resolved, .. } => write!(f, "oci {resolved}"),
            Self::Package { name, resolved } => write!(f, "package {name} at {resolved}"),
        }
    }
}

fn row(stage: &StageReport) -> [String; 5] {
    let sealed = if stage.sealed { ", sealed WASI" } else { "" };
    let adapters = stage.adapters.iter().map(|adapter| format!(", adapter: {adapter}"));
    let source = stage.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let source = source + sealed + &adapters.collect::<String>();
    let digest = stage.digest.get(..SHORT_DIGEST).unwrap_or(&stage.digest).to_owned();
    [stage.name.clone(), stage.kind.as_str().to_owned(), size(stage.size), digest, source]
}

/// Columns as wide as they must be; the sizes to the right. Settings below.
fn table(f: &mut fmt::Formatter<'_>, stages: &[StageReport]) -> fmt::Result {
    let rows: Vec<[String; 5]> = stages.iter().map(row).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let (names, kinds, sizes) = (width(0), width(1), width(2));
    for ([name, kind, size, digest, source], stage) in rows.iter().zip(stages) {
        let row = format!("  {name:names$}  {kind:kinds$}  {size:>sizes$}  {digest}  {source}");
        writeln!(f, "{}", row.trim_end())?;
        if !stage.settings.is_empty() {
            let pairs = stage.settings.iter().map(|(key, value)| format!("{key} = {value:?}"));
            let pairs = pairs.collect::<Vec<_>>().join(", ");
            writeln!(f, "  {:names$}  settings: {pairs}", "")?;
        }
    }
    Ok(())
}

/// `calls` tells whether the stage calls others: no permission of its own, but
/// what there is to say of a stage without any.
fn write_permissions(
    f: &mut fmt::Formatter<'_>,
    width: usize,
    permissions: &Permissions,
    calls: bool,
) -> fmt::Result {
    let name = &permissions.stage;
    let Some((first, rest)) = permissions.may.split_first() else {
        let only = if calls { "call the stages that it uses" } else { "compute" };
        writeln!(f, "  {name:width$}  may {only}")?;
        return writeln!(f, "  {:width$}  and nothing else", "");
    };
    writeln!(f, "  {name:width$}  may {first}")?;
    for may in rest {
        writeln!(f, "  {:width$}  may {may}", "")?;
    }
    writeln!(f, "  {:width$}  and nothing else", "")
}

/// `17.3 KB`, in the thousands that the size targets are in.
fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        assert_eq!([999, 17_345, 2_500_000].map(size), ["999 B", "17.3 KB", "2.5 MB"]);
    }
}
