//! Words for messages about names.

/// The name among `known` that `wrong` was probably meant to be.
///
/// ```
/// use periplasm_request::nearest;
/// assert_eq!(nearest("climtae", ["climate", "screen"]), Some("climate"));
/// assert_eq!(nearest("heater", ["climate", "screen"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may be wrong: closer than that is a typing error,
    // further away is another word.
    let most = wrong.chars().count().max(3) / 3;
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `a`, `b` and `c`, each in backquotes, or `none` if there is nothing to list.
///
/// ```
/// use periplasm_request::list;
/// assert_eq!(list(["dc", "reset"], "nothing"), "`dc` and `reset`");
/// ```
pub fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>, none: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match names.split_last() {
        None => none.to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
