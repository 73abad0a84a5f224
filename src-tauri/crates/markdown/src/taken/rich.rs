//! Simple HTML for other programs: looks that a program knows without a sheet.

use super::pieces::{Element, Piece, Pieces};
use super::rendered;
use crate::safe::escape;

/// Looks that word processors and mail take over, by the element that has them.
const CODE: &str = "font-family:monospace";
const BLOCK: &str = "font-family:monospace;white-space:pre-wrap;background:#f3f0ea;padding:8px";
const CELL: &str = "border:1px solid #bbb;padding:4px 8px";
const TABLE: &str = "border-collapse:collapse";
const QUOTE: &str = "margin:0 0 0 16px;padding:0 0 0 12px;border-left:2px solid #bbb";

/// A text as HTML for the clipboard: no classes, no sheet, nothing that loads. Formulas are
/// TeX between `$`, since neither word processors nor mail read MathML out of HTML.
pub fn rich_text(text: &str) -> String {
    let html = rendered(text);
    let mut rich = Rich::default();
    for piece in Pieces::of(&html) {
        rich.take(piece);
    }
    rich.out
}

#[derive(Default)]
struct Rich {
    out: String,
    /// What ends each element that is open.
    ends: Vec<&'static str>,
    /// Boxes of code that are open.
    in_code: usize,
}

impl Rich {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => escape(&text, &mut self.out),
            Piece::Formula(tex) => escape(&tex, &mut self.out),
            Piece::Close(name) => {
                if name == "pre" {
                    self.in_code = self.in_code.saturating_sub(1);
                    // The newline of the last line would be an empty one.
                    let end = self.out.trim_end_matches('\n').len();
                    self.out.truncate(end);
                }
                self.out.push_str(self.ends.pop().unwrap_or_default());
            }
            Piece::Open(element) if element.is_empty() => self.sign(element),
            Piece::Open(element) => {
                let end = self.begin(element);
                self.ends.push(end);
            }
        }
    }

    fn sign(&mut self, element: Element<'_>) {
        self.out.push_str(match element.name {
            "br" => "<br>",
            "hr" => "<hr>",
            _ if element.has("checked") => "☑",
            _ => "☐",
        });
    }

    fn begin(&mut self, element: Element<'_>) -> &'static str {
        match element.name {
            "p" => self.put("<p>", "</p>"),
            "h1" => self.put("<h1>", "</h1>"),
            "h2" => self.put("<h2>", "</h2>"),
            "h3" => self.put("<h3>", "</h3>"),
            "h4" => self.put("<h4>", "</h4>"),
            "h5" => self.put("<h5>", "</h5>"),
            "h6" => self.put("<h6>", "</h6>"),
            "em" => self.put("<em>", "</em>"),
            "strong" => self.put("<strong>", "</strong>"),
            "del" => self.put("<del>", "</del>"),
            "sub" => self.put("<sub>", "</sub>"),
            "sup" => self.put("<sup>", "</sup>"),
            "ul" => self.put("<ul>", "</ul>"),
            "li" => self.put("<li>", "</li>"),
            "thead" => self.put("<thead>", "</thead>"),
            "tbody" => self.put("<tbody>", "</tbody>"),
            "tr" => self.put("<tr>", "</tr>"),
            "ol" => {
                let start = element.attribute("start");
                match start.and_then(|number| number.parse::<u64>().ok()) {
                    Some(number) => self.out.push_str(&format!("<ol start=\"{number}\">")),
                    None => self.out.push_str("<ol>"),
                }
                "</ol>"
            }
            "blockquote" => self.styled("blockquote", QUOTE, "</blockquote>"),
            "table" => {
                self.out
                    .push_str("<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\" style=\"");
                self.out.push_str(TABLE);
                self.out.push_str("\">");
                "</table>"
            }
            "th" => self.cell(element, "</th>"),
            "td" => self.cell(element, "</td>"),
            "pre" => {
                self.in_code += 1;
                self.styled("pre", BLOCK, "</pre>")
            }
            // Within `pre` it would be a second box.
            "code" if self.in_code > 0 => "",
            "code" | "kbd" => self.styled("code", CODE, "</code>"),
            "a" => self.link(element.attribute("href").as_deref().unwrap_or_default()),
            "span" if element.is("remote-image") => {
                self.link(element.attribute("data-url").as_deref().unwrap_or_default())
            }
            "div" if element.is("html") => self.styled("pre", BLOCK, "</pre>"),
            // What a footnote says.
            "div" if element.is("note") => self.put("<div>", "</div>"),
            _ => "",
        }
    }

    fn put(&mut self, begin: &str, end: &'static str) -> &'static str {
        self.out.push_str(begin);
        end
    }

    fn styled(&mut self, name: &str, style: &str, end: &'static str) -> &'static str {
        self.out.extend(["<", name, " style=\"", style, "\">"]);
        end
    }

    fn cell(&mut self, element: Element<'_>, end: &'static str) -> &'static str {
        let align = match element.attribute("class").as_deref() {
            Some("ta-right") => "right",
            Some("ta-center") => "center",
            _ => "left",
        };
        let begin = [
            "<",
            element.name,
            " align=\"",
            align,
            "\" style=\"",
            CELL,
            "\">",
        ];
        self.out.extend(begin);
        end
    }

    /// A link; where it led to within the answer, its words alone.
    fn link(&mut self, address: &str) -> &'static str {
        if address.starts_with('#') || address.is_empty() {
            return self.put("[", "]");
        }
        self.out.push_str("<a href=\"");
        escape(address, &mut self.out);
        self.out.push_str("\">");
        "</a>"
    }
}
