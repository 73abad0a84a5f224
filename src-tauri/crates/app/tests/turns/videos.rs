//! Videos: what is sent, and to whom not.

use protocol::*;
use serde_json::json;

use crate::desk::*;

/// An MP4 as far as anyone here looks.
fn mp4(length: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    bytes.resize(length, 7);
    bytes
}

fn quicktime() -> Vec<u8> {
    b"\0\0\0\x14ftypqt  \0\0\x02\0qt  ....".to_vec()
}

fn takes_videos() -> serde_json::Value {
    json!({
        "models": [{"id": "m", "inputs": ["text", "image", "video"]}],
        "limits": {
            "video_bytes": 1000, "video_mime": ["video/mp4", "video/mov"], "links": true,
            "video_fps": {"min": 0.2, "max": 5}
        }
    })
}

/// The documented body, field by field.
#[tokio::test]
async fn a_video_is_sent_as_the_provider_documents_it() {
    let desk = desk();
    let (url, log) = scripted([says("一只猫")]).await;
    let id = plugin(&desk, &url, takes_videos()).await;
    let file = attach(&desk, "猫.mp4", mp4(40)).await;
    let second = attach(&desk, "b.mov", quicktime()).await;
    let asked = ChatSendParams {
        params: ChatParams {
            fps: Some(2.0),
            stream: Some(false),
            ..ChatParams::default()
        },
        ..about(&id, "图片里有什么?", &[file, second])
    };
    let body = r#"{"choices":[{"index":0,"message":{"content":"一只猫"},"finish_reason":"stop"}]}"#;
    drop((url, log));
    let (url, log) = scripted([refuses(200, "", body)]).await;
    plugin(&desk, &url, takes_videos()).await;
    let (sent, events) = ask(&desk, asked).await;
    assert_eq!(end(&events).1, None);
    assert_eq!(
        log.last(),
        json!({
            "model": "m",
            "messages": [{
                "role": "user",
                "content": [
                    {"type": "video_url", "video_url": {
                        "url": drawing::data_url("video/mp4", &mp4(40)), "fps": 2}},
                    {"type": "video_url", "video_url": {
                        "url": drawing::data_url("video/mov", &quicktime()), "fps": 2}},
                    {"type": "text", "text": "图片里有什么?"}
                ]
            }],
            "stream": false
        })
    );
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    let names: Vec<_> = kept.messages[0]
        .videos
        .iter()
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(names, ["猫.mp4", "b.mov"]);
    assert_eq!(kept.messages[0].videos[1].mime, "video/quicktime");
}

/// The bytes of each video of a request.
fn videos(body: &serde_json::Value) -> Vec<Vec<u8>> {
    let all = parts(body, "video_url");
    let urls = all
        .iter()
        .map(|part| part["video_url"]["url"].as_str().unwrap());
    urls.map(|url| drawing::parse_data_url(url).unwrap().1)
        .collect()
}

