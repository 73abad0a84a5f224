//! Any key, in any form, in any place of an answer.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::Event;

use super::{KEY, assert_hidden, errors, events, gate, joined, now};
use crate::spell::{forms, shows};
use crate::support::cut;

/// A key of printable characters, as a header takes them; without a backslash, which a
/// server that does not escape it turns into another character.
fn keys() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "sk-[A-Za-z0-9_-]{13,60}",
        1 => "[0-9a-f]{32}\\.[A-Za-z0-9]{16}",
        1 => r"[!-\[\]-~]{16,64}",
    ]
}

/// Words that are no part of a key.
fn words() -> impl Strategy<Value = String> {
    "[ 豆，\n]{0,8}"
}

/// The parts of an answer: in which field each comes, and what it says.
fn said() -> impl Strategy<Value = Vec<(bool, String, prop::sample::Index)>> {
    prop::collection::vec((any::<bool>(), words(), any::<prop::sample::Index>()), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_stream_shows_a_key(
        key in keys(),
        parts in said(),
        steps in prop::collection::vec(1_usize..12, 1..8),
        sizes in prop::collection::vec(1_usize..90, 1..8),
        end in any::<prop::sample::Index>(),
    ) {
        let forms = forms(&key);
        let told = end.get(&forms);
        let mut body = String::new();
        let chunk = |delta: Value, reason: Value| {
            let payload = json!({
                "id": told, "model": told,
                "choices": [{"delta": delta, "finish_reason": reason}],
            });
            format!("data: {payload}\n\n")
        };
        let mut steps = steps.iter().cycle();
        for (thought, before, form) in &parts {
            let field = if *thought { "reasoning_content" } else { "content" };
            let text: Vec<char> = format!("{before}{} ", form.get(&forms)).chars().collect();
            let mut rest = text.as_slice();
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*steps.next().unwrap()).min(rest.len()));
                body += &chunk(json!({field: now.iter().collect::<String>()}), Value::Null);
                rest = later;
            }
        }
        body += &chunk(json!({}), json!(told));
        let pieces = cut(body.as_bytes(), &sizes);
        let events = now(events(&gate(&key), 200, pieces));
        assert_hidden(&events, &key);
        // What is no key is all there, in its order.
        let (text, reasoning) = joined(&events);
        for (shown, thought) in [(text, false), (reasoning, true)] {
            let mut rest = shown.as_str();
            for (_, before, _) in parts.iter().filter(|part| part.0 == thought) {
                let at = rest.find(before.trim());
                prop_assert!(at.is_some(), "{before:?} is not in {rest:?}");
                rest = &rest[at.unwrap() + before.trim().len()..];
            }
        }
        let ended = matches!(events.last(), Some(Ok(Event::End { .. })));
        prop_assert!(ended);
    }

    #[test]
    fn no_json_body_shows_a_key(key in keys(), form in any::<prop::sample::Index>()) {
        let forms = forms(&key);
        let form = form.get(&forms);
        let bodies = [
            json!({"id": form, "model": form, "choices": [{
                "message": {"content": form, "reasoning_content": form}, "finish_reason": form,
            }]}),
            json!({"choices": [{"message": {"content": [
                {"type": "thinking", "thinking": form}, {"type": "text", "text": form},
            ]}, "finish_reason": "stop"}]}),
            json!({"choices": [{"message": {"content": format!("<think>{form}</think>{form}")}}]}),
            json!({"choices": [{"message": {"content": format!("{form}</think>{form}")}}]}),
            json!({"choices": [{"text": form, "message": {"refusal": form}}]}),
        ];
        for body in bodies {
            let pieces = vec![Bytes::from(body.to_string())];
            let events = now(events(&gate(&key), 200, pieces));
            assert_hidden(&events, &key);
        }
    }

    /// Without a quotation mark at its end: in a string that a server does not escape it
    /// is the end of that, and no part of what is read.
    #[test]
    fn no_error_shows_a_key(
        key in r"[!-\[\]-~]{5,14}[!#-\[\]-~]|sk-[A-Za-z0-9_-]{3,60}|[!-\[\]-~]{15,63}[!#-\[\]-~]",
        form in any::<prop::sample::Index>(),
        status in prop::sample::select(vec![200_u16, 400, 401, 404, 422, 429, 500, 503]),
        long in 0_usize..2100,
    ) {
        let forms = forms(&key);
        let form = form.get(&forms);
        for body in errors(form, long) {
            let pieces = vec![Bytes::from(body)];
            let events = now(events(&gate(&key), status, pieces));
            assert_hidden(&events, &key);
        }
    }

    #[test]
    fn what_holds_no_key_is_not_changed(
        key in keys(),
        parts in prop::collection::vec(
            (any::<bool>(), prop_oneof![
                "[a-z %\\\\&#;0-9豆\n]{0,20}",
                Just("%41\\u0041\\/&#65;".to_owned()),
                Just("<redacted>".to_owned()),
                Just("KEY".to_owned()),
            ]), 1..20),
        part in 1_usize..16,
    ) {
        let mut body = String::new();
        let (mut text, mut reasoning) = (String::new(), String::new());
        for (thought, word) in &parts {
            // The beginning of a key is none.
            let word = word.replace("KEY", &key[..part]);
            let field = if *thought { "reasoning_content" } else { "content" };
            body += &format!("data: {}\n\n", json!({"choices": [{"delta": {field: word}}]}));
            if *thought { reasoning += &word } else { text += &word }
        }
        prop_assume!(!shows(&text, &key) && !shows(&reasoning, &key));
        let plain = gate("none");
        let body = vec![Bytes::from(body)];
        let expected = now(events(&plain, 200, body.clone()));
        let got = now(events(&gate(&key), 200, body));
        prop_assert_eq!(joined(&got), joined(&expected));
    }
}

#[test]
fn the_forms_are_forms() {
    for key in [KEY, "hunter2-pass-0815", "ollama"] {
        for form in forms(key) {
            assert!(shows(&form, key), "{form}");
        }
    }
}

/// Where a piece ends within an escape, what of a key came before it is still known.
#[test]
fn no_key_is_shown_whose_escape_is_cut_anywhere() {
    for key in [
        "sk-proj_abcd1234efgh5678",
        r#"zaaA>Aaaaa!!!00a!a!A0a!a0a0a!0"a~a0A!AA"#,
        KEY,
    ] {
        for form in forms(key) {
            for size in 1..24 {
                let text: Vec<char> = format!("{form} ").chars().collect();
                // Each alone: what comes together is one text.
                let pieces = text.chunks(size).map(|piece| {
                    let piece: String = piece.iter().collect();
                    let payload = json!({"choices": [{"delta": {"content": piece}}]});
                    Bytes::from(format!("data: {payload}\n\n"))
                });
                let pieces = pieces.collect();
                let events = now(events(&gate(key), 200, pieces));
                assert_hidden(&events, key);
            }
        }
    }
}
