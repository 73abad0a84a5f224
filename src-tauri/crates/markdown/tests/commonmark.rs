//! CommonMark's own test suite, with each deviation listed and explained.
//!
//! `commonmark/spec.json` holds the examples of the specification 0.31.2 by
//! John MacFarlane, CC-BY-SA 4.0 (see `commonmark/LICENSE.md`).
//!
//! An example that is not listed must come out as the specification says; one
//! that is listed must come out as the specification says *after* the listed
//! changes, and must need each of them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/canon.rs"]
mod canon;
#[path = "support/check.rs"]
mod check;
#[path = "support/dom.rs"]
mod dom;

use std::collections::BTreeSet;

use canon::{Reason, canon};
use markdown::{render, to_html};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html::push_html};
use serde::Deserialize;

#[derive(Deserialize)]
struct Example {
    number: u32,
    section: String,
    markdown: String,
    html: String,
}

/// Why an example comes out otherwise, and which.
const DEVIATIONS: &[(Reason, &[u32])] = &[
    (
        Reason::SourceHtml,
        &[
            21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163,
            164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180,
            181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 201, 308, 309, 344, 475, 476,
            477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630,
            631, 642, 643,
        ],
    ),
    (
        Reason::LinkScheme,
        &[
            22, 23, 32, 33, 192, 193, 194, 195, 196, 198, 200, 202, 203, 204, 205, 206, 214, 215,
            216, 217, 218, 404, 419, 422, 433, 473, 474, 482, 483, 484, 485, 486, 487, 489, 492,
            495, 496, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 509, 510, 512, 514, 515,
            516, 517, 518, 519, 521, 522, 527, 528, 529, 530, 531, 532, 533, 534, 535, 539, 540,
            541, 542, 543, 544, 549, 550, 553, 554, 555, 556, 557, 558, 559, 560, 561, 562, 564,
            565, 566, 567, 568, 569, 570, 571, 593, 596, 598, 599, 601,
        ],
    ),
    (
        Reason::Picture,
        &[
            517, 520, 531, 572, 573, 574, 575, 576, 577, 578, 579, 580, 581, 582, 583, 584, 585,
            586, 587, 588, 589, 591,
        ],
    ),
    (Reason::Language, &[144]),
];

fn examples() -> Vec<Example> {
    serde_json::from_str(include_str!("commonmark/spec.json")).unwrap()
}

fn listed(number: u32) -> BTreeSet<Reason> {
    DEVIATIONS
        .iter()
        .filter(|(_, numbers)| numbers.contains(&number))
        .map(|(reason, _)| *reason)
        .collect()
}

/// The HTML that the specification wants, with source HTML turned into text:
/// made by pulldown-cmark's own renderer, which must agree with the
/// specification about the rest.
fn with_html_as_text(example: &Example) -> String {
    let mut plain = String::new();
    push_html(&mut plain, Parser::new(&example.markdown));
    assert_eq!(
        canon(&plain, &BTreeSet::new()),
        canon(&example.html, &BTreeSet::new()),
        "the parser reads example {} as the specification does",
        example.number
    );
    let events = Parser::new(&example.markdown).map(|event| match event {
        Event::Start(Tag::HtmlBlock) => Event::Html("<div class=\"html\">".into()),
        Event::End(TagEnd::HtmlBlock) => Event::Html("</div>".into()),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

/// What an example should come out as when it deviates for these reasons.
fn expected(example: &Example, reasons: &BTreeSet<Reason>) -> String {
    if reasons.contains(&Reason::SourceHtml) {
        canon(&with_html_as_text(example), reasons)
    } else {
        canon(&example.html, reasons)
    }
}

#[test]
fn every_example_is_as_specified_or_listed() {
    let mut wrong = Vec::new();
    for example in examples() {
        let reasons = listed(example.number);
        let ours = canon(&to_html(&render(&example.markdown)), &BTreeSet::new());
        if ours != expected(&example, &reasons) {
            wrong.push(format!(
                "{} ({}), with {reasons:?}\n{:?}\nours     {ours}\nexpected {}",
                example.number,
                example.section,
                example.markdown,
                expected(&example, &reasons)
            ));
        }
        for reason in &reasons {
            let mut fewer = reasons.clone();
            fewer.remove(reason);
            if ours == expected(&example, &fewer) {
                wrong.push(format!(
                    "{} does not need {reason:?} any more",
                    example.number
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_listed_example_exists() {
    let count = u32::try_from(examples().len()).unwrap();
    assert_eq!(count, 652);
    for (_, numbers) in DEVIATIONS {
        assert!(numbers.iter().all(|number| (1..=count).contains(number)));
        assert!(numbers.is_sorted());
    }
}

#[test]
fn every_example_streams_and_is_safe() {
    for example in examples() {
        let text = &example.markdown;
        dom::assert_safe(&render(text));
        let pieces = check::characters(text);
        if Parser::new(text).reference_definitions().iter().count() == 0 {
            check::stream_exactly(&pieces);
        } else {
            check::stream(&pieces);
        }
        for pieces in check::cuts(text) {
            check::stream(&pieces);
        }
    }
}
