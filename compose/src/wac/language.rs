//! What wac's parser and resolver say, with what to do about it.

use miette::{Diagnostic, SourceSpan};
use wac_parser::resolution::Error;

use crate::problem::{View, WacFault};

/// Where the language is described.
const REFERENCE: &str = "the language is described in wac's LANGUAGE.md: \
                         https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md";

/// A document that cannot be parsed.
pub(super) fn syntax(error: &wac_parser::Error) -> WacFault {
    fault(error, REFERENCE.to_owned())
}

/// A document that means nothing, or something that the packages do not allow.
/// `sides` knows both sides of an interface that two stages see differently.
pub(super) fn resolution(error: &Error, sides: &dyn Fn(&str) -> Option<[View; 2]>) -> WacFault {
    let mut fault = fault(error, help(error));
    if let (Error::MismatchedInstantiationArg { name, .. }, WacFault::Language { message, .. }) =
        (error, &mut fault)
    {
        *message += &shown(sides(name));
    }
    fault
}

/// Both sides, below a message.
pub(super) fn shown(sides: Option<[View; 2]>) -> String {
    sides.map(|[one, other]| format!("\n\n{one}\n{other}")).unwrap_or_default()
}

/// A panic of wac's, which is no answer to the user.
pub(super) fn panicked(message: String, at: SourceSpan) -> WacFault {
    let help = "this is a defect of wac, or of a component that it cannot read: look at what is \
                unusual in the file, and please report it"
        .to_owned();
    let labels = vec![miette::LabeledSpan::new_with_span(Some("in this file".to_owned()), at)];
    WacFault::Language { message, help, labels }
}

fn fault<E: Diagnostic>(error: &E, help: String) -> WacFault {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        // A cause that is already told is not told again.
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    let labels = error.labels().map(Iterator::collect).unwrap_or_default();
    let message = crate::name::shown(&message, 600);
    WacFault::Language { message, help, labels }
}

fn help(error: &Error) -> String {
    let help = match error {
        Error::UndefinedName { .. } => {
            "names are defined by `let`, `import` and type declarations, before they are used"
        }
        Error::MissingInstantiationArg { .. } => {
            "pass it, spread an instance that exports it (`...other`), or end the arguments with \
             `...`: then a slot is filled by the board, and what hosts have comes from the host"
        }
        Error::MissingComponentImport { .. } => {
            "an interface that the code never calls, and a slot that it never opens, are not \
             imported: take the argument out"
        }
        Error::MismatchedInstantiationArg { .. } => {
            "both must be built against the same definition: rebuild them against the same WIT"
        }
        Error::MissingInstanceExport { .. } => {
            "an interface may be named without package and version, `app.run`; `wasm-tools component \
             wit` prints what a component exports"
        }
        Error::SpreadInstantiationNoMatch { .. } => {
            "it exports nothing that the stage still needs: take the spread out"
        }
        Error::SpreadExportNoEffect { .. } => "take the statement out",
        Error::ExportRequiresAs { .. } => {
            "export one of its interfaces, `export x[\"…\"];`, or all: `export x...;`"
        }
        Error::FillArgumentNotLast { .. } => "move `...` to the end",
        Error::NotAnInstance { .. } => "only instances have exports: what `new` makes, and imports",
        _ => REFERENCE,
    };
    // What wac says itself is closer to the place.
    match error.help() {
        Some(own) => own.to_string(),
        None => help.to_owned(),
    }
}
