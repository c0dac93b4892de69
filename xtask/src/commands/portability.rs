//! `cargo xtask portability`

use std::time::SystemTime;

use periplasm_portability::{Answer, Cache, Entry, Verdict, Workshop, check, is_name, read, table};

use crate::cargo::{root, shown, target_dir};
use crate::error::{Error, Result};
use crate::steps::{Step, print};
use crate::toolchain;

/// Find out which drivers of crates.io take the SDK's types.
///
/// Every public function that asks for hardware is compiled for components with
/// the SDK's types in place of its generic parameters, linked, and made a
/// component of. Nothing is run.
///
/// Without a crate it checks all of tests/portability/crates.toml and writes
/// the table docs/portability.md. Answers are kept in the target folder until
/// the SDK changes, so it can be stopped and started again. With crates it
/// checks these, and ends with 1 when one does not fit.
#[derive(clap::Args)]
pub(crate) struct Portability {
    /// Drivers on crates.io, with versions if need be: `lm75@1.0.0`.
    #[arg(value_name = "CRATE")]
    crates: Vec<String>,
    /// Only show which crates are listed, and what is known of them.
    #[arg(long, conflicts_with = "crates")]
    list: bool,
    /// How many compilers run at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Features that the crates named are built with, beside the default ones.
    #[arg(long, value_delimiter = ',', requires = "crates")]
    features: Vec<String>,
}

impl Portability {
    pub(crate) fn run(self) -> Result<u8> {
        let answers = target_dir()?.join("portability/answers");
        let cache = Cache::open(&answers, root())?;
        let listed = read(&root().join("tests/portability/crates.toml"))?;
        if self.list {
            let lines = listed.iter().map(|entry| match cache.get(entry) {
                Some(answer) => format!("{}  {}", entry.shown(), answer.verdict),
                None => entry.shown(),
            });
            print(&lines.collect::<Vec<_>>().join("\n"))?;
            return Ok(0);
        }
        let named = self.named()?;
        toolchain::ensure_targets()?;
        let workshop = workshop(self.jobs)?;
        let entries = if named.is_empty() { &listed } else { &named };
        let mut answers = Vec::new();
        let mut failed = 0;
        for (index, entry) in entries.iter().enumerate() {
            if let Some(answer) = cache.get(entry) {
                answers.push(answer);
                continue;
            }
            let step = Step::start(format!("{}/{} {}", index + 1, entries.len(), entry.shown()));
            match check(&workshop, entry, &|detail| step.detail(detail)) {
                Ok(answer) => {
                    step.done(line(&answer));
                    cache.put(entry, &answer)?;
                    answers.push(answer);
                }
                // The others may well be checked; what is missing is said below.
                Err(error) => {
                    drop(step);
                    eprintln!("{:?}", miette::Report::from(error));
                    failed += 1;
                }
            }
        }
        if named.is_empty() {
            write(&table(&answers, listed.len(), SystemTime::now()))?;
        } else {
            let lines: Vec<_> =
                answers.iter().map(|a| format!("{} {}: {}", a.name, a.version, line(a))).collect();
            if !lines.is_empty() {
                print(&lines.join("\n"))?;
            }
            failed += answers.iter().filter(|a| a.verdict == Verdict::Refused).count();
        }
        Ok(u8::from(failed > 0))
    }

    fn named(&self) -> Result<Vec<Entry>> {
        let entry = |text: &String| {
            let mut entry = Entry::named(text);
            if !is_name(&entry.name) {
                return Err(Error::Name {
                    name: entry.name,
                    found: "is no name of a crate".into(),
                    help: "give the name that the driver has on crates.io, such as lm75".into(),
                });
            }
            entry.features.clone_from(&self.features);
            Ok(entry)
        };
        self.crates.iter().map(entry).collect()
    }
}

/// Where drivers are fetched and compiled, in the target folder.
pub(crate) fn workshop(jobs: Option<u16>) -> Result<Workshop> {
    let folder = target_dir()?.join("portability");
    Ok(Workshop {
        root: root().to_owned(),
        target: folder.join("target"),
        folder: folder.join("crates"),
        jobs: jobs.map(usize::from),
    })
}

fn line(answer: &Answer) -> String {
    if answer.reason.is_empty() {
        return answer.verdict.to_string();
    }
    format!("{}: {}", answer.verdict, answer.reason)
}

fn write(text: &str) -> Result<()> {
    let path = root().join("docs/portability.md");
    let wrong = |source| Error::Write { path: path.clone(), source };
    std::fs::create_dir_all(root().join("docs")).map_err(wrong)?;
    std::fs::write(&path, text).map_err(wrong)?;
    print(&shown(&path))
}
