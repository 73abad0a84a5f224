//! MathML written anew: only what is on a list, and classes for inline styles.

use super::normal::{BOX, BOX_END};

/// Elements of MathML Core that are kept as they are.
const ELEMENTS: [&str; 22] = [
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "mrow",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
    "mpadded",
    "mphantom",
];

/// Attributes that are kept, where their value is plain.
const ATTRIBUTES: [&str; 19] = [
    "accent",
    "accentunder",
    "displaystyle",
    "scriptlevel",
    "stretchy",
    "symmetric",
    "largeop",
    "movablelimits",
    "form",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "width",
    "height",
    "depth",
    "voffset",
    "linethickness",
    "mathvariant",
];

/// A declaration of an inline style, and the class for it. What has none is left out.
const STYLES: [(&str, &str); 13] = [
    ("text-align: left", "m-left"),
    ("text-align: right", "m-right"),
    ("padding-left: 0", "m-flush-left"),
    ("padding-right: 0", "m-flush-right"),
    ("padding-top: 0", "m-flush"),
    ("padding-top: 0.1667em", "m-above"),
    ("border-left: 0.05em solid currentcolor", "m-line-left"),
    ("border-left: 0.05em dashed currentcolor", "m-line-left"),
    ("border-right: 0.05em solid currentcolor", "m-line-right"),
    ("border-right: 0.05em dashed currentcolor", "m-line-right"),
    ("border-top: 0.05em solid currentcolor", "m-line-top"),
    ("border-top: 0.05em dashed currentcolor", "m-line-top"),
    ("margin-left:-0.1667em", "m-closer"),
];

/// The longest length that is kept, in any unit but `cm`, `mm`, `in` and `%`.
const FARTHEST: f32 = 40.0;

/// The MathML anew; `None` where it holds what is not on the list.
pub(super) fn tidy(mathml: &str) -> Option<String> {
    let mathml = mathml
        .replace(
            &format!("<mtext>{BOX}</mtext>"),
            "<mtable class=\"m-box\"><mtr><mtd>",
        )
        .replace(
            &format!("<mtext>{BOX_END}</mtext>"),
            "</mtd></mtr></mtable>",
        );
    let mut out = String::with_capacity(mathml.len());
    let mut open: Vec<&str> = Vec::new();
    let mut parts = mathml.split('<');
    text(parts.next()?, &mut out)?;
    for part in parts {
        let (tag, after) = part.split_once('>')?;
        if let Some(name) = tag.strip_prefix('/') {
            let expected = open.pop()?;
            if renamed(name)? != expected {
                return None;
            }
            close(expected, &mut out);
        } else {
            let closed = tag.strip_suffix('/');
            let tag = closed.unwrap_or(tag);
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let name = renamed(name)?;
            start(name, attributes, &mut out)?;
            if closed.is_some() {
                close(name, &mut out);
            } else {
                open.push(name);
            }
        }
        text(after, &mut out)?;
    }
    open.is_empty().then_some(out)
}

/// The element that is written for one. Empty: none, only what is in it.
fn renamed(name: &str) -> Option<&'static str> {
    Some(match name {
        "b" => "strong",
        "i" | "em" => "em",
        "code" => "code",
        "span" | "s" | "u" => "",
        "menclose" => "mrow",
        _ => ELEMENTS.iter().find(|element| **element == name)?,
    })
}

fn close(name: &str, out: &mut String) {
    if !name.is_empty() {
        out.extend(["</", name, ">"]);
    }
}

fn start(name: &'static str, attributes: &str, out: &mut String) -> Option<()> {
    if name.is_empty() {
        return Some(());
    }
    out.extend(["<", name]);
    let mut classes: Vec<&str> = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (attribute, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after.trim_start();
        match attribute {
            "style" => {
                let known = value.split(';').filter_map(|style| {
                    STYLES
                        .iter()
                        .find(|(known, _)| *known == style.trim())
                        .map(|(_, class)| *class)
                });
                classes.extend(known);
            }
            "class" if value == "m-box" => classes.push("m-box"),
            "notation" => classes.push(if value == "horizontalstrike" {
                "m-strike"
            } else {
                "m-cancel"
            }),
            _ if ATTRIBUTES.contains(&attribute) && is_plain(value) => {
                out.extend([" ", attribute, "=\"", value, "\""]);
            }
            "id" | "class" => {}
            _ if ATTRIBUTES.contains(&attribute) => {}
            _ => return None,
        }
    }
    if !classes.is_empty() {
        out.extend([" class=\"", &classes.join(" "), "\""]);
    }
    out.push('>');
    Some(())
}

/// True for a word or a length that is no farther than anybody means.
fn is_plain(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '%');
    let unit = value.get(number.len()..).unwrap_or_default();
    if number.is_empty() {
        return !value.is_empty() && value.len() <= 12;
    }
    let most = match unit {
        "cm" | "in" => FARTHEST / 8.0,
        "%" => 100.0,
        "mm" | "px" | "pt" => FARTHEST * 4.0,
        _ => FARTHEST,
    };
    number
        .parse::<f32>()
        .is_ok_and(|number| number.abs() <= most)
}

/// Text is escaped already: what is kept of it are entities and other characters.
fn text(escaped: &str, out: &mut String) -> Option<()> {
    if escaped.contains(['<', '>']) {
        return None;
    }
    out.push_str(escaped);
    Some(())
}
