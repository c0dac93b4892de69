//! How large the types are that a script declares. wac writes a type out
//! wherever it is named, so that a few lines can ask for more than any memory.

use std::collections::HashMap;

use miette::SourceSpan;
use wac_parser::lexer::{Lexer, Token};

use crate::problem::WacFault;

/// The most parts of a type that is written out. WIT that people write stays
/// below a hundred.
const MAX_PARTS: usize = 1_000;

/// A type that is being declared.
struct Declared<'t> {
    name: &'t str,
    at: SourceSpan,
    parts: usize,
    /// The brackets around it.
    depth: usize,
}

/// Refuses a type with too many parts. Names are taken for the largest type of
/// that name, whatever their scope.
pub(super) fn check(text: &str) -> Result<(), WacFault> {
    let Ok(mut lexer) = Lexer::new(text) else { return Ok(()) };
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    let mut open: Option<Declared<'_>> = None;
    let mut depth = 0_usize;
    let word = |at: SourceSpan| text.get(at.offset()..at.offset() + at.len()).unwrap_or_default();
    while let Some((token, _)) = lexer.next() {
        let Ok(token) = token else { return Ok(()) };
        let mut ends = false;
        match token {
            Token::TypeKeyword | Token::RecordKeyword | Token::VariantKeyword => {
                if let Some((Ok(Token::Ident), at)) = lexer.peek() {
                    lexer.next();
                    open = Some(Declared { name: word(at), at, parts: 1, depth });
                }
            }
            Token::OpenBrace => depth += 1,
            Token::CloseBrace => {
                depth = depth.saturating_sub(1);
                ends = open.as_ref().is_some_and(|declared| declared.depth >= depth);
            }
            Token::Semicolon => ends = open.as_ref().is_some_and(|d| d.depth == depth),
            _ => {}
        }
        if let (Token::Ident, Some(declared)) = (token, &mut open) {
            let at = lexer.span();
            let parts = sizes.get(word(at)).copied().unwrap_or(1);
            declared.parts = declared.parts.saturating_add(parts);
            if declared.parts > MAX_PARTS {
                let (name, limit) = (declared.name.to_owned(), MAX_PARTS);
                return Err(WacFault::HugeType { name, limit, at: declared.at });
            }
        }
        if ends && let Some(declared) = open.take() {
            let size = sizes.entry(declared.name).or_default();
            *size = declared.parts.max(*size);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    fn doubling(times: usize) -> String {
        let mut text = "package a:b;\ntype a0 = u8;\n".to_owned();
        for next in 1..=times {
            let last = next - 1;
            text += &format!("record a{next} {{ x: a{last}, y: tuple<a{last}> }}\n");
        }
        text
    }

    #[test]
    fn types_that_double_are_refused_before_they_are_written_out() {
        assert!(check(&doubling(6)).is_ok());
        assert!(check(&doubling(60)).is_err());
        let chain: String =
            (1..20_000).map(|next| format!("type a{next} = list<a{}>;\n", next - 1)).collect();
        assert!(check(&format!("package a:b;\ntype a0 = u8;\n{chain}")).is_err());
    }
}
