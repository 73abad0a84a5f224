//! Videos of a question.

use protocol::ErrorCode;
use serde_json::json;
use wire::{Message, Part, Role, Source};

use super::asked::{ask, mp4, refused, sent, video};

#[test]
fn a_video_goes_first_with_its_fps_inside() {
    let link = Source::Url("https://a.example/v.mp4".into());
    for (source, fps, wanted) in [
        (
            link.clone(),
            Some(0.2),
            json!({"url": "https://a.example/v.mp4", "fps": 0.2}),
        ),
        (link, None, json!({"url": "https://a.example/v.mp4"})),
        (
            mp4("video/mp4"),
            Some(2.0),
            json!({"url": "data:video/mp4;base64,AAECAw==", "fps": 2}),
        ),
        (
            mp4("video/x-msvideo"),
            Some(5.0),
            json!({"url": "data:video/x-msvideo;base64,AAECAw==", "fps": 5}),
        ),
    ] {
        let wanted = json!([
            {"type": "video_url", "video_url": wanted},
            {"type": "image_url", "image_url": {"url": "https://a.example/p.png"}},
            {"type": "text", "text": "What happens?"},
        ]);
        assert_eq!(sent(&video(source, fps))["messages"][0]["content"], wanted);
    }
}

#[test]
fn a_video_out_of_range_or_of_another_kind_is_refused() {
    for fps in [0.1, 5.1, -1.0, 0.0, f64::NAN, f64::INFINITY] {
        let error = refused(video(mp4("video/mp4"), Some(fps)));
        assert_eq!(
            (error.code, error.args["parameter"].as_str()),
            (ErrorCode::Parameter, "fps")
        );
        assert!(error.args["range"].contains("0.2 to 5"));
    }
    for mime in [
        "image/png",
        "video/",
        "",
        "video/mp4;x",
        "video/\"",
        "text/html",
    ] {
        let error = refused(video(mp4(mime), None));
        assert_eq!(
            (error.code, error.args["parameter"].as_str()),
            (ErrorCode::Parameter, "video_url"),
            "{mime}"
        );
    }
    let mut request = ask();
    let source = mp4("video/mp4");
    request.messages = vec![Message::parts(
        Role::User,
        vec![Part::Image {
            source,
            detail: None,
        }],
    )];
    assert_eq!(refused(request).args["parameter"], "image_url");
}
