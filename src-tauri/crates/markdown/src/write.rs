//! From the parser's events to safe HTML, one top-level block after another.

mod code;
mod inline;

use std::ops::Range;

use pulldown_cmark::{Alignment, Event, LinkType, Tag, TagEnd};

use crate::code::CodeCache;
use crate::links::{destination, title};
use crate::plain;
use crate::safe::{escape, escape_href, image_card};
use crate::source::{HIDDEN, HIDDEN_EDGE, Source};
use crate::tags::Tags;

/// What a top-level block is, where streaming treats it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    FencedCode {
        language: String,
    },
    Table,
    List,
    /// A blank line ends it, if not something else does: a paragraph, a quote.
    UntilBlank,
    /// What a footnote says.
    Note,
    Other,
}

/// A top-level block.
#[derive(Debug)]
pub(crate) struct Top {
    pub(crate) kind: Kind,
    pub(crate) html: String,
    pub(crate) parts: Vec<String>,
    /// Where each item of a list begins.
    pub(crate) part_starts: Vec<usize>,
    /// Bytes of the source that was parsed.
    pub(crate) range: Range<usize>,
}

impl Top {
    /// A whole text that is shown as it came.
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            kind: Kind::Other,
            html: plain::HTML.to_owned(),
            parts: plain::parts(text),
            part_starts: Vec::new(),
            range: 0..text.len(),
        }
    }
}

/// A code block whose text is being gathered.
struct OpenCode {
    /// Bytes of the source, with its fences.
    range: Range<usize>,
    language: String,
    text: String,
    /// The last line is the text's last, and not whole.
    growing: bool,
}

/// A line break in a line of its own, which markdown takes for a block of HTML.
const BREAKS: [&str; 3] = [
    "<div class=\"html\">&lt;br&gt;",
    "<div class=\"html\">&lt;br/&gt;",
    "<div class=\"html\">&lt;br /&gt;",
];

/// Writes events as HTML. Text goes through [`escape`]; tags are fixed strings.
pub(crate) struct Writer<'c> {
    cache: &'c mut CodeCache,
    /// Added to an offset of the source to get the cache's key.
    origin: isize,
    source: &'c Source,
    tops: Vec<Top>,
    out: String,
    depth: usize,
    code: Option<OpenCode>,
    /// Depth inside a picture's description, which is gathered as plain text.
    image: usize,
    image_url: String,
    alt: String,
    /// For each open link, whether a tag was written for it.
    links: Vec<bool>,
    /// The alignments of each open table.
    tables: Vec<Vec<Alignment>>,
    column: usize,
    in_head: bool,
    tags: Tags,
    /// Where the source HTML begins in what was written.
    html_start: usize,
}

impl<'c> Writer<'c> {
    pub(crate) fn new(cache: &'c mut CodeCache, origin: isize, source: &'c Source) -> Self {
        Self {
            cache,
            origin,
            source,
            tops: Vec::new(),
            out: String::new(),
            depth: 0,
            code: None,
            image: 0,
            image_url: String::new(),
            alt: String::new(),
            links: Vec::new(),
            tables: Vec::new(),
            column: 0,
            in_head: false,
            tags: Tags::default(),
            html_start: 0,
        }
    }

    pub(crate) fn run<'a>(
        mut self,
        events: impl Iterator<Item = (Event<'a>, Range<usize>)>,
    ) -> Vec<Top> {
        for (event, range) in events {
            match event {
                Event::Start(tag) => {
                    if self.depth == 0 {
                        self.begin_top(range.clone());
                    }
                    self.depth += 1;
                    self.start(tag, range);
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.tags.leave(self.depth);
                    self.end(tag);
                    if self.depth == 0 {
                        self.end_top();
                    }
                }
                other => {
                    if self.depth == 0 {
                        self.begin_top(range.clone());
                        self.leaf(other, &range);
                        self.end_top();
                    } else {
                        self.leaf(other, &range);
                    }
                }
            }
        }
        self.tops
    }

    fn begin_top(&mut self, range: Range<usize>) {
        self.out.clear();
        self.tops.push(Top {
            kind: Kind::Other,
            html: String::new(),
            parts: Vec::new(),
            part_starts: Vec::new(),
            range,
        });
    }

    fn end_top(&mut self) {
        if let Some(top) = self.tops.last_mut() {
            top.html.push_str(&self.out);
        }
        self.out.clear();
    }

    /// What was written so far becomes the top-level block's element, up to
    /// its slot; what follows are parts.
    fn open_slot(&mut self, kind: Kind) {
        if let Some(top) = self.tops.last_mut() {
            top.kind = kind;
            top.html = std::mem::take(&mut self.out);
        }
    }

    fn until_blank(&mut self) {
        if self.depth == 1
            && let Some(top) = self.tops.last_mut()
        {
            top.kind = Kind::UntilBlank;
        }
    }

