//! What apt is told: where the packages are from, and where it may write.

use std::path::Path;

use super::Suite;
use super::packages::own_architecture;

/// Debian's own keys, on Debian and on Ubuntu.
pub(super) const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What dpkg has installed: apt reads it to say what a package lacks here.
pub(super) const STATUS: &str = "/var/lib/dpkg/status";

/// The file `sources.list`.
pub(super) fn sources(mirror: &str, suite: Suite) -> String {
    let mut options = format!("signed-by={KEYRING}");
    // The lists of a suite that is being made are good for a week, and a mirror
    // or a clock may be further behind. Who signed them is checked all the same.
    if suite == Suite::Forky {
        options.push_str(" check-valid-until=no");
    }
    let source = |name: &str| format!("deb [{options}] {mirror} {name} main\n");
    match suite {
        // What it depends on is not in it.
        Suite::BookwormBackports => source(Suite::Bookworm.name()) + &source(suite.name()),
        _ => source(suite.name()),
    }
}

/// The configuration. A path in it is quoted: apt has no escapes, and cargo's
/// folder no quotes.
pub(super) fn config(home: &Path, suite: Suite, architecture: &str) -> String {
    let home = home.display();
    // Packages for another machine are looked up as that one would: nothing is
    // installed there.
    let (status, other) = if architecture == own_architecture() {
        (STATUS.into(), String::new())
    } else {
        let only = format!(
            "APT::Architecture \"{architecture}\";\nAPT::Architectures {{ \"{architecture}\"; }};\n"
        );
        (format!("{home}/none/status"), only)
    };
    let release = suite.name();
    format!(
        r#"Dir::Etc::main "{home}/none/apt.conf";
Dir::Etc::parts "{home}/none";
Dir::Etc::sourcelist "{home}/sources.list";
Dir::Etc::sourceparts "{home}/none";
Dir::Etc::preferences "{home}/none/preferences";
Dir::Etc::preferencesparts "{home}/none";
Dir::State "{home}";
Dir::State::lists "{home}/lists";
Dir::State::status "{status}";
Dir::Cache "{home}";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
{other}APT::Default-Release "{release}";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{STATUS, config, sources};
    use crate::debian::Suite;
    use crate::debian::packages::own_architecture;

    #[test]
    fn backports_come_with_their_suite() {
        let sources = sources("http://mirror", Suite::BookwormBackports);
        let suites: Vec<_> = sources.lines().filter_map(|l| l.split(' ').nth(3)).collect();
        assert_eq!(suites, ["bookworm", "bookworm-backports"]);
    }

    #[test]
    fn only_for_this_machine_is_asked_what_it_has() {
        let own = config(Path::new("/home"), Suite::Bookworm, own_architecture());
        assert!(own.contains(STATUS) && !own.contains("APT::Architecture"), "{own}");
        let other = config(Path::new("/home"), Suite::Bookworm, "sparc64");
        assert!(!other.contains(STATUS) && other.contains("APT::Architecture \"sparc64\""));
    }
}
