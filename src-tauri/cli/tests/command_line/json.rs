//! `--json`: lines that hold to their schema.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::desk::{DONE, HEAD, Provider, cli, data, delta, error, home, run, send};

/// The lines, each held against the schema.
fn lines(out: &str) -> Vec<Value> {
    let schema = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/cli-events.schema.json"
    );
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        if let Err(error) = schema.validate(&value) {
            panic!("{line}: {error}");
        }
        value
    };
    assert!(out.ends_with('\n'));
    out.lines().map(line).collect()
}

fn types(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect()
}

#[test]
fn every_line_is_what_the_schema_says() {
    let tries = AtomicUsize::new(0);
    let provider = Provider::start(move |socket, _| {
        if tries.fetch_add(1, Ordering::Relaxed) == 0 {
            let later = error(503, "busy", "Later.");
            return send(
                socket,
                &later.replacen("\r\n", "\r\nretry-after-ms: 1\r\n", 1),
            );
        }
        let named = json!({"model": "real", "choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]});
        let counted = json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}});
        let all = format!(
            "{HEAD}data: {named}\n\n{}{}{DONE}",
            delta("a\nb"),
            delta("\u{1b}好")
        );
        send(
            socket,
            &all.replace("data: [DONE]", &format!("data: {counted}\n\ndata: [DONE]")),
        );
    });
    let home = home(&provider);
    let ask = ["ask", "-m", "loop/m", "--json", "?"];
    let (code, out, err) = run(cli(home.path()).args(ask));
    assert_eq!((code, err.as_str()), (0, ""));
    let lines = lines(&out);
    let mut all = types(&lines);
    // Of deltas that come together one is made.
    all.dedup();
    let expected = ["note", "open", "model", "reasoning", "text", "usage", "end"];
    assert_eq!(all, expected, "{out}");
    assert_eq!(lines[0]["note"]["type"], "retrying");
    let deltas = |kind: &str| -> String {
        let of_kind = lines.iter().filter(|line| line["type"] == kind);
        of_kind
            .map(|line| line["delta"].as_str().unwrap())
            .collect()
    };
    assert_eq!(deltas("reasoning"), "Hm.");
    assert_eq!(deltas("text"), "a\nb\u{1b}好");
    let counted = lines.iter().find(|line| line["type"] == "usage").unwrap();
    assert_eq!(counted["usage"]["completionTokens"], 4);
    let end =
        json!({"type": "end", "outcome": "complete", "finishReason": "stop", "conversation": null});
    assert_eq!(lines.last(), Some(&end));
}

#[test]
fn an_error_is_the_last_line_wherever_it_happens() {
    let provider = Provider::start(|socket, seen| {
        if seen.body["model"] == "late" {
            let said = json!({"error": {"message": "Out of snarks.", "code": "odd"}});
            return send(
                socket,
                &format!("{HEAD}{}data: {said}\n\n", data(json!({"content": "So"}))),
            );
        }
        send(socket, &error(400, "odd", "No snarks."));
    });
    let home = home(&provider);
    for keep in [false, true] {
        for (model, expected) in [
            ("loop/late", vec!["open", "text", "error"]),
            ("loop/m", vec!["error"]),
            ("openai/m", vec!["error"]),
        ] {
            let mut ask = cli(home.path());
            ask.args(["ask", "-m", model, "--json", "?"]);
            let (code, out, err) = run(ask.args(keep.then_some("--keep")));
            assert_eq!(code, 1);
            assert!(err.starts_with("dragoman-cli: "), "{err}");
            let lines = lines(&out);
            assert_eq!(types(&lines), expected, "{model}");
            let is_kept = lines.last().unwrap()["conversation"].is_string();
            assert_eq!(is_kept, keep && model != "openai/m", "{model}");
        }
    }
}