    fn end_part(&mut self) {
        if let Some(top) = self.tops.last_mut() {
            top.parts.push(std::mem::take(&mut self.out));
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if self.image > 0 {
            self.image += 1;
            return;
        }
        match tag {
            Tag::Paragraph => {
                self.until_blank();
                self.out.push_str("<p>");
            }
            Tag::Heading { level, .. } => {
                self.out.push_str("<h");
                self.out.push_str(&(level as u8).to_string());
                self.out.push('>');
            }
            Tag::BlockQuote(_) => {
                self.until_blank();
                self.out.push_str("<blockquote>");
            }
            Tag::CodeBlock(kind) => self.start_code(kind, range),
            Tag::HtmlBlock => {
                self.html_start = self.out.len();
                self.out.push_str("<div class=\"html\">");
            }
            Tag::List(start) => self.start_list(start),
            Tag::Item => {
                if self.depth == 2
                    && let Some(top) = self.tops.last_mut()
                    && top.kind == Kind::List
                {
                    top.part_starts.push(range.start);
                }
                self.out.push_str("<li>");
            }
            Tag::Table(alignments) => {
                self.tables.push(alignments);
                self.out.push_str("<div class=\"table\"><table>");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.start_link(link_type, &dest_url),
            Tag::Image { dest_url, .. } => {
                self.image = 1;
                self.image_url = dest_url.replace([HIDDEN, HIDDEN_EDGE], " ");
                self.alt.clear();
            }
            Tag::FootnoteDefinition(label) => self.start_note(&label),
            // Extensions that are not switched on.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if self.image > 0 {
            self.image -= 1;
            if self.image == 0 {
                image_card(&self.image_url, &self.alt, &mut self.out);
            }
            return;
        }
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>"),
            TagEnd::Heading(level) => {
                self.out.push_str("</h");
                self.out.push_str(&(level as u8).to_string());
                self.out.push('>');
            }
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                if self.out.ends_with('\n') {
                    self.out.pop();
                }
                let html = self.out.get(self.html_start..).unwrap_or_default();
                if BREAKS.contains(&html) {
                    self.out.truncate(self.html_start);
                    self.out.push_str("<p><br></p>");
                } else {
                    self.out.push_str("</div>");
                }
            }
            TagEnd::List(ordered) => self.out.push_str(if ordered { "</ol>" } else { "</ul>" }),
            TagEnd::Item => {
                self.out.push_str("</li>");
                if self.depth == 1 && self.top_is(&Kind::List) {
                    self.end_part();
                }
            }
            TagEnd::Table => {
                self.tables.pop();
                self.out.push_str("</tbody></table></div>");
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead>");
                if self.depth == 1 {
                    self.out.push_str("<tbody data-slot>");
                    self.open_slot(Kind::Table);
                } else {
                    self.out.push_str("<tbody>");
                }
            }
            TagEnd::TableRow => {
                self.out.push_str("</tr>");
                if self.depth == 1 && self.top_is(&Kind::Table) {
                    self.end_part();
                }
            }
            TagEnd::TableCell => {
                self.out
                    .push_str(if self.in_head { "</th>" } else { "</td>" });
                self.column += 1;
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.out.push_str("</a>");
                }
            }
            TagEnd::FootnoteDefinition => self.out.push_str("</div>"),
            TagEnd::Image
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn leaf(&mut self, event: Event<'_>, range: &Range<usize>) {
        if self.image > 0 {
            match event {
                Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    self.alt.push_str(&self.source.as_written(&text, range));
                }
                _ => {}
            }
            return;
        }
        match event {
            Event::Text(text) => match &mut self.code {
                Some(code) => {
                    code.text.push_str(&self.source.as_written(&text, range));
                    let unfinished = self.source.unfinished;
                    code.growing = unfinished.is_some_and(|at| range.end > at);
                }
                None => self.text(&text, range),
            },
            Event::Code(text) => {
                self.out.push_str("<code>");
                escape(&self.source.as_written(&text, range), &mut self.out);
                self.out.push_str("</code>");
            }
            Event::InlineHtml(text) => self.inline_html(&text, range),
            // Source HTML is shown as what it is: text.
            Event::Html(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                escape(&self.source.as_written(&text, range), &mut self.out);
            }
            Event::FootnoteReference(label) => self.note_link(&label),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>"),
            Event::TaskListMarker(done) => self.out.push_str(if done {
                "<input type=\"checkbox\" disabled checked> "
            } else {
                "<input type=\"checkbox\" disabled> "
            }),
            Event::Start(_) | Event::End(_) => {}
        }
    }

    fn top_is(&self, kind: &Kind) -> bool {
        self.tops.last().is_some_and(|top| top.kind == *kind)
    }

    fn start_list(&mut self, start: Option<u64>) {
        match start {
            None => self.out.push_str("<ul"),
            Some(1) => self.out.push_str("<ol"),
            Some(number) => {
                self.out.push_str("<ol start=\"");
                self.out.push_str(&number.to_string());
                self.out.push('"');
            }
        }
        if self.depth == 1 {
            self.out.push_str(" data-slot>");
            self.open_slot(Kind::List);
        } else {
            self.out.push('>');
        }
    }

    fn start_cell(&mut self) {
        let class = match self.tables.last().and_then(|row| row.get(self.column)) {
            Some(Alignment::Left) => " class=\"ta-left\"",
            Some(Alignment::Center) => " class=\"ta-center\"",
            Some(Alignment::Right) => " class=\"ta-right\"",
            Some(Alignment::None) | None => "",
        };
        self.out.push_str(if self.in_head { "<th" } else { "<td" });
        self.out.push_str(class);
        self.out.push('>');
    }

    fn start_link(&mut self, link_type: LinkType, address: &str) {
        let email = match link_type {
            LinkType::Email => Some(format!("mailto:{address}")),
            _ => None,
        };
        let address = email.as_deref().unwrap_or(address);
        // An address that a formula was taken for leads nowhere.
        let leads = destination(address).filter(|address| !address.contains(HIDDEN));
        self.links.push(leads.is_some());
        let Some(address) = leads else {
            return;
        };
        self.out.push_str("<a href=\"");
        escape_href(&address, &mut self.out);
        self.out.push_str("\" rel=\"noreferrer noopener\"");
        if let Some(host) = title(&address) {
            self.out.push_str(" title=\"");
            escape(&host, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }
}
