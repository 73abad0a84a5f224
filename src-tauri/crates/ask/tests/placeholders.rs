//! What is filled into a prompt, and what stays as it is.

use ask::{Placeholder, fill, holds};

fn filled(prompt: &str) -> String {
    fill(prompt, |placeholder| match placeholder {
        Placeholder::Language => "中文".to_owned(),
        Placeholder::Date => "2026-11-28".to_owned(),
        Placeholder::Clipboard => "{date} {x}".to_owned(),
    })
}

#[test]
fn known_names_are_filled_in_and_what_is_filled_in_stays() {
    assert_eq!(filled("Answer in {language}."), "Answer in 中文.");
    assert_eq!(filled("{date}{language}"), "2026-11-28中文");
    assert_eq!(filled("译：{clipboard}。"), "译：{date} {x}。");
    assert_eq!(filled(""), "");
}

#[test]
fn other_braces_stay_as_they_are() {
    for same in [
        r#"{"date": "2026", "items": [{"a": {}}]}"#,
        "{ language }",
        "{Language}",
        "{languages}",
        "{{x}} {% if y %} ${z} {",
        "}{",
        "{language",
        "语{言}",
    ] {
        assert_eq!(filled(same), same);
    }
}

#[test]
fn doubled_braces_are_one_pair() {
    assert_eq!(filled("{{language}}"), "{language}");
    assert_eq!(filled("{{{language}}}"), "{{language}}");
    assert_eq!(filled("{{language}"), "{中文");
    assert_eq!(filled("{{date}} is {date}"), "{date} is 2026-11-28");
    assert!(!holds("{{clipboard}}", Placeholder::Clipboard));
    assert!(holds("{{clipboard}} {clipboard}", Placeholder::Clipboard));
}
