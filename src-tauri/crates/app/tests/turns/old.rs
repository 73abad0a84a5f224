//! Pictures of earlier turns, the size of a request, and what makes it smaller.

use protocol::*;
use serde_json::json;

use crate::desk::*;

fn noise(side: u32) -> Vec<u8> {
    let mut seed = 1_u32;
    let picture = image::RgbImage::from_fn(side, side, |_, _| {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        image::Rgb([next(), next(), next()])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn bad_picture() -> String {
    error(
        400,
        "invalid_image_format",
        "You uploaded an unsupported image.",
    )
}

async fn picture(desk: &Desk, shade: u8) -> String {
    attach(
        desk,
        &format!("{shade}.png"),
        flat_png(40, 30, [shade, 0, 0]),
    )
    .await
}

async fn refused(desk: &Desk, sent: &ChatSent) -> Vec<bool> {
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    let all = kept.messages.iter().flat_map(|message| &message.pictures);
    all.map(|picture| picture.refused).collect()
}

#[tokio::test]
async fn a_refused_picture_is_marked_and_left_out_from_then_on() {
    let desk = desk();
    let (url, log) = scripted([says("a cat"), bad_picture(), says("hello"), says("yes")]).await;
    let id = custom(&desk, &url).await;
    let good = picture(&desk, 1).await;
    let (sent, _) = ask(&desk, about(&id, "one", &[good])).await;
    let (bad, worse) = (picture(&desk, 2).await, picture(&desk, 3).await);
    let (second, events) = ask(&desk, then(&sent, about(&id, "two", &[bad, worse]))).await;
    assert_eq!(end(&events).1.unwrap().code, ErrorCode::PictureRefused);
    assert_eq!(pictures(&log.last()), 3);
    // The first went through; of the others any may be the one.
    assert_eq!(refused(&desk, &sent).await, [false, true, true]);

    let (_, events) = ask(&desk, then(&sent, question(&id, "three"))).await;
    assert_eq!(pictures(&log.last()), 1);
    let left_out = AnswerNote::RefusedPicturesLeftOut { count: 2 };
    assert_eq!(notes(&events), std::slice::from_ref(&left_out));
    assert_eq!(end(&events).0.notes, [left_out]);

    // To ask that question again is to try its pictures again.
    let events = again(&desk, &second, &id).await;
    assert_eq!(pictures(&log.last()), 3);
    assert_eq!(end(&events).1, None);
    assert_eq!(refused(&desk, &sent).await, [false, false, false]);
}

/// A provider that takes less than the one before it.
#[tokio::test]
async fn refusals_of_old_pictures_come_to_an_end() {
    let desk = desk();
    let (url, _) = scripted([says("one"), says("two")]).await;
    let easy = custom(&desk, &url).await;
    let (one, two) = (picture(&desk, 1).await, picture(&desk, 2).await);
    let (sent, _) = ask(&desk, about(&easy, "?", &[one])).await;
    ask(&desk, then(&sent, about(&easy, "?", &[two]))).await;
    let (url, log) = scripted([bad_picture(), bad_picture(), says("ok")]).await;
    let strict = custom(&desk, &url).await;
    for marked in [[false, true], [true, true]] {
        let (_, events) = ask(&desk, then(&sent, question(&strict, "and?"))).await;
        assert!(end(&events).1.is_some());
        assert_eq!(refused(&desk, &sent).await, marked);
    }
    let (_, events) = ask(&desk, then(&sent, question(&strict, "and?"))).await;
    assert_eq!((end(&events).1, pictures(&log.last())), (None, 0));
}

#[tokio::test]
async fn a_model_that_takes_none_is_learned_and_the_picture_is_not_to_blame() {
    let desk = desk();
    let words = "m is not a multimodal model";
    let answers = [
        error(400, "BadRequestError", words),
        says("hello"),
        says("a cat"),
    ];
    let (url, log) = scripted(answers).await;
    let id = custom(&desk, &url).await;
    let cat = picture(&desk, 1).await;
    let (sent, events) = ask(&desk, about(&id, "one", &[cat])).await;
    let failed = end(&events).1.unwrap();
    assert_eq!(failed.code, ErrorCode::PictureRefused);
    assert_eq!(failed.detail.unwrap().message.as_deref(), Some(words));
    assert_eq!(refused(&desk, &sent).await, [false]);

    let (_, events) = ask(&desk, then(&sent, question(&id, "two"))).await;
    assert_eq!(pictures(&log.last()), 0);
    assert_eq!(
        end(&events).0.notes,
        [AnswerNote::NotTaken {
            pictures: 1,
            videos: 0
        }]
    );
    // What was learned may be wrong: a picture that is asked about is tried.
    let dog = picture(&desk, 2).await;
    let (_, events) = ask(&desk, then(&sent, about(&id, "three", &[dog]))).await;
    assert_eq!(end(&events).1, None);
    assert_eq!(pictures(&log.last()), 1);
    let size = RequestSizeParams {
        conversation: Some(sent.conversation.clone()),
        text: "four".into(),
        attachments: vec![],
        provider: id,
        model: "m".into(),
        params: ChatParams::default(),
    };
    assert_eq!(
        desk.chat.size(size).await.unwrap().pictures,
        2,
        "and unlearned"
    );
}

#[tokio::test]
async fn a_model_without_pictures_gets_none_of_earlier_turns() {
    let desk = desk();
    let (url, log) = scripted([says("a cat"), says("hello")]).await;
    let id = custom(&desk, &url).await;
    let cat = picture(&desk, 1).await;
    let (sent, _) = ask(&desk, about(&id, "", &[cat])).await;
    plugin(
        &desk,
        &url,
        json!({"models": [{"id": "m", "inputs": ["text"]}]}),
    )
    .await;
    let (_, events) = ask(&desk, then(&sent, question("plugin", "and now?"))).await;
    let messages = log.last()["messages"].clone();
    assert_eq!(
        messages,
        json!([
            {"role": "user", "content": "(picture)"},
            {"role": "assistant", "content": "a cat"},
            {"role": "user", "content": "and now?"}
        ])
    );
    assert_eq!(
        notes(&events),
        [AnswerNote::NotTaken {
            pictures: 1,
            videos: 0
        }]
    );
    // Where the person says so, it is said before anything is sent.
    let says_no = ModelSetParams {
        label: None,
        provider: "plugin".into(),
        model: "m".into(),
        favourite: false,
        image: Some(false),
        video: None,
        reasoning: None,
        defaults: None,
    };
    desk.accounts.set_model(says_no).await.unwrap();
    let dog = picture(&desk, 2).await;
    let (sink, _) = watched();
    let error = desk
        .chat
        .send(about("plugin", "?", &[dog]), sink)
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::PictureRefused);
    assert_eq!(error.args["model"], "m");
}

#[tokio::test]
async fn only_the_last_pictures_are_kept() {
    let desk = desk();
    let (url, log) = scripted((0..4).map(|_| says("ok"))).await;
    let id = custom(&desk, &url).await;
    let keep = |question: ChatSendParams, keep| ChatSendParams {
        params: ChatParams {
            keep_pictures: Some(keep),
            ..ChatParams::default()
        },
        ..question
    };
    let first = [picture(&desk, 1).await, picture(&desk, 2).await];
    // Those of the question itself always go along.
    let (sent, events) = ask(&desk, keep(about(&id, "one", &first), 1)).await;
    assert_eq!((pictures(&log.last()), notes(&events)), (2, vec![]));
    let second = [picture(&desk, 3).await];
    let (_, events) = ask(&desk, then(&sent, keep(about(&id, "two", &second), 2))).await;
    assert_eq!(pictures(&log.last()), 2);
    assert_eq!(
        notes(&events),
        [AnswerNote::OldPicturesLeftOut { count: 1 }]
    );
    // Of two the later one stays.
    let urls: Vec<_> = parts(&log.last(), "image_url");
    let data = drawing::data_url("image/png", &flat_png(40, 30, [2, 0, 0]));
    assert_eq!(urls[0]["image_url"]["url"], data);
    let (_, events) = ask(&desk, then(&sent, keep(question(&id, "three"), 0))).await;
    assert_eq!(pictures(&log.last()), 0);
    assert_eq!(
        notes(&events),
        [AnswerNote::OldPicturesLeftOut { count: 3 }]
    );
}

#[tokio::test]
async fn the_size_is_that_of_the_body() {
    let desk = desk();
    let (url, log) = scripted([says("ok"), says("ok \"quoted\" 好")]).await;
    let limits = json!({"body_bytes": 900_000, "images": 3, "links": true});
    let id = plugin(&desk, &url, json!({"limits": limits})).await;
    let mut conversation = None;
    for turn in 0..2_u8 {
        let ids = [
            picture(&desk, turn).await,
            attach(&desk, "a.mp4", b"\0\0\0\x18ftypisom....".to_vec()).await,
        ];
        let asked = ChatSendParams {
            conversation: conversation.clone(),
            params: ChatParams {
                system: Some("Answer \"briefly\"\n".into()),
                temperature: Some(0.5),
                fps: Some(0.5),
                extra: Some(r#"{"seed": 1}"#.into()),
                ..ChatParams::default()
            },
            ..about(&id, "图里是什么？\u{1}", &ids)
        };
        let size = desk.chat.size(RequestSizeParams {
            conversation: conversation.clone(),
            text: asked.text.clone(),
            attachments: [&ids[..], &["gone".into()]].concat(),
            provider: id.clone(),
            model: "m".into(),
            params: asked.params.clone(),
        });
        let size = size.await;
        let (sent, _) = ask(&desk, asked).await;
        let turn = u32::from(turn) + 1;
        assert_eq!(
            size.unwrap(),
            RequestSize {
                bytes: log.all().pop().unwrap().bytes as u64,
                limit: Some(900_000),
                pictures: turn,
                pictures_limit: Some(3),
                left_out: 0,
                videos: turn,
            }
        );
        conversation = Some(sent.conversation);
    }
}

#[tokio::test]
async fn limits_are_said_before_anything_is_sent() {
    let desk = desk();
    let (url, log) = scripted([]).await;
    let two = [picture(&desk, 1).await, picture(&desk, 2).await];
    for (limits, code, limit) in [
        (json!({"images": 1}), ErrorCode::TooManyPictures, "1"),
        (json!({"body_bytes": 500}), ErrorCode::TooLarge, "500"),
    ] {
        let id = plugin(&desk, &url, json!({"limits": limits})).await;
        let (sink, _) = watched();
        let error = desk
            .chat
            .send(about(&id, "?", &two), sink)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code, error.args["limit"].as_str()),
            (code, limit),
            "{error}"
        );
    }
    assert!(log.all().is_empty());
    assert!(list(&desk).await.is_empty());
    assert_eq!(desk.attachments.list().len(), 2);
}

#[tokio::test]
async fn too_large_a_request_is_sent_once_more_with_smaller_pictures() {
    let too_large = || error(413, "request_too_large", "Request Entity Too Large");
    let desk = desk();
    let (url, log) = scripted([too_large(), says("ok"), too_large(), too_large()]).await;
    let id = custom(&desk, &url).await;
    let large = attach(&desk, "noise.png", noise(500)).await;
    let (sent, events) = ask(&desk, about(&id, "?", &[large])).await;
    let (answer, failed) = end(&events);
    assert_eq!(failed, None);
    let all = log.all();
    let (before, after) = (all[0].bytes, all[1].bytes);
    assert!(after * 10 < before * 6, "{before} to {after}");
    let smaller = AnswerNote::SmallerPictures {
        count: 1,
        bytes: after as u64,
    };
    assert_eq!(answer.notes, [smaller]);
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(
        kept.messages[0].pictures[0].width, 500,
        "what is kept stays"
    );

    // Once only, and its error stands.
    let (_, events) = ask(&desk, then(&sent, question(&id, "again"))).await;
    assert_eq!(end(&events).1.unwrap().code, ErrorCode::TooLarge);
    assert_eq!(log.all().len(), 4);
}

#[tokio::test]
async fn text_that_is_too_large_is_not_sent_again() {
    let desk = desk();
    let (url, log) = scripted([error(413, "", "too large")]).await;
    let id = custom(&desk, &url).await;
    let (_, events) = ask(&desk, question(&id, "long")).await;
    assert_eq!(end(&events).1.unwrap().code, ErrorCode::TooLarge);
    assert_eq!(log.all().len(), 1);
}
