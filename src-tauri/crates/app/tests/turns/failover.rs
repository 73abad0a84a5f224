//! Keys that take over, tries that are made again, and what is never done twice.

use protocol::*;

use crate::desk::*;

/// Asks with keys `sk-aaaaaaaa-1`… against these answers.
async fn with_keys(
    keys_of: usize,
    share: bool,
    answers: Vec<String>,
) -> (Desk, Log, Vec<ChatEvent>) {
    let desk = desk();
    let (url, log) = scripted(answers).await;
    let id = custom(&desk, &url).await;
    let all: Vec<String> = (1..=keys_of).map(|n| format!("sk-aaaaaaaa-{n}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    keys(&desk, &id, &all).await;
    let params = ShareRateLimitParams {
        id: id.clone(),
        on: share,
    };
    desk.accounts.share_rate_limit(&params).await.unwrap();
    let (_, events) = ask(&desk, question(&id, "?")).await;
    (desk, log, events)
}

fn limited() -> String {
    let body = r#"{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}"#;
    refuses(429, "retry-after-ms: 1\r\n", body)
}

const TEST_KEYS: [&str; 3] = ["sk-aaaaaaaa-1", "sk-aaaaaaaa-2", "sk-aaaaaaaa-3"];

#[tokio::test]
async fn the_next_key_takes_over_at_once() {
    let in_stream = format!(
        "{HEAD}data: {}\n\n",
        serde_json::json!({"error": {"message": "no money", "code": "insufficient_user_quota"}})
    );
    for (refusal, code) in [
        (error(401, "invalid_api_key", "no"), ErrorCode::KeyRefused),
        (error(402, "", "pay"), ErrorCode::NoBalance),
        (
            error(403, "insufficient_user_quota", "预扣费额度失败"),
            ErrorCode::NoBalance,
        ),
        (
            error(429, "insufficient_quota", "quota"),
            ErrorCode::NoBalance,
        ),
        (in_stream, ErrorCode::NoBalance),
    ] {
        let (desk, log, events) = with_keys(2, false, vec![refusal, says("hello")]).await;
        assert_eq!(log.keys(), TEST_KEYS[..2]);
        let (answer, failed) = end(&events);
        assert_eq!(failed, None);
        assert_eq!(answer.key_label.as_deref(), Some("label of sk-aaaaaaaa-2"));
        let [
            AnswerNote::OtherKey {
                error,
                label,
                last4,
            },
        ] = &answer.notes[..]
        else {
            panic!("{:?}", answer.notes)
        };
        assert_eq!(
            (error.code, label.as_str()),
            (code, "label of sk-aaaaaaaa-2")
        );
        assert_eq!(answer.key_last4.as_ref(), Some(last4));
        assert_eq!(notes(&events), answer.notes);
        // What is kept says so, too, and the key that was given up rests.
        let conversation = list(&desk).await.remove(0).id;
        let kept = desk.chat.conversation(&conversation).await.unwrap();
        let kept = kept.messages[1].answer.clone().unwrap();
        assert_eq!(
            (kept.key_label, kept.notes),
            (answer.key_label, answer.notes)
        );
        let resting = desk.accounts.keys().unwrap();
        let resting: Vec<_> = resting.iter().map(|key| key.rests_because).collect();
        assert_eq!(resting, [Some(code), None]);
    }
}

#[tokio::test]
async fn a_key_that_was_refused_rests_and_hides_nothing() {
    let desk = desk();
    let refusal = error(401, "invalid_api_key", "no");
    let poor = error(402, "", "no money");
    let (url, log) = scripted([refusal, says("one"), poor]).await;
    let id = custom(&desk, &url).await;
    keys(&desk, &id, &TEST_KEYS[..2]).await;
    let (sent, _) = ask(&desk, question(&id, "?")).await;
    let (_, events) = ask(&desk, then(&sent, question(&id, "again"))).await;
    assert_eq!(
        log.keys(),
        ["sk-aaaaaaaa-1", "sk-aaaaaaaa-2", "sk-aaaaaaaa-2"]
    );
    let (_, failed) = end(&events);
    assert_eq!(failed.unwrap().code, ErrorCode::NoBalance);
}

#[tokio::test]
async fn after_the_last_key_its_error_stands() {
    let answers = vec![
        error(401, "invalid_api_key", "first"),
        error(402, "", "second"),
        error(401, "invalid_api_key", "third"),
    ];
    let (_, log, events) = with_keys(3, false, answers).await;
    assert_eq!(log.keys(), TEST_KEYS);
    let (answer, failed) = end(&events);
    let failed = failed.unwrap();
    assert_eq!(failed.code, ErrorCode::KeyRefused);
    assert_eq!(failed.detail.unwrap().message.as_deref(), Some("third"));
    assert_eq!(answer.notes.len(), 2);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_unless_keys_share_it() {
    let (_, log, events) = with_keys(2, false, vec![limited(), says("hello")]).await;
    assert_eq!(log.keys(), ["sk-aaaaaaaa-1", "sk-aaaaaaaa-1"]);
    let [
        AnswerNote::Retrying {
            error,
            attempt: 1,
            of: 2,
            ..
        },
    ] = &notes(&events)[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(error.code, ErrorCode::RateLimit);
    let (answer, failed) = end(&events);
    assert_eq!(
        (answer.notes, failed),
        (vec![], None),
        "nothing to know of a good answer"
    );

    // Not even when waiting does not help.
    let answers = vec![limited(), limited(), limited(), says("never")];
    let (_, log, events) = with_keys(2, false, answers).await;
    assert_eq!(log.keys(), ["sk-aaaaaaaa-1"; 3]);
    assert_eq!(end(&events).1.unwrap().code, ErrorCode::RateLimit);

    let (_, log, events) = with_keys(2, true, vec![limited(), says("hello")]).await;
    assert_eq!(log.keys(), ["sk-aaaaaaaa-1", "sk-aaaaaaaa-2"]);
    assert!(matches!(&notes(&events)[..], [AnswerNote::OtherKey { .. }]));

    // The last one waits: there is no other left.
    let answers = vec![limited(), limited(), limited(), limited()];
    let (_, log, events) = with_keys(2, true, answers).await;
    assert_eq!(
        log.keys(),
        [
            "sk-aaaaaaaa-1",
            "sk-aaaaaaaa-2",
            "sk-aaaaaaaa-2",
            "sk-aaaaaaaa-2"
        ]
    );
    let (answer, failed) = end(&events);
    assert_eq!(failed.unwrap().code, ErrorCode::RateLimit);
    assert_eq!(answer.notes.len(), 3, "a failed answer keeps its tries");
}

#[tokio::test]
async fn what_is_not_of_the_key_changes_none() {
    for (refusal, code) in [
        (
            error(403, "permission_denied", "not yours"),
            ErrorCode::Forbidden,
        ),
        (
            error(404, "model_not_found", "no such model"),
            ErrorCode::ModelNotFound,
        ),
        (
            error(400, "invalid_request", "what?"),
            ErrorCode::BadRequest,
        ),
        (error(400, "content_filter", "no"), ErrorCode::Moderated),
    ] {
        let (_, log, events) = with_keys(2, true, vec![refusal]).await;
        assert_eq!(log.keys(), TEST_KEYS[..1], "{code:?}");
        assert_eq!(end(&events).1.unwrap().code, code);
    }
}

#[tokio::test]
async fn nothing_is_asked_twice_once_a_word_has_come() {
    let no_money = serde_json::json!({"error": {"message": "no", "code": "insufficient_quota"}});
    let down = serde_json::json!({"error": {"message": "down", "code": 503}});
    let thinking = r#"{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"#;
    for answer in [
        format!("{HEAD}{}data: {no_money}\n\n", delta("half")),
        format!("{HEAD}data: {thinking}\n\ndata: {no_money}\n\n"),
        format!("{HEAD}{}data: {down}\n\n", delta("half")),
    ] {
        let (_, log, events) = with_keys(2, true, vec![answer, says("never")]).await;
        assert_eq!(log.keys(), TEST_KEYS[..1]);
        assert!(end(&events).1.is_some());
        assert_eq!(notes(&events), []);
    }
    // Cut off in the middle, without an error.
    let cut = format!("{HEAD}{}", delta("half"));
    let (_, log, events) = with_keys(2, true, vec![cut, says("never")]).await;
    assert_eq!(log.keys(), TEST_KEYS[..1]);
    assert!(matches!(
        events.last(),
        Some(ChatEvent::Finished {
            state: MessageState::Cut,
            ..
        })
    ));
}

#[tokio::test]
async fn stop_ends_the_wait_for_the_next_try() {
    let desk = desk();
    let body = r#"{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}"#;
    let (url, log) = scripted([refuses(429, "retry-after: 50\r\n", body)]).await;
    let id = custom(&desk, &url).await;
    let (sink, mut events) = watched();
    let sent = desk.chat.send(question(&id, "?"), sink).await.unwrap();
    let note = events.recv().await.unwrap();
    let ChatEvent::Note {
        note: AnswerNote::Retrying { at, .. },
    } = note
    else {
        panic!("{note:?}")
    };
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let left = at - i64::try_from(now.as_millis()).unwrap();
    assert!((40_000..=50_000).contains(&left), "{left} ms");
    // Whoever looks now sees the wait, too.
    let (late, mut late_events) = watched();
    desk.chat.attach(&sent.answers[0].id, late).await.unwrap();
    let Some(ChatEvent::Snapshot { message }) = late_events.recv().await else {
        panic!("no snapshot")
    };
    assert_eq!(message.answer.unwrap().notes.len(), 1);

    desk.chat.stop(&sent.answers[0].id);
    let events = rest(events).await;
    let Some(ChatEvent::Finished { state, answer }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!((*state, answer.notes.len()), (MessageState::Stopped, 0));
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn the_request_id_is_kept() {
    let desk = desk();
    let answer = says("hi").replacen("\r\n", "\r\nx-request-id: req-7\r\n", 1);
    let (url, _) = scripted([answer]).await;
    let id = custom(&desk, &url).await;
    let (sent, events) = ask(&desk, question(&id, "?")).await;
    assert_eq!(end(&events).0.request_id.as_deref(), Some("req-7"));
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    let kept = kept.messages[1].answer.clone().unwrap();
    assert_eq!(kept.request_id.as_deref(), Some("req-7"));
}
