//! HTML in a canonical form, with the documented changes applied on demand.

use std::collections::BTreeSet;

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// Why the output differs from the specification's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// HTML in the source is shown as text: an answer must not make elements.
    SourceHtml,
    /// Only http, https and mailto are links; relative addresses lead nowhere
    /// in the app, other schemes are a danger.
    LinkScheme,
    /// A picture does not load: the request would tell its host about the
    /// conversation.
    Picture,
    /// The language of a code block is kept only as far as it is made of
    /// letters, digits and `+#._-`.
    Language,
}

/// The canonical form of a fragment, after the changes for these reasons.
/// Space between blocks does not count; code blocks, whose markup differs by
/// design, are brought to the specification's form.
pub fn canon(html: &str, reasons: &BTreeSet<Reason>) -> String {
    let dom = Html::parse_fragment(html);
    let mut canon = Canon {
        reasons,
        tokens: Vec::new(),
    };
    canon.children(dom.root_element());
    canon.finish()
}

enum Token {
    /// A tag, and whether it belongs to a block.
    Tag(String, bool),
    Text(String),
}

struct Canon<'r> {
    reasons: &'r BTreeSet<Reason>,
    tokens: Vec<Token>,
}

const INLINE: &[&str] = &["a", "code", "em", "strong", "span", "img", "del", "input"];

impl Canon<'_> {
    fn has(&self, reason: Reason) -> bool {
        self.reasons.contains(&reason)
    }

    fn children(&mut self, parent: ElementRef<'_>) {
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => self.text(text),
                Node::Element(_) => ElementRef::wrap(child)
                    .into_iter()
                    .for_each(|element| self.element(element)),
                _ => self.text("<!-- -->"),
            }
        }
    }

    fn text(&mut self, text: &str) {
        // Else text that looks like a tag would pass for one.
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        if let Some(Token::Text(before)) = self.tokens.last_mut() {
            before.push_str(&text);
        } else {
            self.tokens.push(Token::Text(text));
        }
    }

    fn tag(&mut self, tag: String, name: &str) {
        self.tokens.push(Token::Tag(tag, !INLINE.contains(&name)));
    }

    fn element(&mut self, node: ElementRef<'_>) {
        let element = node.value();
        let name = element.name();
        let class = element.attr("class").unwrap_or_default();
        match name {
            "div" if class == "code" => return self.children(node),
            "span" if class == "line" || class.starts_with("hl-") => return self.children(node),
            "a" => {
                let href = element.attr("href").unwrap_or_default();
                let scheme = href.split(':').next().unwrap_or_default();
                let allowed =
                    ["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str());
                if self.has(Reason::LinkScheme) && !allowed {
                    return self.children(node);
                }
            }
            "img" if self.has(Reason::Picture) => return self.picture(element),
            _ => {}
        }
        let attributes = self.attributes(node);
        self.tag(format!("<{name}{attributes}>"), name);
        self.children(node);
        self.tag(format!("</{name}>"), name);
    }

    fn attributes(&self, node: ElementRef<'_>) -> String {
        let element = node.value();
        let mut attributes: Vec<(String, String)> = element
            .attrs()
            // Where it leads, which the specification does not show.
            .filter(|(name, _)| *name != "rel" && !(element.name() == "a" && *name == "title"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        if element.name() == "code" {
            // Ours says the language on the box, theirs on the code.
            let parent = node.parent().and_then(|pre| pre.parent());
            let language = parent
                .and_then(ElementRef::wrap)
                .and_then(|outer| outer.attr("data-lang"))
                .filter(|language| !language.is_empty());
            if let Some(language) = language {
                attributes.push(("class".to_owned(), format!("language-{language}")));
            }
            if self.has(Reason::Language) {
                for (name, value) in &mut attributes {
                    if name == "class" {
                        value.retain(|c| c.is_alphanumeric() || "+#._-".contains(c));
                    }
                }
                attributes.retain(|(_, value)| value != "language-");
            }
        }
        attributes.sort();
        attributes
            .into_iter()
            .map(|(name, value)| format!(" {name}={value:?}"))
            .collect()
    }

    fn picture(&mut self, element: &Element) {
        let address = element.attr("src").unwrap_or_default();
        let alt = element.attr("alt").unwrap_or_default();
        let host = address
            .strip_prefix("https://")
            .or(address.strip_prefix("http://"))
            .and_then(|rest| rest.split('/').next());
        let Some(host) = host else {
            return self.text(alt);
        };
        let attributes =
            format!("<span class=\"remote-image\" data-host={host:?} data-url={address:?}>");
        self.tag(attributes, "span");
        self.text(if alt.is_empty() { host } else { alt });
        self.tag("</span>".to_owned(), "span");
    }

    /// Joins the tokens; space next to a block's tag does not count.
    fn finish(self) -> String {
        let mut out = String::new();
        let mut pre = false;
        let mut tokens = self.tokens.iter().peekable();
        let mut block_before = true;
        while let Some(token) = tokens.next() {
            match token {
                Token::Tag(tag, block) => {
                    pre = (pre || tag == "<pre>") && tag != "</pre>";
                    out.push_str(tag);
                    block_before = *block;
                }
                Token::Text(text) if pre => out.push_str(text),
                Token::Text(text) => {
                    let words: Vec<_> = text.split(WHITE).filter(|w| !w.is_empty()).collect();
                    let block_after = matches!(tokens.peek(), None | Some(Token::Tag(_, true)));
                    if text.starts_with(WHITE) && !block_before {
                        out.push(' ');
                    }
                    out.push_str(&words.join(" "));
                    if text.ends_with(WHITE) && !block_after && !words.is_empty() {
                        out.push(' ');
                    }
                    block_before = block_before && words.is_empty();
                }
            }
        }
        out
    }
}

const WHITE: [char; 3] = [' ', '\n', '\t'];
