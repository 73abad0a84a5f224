//! One HTML page that needs nothing else: no script, no network, light and dark.

mod script;

use std::fmt::Display;
use std::io::Write;

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use history::StoredMessage;
use protocol::dates::utc;
use protocol::{Block, Role};
use sha2::{Digest, Sha256};

use self::script::language;
use crate::Error;
use crate::assets::base64;
use crate::shown::{Beside, Bytes, Shown, beside};

/// The page's own sheets: the tokens stand at the beginning of the first.
const PAGE: &str = include_str!("../../../../ui/src/app.css");
const PROSE: &str = include_str!("../../../../ui/src/transcript/markdown.css");
const OURS: &str = include_str!("html/page.css");

/// What dresses formulas, and the font that it names: for pages that hold some.
const MATH: &str = include_str!("../../../../ui/src/transcript/math.css");
const FONT_NAMED: &str = "'./fonts/stix-two-math.woff2'";
const FONT: &[u8] = include_bytes!("../../../../ui/src/transcript/fonts/stix-two-math.woff2");

/// What follows the tokens.
const AFTER_TOKENS: &str = "\n*,\n*::before";

pub(crate) fn write(shown: &Shown<'_>, out: &mut impl Write) -> Result<(), Error> {
    let has_formulas = shown.messages.iter().any(has_formulas);
    let style = style(has_formulas);
    let fonts = if has_formulas { "font-src data:; " } else { "" };
    let digest = STANDARD.encode(Sha256::digest(&style));
    let (lang, title) = (shown.words.lang(), Escaped(&shown.title));
    write!(
        out,
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{digest}'; {fonts}img-src data:; media-src data:; base-uri 'none'; \
         form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"Dragoman {}\">\n\
         <title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n",
        env!("CARGO_PKG_VERSION"),
    )?;
    writeln!(out, "<h1{}>{title}</h1>", Lang(&shown.title))?;
    for message in &shown.messages {
        self::message(shown, message, out)?;
    }
    Ok(out.write_all(b"</main>\n</body>\n</html>\n")?)
}

/// The tokens, what dresses rendered text, and what is this page's own.
fn style(has_formulas: bool) -> String {
    let tokens = PAGE.split(AFTER_TOKENS).next().unwrap_or_default();
    let formulas = if has_formulas {
        MATH.replace(
            FONT_NAMED,
            &format!("data:font/woff2;base64,{}", base64(FONT)),
        )
    } else {
        String::new()
    };
    [tokens, PROSE, &formulas, OURS].join("\n")
}

/// Does an answer draw a formula? Most hold nothing that could be one.
fn has_formulas(message: &StoredMessage) -> bool {
    let draws = |text: &String| {
        text.contains(['$', '\\']) && markdown::to_html(&markdown::render(text)).contains("<math")
    };
    message.role == Role::Assistant && [&message.text, &message.reasoning].into_iter().any(draws)
}

fn message(shown: &Shown<'_>, message: &StoredMessage, out: &mut impl Write) -> Result<(), Error> {
    let class = match message.role {
        Role::Assistant => "answer",
        Role::User => "question",
        Role::System => "instructions",
    };
    let (author, at) = (shown.author(message), utc(message.created_at));
    writeln!(
        out,
        "<article class=\"{class}\">\n<h2>{} <time>{at}</time></h2>",
        Escaped(&author)
    )?;
    for one in beside(message) {
        self::one(shown, &one, out)?;
    }
    if message.role == Role::Assistant {
        if !message.reasoning.is_empty() {
            let thoughts = Escaped(shown.words.word("thought_plain"));
            writeln!(out, "<details><summary>{thoughts}</summary>")?;
            prose(&message.reasoning, out)?;
            writeln!(out, "</details>")?;
        }
        prose(&message.text, out)?;
    } else if !message.text.is_empty() {
        let (lang, text) = (Lang(&message.text), Escaped(&message.text));
        writeln!(out, "<p class=\"typed\"{lang}>{text}</p>")?;
    }
    if let Some(remark) = shown.remark(message) {
        writeln!(out, "<p class=\"remark\">{}</p>", Escaped(&remark))?;
    }
    Ok(writeln!(out, "</article>")?)
}

/// Markdown as the app shows it, each block in the language that its script tells.
fn prose(text: &str, out: &mut impl Write) -> Result<(), Error> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "<div class=\"prose\">")?;
    for block in markdown::render(text) {
        out.write_all(spoken(&block).as_bytes())?;
    }
    Ok(writeln!(out, "</div>")?)
}

fn spoken(block: &Block) -> String {
    let html = markdown::to_html(std::slice::from_ref(block));
    let name = |c: char| !c.is_ascii_alphanumeric();
    let end = html.char_indices().skip(1).find(|(_, c)| name(*c));
    // Code is in no language of people.
    let is_code = html.starts_with("<div class=\"code\"");
    match (language(&words(&html)), end) {
        (Some(lang), Some((end, _))) if !is_code => {
            let (tag, rest) = html.split_at(end);
            format!("{tag} lang=\"{lang}\"{rest}")
        }
        _ => html,
    }
}

/// What stands between the tags.
fn words(html: &str) -> String {
    let parts = html.split('<').skip(1);
    let texts = parts.filter_map(|part| part.split_once('>'));
    texts.map(|(_, text)| text).collect()
}

fn one(shown: &Shown<'_>, one: &Beside<'_>, out: &mut impl Write) -> Result<(), Error> {
    match one {
        Beside::Picture(picture, name) => match shown.bytes(&picture.hash)? {
            Bytes::Held(held) => {
                let (mime, data) = (Escaped(&held.mime), base64(&held.bytes));
                let (width, height) = (picture.width, picture.height);
                writeln!(
                    out,
                    "<p><img alt=\"{}\" width=\"{width}\" height=\"{height}\" src=\"data:{mime};base64,{data}\"></p>",
                    Escaped(name)
                )?;
            }
            none => named(&shown.stand_in(name, &none), out)?,
        },
        Beside::Video(hash, name) => match shown.bytes(hash)? {
            Bytes::Held(held) => {
                let (mime, data) = (Escaped(&held.mime), base64(&held.bytes));
                writeln!(
                    out,
                    "<p><video controls title=\"{}\" src=\"data:{mime};base64,{data}\"></video></p>",
                    Escaped(name)
                )?;
            }
            none => named(&shown.stand_in(name, &none), out)?,
        },
        Beside::Link { url, host } => {
            // Kept from an answer of anyone: only what a browser opens as a page.
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            if !is_web {
                return named(url, out);
            }
            writeln!(
                out,
                "<p class=\"file\"><a href=\"{}\" rel=\"noreferrer noopener\">{}</a></p>",
                Escaped(url),
                Escaped(host)
            )?;
        }
    }
    Ok(())
}

fn named(text: &str, out: &mut impl Write) -> Result<(), Error> {
    Ok(writeln!(out, "<p class=\"file\">{}</p>", Escaped(text))?)
}

/// A text in HTML, in an element or an attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            let mut after = from.chars();
            f.write_str(match after.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                _ => "&quot;",
            })?;
            rest = after.as_str();
        }
        f.write_str(rest)
    }
}

/// The attribute that says a text's language, where its script tells one.
struct Lang<'a>(&'a str);

impl Display for Lang<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match language(self.0) {
            Some(lang) => write!(f, " lang=\"{lang}\""),
            None => Ok(()),
        }
    }
}
