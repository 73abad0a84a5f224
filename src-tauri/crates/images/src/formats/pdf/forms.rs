//! Values of a form that the file has no appearance for, which viewers make themselves
//! (ISO 32000-1, section 12.7.3.3): drawn on a page of their own, to be laid over.

use std::fmt::Write;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect, String as Words};
use hayro::hayro_syntax::page::{Page, Rotation};

use super::fields::{found, has_appearance, is_on, shown};

/// Fields of a page that are drawn at most, and letters of each.
const FIELDS: usize = 2000;
const LETTERS: usize = 4000;
/// Flags of fields (tables 226, 228 and 230).
const MULTILINE: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
const RADIO: u32 = 1 << 15;
const PUSH: u32 = 1 << 16;
const COMB: u32 = 1 << 24;
/// Flags of what is not seen: hidden, not on a screen (table 165).
const UNSEEN: u32 = 1 << 1 | 1 << 5;

/// A PDF with the page's values on nothing, as large and turned as the page; `None`
/// where there are none to be drawn.
pub(super) fn values(pdf: &Pdf, page: &Page<'_>) -> Option<Vec<u8>> {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let form = root.get::<Dict<'_>>(b"AcroForm")?;
    let annotations = page.raw().get::<Array<'_>>(b"Annots")?;
    let mut drawn = String::new();
    for widget in annotations.iter::<Dict<'_>>().take(FIELDS) {
        if let Some(field) = Field::of(&widget, &form) {
            field.draw(&mut drawn);
        }
    }
    (!drawn.is_empty()).then(|| file(page, &drawn))
}

/// A field that has a value and no appearance.
struct Field {
    rect: Rect,
    kind: Kind,
    size: f64,
    /// What sets its colour.
    colour: String,
    /// 0 from the left, 1 in the middle, 2 to the right.
    side: i64,
}

enum Kind {
    Line(String),
    Lines(String),
    /// A letter a cell, and how many cells.
    Comb(String, usize),
    Check,
    Dot,
}

