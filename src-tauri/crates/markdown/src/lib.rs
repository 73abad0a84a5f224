//! Growing text in, safe HTML blocks out.
//!
//! ```
//! let mut renderer = markdown::Renderer::new();
//! let mut page = Vec::new();
//! for delta in ["# Hel", "lo\n\nA *pic", "ture*."] {
//!     renderer.push(delta).apply(&mut page);
//! }
//! renderer.finish().apply(&mut page);
//! assert_eq!(markdown::to_html(&page), "<h1>Hello</h1>\n<p>A <em>picture</em>.</p>\n");
//! assert_eq!(page, markdown::render("# Hello\n\nA *picture*."));
//! ```
//!
//! # What is rendered
//!
//! CommonMark with tables, strikethrough, task lists, footnotes and formulas. Where the output
//! differs from the specification it does so on purpose:
//!
//! * HTML in the source, block or inline, is escaped and shown as text
//!   (`<div class="html">` around a block of it), but for `<br>` and, where each has its
//!   end, `<sub>`, `<sup>` and `<kbd>` without attributes.
//! * TeX between `$…$`, `\(…\)`, `$$…$$` and `\[…\]`, these also with backslashes that
//!   came doubled, in environments such as `\begin{align}`, and in a closed fence of the
//!   language `math`, is `<math>`, with the TeX as its annotation; between lines it
//!   stands in `<span class="math-block">`, beside its `math-tag`. What is not closed
//!   yet, or cannot be drawn, is `<code class="tex">` as it was written, in a fence code.
//!   Sums of money and a shell's variables are no formulas.
//! * A footnote is `<div class="note" data-note="label">` at the end, linked by
//!   `<a href="#note-label" data-ref="label">` and back by `<a href="#ref-label">`: the
//!   page looks for the label within the answer.
//! * A link is a link if it begins with `http://`, `https://` or `mailto:`,
//!   else its text stands alone. It has `href`, `rel="noreferrer noopener"` and, as
//!   `title`, the host that it leads to, not the source's title. A mail keeps no
//!   header fields but `subject`, `body` and `cc`.
//! * A picture never loads. It becomes
//!   `<span class="remote-image" data-url="…" data-host="…">description</span>`,
//!   or only its description where the address is not http or https. [`has_card`] says
//!   whether a text names an address so.
//! * A code block is `<div class="code" data-lang="rust"><pre><code data-slot>`
//!   with one part a line, `<span class="line">…</span>`, newline included.
//! * A table is `<div class="table"><table><thead>…</thead><tbody data-slot>`
//!   with one part a row; cells are aligned by `ta-left`, `ta-center`,
//!   `ta-right`. A list is `<ul data-slot>` or `<ol start data-slot>` with one
//!   part an item. Only a block of the top level has a slot.
//! * Headings get no ids; nothing has a style.
//!
//! [`ALLOWED`] and [`CLASSES`] list all elements, attributes and classes.
//!
//! # Colours of code
//!
//! The scopes of the syntax definitions come as these classes:
//!
//! | class | what | scopes |
//! | --- | --- | --- |
//! | `hl-k` | keyword | `keyword`, `storage`, `variable.language` |
//! | `hl-o` | operator | `keyword.operator` |
//! | `hl-s` | string | `string`, `markup.raw` |
//! | `hl-e` | escape in a string | `constant.character.escape`, `constant.other.placeholder` |
//! | `hl-c` | comment | `comment` |
//! | `hl-n` | number, constant | `constant`, `support.constant`, `entity.name.constant`, `entity.name.label` |
//! | `hl-f` | function, macro | `entity.name.function`, `support.function`, `variable.function` |
//! | `hl-t` | type, class, module | `entity.name`, `entity.other.inherited-class`, `support` |
//! | `hl-g` | tag | `entity.name.tag`, `meta.tag` |
//! | `hl-a` | attribute, property, decorator | `entity.other.attribute-name`, `support.type.property-name`, `variable.annotation` |
//! | `hl-v` | variable, parameter | `variable`, `support.variable` |
//! | `hl-p` | punctuation | `punctuation` |
//! | `hl-h`, `hl-b`, `hl-i` | heading, bold, italic | `markup.heading`, `entity.name.section`, `markup.bold`, `markup.italic` |
//! | `hl-ins`, `hl-del` | added, removed | `markup.inserted`, `markup.deleted` |
//!
//! # What it costs
//!
//! Closed blocks are never parsed again, nor are the finished lines of an open
//! fenced code block, rows of an open table and items of an open list. The block
//! that is open is parsed at each push while it is up to 4 KiB long. One that is
//! longer by itself (a paragraph, quote, HTML block, item, row, line of code) is
//! parsed again when it has grown by about an eighth; until then what came since
//! stands behind it as it came, in `<p class="plain" data-slot>` with one
//! `<span>` a part, or in the code's slot. So a text costs in proportion to its
//! length, in bytes parsed and in bytes of patches.
//!
//! A formula that is open holds back the block that it begins in, for 8 KiB at most: a
//! longer one is none.
//!
//! A text with a line that stands deeper than 500 quotes and lists is not parsed:
//! it is shown as plain text.

mod code;
mod links;
mod math;
mod nesting;
mod parse;
mod patch;
mod plain;
mod safe;
mod scan;
mod source;
mod stream;
mod tags;
mod taken;
mod visible;
mod write;

use protocol::Block;

pub use code::warm;
pub use links::destination;
pub use patch::split;
pub use safe::{ALLOWED, CLASSES, SCHEMES, has_card};
pub use stream::Renderer;
pub use taken::{Code, Table, code_block, plain_text, rich_text, table};
pub use visible::visible;

/// Renders a whole text. The same as pushing it in any pieces and finishing.
pub fn render(text: &str) -> Vec<Block> {
    let mut renderer = Renderer::whole(text);
    renderer.finish();
    renderer.into_blocks()
}

/// The HTML of blocks, each with its parts in its slot and a newline after it.
pub fn to_html(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block.html.split_once(patch::SLOT) {
            Some((before, after)) => {
                out.push_str(before);
                out.push('>');
                out.extend(block.parts.iter().map(String::as_str));
                out.push_str(after);
            }
            None => out.push_str(&block.html),
        }
        out.push('\n');
    }
    out
}

/// Streams a text in by random cuts, between 1 and 16 characters apart, applies
/// every patch as the page does, and gives the resulting HTML: what
/// `cargo xtask markdown FILE` prints. The same seed cuts the same way.
pub fn stream_file(text: &str, seed: u64) -> String {
    let mut renderer = Renderer::new();
    let mut page = Vec::new();
    let mut state = seed;
    let mut rest = text;
    while !rest.is_empty() {
        let length = 1 + usize::try_from(split_mix(&mut state) % 16).unwrap_or(0);
        let at = rest.char_indices().nth(length).map_or(rest.len(), |c| c.0);
        let (delta, after) = rest.split_at(at);
        renderer.push(delta).apply(&mut page);
        rest = after;
    }
    renderer.finish().apply(&mut page);
    to_html(&page)
}

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator for cuts.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
