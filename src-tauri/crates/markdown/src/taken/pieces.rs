//! The HTML of the renderer, piece by piece. It reads no other HTML.

use std::borrow::Cow;

/// A piece of HTML.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'h> {
    /// An element begins.
    Open(Element<'h>),
    /// An element ends.
    Close(&'h str),
    /// Text, as it is read.
    Text(Cow<'h, str>),
    /// A formula, with its marks; its number is within the TeX.
    Formula(String),
}

/// The beginning of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Element<'h> {
    /// What it is.
    pub(super) name: &'h str,
    attributes: &'h str,
}

impl<'h> Element<'h> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'h, str>> {
        let mut rest = self.attributes;
        while let Some((before, after)) = rest.split_once("=\"") {
            let (value, more) = after.split_once('"')?;
            if before.rsplit(' ').next() == Some(name) {
                return Some(read(value));
            }
            rest = more;
        }
        None
    }

    /// Is this its class?
    pub(super) fn is(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|found| found == class)
    }

    /// Is there an attribute without a value?
    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.split(' ').any(|word| word == name)
    }

    /// Has it no end of its own?
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.name, "br" | "hr" | "input")
    }
}

/// The pieces of HTML.
pub(super) struct Pieces<'h> {
    rest: &'h str,
}

impl<'h> Pieces<'h> {
    /// Of this HTML.
    pub(super) fn of(html: &'h str) -> Self {
        Self { rest: html }
    }

    /// Goes behind an end, and gives what is before it.
    fn until(&mut self, end: &str) -> &'h str {
        let (before, after) = self.rest.split_once(end).unwrap_or((self.rest, ""));
        self.rest = after;
        before
    }

    fn formula(&mut self, math: Element<'_>) -> String {
        let drawn = self.until("</math>");
        let tex = drawn.rsplit_once("<annotation encoding=\"application/x-tex\">");
        let tex = tex.and_then(|(_, after)| after.split_once("</annotation>"));
        let tex = read(tex.map_or("", |(tex, _)| tex));
        if math.attribute("display").is_some() {
            format!("$${tex}$$")
        } else {
            format!("${tex}$")
        }
    }
}

impl<'h> Iterator for Pieces<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Piece<'h>> {
        loop {
            let (text, at_tag) = match self.rest.find('<') {
                Some(at) => self.rest.split_at(at),
                None => (self.rest, ""),
            };
            if !text.is_empty() {
                self.rest = at_tag;
                return Some(Piece::Text(read(text)));
            }
            self.rest = at_tag.strip_prefix('<')?;
            let tag = self.until(">");
            if let Some(name) = tag.strip_prefix('/') {
                return Some(Piece::Close(name));
            }
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let element = Element { name, attributes };
            if element.is("math-tag") {
                self.until("</span>");
                continue;
            }
            return Some(match name {
                "math" => Piece::Formula(self.formula(element)),
                _ => Piece::Open(element),
            });
        }
    }
}

/// Text as it is read, without what stands for the signs of HTML.
fn read(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&#x27;", "'");
    Cow::Owned(text.replace("&amp;", "&"))
}