impl Field {
    fn of(widget: &Dict<'_>, form: &Dict<'_>) -> Option<Self> {
        let kind = found(widget, |field| field.get::<Name<'_>>(b"FT"))?;
        let unseen = widget.get::<u32>(b"F").unwrap_or(0) & UNSEEN != 0;
        if unseen || has_appearance(widget) {
            return None;
        }
        let flags = found(widget, |field| field.get::<u32>(b"Ff")).unwrap_or(0);
        let kind = match kind.as_str() {
            "Tx" | "Ch" => words_kind(widget, flags)?,
            "Btn" if flags & PUSH == 0 && is_on(widget) => {
                if flags & RADIO == 0 {
                    Kind::Check
                } else {
                    Kind::Dot
                }
            }
            _ => return None,
        };
        let style = found(widget, |field| field.get::<Words<'_>>(b"DA"));
        let style = style.or_else(|| form.get::<Words<'_>>(b"DA"));
        let style = style
            .map(|style| style.as_bytes().to_vec())
            .unwrap_or_default();
        let (size, colour) = styled(&style);
        Some(Self {
            rect: widget.get::<Rect>(b"Rect")?,
            kind,
            size,
            colour,
            side: found(widget, |field| field.get::<i64>(b"Q")).unwrap_or(0),
        })
    }

    fn draw(&self, out: &mut String) {
        let Rect { x0, y0, x1, y1 } = self.rect;
        let (width, height) = (x1 - x0, y1 - y0);
        if !(width > 1.0 && height > 1.0 && width.max(height) < 20_000.0) {
            return;
        }
        let colour = &self.colour;
        let _ = writeln!(out, "q {x0} {y0} {width} {height} re W n {colour}");
        let auto = |most: f64| match self.size {
            size if size > 0.0 => size.min(1000.0),
            _ => (height * 0.7).clamp(4.0, most),
        };
        let start = |size: f64, words: &str| {
            let room = width - 4.0 - length(words) * size;
            x0 + 2.0
                + match self.side {
                    1 => (room / 2.0).max(0.0),
                    2 => room.max(0.0),
                    _ => 0.0,
                }
        };
        match &self.kind {
            Kind::Line(words) => {
                let mut size = auto(12.0);
                if self.size <= 0.0 {
                    // As large as its field allows.
                    size = size.min((width - 4.0) / length(words).max(0.1)).max(4.0);
                }
                text(
                    out,
                    words,
                    size,
                    start(size, words),
                    y0 + (height - size) / 2.0 + size * 0.22,
                );
            }
            Kind::Lines(words) => {
                let size = auto(10.0);
                let mut y = y1 - 2.0 - size * 0.9;
                for line in wrapped(words, (width - 4.0) / size) {
                    text(out, &line, size, start(size, &line), y);
                    y -= size * 1.15;
                    if y < y0 - size {
                        break;
                    }
                }
            }
            Kind::Comb(words, cells) => {
                let (size, cell) = (auto(12.0), width / *cells as f64);
                let y = y0 + (height - size) / 2.0 + size * 0.22;
                for (n, letter) in words.chars().take(*cells).enumerate() {
                    let letter = letter.to_string();
                    let x = x0 + cell * (n as f64 + 0.5) - length(&letter) * size / 2.0;
                    text(out, &letter, size, x, y);
                }
            }
            Kind::Check | Kind::Dot => {
                let side = width.min(height);
                let at = |x: f64, y: f64| {
                    format!(
                        "{} {}",
                        x0 + width / 2.0 + side * x,
                        y0 + height / 2.0 + side * y
                    )
                };
                let _ = if matches!(self.kind, Kind::Check) {
                    let (a, b, c) = (at(-0.3, 0.0), at(-0.08, -0.25), at(0.3, 0.28));
                    writeln!(out, "0 G {} w {a} m {b} l {c} l S", side * 0.12)
                } else {
                    // A stroke of no length with round ends.
                    let middle = at(0.0, 0.0);
                    writeln!(out, "0 G 1 J {} w {middle} m {middle} l S", side * 0.5)
                };
            }
        }
        out.push_str("Q\n");
    }
}

fn words_kind(widget: &Dict<'_>, flags: u32) -> Option<Kind> {
    let words = match found(widget, |field| field.get::<Object<'_>>(b"V"))? {
        Object::String(words) => shown(widget, words.as_bytes()),
        Object::Name(name) => name.as_str().to_owned(),
        Object::Array(all) => {
            let all = all.iter::<Words<'_>>();
            let all: Vec<String> = all.map(|words| shown(widget, words.as_bytes())).collect();
            all.join("\n")
        }
        _ => return None,
    };
    let mut words: String = words.chars().take(LETTERS).collect();
    if words.trim().is_empty() {
        return None;
    }
    if flags & PASSWORD != 0 {
        words = words.chars().map(|_| '*').collect();
    }
    let cells = found(widget, |field| field.get::<u32>(b"MaxLen")).unwrap_or(0) as usize;
    Some(match flags {
        _ if flags & COMB != 0 && (1..=LETTERS).contains(&cells) => Kind::Comb(words, cells),
        _ if flags & MULTILINE != 0 || words.contains(['\n', '\r']) => Kind::Lines(words),
        _ => Kind::Line(words),
    })
}

/// Size, 0 for as it fits, and colour of a default appearance.
fn styled(style: &[u8]) -> (f64, String) {
    let style = String::from_utf8_lossy(style);
    let words: Vec<&str> = style.split_ascii_whitespace().collect();
    let numbers = |end: usize, count: usize| -> Option<Vec<f64>> {
        let words = words.get(end.checked_sub(count)?..end)?;
        let numbers = words.iter().map(|word| word.parse::<f64>().ok());
        numbers
            .collect::<Option<Vec<_>>>()
            .filter(|all| all.iter().all(|v| v.is_finite()))
    };
    let (mut size, mut colour) = (0.0, "0 g".to_owned());
    for (n, word) in words.iter().enumerate() {
        let count = match *word {
            "Tf" | "g" => 1,
            "rg" => 3,
            "k" => 4,
            _ => continue,
        };
        let Some(values) = numbers(n, count) else {
            continue;
        };
        if *word == "Tf" {
            size = values.first().copied().unwrap_or(0.0);
        } else {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            colour = format!("{} {word}", values.join(" "));
        }
    }
    (size, colour)
}

/// Width of words in ems, about as Helvetica has it.
fn length(words: &str) -> f64 {
    let letter = |letter: char| match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 0.22,
        ' ' | '.' | ',' | ':' | ';' | 'f' | 't' | 'I' | '!' | '/' => 0.28,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.85,
        'A'..='Z' => 0.69,
        letter if u32::from(letter) < 0x2000 => 0.55,
        _ => 1.0,
    };
    words.chars().map(letter).sum()
}

/// Lines of at most so many ems.
fn wrapped(words: &str, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let words = words.replace("\r\n", "\n").replace('\r', "\n");
    for paragraph in words.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_inclusive(|c: char| c == ' ' || u32::from(c) >= 0x2000) {
            if !line.is_empty() && length(&line) + length(word.trim_end()) > most {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Writes words in a font that has them: what is not Latin is Chinese.
fn text(out: &mut String, words: &str, size: f64, x: f64, y: f64) {
    let latin = words.chars().all(|c| u32::from(c) < 256);
    let coded: String = if latin {
        words
            .chars()
            .map(|c| format!("{:02x}", u32::from(c)))
            .collect()
    } else {
        words
            .encode_utf16()
            .map(|unit| format!("{unit:04x}"))
            .collect()
    };
    let font = if latin { "L" } else { "C" };
    let _ = writeln!(out, "BT /{font} {size} Tf {x} {y} Td <{coded}> Tj ET");
}

/// A PDF of one page like the given one, with such contents.
fn file(page: &Page<'_>, contents: &str) -> Vec<u8> {
    let area = |Rect { x0, y0, x1, y1 }: Rect| format!("[{x0} {y0} {x1} {y1}]");
    let (media, crop) = (area(page.media_box()), area(page.crop_box()));
    let turned = match page.rotation() {
        Rotation::None => 0,
        Rotation::Horizontal => 90,
        Rotation::Flipped => 180,
        Rotation::FlippedHorizontal => 270,
    };
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox{media}/CropBox{crop}/Rotate {turned}\
             /Contents 4 0 R/Resources<</Font<</L 5 0 R/C 6 0 R>>>>>>"
        ),
        format!(
            "<</Length {}>>\nstream\n{contents}\nendstream",
            contents.len() + 1
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H\
         /DescendantFonts[7 0 R]>>"
            .to_owned(),
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>\
         /FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4>>>>"
            .to_owned(),
    ];
    let mut out = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in (1..).zip(&objects) {
        places.push(out.len());
        let _ = write!(out, "{n} 0 obj\n{object}\nendobj\n");
    }
    let table = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(
        out,
        "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n",
        places.len() + 1
    );
    out.into_bytes()
}
