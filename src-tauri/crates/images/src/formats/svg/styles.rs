//! Styles in words that the drawer knows: it has no variables, no conditions and no
//! colours of later CSS.

use std::cell::Cell;
use std::ops::Range;

use resvg::usvg::roxmltree::{Document, Node};
use simplecss::{AttributeOperator, Element, PseudoClass, Selector};

use super::colours::{Scope, WRITTEN, closing, rewritten};

/// What tells that there is anything to do.
const MODERN: [&str; 11] = [
    "@media",
    "light-dark(",
    "var(",
    "lab(",
    "lch(",
    "hwb(",
    "color(",
    "rgb(",
    "rgba(",
    "hsl(",
    "hsla(",
];
/// Attributes that hold a colour, or declarations of such.
const PAINTED: [&str; 7] = [
    "fill",
    "stroke",
    "color",
    "stop-color",
    "flood-color",
    "lighting-color",
    "style",
];
/// Conditions that hold, without blanks: a drawing is shown on a screen, in the light.
const HELD: [&str; 5] = [
    "screen",
    "onlyscreen",
    "all",
    "(prefers-color-scheme:light)",
    "screenand(prefers-color-scheme:light)",
];

/// Variables that a style sheet declares for some elements.
struct Rule<'a> {
    selectors: &'a str,
    body: &'a str,
}

/// The drawing in words that are known; `None` where it is.
pub(super) fn plain(text: &str, document: &Document<'_>) -> Option<String> {
    if !MODERN.iter().any(|word| text.contains(word)) {
        return None;
    }
    let sheets: Vec<String> = document
        .descendants()
        .filter(|node| is_sheet(node))
        .map(|node| held(node.text().unwrap_or_default()))
        .collect();
    let rules: Vec<Rule<'_>> = sheets.iter().flat_map(|sheet| rules(sheet)).collect();
    let declaring: Vec<&Rule<'_>> = rules
        .iter()
        .filter(|rule| declared(rule.body).next().is_some())
        .collect();
    let left = Cell::new(WRITTEN);
    let mut edits = Vec::new();
    let mut own = sheets.iter();
    for node in document.descendants().filter(Node::is_element) {
        if is_sheet(&node) {
            let sheet = own.next()?;
            if let Some(range) = within(&node, text) {
                edits.push((range, lit(sheet, document, &declaring, &left)));
            }
        }
        let variables = |name: &str| {
            let mut around = node.ancestors().filter(Node::is_element);
            around.find_map(|node| {
                let style = node.attribute("style").unwrap_or_default();
                let by_rule = || {
                    let mut rules = declaring.iter().rev();
                    rules.find_map(|rule| {
                        let value = value(rule.body, name)?;
                        matches(rule.selectors, &node).then_some(value)
                    })
                };
                value(style, name).or_else(by_rule).map(str::to_owned)
            })
        };
        let scope = Scope {
            variables: &variables,
            left: &left,
        };
        for attribute in node.attributes() {
            if PAINTED.contains(&attribute.name()) {
                let new = rewritten(attribute.value(), &scope);
                if new != attribute.value() {
                    edits.push((attribute.range_value(), new));
                }
            }
        }
    }
    Some(edited(text, edits))
}

