//! What apt says, read.

/// The files and their sizes in bytes that `apt-get --print-uris` names:
/// `'URL' FILE BYTES HASH`, a line each.
pub(super) fn sizes(said: &str) -> Vec<(String, usize)> {
    let file = |line: &str| {
        let mut words = line.split(' ').skip(1);
        let file = words.next()?;
        // What is no plain name of a package's file would leave its folder.
        let plain = file.ends_with(".deb") && !file.contains('/');
        Some((file.to_owned(), words.next()?.parse().ok()?)).filter(|_| plain)
    };
    said.lines().filter(|line| line.starts_with('\'')).filter_map(file).collect()
}

/// The packages in an answer of `apt-cache depends`. Of alternatives, which are
/// marked with `|` up to the last, the first; what is only a name for others
/// stands in `<>` and is left out.
pub(super) fn dependencies(said: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut other = false;
    for line in said.lines() {
        let (more, line) = match line.trim_start().strip_prefix('|') {
            Some(line) => (true, line),
            None => (false, line.trim_start()),
        };
        let name = ["Depends: ", "PreDepends: "].iter().find_map(|kind| line.strip_prefix(kind));
        let Some(name) = name else { continue };
        if !other && !name.starts_with('<') {
            names.push(name.trim().to_owned());
        }
        other = more;
    }
    names
}

/// Whether apt does not know a package, rather than failing to fetch it.
pub(super) fn is_unknown(said: &str) -> bool {
    ["Unable to locate package", "No packages found", "has no installation candidate"]
        .iter()
        .any(|words| said.contains(words))
        || said.contains("Can't find a source to download")
        || said.contains("Can't select candidate version")
}

#[cfg(test)]
mod tests {
    use super::{dependencies, is_unknown, sizes};

    #[test]
    fn files_have_their_sizes() {
        let said = "Reading package lists...\n\
            'http://deb.debian.org/debian/pool/main/b/busybox/busybox-static_1.35.0-4%2bb1_arm64.deb' \
            busybox-static_1%3a1.35.0-4+b1_arm64.deb 822236 SHA256:732c\n\
            'http://x/y' ../y.deb 1 SHA256:00\n";
        assert_eq!(sizes(said), [("busybox-static_1%3a1.35.0-4+b1_arm64.deb".into(), 822_236)]);
    }

    #[test]
    fn the_first_of_alternatives_is_taken() {
        let said = "linux-image-arm64\n  Depends: linux-image-6.1.0-50-arm64\n |Depends: kmod\n  \
            Depends: <linux-initramfs-tool>\n    initramfs-tools\n  Depends: linux-base\n  \
            Conflicts: x\n";
        assert_eq!(dependencies(said), ["linux-image-6.1.0-50-arm64", "kmod", "linux-base"]);
    }

    #[test]
    fn an_unknown_package_is_no_lost_network() {
        assert!(is_unknown("E: Unable to locate package nothing"));
        assert!(!is_unknown("E: Failed to fetch http://x/y.deb  Hash Sum mismatch"));
    }
}
