//! What an answer holds beside its words: pictures, and what of it could not be read.

use base64::Engine;
use protocol::*;
use serde_json::{Value, json};

use crate::desk::*;

fn data_url(bytes: &[u8]) -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("data:image/png;base64,{base64}")
}

/// A whole answer of these deltas.
fn answers(deltas: &[Value]) -> String {
    let chunks = deltas.iter().map(|delta| {
        let chunk = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]});
        format!("data: {chunk}\n\n")
    });
    format!("{HEAD}{}{DONE}", chunks.collect::<String>())
}

fn came(events: &[ChatEvent]) -> Vec<Picture> {
    let pictures = events.iter().filter_map(|event| match event {
        ChatEvent::Picture { picture } => Some((**picture).clone()),
        _ => None,
    });
    pictures.collect()
}

/// The answer as it is kept.
async fn last(desk: &Desk, sent: &ChatSent) -> Message {
    written(desk).await;
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    kept.messages.last().unwrap().clone()
}

#[tokio::test]
async fn pictures_of_an_answer_are_shown_kept_and_go_with_the_next_question() {
    let (red, blue) = (flat_png(40, 30, [255, 0, 0]), flat_png(20, 50, [0, 0, 255]));
    let desk = desk();
    let first = answers(&[
        json!({"content": format!("Here: ![red]({}) and ", data_url(&red))}),
        json!({"content": "more", "images": [
            {"type": "image_url", "image_url": {"url": data_url(&blue)}},
            {"type": "image_url", "image_url": {"url": data_url(&red)}},
        ]}),
    ]);
    let (url, log) = scripted([first, says("Yes")]).await;
    let id = custom(&desk, &url).await;
    let (sent, events) = ask(&desk, question(&id, "Draw two")).await;
    let pictures = came(&events);
    let sizes: Vec<_> = pictures.iter().map(|p| (p.width, p.height)).collect();
    assert_eq!(sizes, [(40, 30), (20, 50)]);
    let longest = events
        .iter()
        .map(|event| serde_json::to_string(event).unwrap().len());
    assert!(
        longest.max().unwrap() < 8192,
        "no picture goes over the channel"
    );
    let kept = last(&desk, &sent).await;
    assert_eq!(kept.text, "Here:  and more");
    assert_eq!(kept.pictures, pictures);
    for picture in &pictures {
        assert!(desk.history.picture(&picture.hash).await.unwrap().is_some());
    }

    let (_, events) = ask(&desk, then(&sent, question(&id, "Which is red?"))).await;
    assert_eq!(shown(&events), "<p>Yes</p>\n");
    let body = log.last();
    let messages = body["messages"].as_array().unwrap();
    assert_eq!(messages[1]["content"], "Here:  and more");
    let question = messages[2]["content"].as_array().unwrap();
    let kinds: Vec<_> = question
        .iter()
        .map(|part| part["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["image_url", "image_url", "text"]);
}

#[tokio::test]
async fn an_answer_of_nothing_but_a_picture_is_whole() {
    let desk = desk();
    let picture = data_url(&flat_png(8, 8, [1, 2, 3]));
    let answer = answers(&[json!({"images": [{"image_url": {"url": picture}}]})]);
    let (url, log) = scripted([answer, says("Yes")]).await;
    let id = custom(&desk, &url).await;
    let (sent, events) = ask(&desk, question(&id, "Draw")).await;
    assert_eq!((came(&events).len(), end(&events).1), (1, None));
    let _ = ask(&desk, then(&sent, question(&id, "Again"))).await;
    assert_eq!(pictures(&log.last()), 1);
}

#[tokio::test]
async fn what_of_an_answer_cannot_be_read_is_said() {
    let desk = desk();
    let broken = format!(
        "{HEAD}{}data: {{\"choices\":[{{\"delta\":{{\"con\n\n{}{DONE}",
        delta("Hel"),
        delta("lo")
    );
    let no_picture = answers(&[
        json!({"content": "Look"}),
        json!({"images": [{"image_url": {"url": data_url(b"no picture at all")}}]}),
    ]);
    let (url, _) = scripted([broken, no_picture]).await;
    let id = custom(&desk, &url).await;
    let (sent, events) = ask(&desk, question(&id, "?")).await;
    assert_eq!(shown(&events), "<p>Hello</p>\n");
    assert_eq!(notes(&events), [AnswerNote::PiecesUnread { count: 1 }]);
    let kept = last(&desk, &sent).await;
    assert_eq!(
        kept.answer.unwrap().notes,
        [AnswerNote::PiecesUnread { count: 1 }]
    );
    let (_, events) = ask(&desk, question(&id, "?")).await;
    assert_eq!(shown(&events), "<p>Look</p>\n");
    assert_eq!(notes(&events), [AnswerNote::PicturesUnread { count: 1 }]);
}

#[tokio::test]
async fn pictures_that_are_none_are_counted_also_where_the_answer_fails() {
    let desk = desk();
    let none = answers(&[
        json!({"content": "Look"}),
        json!({"images": ["file-abc12345", {"url": "data:image/png;base64,"}]}),
        json!({"content": [{"type": "image", "image": "file-abc12345"}]}),
    ]);
    let failed = none.replace(DONE, "data: {\"error\":{\"message\":\"Overloaded\"}}\n\n");
    let (url, _) = scripted([none, failed]).await;
    let id = custom(&desk, &url).await;
    let (_, events) = ask(&desk, question(&id, "?")).await;
    assert_eq!(shown(&events), "<p>Look</p>\n");
    assert_eq!(notes(&events), [AnswerNote::PicturesUnread { count: 2 }]);
    let (sent, events) = ask(&desk, question(&id, "?")).await;
    assert!(end(&events).1.is_some());
    let unread = [AnswerNote::PicturesUnread { count: 2 }];
    assert_eq!(notes(&events), unread);
    assert_eq!(last(&desk, &sent).await.answer.unwrap().notes, unread);
}

#[tokio::test]
async fn pictures_come_in_every_shape_of_the_field() {
    let desk = desk();
    let png = |red| data_url(&flat_png(40, 30, [red, 0, 0]));
    let answer = answers(&[
        json!({"images": [png(1)]}),
        json!({"images": [{"url": png(2)}, {"image_url": png(3)}]}),
        json!({"images": [png(1).replace('=', "%3D")]}),
    ]);
    let (url, _) = scripted([answer]).await;
    let id = custom(&desk, &url).await;
    let (_, events) = ask(&desk, question(&id, "?")).await;
    assert_eq!((came(&events).len(), notes(&events).len()), (3, 0));
}

#[tokio::test]
async fn no_picture_is_refused_where_none_was_sent() {
    let desk = desk();
    let (url, _) = scripted([error(400, "invalid_image", "Invalid image")]).await;
    let id = custom(&desk, &url).await;
    let (_, events) = ask(&desk, question(&id, "?")).await;
    let error = end(&events).1.unwrap();
    assert_eq!(error.code, ErrorCode::BadRequest);
    assert_eq!(
        error.detail.unwrap().message.as_deref(),
        Some("Invalid image")
    );
}

#[tokio::test]
async fn an_answer_that_a_limit_cut_has_one_word_for_it() {
    let desk = desk();
    let words = [
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("token_limit", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filter", "content_filter"),
        ("sensitive", "sensitive"),
    ];
    let answer = |word: &str| format!("{HEAD}{}{DONE}", delta("Hel")).replace("stop", word);
    let (url, _) = scripted(words.map(|(sent, _)| answer(sent))).await;
    let id = custom(&desk, &url).await;
    for (sent, kept) in words {
        let (asked, _) = ask(&desk, question(&id, "?")).await;
        let message = last(&desk, &asked).await;
        let reason = message.answer.unwrap().finish_reason;
        let wanted = (MessageState::Cut, Some(kept.to_owned()));
        assert_eq!((message.state, reason), wanted, "{sent}");
    }
}
