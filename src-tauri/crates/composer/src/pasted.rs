//! What of a copied piece of a page, or of a copied address, is a picture.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, states::RawKind,
    },
};
use url::Url;

/// Longest HTML that is looked through: a picture of 20 MB as a data URL.
const LONGEST: usize = 28 * 1024 * 1024;

/// Most pictures of one piece of HTML.
const MOST: usize = 50;

/// Endings of the paths of pictures.
const ENDINGS: [&str; 15] = [
    "jpg", "jpeg", "jfif", "png", "apng", "webp", "gif", "bmp", "avif", "heic", "heif", "tif",
    "tiff", "svg", "svgz",
];

/// What was copied, by the HTML and the text that the clipboard holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// Text of a page, of a document or of cells: text it stays, whatever pictures
    /// stand in it or come with it.
    Text(String),
    /// The addresses of pictures, `https://…`, `http://…` or `data:…`, in their order.
    /// Where there is a bitmap too, that is what they lead to.
    Pictures(Vec<String>),
    /// Plain text, or none. Where there is a bitmap, that is meant.
    Plain(String),
}

/// Tells copied pictures from copied text.
///
/// A browser copies a picture as HTML that holds it and nothing else; a text that is
/// nothing but the address of a picture is taken for that picture, too.
pub fn copied(html: &str, text: &str) -> Copied {
    let seen = if html.len() <= LONGEST {
        seen_in(html)
    } else {
        Seen::default()
    };
    let formatted = seen.text.trim();
    if !formatted.is_empty() {
        let plain = if text.is_empty() { formatted } else { text };
        return Copied::Text(plain.to_owned());
    }
    if !seen.pictures.is_empty() {
        return Copied::Pictures(seen.pictures);
    }
    match address(text) {
        Some(address) => Copied::Pictures(vec![address]),
        None => Copied::Plain(text.to_owned()),
    }
}

/// The address that a text is, if it is nothing else and names a picture.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || text.contains(char::is_whitespace) {
        return None;
    }
    let is_data = text
        .get(.."data:image/".len())
        .is_some_and(|start| start.eq_ignore_ascii_case("data:image/"));
    (is_data || names_picture(text)).then(|| text.to_owned())
}

fn names_picture(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let last = url.path_segments().and_then(|mut path| path.next_back());
    let ending = last.and_then(|name| name.rsplit_once('.'));
    // A colon makes it the name of a wiki's page about a picture.
    let is_picture = |(name, end): (&str, &str)| {
        !name.is_empty()
            && !name.contains(':')
            && ENDINGS.iter().any(|one| one.eq_ignore_ascii_case(end))
    };
    url.scheme() == "https" && ending.is_some_and(is_picture)
}

fn seen_in(html: &str) -> Seen {
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // It answers when a script ends; there is none that would be run.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Seen {
    /// What is to be read in it, a line for each of its blocks.
    text: String,
    pictures: Vec<String>,
    /// Within what is not shown.
    hidden: u32,
}

