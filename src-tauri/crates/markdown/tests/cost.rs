//! What streaming costs: counted in bytes. One test prints times, and asserts none:
//! `cargo test -p markdown --release --test cost -- --ignored --nocapture`
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/long.rs"]
mod long;

use std::time::Instant;

use markdown::{Renderer, render};

/// Streams `text` in by pieces of `size` characters; milliseconds, pieces, and
/// the bytes of all patches as the page gets them.
fn time(text: &str, size: usize) -> (f64, usize, usize) {
    let chars: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
    let start = Instant::now();
    let mut renderer = Renderer::new();
    let mut patches: Vec<_> = pieces.iter().map(|piece| renderer.push(piece)).collect();
    patches.push(renderer.finish());
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let bytes = patches
        .iter()
        .map(|patch| serde_json::to_string(patch).unwrap().len())
        .sum();
    (ms, pieces.len(), bytes)
}

/// An answer of about `size` bytes, as models write them.
fn answer(size: usize) -> String {
    let mut text = String::new();
    for n in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&format!("## Part {n}\n\n"));
        text.push_str("The picture shows **two** people at a `table`, with [a link](https://a.example/b) and more words that make a paragraph of some length.\n\n");
        text.push_str("- first item with *emphasis*\n- second item\n  - nested\n- third item\n\n");
        text.push_str("1. **Step one**: do this\n\n2. **Step two**: do that\n\n   ```bash\n   cargo run --release\n   ```\n\n");
        text.push_str("```rust\nfn main() {\n    let answer = 42; // of course\n    println!(\"{answer}\");\n}\n```\n\n");
        text.push_str(
            "| name | size |\n|------|-----:|\n| a.png | 12 KB |\n| b.png | 340 KB |\n\n",
        );
        text.push_str("> A quoted remark\n> on two lines.\n\n");
    }
    text.truncate(size);
    text
}

#[test]
fn a_block_that_never_ends_costs_in_proportion_to_its_length() {
    let size = 60_000;
    let texts = long::growing(size).chain(long::hostile(size));
    let longer = long::growing(2 * size).chain(long::hostile(2 * size));
    for ((name, text), (_, longer)) in texts.zip(longer) {
        let cost = long::stream(&text, 50);
        assert!(
            cost.parsed <= 20 * text.len(),
            "{name}: {} bytes parsed of {}",
            cost.parsed,
            text.len()
        );
        assert!(
            cost.patches <= 150 * text.len(),
            "{name}: {} bytes of patches of {}",
            cost.patches,
            text.len()
        );
        let twice = long::stream(&longer, 50);
        let (parsed, patches) = (twice.parsed, twice.patches);
        assert!(parsed <= 3 * cost.parsed, "{name}: {parsed} bytes parsed");
        assert!(patches <= 3 * cost.patches, "{name}: {patches} of patches");
    }
}

#[test]
fn how_often_text_comes_changes_little() {
    for (name, text) in long::growing(100_000) {
        let few = long::stream(&text, 1_000);
        let many = long::stream(&text, 20);
        // Beside what is parsed of a block while it is short.
        let short = 4_096 * 4_096 / 20;
        assert!(
            many.parsed <= 2 * few.parsed + short,
            "{name}: {} and {} bytes parsed",
            few.parsed,
            many.parsed
        );
    }
}

#[test]
#[ignore = "prints times"]
fn print_what_streaming_costs() {
    let start = Instant::now();
    markdown::warm();
    println!("{:9.1} ms  warm", start.elapsed().as_secs_f64() * 1e3);
    render(&answer(5_000));
    let code = (0..2_000)
        .map(|n| format!("let value_{n} = call(\"text {n}\", {n});\n"))
        .collect::<String>();
    let code = format!("```rust\n{code}```\n");
    let cases = [
        ("answer of 22 KB", answer(22_000)),
        ("answer of 100 KB", answer(100_000)),
        ("answer of 200 KB", answer(200_000)),
        ("1,000 lines of code", code[..code.len() / 2].to_owned()),
        ("2,000 lines of code", code),
        (
            "2,000 paragraphs",
            "A short paragraph of some words, no more.\n\n".repeat(2_000),
        ),
        (
            "2,000 rows",
            format!(
                "| a | b |\n|---|---|\n{}",
                "| cell | another cell with words |\n".repeat(2_000)
            ),
        ),
        (
            "2,000 items",
            "- an item with some *words* in it\n".repeat(2_000),
        ),
        (
            "2,000 loose items",
            "1. an item with some *words*\n\n".repeat(2_000),
        ),
        ("one paragraph of 22 KB", "word ".repeat(4_400)),
        ("one quote of 22 KB", "> a line of a quote\n".repeat(1_100)),
    ];
    let long = long::growing(1_000_000).chain(long::hostile(1_000_000));
    for (name, text) in cases.into_iter().chain(long) {
        // Pieces of 9.13 characters are 22 KB in 2,410.
        let size = if name.ends_with("of 22 KB") { 9 } else { 8 };
        let (ms, pieces, bytes) = time(&text, size);
        let start = Instant::now();
        render(&text);
        let whole = start.elapsed().as_secs_f64() * 1e3;
        println!(
            "{ms:9.1} ms  {name}: {} bytes in {pieces} pieces, {bytes} bytes of patches; whole {whole:.1} ms",
            text.len()
        );
    }
}