/// A style sheet whose values are worked out. What its variables hold, the rule itself
/// says, or one that is for the whole drawing, or else one for any part of it.
fn lit(sheet: &str, document: &Document<'_>, rules: &[&Rule<'_>], left: &Cell<usize>) -> String {
    let root = document.root_element();
    let holds_for = |rule: &&&Rule<'_>| matches(rule.selectors, &root);
    let somewhere = |rule: &&&Rule<'_>| {
        let mut all = document.descendants().filter(Node::is_element);
        all.any(|node| matches(rule.selectors, &node))
    };
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((selectors, body)) = rest.split_once('{') {
        let end = closing(body, '{', '}').unwrap_or(body.len());
        let (own, after) = body.split_at_checked(end).unwrap_or((body, ""));
        let variables = |name: &str| {
            let by = |which: &dyn Fn(&&&Rule<'_>) -> bool| {
                let named = rules.iter().rev();
                let mut named = named.filter(|rule| value(rule.body, name).is_some());
                named.find(which).and_then(|rule| value(rule.body, name))
            };
            let found = value(own, name)
                .or_else(|| by(&holds_for))
                .or_else(|| by(&somewhere));
            found.map(str::to_owned)
        };
        let scope = Scope {
            variables: &variables,
            left,
        };
        out.push_str(selectors);
        out.push('{');
        out.push_str(&rewritten(own, &scope));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands between the tags of an element.
fn within(node: &Node<'_, '_>, text: &str) -> Option<Range<usize>> {
    let all = node.range();
    let head = node.attributes().map(|attribute| attribute.range().end);
    let head = head.max().unwrap_or(all.start);
    let start = head + text.get(head..all.end)?.find('>')? + 1;
    let end = start + text.get(start..all.end)?.rfind("</")?;
    Some(start..end)
}

/// The text with other words in some places, written as XML has it.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let (mut plain, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in edits {
        // What comes from an entity stands in one place for all that use it.
        let Some(before) = text.get(at..range.start) else {
            continue;
        };
        plain.push_str(before);
        for c in new.chars() {
            match c {
                '&' => plain.push_str("&amp;"),
                '<' => plain.push_str("&lt;"),
                '>' => plain.push_str("&gt;"),
                '"' => plain.push_str("&quot;"),
                '\'' => plain.push_str("&apos;"),
                c => plain.push(c),
            }
        }
        at = range.end;
    }
    plain.push_str(text.get(at..).unwrap_or_default());
    plain
}

fn is_sheet(node: &Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().name() == "style"
}

/// A style sheet with what stands under conditions that hold, and without what stands
/// under others: the drawer knows none, and would leave out all of it.
fn held(sheet: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(sheet.len()), sheet);
    while let Some((before, from)) = rest.find("@media").and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let Some((head, body)) = from.split_once('{') else {
            return out;
        };
        let head: String = head
            .chars()
            .skip("@media".len())
            .filter(|c| !c.is_whitespace())
            .collect();
        let head = head.to_ascii_lowercase();
        let end = closing(body, '{', '}').unwrap_or(body.len());
        if head.split(',').any(|one| HELD.contains(&one)) {
            out.push_str(body.get(..end).unwrap_or_default());
        }
        rest = body.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The rules of a style sheet.
fn rules(sheet: &str) -> impl Iterator<Item = Rule<'_>> {
    sheet.split('}').filter_map(|rule| {
        let (selectors, body) = rule.split_once('{')?;
        Some(Rule { selectors, body })
    })
}

/// Variables that are declared, by their names.
fn declared(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let name = name.trim();
        name.starts_with("--").then_some((name, value.trim()))
    })
}

fn value<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let named = declared(body).filter(|(own, _)| *own == name);
    named.last().map(|(_, value)| value)
}

fn matches(selectors: &str, node: &Node<'_, '_>) -> bool {
    selectors.split(',').map(str::trim).any(|selector| {
        // The one pseudo-class that variables are declared by.
        let rest = selector.strip_prefix(":root");
        let is_root = *node == node.document().root_element();
        match rest {
            Some("") => is_root,
            Some(rest) => is_root && is(rest.trim_start(), node),
            None => is(selector, node),
        }
    })
}

fn is(selector: &str, node: &Node<'_, '_>) -> bool {
    Selector::parse(selector).is_some_and(|selector| selector.matches(&Matched(*node)))
}

/// An element, as selectors look at it.
struct Matched<'a, 'input>(Node<'a, 'input>);

impl Element for Matched<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(Self)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(Self)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        let value = self.0.attribute(name);
        value.is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, class: PseudoClass<'_>) -> bool {
        class == PseudoClass::FirstChild && self.prev_sibling_element().is_none()
    }
}

#[cfg(test)]
#[path = "styles_tests.rs"]
mod tests;
