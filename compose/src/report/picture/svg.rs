//! Writing SVG.

use super::graph::Line;

/// Colours and fonts. Each class has a colour for light and one for dark.
const STYLE: &str = "\
text{fill:#0f172a}\
.page{fill:#f8fafc}.inside{fill:#eef2ff;stroke:#6366f1;stroke-width:2}\
.title{fill:#4338ca;font-weight:600}.claim{fill:#6366f1}\
.stage{fill:#fff;stroke:#94a3b8;stroke-width:1.5}.app{fill:#fff;stroke:#6366f1;stroke-width:1.5}\
.name{font-weight:600}.kind,.note,.foot{fill:#475569}.may{fill:#334155}\
.label{fill:#334155}.hwlabel{fill:#9a3412}\
.band{fill:#ecfdf5;stroke:#059669;stroke-width:2}.bandtitle{fill:#047857;font-weight:600}\
.bandnote{fill:#065f46}\
.hw{fill:#fff7ed;stroke:#ea580c;stroke-width:1.5}.hwname{fill:#9a3412;font-weight:600}\
.hwkind,.rowtext{fill:#9a3412}.row{fill:#ffedd5}\
.out{fill:#f1f5f9;stroke:#94a3b8;stroke-width:1.5}\
.wire{fill:none;stroke:#475569;stroke-width:1.75}.wire.hwwire{stroke:#c2410c}\
.tip{fill:#475569}.hwtip{fill:#c2410c}.gate{fill:#059669}\
@media(prefers-color-scheme:dark){\
text{fill:#e2e8f0}\
.page{fill:#0b1120}.inside{fill:#161b3a;stroke:#818cf8}\
.title{fill:#c7d2fe}.claim{fill:#a5b4fc}\
.stage{fill:#1e293b;stroke:#64748b}.app{fill:#1e293b;stroke:#818cf8}\
.kind,.note,.foot{fill:#94a3b8}.may{fill:#cbd5e1}\
.label{fill:#cbd5e1}.hwlabel{fill:#fdba74}\
.band{fill:#052e24;stroke:#34d399}.bandtitle{fill:#6ee7b7}.bandnote{fill:#a7f3d0}\
.hw{fill:#2a1508;stroke:#fb923c}.hwname,.hwkind,.rowtext{fill:#fed7aa}.row{fill:#431f0b}\
.out{fill:#1e293b;stroke:#64748b}\
.wire{stroke:#94a3b8}.wire.hwwire{stroke:#fb923c}\
.tip{fill:#94a3b8}.hwtip{fill:#fb923c}.gate{fill:#34d399}}";

const FONTS: &str = "ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

/// A document that grows.
pub(super) struct Svg {
    body: String,
}

impl Svg {
    pub(super) fn new() -> Self {
        Self { body: String::new() }
    }

    /// One element without content, or the start of one. The caller sees to it
    /// that text from outside is escaped.
    pub(super) fn raw(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    pub(super) fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4], round: u8) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        self.raw(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"{round}\"/>"
        ));
    }

    /// `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(
        &mut self,
        class: &str,
        size: f64,
        (x, y): (f64, f64),
        anchor: &str,
        text: &str,
    ) {
        let (x, y, size, text) = (number(x), number(y), number(size), escaped(text));
        let anchor = match anchor {
            "start" => String::new(),
            other => format!(" text-anchor=\"{other}\""),
        };
        self.raw(&format!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}>{text}</text>"
        ));
    }

    /// Lines below each other, the first one a step below `y`.
    pub(super) fn lines(&mut self, x: f64, mut y: f64, anchor: &str, lines: &[Line]) {
        for line in lines {
            y += line.step;
            self.text(line.class, line.font.size, (x, y), anchor, &line.text);
        }
    }

    /// The document.
    pub(super) fn finish(self, width: f64, height: f64, title: &str, desc: &str) -> String {
        let (width, height) = (number(width.ceil()), number(height.ceil()));
        let (title, desc, body) = (escaped(title), escaped(desc), self.body);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\" \
             font-family=\"{FONTS}\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"desc\">{desc}</desc>\n\
             <style>{STYLE}</style>\n\
             <defs>\n{}{}</defs>\n{body}</svg>\n",
            tip("tip"),
            tip("hwtip")
        )
    }
}

fn tip(class: &str) -> String {
    format!(
        "<marker id=\"{class}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path class=\"{class}\" d=\"M0 1 10 5 0 9z\"/></marker>\n"
    )
}

/// One decimal, and none that says nothing.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text in which nothing is markup, and nothing steers: XML 1.0, 2.2 and 2.4.
/// Characters that change the direction of others are shown as a sign.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            '\u{200e}' | '\u{200f}' | '\u{061c}' => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(
            escaped("</text><script>\"a\"&'b'\u{0}\u{202e}"),
            "&lt;/text&gt;&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 1.25, -0.01, 10.06].map(number), ["1", "1.2", "0", "10.1"]);
    }
}
