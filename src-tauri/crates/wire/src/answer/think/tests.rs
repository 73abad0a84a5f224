use super::*;
use crate::answer::tags::{ENDS, THOUGHTS};
use crate::error::ThoughtTags;

fn run(chunks: &[&str]) -> (String, String) {
    run_with(&Arc::default(), chunks)
}

fn run_with(rows: &Arc<Rows>, chunks: &[&str]) -> (String, String) {
    let (mut text, mut reasoning) = (String::new(), String::new());
    let mut think = Think::of(rows);
    let mut take = |piece: Piece<'_>| match piece {
        Piece::Text(t) => text.push_str(t),
        Piece::Reasoning(r) => reasoning.push_str(r),
        Piece::Orphan => {
            reasoning.push_str(text.trim_end());
            text.clear();
        }
    };
    for chunk in chunks {
        think.push(chunk, &mut take);
    }
    think.finish(&mut take);
    (text, reasoning)
}

fn every_way(whole: &str, text: &str, reasoning: &str) {
    every_way_with(&Arc::default(), whole, text, reasoning);
}

fn every_way_with(rows: &Arc<Rows>, whole: &str, text: &str, reasoning: &str) {
    let expected = (text.to_owned(), reasoning.to_owned());
    let run = |chunks: &[&str]| run_with(rows, chunks);
    assert_eq!(run(&[whole]), expected, "{whole:?} whole");
    for (at, _) in whole.char_indices() {
        let (a, b) = whole.split_at(at);
        assert_eq!(run(&[a, b]), expected, "{whole:?} cut at {at}");
    }
    let single: Vec<String> = whole.chars().map(String::from).collect();
    let single: Vec<&str> = single.iter().map(String::as_str).collect();
    assert_eq!(run(&single), expected, "{whole:?} by characters");
}

#[test]
fn tags_that_a_provider_adds_are_as_good_as_any() {
    let tags = |open: &str, close: &str| ThoughtTags {
        open: open.into(),
        close: close.into(),
        source: String::new(),
    };
    let rows = Arc::new(Rows {
        thoughts: vec![
            tags("<thinking>", "</thinking>"),
            tags("[[plan]]", "[[/plan]]"),
            // None that means anything.
            tags("", ""),
        ],
        ..Rows::default()
    });
    let all = |whole: &str, text: &str, reasoning: &str| {
        every_way_with(&rows, whole, text, reasoning);
    };
    all("<thinking>\nhm\n</thinking>\n\nHello", "Hello", "hm");
    all("[[plan]]a[[/plan]]<think>b</think>c", "c", "ab");
    all("hm\n</thinking>\nHello", "Hello", "hm");
    all("<thinking>never closed", "", "never closed");
    all(
        "a `<thinking>b</thinking>` c",
        "a `<thinking>b</thinking>` c",
        "",
    );
    all("<think>hm</think>Hello", "Hello", "hm");
    all("", "", "");
    // Without the row they are words.
    every_way("hm\n</thinking>\nHello", "hm\n</thinking>\nHello", "");
}

#[test]
fn a_leading_block_is_reasoning() {
    every_way("<think>\nhm\n</think>\nHello", "Hello", "hm");
    every_way("\n <think>a b</think>c < d", "c < d", "a b");
    every_way("<think>\n\n</think>\n\nHello", "Hello", "");
    every_way("<think>a </thin b</think>c", "c", "a </thin b");
    every_way("<think>only thought", "", "only thought");
}

#[test]
fn other_tags_are_text() {
    every_way("a <think>b</think>c", "a <think>b</think>c", "");
    every_way("<thin ice", "<thin ice", "");
    every_way("<th", "<th", "");
    every_way("  spaced", "  spaced", "");
    every_way("1 < 2 </b> <", "1 < 2 </b> <", "");
}

#[test]
fn a_closing_tag_alone_turns_the_text_before_it_into_reasoning() {
    every_way("hm\n</think>\nHello", "Hello", "hm");
    every_way("</think>Hello", "Hello", "");
    every_way("a</think>b</think>c", "b</think>c", "a");
    every_way("close it with `</think>`.", "close it with `</think>`.", "");
}

#[test]
fn a_token_that_ends_a_turn_is_no_closing_tag() {
    for end in ENDS {
        for text in [
            format!("Hello{end}"),
            format!("Each turn ends with {end}\nand so on"),
            format!("{end}Hello"),
        ] {
            every_way(&text, &text, "");
        }
    }
}

/// Would take hours if what was passed were looked at again.
#[test]
fn a_large_piece_with_many_tags_in_code_is_read_once() {
    for tag in ["`<think>` ", "`</think>` ", "\"</think>\" ", "<<<<"] {
        let text = tag.repeat(4 * 1024 * 1024 / tag.len());
        assert_eq!(run(&[&text]), (text, String::new()), "{tag}");
    }
}

#[test]
fn every_pair_leads_whatever_it_is_called() {
    for (open, close) in THOUGHTS.iter().map(|pair| (pair.open, pair.close)) {
        every_way(&format!("{open}\nhm\n{close}\n\nHello"), "Hello", "hm");
        every_way(&format!("\n{open}a < b{close}c"), "c", "a < b");
        every_way(&format!("{open}{close}\nHello"), "Hello", "");
        every_way(
            &format!("a `{open}b{close}` c"),
            &format!("a `{open}b{close}` c"),
            "",
        );
    }
    every_way(
        "<thinking>hm</thinking>Hello",
        "<thinking>hm</thinking>Hello",
        "",
    );
}

#[test]
fn channels_lead_to_the_answer() {
    every_way(
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello",
        "Hello",
        "hm",
    );
    every_way("<|channel|>final<|message|>Hello", "Hello", "");
    every_way("<think>a</think>\n<think>b</think>\nHello", "Hello", "ab");
    every_way("<|im_start|>assistant\nHello", "Hello", "");
}

#[test]
fn tags_that_are_spoken_of_are_text() {
    for text in [
        "The </think> tag closes it.",
        "（“</think>”）closes it.",
        "```html\n</think>\n```\nand so on",
        "```\n<think>a</think>\n```",
        "[link](x) and a [THI",
    ] {
        every_way(text, text, "");
    }
}

#[test]
fn a_lone_closing_tag_after_a_field_is_dropped() {
    for close in ["</think>", "</thought>", "<channel|>", "[/THINK]"] {
        let mut pieces = String::new();
        let mut think = Think::default();
        let mut take = |piece: Piece<'_>| pieces += &format!("{piece:?}");
        assert!(think.take_field(&mut take));
        for c in format!("\n{close}\n\nHello").chars() {
            think.push(c.encode_utf8(&mut [0; 4]), &mut take);
        }
        think.finish(&mut take);
        let said = pieces.replace("\")Text(\"", "");
        assert_eq!(said, "Text(\"Hello\")", "{close}");
    }
}

#[test]
fn a_field_beats_the_tags() {
    let mut pieces = Vec::new();
    let mut take = |piece: Piece<'_>| pieces.push(format!("{piece:?}"));
    let mut think = Think::default();
    assert!(think.take_field(&mut take));
    think.push("<think>hm</think>Hel", &mut take);
    think.push("lo</think>", &mut take);
    think.finish(&mut take);
    assert_eq!(pieces, [r#"Text("Hel")"#, r#"Text("lo</think>")"#]);
}