#[tokio::test]
async fn where_a_video_was_taken_stays_here_also_of_one_kept_by_an_earlier_release() {
    const TAKEN: &[u8] = include_bytes!("../../../renditions/tests/videos/keys.mp4");
    const PLACE: &[u8] = b"+48.2082+016.3738/";
    let says_place = |bytes: &[u8]| bytes.windows(PLACE.len()).any(|part| part == PLACE);
    assert!(says_place(TAKEN));
    let desk = desk();
    let (url, log) = scripted([says("a"), says("b")]).await;
    let takes = json!({"models": [{"id": "m", "inputs": ["text", "image", "video"]}]});
    let id = plugin(&desk, &url, takes).await;
    let file = attach(&desk, "a.mp4", TAKEN.to_vec()).await;
    let unread = attach(&desk, "b.mp4", mp4(40)).await;
    let said: Vec<_> = desk
        .attachments
        .list()
        .iter()
        .map(|one| one.metadata)
        .collect();
    assert_eq!(
        said,
        [Some(VideoMetadata::Removed), Some(VideoMetadata::Stays)]
    );
    desk.attachments.remove(&unread).await.unwrap();
    ask(&desk, about(&id, "?", &[file])).await;
    let sent = videos(&log.last());
    assert_eq!((sent.len(), sent[0].len()), (1, TAKEN.len()));
    assert!(!says_place(&sent[0]));

    let video = Video {
        hash: "ab".repeat(32),
        name: "old.mp4".into(),
        mime: "video/mp4".into(),
        bytes: TAKEN.len().try_into().unwrap(),
    };
    let put = desk.history.put_video(video.clone(), TAKEN.to_vec());
    put.await.unwrap();
    let turn = history::NewTurn {
        conversation: None,
        text: "old".into(),
        parts: vec![stores::Part::Video(video)],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    let turn = desk.history.write(|w| w.begin_turn(turn)).await.unwrap();
    let asked = ChatSendParams {
        conversation: Some(turn.conversation),
        ..question(&id, "and?")
    };
    ask(&desk, asked).await;
    let sent = videos(&log.last());
    assert_eq!((sent.len(), sent[0].len()), (1, TAKEN.len()));
    assert!(!says_place(&sent[0]));
}

#[tokio::test]
async fn a_link_to_a_video_is_sent_as_a_link() {
    let desk = desk();
    let (url, log) = scripted([says("ok")]).await;
    let id = plugin(&desk, &url, takes_videos()).await;
    let address = "https://films.example/cat.mp4?sign=1";
    desk.attachments.add_path(address.into()).await;
    let attachment = desk.attachments.list().remove(0);
    assert_eq!(attachment.state, AttachmentState::Ready);
    let link = attachment.link.unwrap();
    assert_eq!((link.host.as_str(), link.video), ("films.example", true));
    let asked = ChatSendParams {
        params: ChatParams {
            fps: Some(0.5),
            ..ChatParams::default()
        },
        ..about(&id, "?", &[attachment.id])
    };
    ask(&desk, asked).await;
    assert_eq!(
        parts(&log.last(), "video_url"),
        [json!({"type": "video_url", "video_url": {"url": address, "fps": 0.5}})]
    );
}

#[tokio::test]
async fn a_model_that_takes_none_says_so_and_names_one_that_does() {
    let desk = desk();
    let (url, log) = scripted([]).await;
    let sees = json!({
        "models": [
            {"id": "m", "inputs": ["text", "image"]},
            {"id": "watches", "inputs": ["text", "image", "video"]}
        ]
    });
    let id = plugin(&desk, &url, sees).await;
    let file = attach(&desk, "a.mp4", mp4(40)).await;
    let refused = async || {
        let (sink, _) = watched();
        let asked = about(&id, "?", std::slice::from_ref(&file));
        desk.chat.send(asked, sink).await.unwrap_err()
    };
    let error = refused().await;
    assert_eq!(error.code, ErrorCode::VideoNotTaken);
    assert_eq!(error.args["model"], "m");
    assert_eq!(
        error.args.get("suggestion"),
        None,
        "there is no key at hand"
    );

    keys(&desk, &id, &["sk-aaaaaaaa-1"]).await;
    let error = refused().await;
    assert_eq!(error.args["suggestion"], "watches");
    assert_eq!(error.args["provider"], "Plugin");
    assert!(error.message.contains("watches"), "{error}");
    assert!(log.all().is_empty());
    assert!(list(&desk).await.is_empty());
    assert_eq!(
        desk.attachments.list().len(),
        1,
        "the video stays in the composer"
    );
}

#[tokio::test]
async fn what_is_too_large_or_of_another_kind_is_said_before_it_is_sent() {
    let desk = desk();
    let (url, _) = scripted([]).await;
    let id = plugin(&desk, &url, takes_videos()).await;
    let large = attach(&desk, "large.mp4", mp4(1001)).await;
    let avi = attach(&desk, "a.avi", b"RIFF\0\0\0\0AVI LIST".to_vec()).await;
    for (file, code) in [
        (large, ErrorCode::VideoTooLarge),
        (avi, ErrorCode::VideoFormat),
    ] {
        let (sink, _) = watched();
        let error = desk
            .chat
            .send(about(&id, "?", &[file]), sink)
            .await
            .unwrap_err();
        assert_eq!(error.code, code, "{error}");
    }
    // None takes these: they are refused as they come.
    desk.attachments
        .add_bytes("a.mkv".into(), b"\x1a\x45\xdf\xa3\x01matroska".to_vec())
        .await;
    let path = desk.folder.path().join("long.mov");
    let file = std::fs::File::create(&path).unwrap();
    std::io::Write::write_all(&mut &file, &quicktime()).unwrap();
    for length in [49 << 20, 5 << 30] {
        file.set_len(length).unwrap();
        desk.attachments.add_path(path.clone()).await;
    }
    let failed = desk.attachments.list().split_off(2);
    let codes: Vec<_> = failed
        .iter()
        .map(|one| one.error.as_ref().unwrap().code)
        .collect();
    assert_eq!(
        codes,
        [
            ErrorCode::VideoFormat,
            ErrorCode::VideoTooLarge,
            ErrorCode::VideoTooLarge
        ]
    );
    assert_eq!(
        failed[2].error.as_ref().unwrap().args["bytes"],
        (5_u64 << 30).to_string()
    );
}

#[tokio::test]
async fn earlier_videos_stay_out_where_none_is_taken() {
    let desk = desk();
    let (url, log) = scripted([says("a cat"), says("yes")]).await;
    let id = plugin(&desk, &url, takes_videos()).await;
    let file = attach(&desk, "a.mp4", mp4(40)).await;
    let (sent, _) = ask(&desk, about(&id, "?", &[file])).await;
    let blind = json!({"models": [{"id": "m", "inputs": ["text"]}]});
    plugin(&desk, &url, blind).await;
    let (_, events) = ask(&desk, then(&sent, question(&id, "sure?"))).await;
    assert!(parts(&log.last(), "video_url").is_empty());
    assert_eq!(
        end(&events).0.notes,
        [AnswerNote::NotTaken {
            pictures: 0,
            videos: 1
        }]
    );
}

#[tokio::test]
async fn a_video_taken_out_of_the_composer_is_gone() {
    let desk = desk();
    let id = attach(&desk, "a.mp4", mp4(40)).await;
    let hash = desk.attachments.list()[0].video.clone().unwrap().hash;
    assert!(desk.history.video(&hash).await.unwrap().is_some());
    desk.attachments.remove(&id).await.unwrap();
    // Until then it can be brought back.
    desk.attachments.sent(&[]);
    written(&desk).await;
    assert!(desk.history.video(&hash).await.unwrap().is_none());
}
