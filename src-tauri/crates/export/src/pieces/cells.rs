//! Cells as text that spreadsheets read.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, which may
//! send what stands in the sheet elsewhere; and what a model wrote may be what somebody put
//! into a picture. So such a cell begins with an apostrophe, unless it is a number: OWASP,
//! "CSV Injection". Markdown has no formulas and is left alone.

/// Cells divided by tabs, as a spreadsheet takes them from the clipboard. One that holds a
/// tab or a line break stands in quotation marks.
pub fn tsv(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &str| cell.contains(['\t', '\n', '\r']) || cell.starts_with('"');
    table(rows, "\t", "\n", quoted)
}

/// Cells divided by commas (RFC 4180).
pub fn csv(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &str| {
        let has_blank =
            cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
        has_blank || cell.contains([',', '"', '\n', '\r'])
    };
    table(rows, ",", "\r\n", quoted)
}

fn table(
    rows: &[Vec<String>],
    between: &str,
    end: &str,
    is_quoted: impl Fn(&str) -> bool,
) -> String {
    let cell = |cell: &String| {
        let cell = harmless(cell);
        if is_quoted(&cell) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    let row = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(between);
    rows.iter().map(row).collect::<Vec<_>>().join(end)
}

/// A cell that no spreadsheet runs.
fn harmless(cell: &str) -> String {
    // Spreadsheets of East Asia read the wide signs as well.
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\u{2212}'];
    let begins = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    if begins.starts_with(signs) && !is_number(begins) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Is it a number with a sign, or signs alone?
fn is_number(cell: &str) -> bool {
    let Some(rest) = cell.strip_prefix(['+', '-', '\u{2212}']) else {
        return false;
    };
    let rest = rest.trim_matches(['%', '$', '€', '£', '¥', '￥', '°', ' ', '\u{a0}']);
    if rest.chars().all(|c| matches!(c, '-' | '+')) {
        return true;
    }
    let (number, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_figure = |c: char| c.is_ascii_digit();
    number.starts_with(|c: char| is_figure(c) || c == '.')
        && number
            .chars()
            .all(|c| is_figure(c) || matches!(c, '.' | ',' | '\u{a0}' | '\u{202f}'))
        && !power.is_empty()
        && power.chars().all(is_figure)
}
