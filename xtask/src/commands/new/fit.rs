//! Whether a driver can be ported as it is.

use serde_json::Value;

/// What to know when the crate `name` is written for embedded-hal 0.2 alone.
/// `metadata` is what `cargo metadata` says of a project that depends on it.
pub(super) fn older_hal(metadata: &Value, name: &str) -> Option<String> {
    let packages = metadata["packages"].as_array()?;
    let package = packages.iter().find(|p| p["name"] == name)?;
    let hals: Vec<&str> = package["dependencies"]
        .as_array()?
        .iter()
        .filter(|d| d["name"] == "embedded-hal" && d["kind"].is_null())
        .filter_map(|d| d["req"].as_str())
        .collect();
    // One that offers both, behind a feature, fits.
    let older = |req: &&str| req.trim_start_matches(['^', '=', '~', '>', ' ']).starts_with("0.");
    let written_for = hals.first().filter(|_| hals.iter().all(older))?;
    let version = package["version"].as_str().unwrap_or_default();
    Some(format!(
        "note: {name} {version} is written for embedded-hal {written_for}, and a slot's handle is \
         for 1.0: the driver will not take it. Look for another version, and name it: \
         `cargo xtask new driver {name}@VERSION`"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn note(reqs: &[&str]) -> Option<String> {
        let hal = |req: &&str| json!({ "name": "embedded-hal", "req": req, "kind": null });
        let tests = json!({ "name": "embedded-hal", "req": "^0.2", "kind": "dev" });
        let mut dependencies: Vec<Value> = reqs.iter().map(hal).collect();
        dependencies.push(tests);
        let package = json!({ "name": "lm75", "version": "0.2.0", "dependencies": dependencies });
        older_hal(&json!({ "packages": [{ "name": "other" }, package] }), "lm75")
    }

    #[test]
    fn only_a_driver_that_knows_no_other_is_noted() {
        assert!(
            note(&["^0.2.3"]).unwrap().contains("lm75 0.2.0 is written for embedded-hal ^0.2.3")
        );
        for reqs in [&["^1.0"][..], &["^0.2", "^1.0.0"], &["=1.0.0-rc.1"], &[]] {
            assert_eq!(note(reqs), None, "{reqs:?}");
        }
    }
}