#[derive(Default)]
struct Sink(RefCell<Seen>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut seen = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return seen.tag(&tag),
            Token::CharacterTokens(text) if seen.hidden == 0 => {
                let shown = text.chars().filter(|c| !is_mark(*c));
                seen.text.extend(shown);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Seen {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let raw = match &*tag.name {
            "title" => RawKind::Rcdata,
            "style" | "script" | "noscript" => RawKind::Rawtext,
            "img" if tag.kind == TagKind::StartTag => {
                self.pictures.extend(source(tag));
                self.pictures.truncate(MOST);
                return TokenSinkResult::Continue;
            }
            name => {
                self.text.push_str(match name {
                    "br" | "p" | "div" | "tr" | "li" => "\n",
                    "td" | "th" if tag.kind == TagKind::EndTag => "\t",
                    _ => "",
                });
                return TokenSinkResult::Continue;
            }
        };
        match tag.kind {
            TagKind::StartTag => {
                self.hidden += 1;
                TokenSinkResult::RawData(raw)
            }
            TagKind::EndTag => {
                self.hidden = self.hidden.saturating_sub(1);
                TokenSinkResult::Continue
            }
        }
    }
}

/// What means something outside its page too.
fn source(tag: &Tag) -> Option<String> {
    let source = tag.attrs.iter().find(|one| &*one.name.local == "src")?;
    let url = source.value.trim();
    let scheme = url.split(':').next()?;
    ["https", "http", "data"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then(|| url.to_owned())
}

/// What only keeps lines apart or together, or stands for something else.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{0}' | '\u{fffc}')
}

#[cfg(test)]
mod tests {
    use super::{Copied, copied};

    const CAT: &str = "https://a.example/cat.png?x=1&y=2";

    fn pictures(addresses: &[&str]) -> Copied {
        Copied::Pictures(addresses.iter().map(|one| (*one).to_owned()).collect())
    }

    #[test]
    fn a_copied_picture_is_found_however_it_is_written() {
        for html in [
            r#"<meta charset="utf-8"><img src="https://a.example/cat.png?x=1&amp;y=2" alt="a>b">"#,
            r#"<IMG class=wide alt='src="x"' SRC = ' https://a.example/cat.png?x=1&amp;y=2'/>"#,
            "<img src=https://a.example/cat.png?x=1&amp;y=2>",
            r#"<a href="x"><img hidden src="https://a.example/cat.png?x=1&amp;y=2"></a>"#,
            "<html><head><title>Cats &amp; more</title><style>p { a < b }</style></head><body>\n\
             <!--StartFragment--><p>&nbsp;<img src='https://a.example/cat.png?x=1&amp;y=2'>\n\
             <script>if (a < b) 'text'</script><noscript>or not</noscript></p><!--EndFragment-->",
        ] {
            assert_eq!(copied(html, ""), pictures(&[CAT]), "{html}");
            // A browser may give its address or its description beside it.
            assert_eq!(copied(html, "A cat"), pictures(&[CAT]), "{html}");
        }
        let data = "data:image/png;base64,AAAA";
        let two = format!("<img src=\"{data}\"><br><img src=\"{CAT}\">");
        assert_eq!(copied(&two, ""), pictures(&[data, CAT]));
        let many = format!("<img src=\"{CAT}\">").repeat(80);
        assert_eq!(copied(&many, ""), pictures(&[CAT; super::MOST]));
    }

    #[test]
    fn copied_text_stays_text_whatever_pictures_stand_in_it() {
        for (html, text) in [
            (
                "<p>A cat: <img src=\"https://a.example/cat.png\"></p>",
                "A cat:",
            ),
            (
                "<img src=\"https://a.example/cat.png\"> &amp; more",
                "& more",
            ),
            (
                "<img src='https://a.example/a.png'><script>a</script>&#20320;",
                "你",
            ),
            ("<imgx src=\"https://a.example/\">Cells</imgx>", "Cells"),
            ("<p>one<br>two<div>three</div>", "one\ntwo\nthree"),
            ("<tr><td>1</td><td>2</td></tr>", "1\t2"),
        ] {
            assert_eq!(copied(html, ""), Copied::Text(text.to_owned()), "{html}");
            // The text that comes with it knows better.
            assert_eq!(copied(html, "1\t2\n"), Copied::Text("1\t2\n".to_owned()));
        }
    }

    #[test]
    fn what_only_means_something_in_its_page_is_no_picture() {
        for html in [
            "",
            "<img",
            "<img>",
            "<img src",
            "<img src=>",
            "<img src=\"https://a.example/open",
            "<img src=\"cat.png\">",
            "<img src=\"javascript:alert(1)\">",
            "<img src=\"file:///etc/passwd\">",
        ] {
            let plain = |text: &str| Copied::Plain(text.to_owned());
            assert_eq!(copied(html, ""), plain(""), "{html}");
            assert_eq!(copied(html, "A cat"), plain("A cat"), "{html}");
            // Where the page gives no address, the text beside it may.
            assert_eq!(copied(html, CAT), pictures(&[CAT]), "{html}");
        }
    }

    #[test]
    fn a_text_is_an_address_of_a_picture_or_text() {
        for (text, is_picture) in [
            (" https://a.example/cat.PNG\n", true),
            ("https://a.example/a%20b/cat.heic?w=3#top", true),
            ("data:image/png;base64,AAAA", true),
            ("https://a.example/cat", false),
            ("https://a.example/?file=cat.png", false),
            ("https://a.example/cat.png/", false),
            ("https://a.example/wiki/File:Cat.png", false),
            ("http://a.example/cat.png", false),
            ("see https://a.example/cat.png", false),
            ("https://a.example/cat.png https://a.example/cat.png", false),
            ("data:text/html,cat.png", false),
            ("file:///etc/cat.png", false),
            ("", false),
        ] {
            let wanted = if is_picture {
                pictures(&[text.trim()])
            } else {
                Copied::Plain(text.to_owned())
            };
            assert_eq!(copied("", text), wanted, "{text}");
        }
    }
}
