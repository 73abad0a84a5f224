use std::io::Cursor;

use bytes::Bytes;
use futures_util::StreamExt;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use protocol::Language;
use serde_json::{Value, json};

use drawing::Draw;

use super::{answer, paced};

/// A picture of `width` × `height`: the left part in one colour, the rest in another.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, _| {
        if x * 4 < width * 3 {
            Rgb([0, 0, 255])
        } else {
            Rgb([255, 255, 255])
        }
    });
    encode(&DynamicImage::ImageRgb8(image), format)
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn image_part(mime: &str, bytes: &[u8]) -> Value {
    json!({"type": "image_url", "image_url": {"url": drawing::data_url(mime, bytes)}})
}

fn text_part(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn body(content: &Value) -> Vec<u8> {
    let messages = json!([{"role": "user", "content": content}]);
    json!({"model": "demo", "stream": true, "messages": messages})
        .to_string()
        .into_bytes()
}

/// What an answer says: text, reasoning, finish reason, error message.
#[derive(Debug, Default, PartialEq)]
struct Said {
    text: String,
    reasoning: String,
    finish: Option<String>,
    error: Option<String>,
    done: bool,
}

/// Reads the events of a streamed answer.
fn said(chunks: &[Bytes]) -> Said {
    let whole = chunks.concat();
    let whole = std::str::from_utf8(&whole).unwrap();
    assert!(whole.ends_with("\n\n"), "the last event is not ended");
    let mut said = Said::default();
    for event in whole.split_terminator("\n\n") {
        assert!(!said.done, "something follows [DONE]");
        let data = event.strip_prefix("data: ").unwrap();
        if data == "[DONE]" {
            said.done = true;
            continue;
        }
        let chunk: Value = serde_json::from_str(data).unwrap();
        if let Some(message) = chunk["error"]["message"].as_str() {
            said.error = Some(message.to_owned());
            continue;
        }
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["model"], "demo");
        assert!(chunk.get("usage").is_none(), "Demo counts no tokens");
        let choice = &chunk["choices"][0];
        said.text += choice["delta"]["content"].as_str().unwrap_or_default();
        said.reasoning += choice["delta"]["reasoning_content"]
            .as_str()
            .unwrap_or_default();
        if let Some(reason) = choice["finish_reason"].as_str() {
            said.finish = Some(reason.to_owned());
        }
    }
    said
}

fn ask(content: &Value) -> Said {
    said(&answer(&Draw::beside(), &body(content), Language::System))
}

#[test]
fn one_picture_is_told_in_full() {
    let png = picture(400, 300, ImageFormat::Png);
    let said = ask(&json!([
        image_part("image/png", &png),
        text_part("What colours are in it?")
    ]));
    let bytes = png.len();
    let size = if bytes < 1024 {
        format!("{bytes} bytes")
    } else {
        format!(
            "{} KB ({},{:03} bytes)",
            (bytes + 512) / 1024,
            bytes / 1000,
            bytes % 1000
        )
    };
    let expected = format!(
        "**Demo** · no model: what follows is measured from the picture this app sent.\n\n\
         The colour that covers most is **blue** (`#0000ff`), about 75% of it.\n\n\
         | Measured | Value |\n|---|---|\n\
         | Format | PNG, sent as `image/png` |\n\
         | Size | 400 × 300 pixels, landscape, 4:3 |\n\
         | Bytes | {size} |\n"
    );
    assert!(said.text.starts_with(&expected), "{}", said.text);
    for part in [
        "| Transparency | none |",
        "| Metadata | none in what arrived |",
        "| `#0000ff` | blue | 75% |",
        "| `#ffffff` | white | 25% |",
        "Your text has 23 characters in 5 words.",
    ] {
        assert!(said.text.contains(part), "{part} is not in {}", said.text);
    }
    assert_eq!(said.finish.as_deref(), Some("stop"));
    assert!(said.done && said.error.is_none());
    let (first, second) = said.reasoning.split_once('\n').unwrap();
    assert!(
        first.starts_with("Decoding data URL: image/png, "),
        "{first}"
    );
    assert!(second.starts_with("PNG, 400 × 300: measuring"), "{second}");
}

#[test]
fn a_question_in_chinese_is_answered_in_chinese() {
    let jpeg = picture(120, 160, ImageFormat::Jpeg);
    let question = "这张图片多大？是什么颜色？";
    let said = ask(&json!([
        image_part("image/jpeg", &jpeg),
        text_part(question)
    ]));
    for part in [
        "**演示** · 没有模型：以下内容由本应用发送的图片测量得出。",
        "尺寸是 **120 × 160** 像素",
        "占比最大的颜色是**蓝色**",
        "| 格式 | JPEG，以 `image/jpeg` 发送 |",
        "| 尺寸 | 120 × 160 像素，纵向，3:4 |",
        "你的文字共 13 个字符，其中汉字 11 个。",
    ] {
        assert!(said.text.contains(part), "{part} is not in {}", said.text);
    }
    assert!(
        said.reasoning
            .starts_with("正在解码 data URL：image/jpeg，"),
        "{}",
        said.reasoning
    );
}

#[test]
fn without_a_question_the_language_is_the_given_one() {
    let content = json!([image_part("image/png", &picture(8, 8, ImageFormat::Png))]);
    let text = |language| said(&answer(&Draw::beside(), &body(&content), language)).text;
    assert!(text(Language::Chinese).contains("没有附带文字。"));
    assert!(text(Language::English).contains("No text came with it."));
    assert!(text(Language::System).contains("No text came with it."));
}

#[test]
fn several_pictures_are_compared_and_earlier_ones_counted() {
    let small = picture(40, 40, ImageFormat::Png);
    let large = picture(400, 100, ImageFormat::Jpeg);
    let request = json!({"model": "demo", "stream": true, "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [image_part("image/png", &small), text_part("first")]},
        {"role": "assistant", "content": "**Demo**"},
        {"role": "user", "content": [
            image_part("image/png", &small),
            image_part("image/png", &large),
            image_part("image/png", &small),
            text_part("Compare them"),
        ]},
    ]});
    let said = said(&answer(
        &Draw::beside(),
        request.to_string().as_bytes(),
        Language::English,
    ));
    for part in [
        "measured from the 3 pictures this app sent.",
        "| 1 | PNG, sent as `image/png` | 40 × 40 |",
        "| 2 | JPEG, though sent as `image/png` | 400 × 100 |",
        "| 3 | PNG, sent as `image/png` | 40 × 40 |",
        "- The most pixels: picture 2",
        "- Picture 3 is byte for byte the same as picture 1",
        "1 earlier picture of this conversation came along too",
    ] {
        assert!(said.text.contains(part), "{part} is not in {}", said.text);
    }
    let table: Vec<&str> = said
        .text
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    let bars = |line: &str| line.matches('|').count();
    assert!(
        table.iter().all(|line| bars(line) == bars(table[0])),
        "{table:#?}"
    );
    assert_eq!(said.reasoning.matches("Decoding data URL").count(), 3);
}

#[test]
fn transparency_is_seen() {
    let clear = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0]));
    let png = encode(&DynamicImage::ImageRgba8(clear), ImageFormat::Png);
    let said = ask(&json!([
        image_part("image/png", &png),
        text_part("is it transparent?")
    ]));
    assert!(said.text.contains("It has transparency."), "{}", said.text);
    assert!(
        said.text
            .contains("It has no colour: every pixel is transparent."),
        "{}",
        said.text
    );
}

#[test]
fn without_a_picture_it_says_how_to_add_one() {
    for content in [
        json!("Hello there, who are you?"),
        json!([text_part("Hello there, who are you?")]),
    ] {
        let said = ask(&content);
        assert!(
            said.text.starts_with("**Demo** · no model"),
            "{}",
            said.text
        );
        assert!(
            said.text
                .contains("Your text has 25 characters in 5 words."),
            "{}",
            said.text
        );
        assert!(
            said.text.contains("drag a picture onto the window"),
            "{}",
            said.text
        );
        assert_eq!(said.finish.as_deref(), Some("stop"));
    }
    let chinese = ask(&json!("你好")).text;
    assert!(chinese.contains("把图片拖到窗口里"), "{chinese}");
    assert!(chinese.contains("共 2 个字符，其中汉字 2 个"), "{chinese}");
}

#[test]
fn links_and_videos_are_said_to_be_left_out() {
    let said = ask(&json!([
        {"type": "image_url", "image_url": {"url": "https://a.example/secret.png?token=t"}},
        {"type": "video_url", "video_url": {"url": "https://b.example/v.mp4", "fps": 2}},
        text_part("what is this?"),
    ]));
    assert!(
        said.text
            .contains("Picture 1 is a link to a.example; Demo has no network"),
        "{}",
        said.text
    );
    assert!(
        said.text
            .contains("1 more part is neither text nor picture"),
        "{}",
        said.text
    );
    assert!(!said.text.contains("token"), "{}", said.text);
}

#[test]
fn a_picture_that_does_not_decode_is_an_error_in_words() {
    let png = picture(40, 40, ImageFormat::Png);
    let broken = [
        json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,@@@"}}),
        json!({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}),
        json!({"type": "image_url", "image_url": {}}),
        image_part("image/png", b"no picture"),
        image_part("image/png", &png[..40]),
        image_part("image/png", b""),
    ];
    for part in broken {
        let said = ask(&json!([
            image_part("image/png", &png),
            part,
            text_part("and this?")
        ]));
        let error = said
            .error
            .unwrap_or_else(|| panic!("{part} was answered: {}", said.text));
        assert!(error.starts_with("Picture 2 of 2"), "{error}");
        assert_eq!(
            (said.text.as_str(), said.finish, said.done),
            ("", None, true)
        );
    }
}

#[test]
fn a_request_that_is_none_is_an_error() {
    let bad: [&[u8]; 6] = [
        b"",
        b"{",
        b"[]",
        b"{}",
        br#"{"messages":[]}"#,
        br#"{"messages":[{"role":"system"}]}"#,
    ];
    for body in bad {
        let chunks = answer(&Draw::beside(), body, Language::English);
        let error: Value = serde_json::from_slice(&chunks.concat()).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(
            message.starts_with("Demo cannot read this request:"),
            "{message}"
        );
    }
}

#[test]
fn without_a_stream_the_same_answer_comes_in_one_object() {
    let content = json!([
        image_part("image/png", &picture(50, 20, ImageFormat::Png)),
        text_part("size?")
    ]);
    let streamed = ask(&content);
    let mut request: Value = serde_json::from_slice(&body(&content)).unwrap();
    request["stream"] = json!(false);
    let chunks = answer(
        &Draw::beside(),
        request.to_string().as_bytes(),
        Language::System,
    );
    assert_eq!(chunks.len(), 1);
    let object: Value = serde_json::from_slice(&chunks[0]).unwrap();
    assert_eq!(object["object"], "chat.completion");
    assert!(object.get("usage").is_none());
    let choice = &object["choices"][0];
    assert_eq!(choice["message"]["content"], json!(streamed.text));
    assert_eq!(
        choice["message"]["reasoning_content"],
        json!(streamed.reasoning)
    );
    assert_eq!(choice["finish_reason"], "stop");
}

#[test]
fn a_long_answer_comes_in_few_chunks() {
    let png = picture(8, 8, ImageFormat::Png);
    let content: Vec<Value> = (0..120).map(|_| image_part("image/png", &png)).collect();
    let chunks = answer(&Draw::beside(), &body(&json!(content)), Language::System);
    assert!(chunks.len() < 600, "{}", chunks.len());
    assert!(
        said(&chunks)
            .text
            .contains("Picture 120 is byte for byte the same as picture 1")
    );
}

#[tokio::test]
async fn the_stream_gives_the_same_bytes_in_the_same_chunks() {
    let content = json!([
        image_part("image/png", &picture(64, 64, ImageFormat::Png)),
        text_part("说说这张图")
    ]);
    let body = Bytes::from(body(&content));
    let expected = answer(&Draw::beside(), &body, Language::System);
    let stream = paced::<std::convert::Infallible>(
        Draw::beside(),
        body,
        Language::System,
        std::time::Duration::ZERO,
    );
    let got: Vec<Bytes> = stream.map(|item| item.unwrap()).collect().await;
    assert_eq!(got, expected);
}

/// Text, reasoning and the last item, read by the decoder that reads every provider.
async fn decoded(body: Vec<u8>) -> (String, String, Result<wire::Outcome, wire::Error>) {
    let chunks = paced(
        Draw::beside(),
        body.into(),
        Language::System,
        std::time::Duration::ZERO,
    );
    let mut events = wire::decode(super::response(), chunks);
    let (mut text, mut reasoning, mut last) = (String::new(), String::new(), None);
    while let Some(event) = events.next().await {
        match event {
            Ok(wire::Event::Text(delta)) => text += &delta,
            Ok(wire::Event::Reasoning(delta)) => reasoning += &delta,
            Ok(wire::Event::Model(model)) => assert_eq!(model, "demo"),
            Ok(wire::Event::Usage(usage)) => panic!("Demo counts no tokens: {usage:?}"),
            Ok(wire::Event::End { outcome, .. }) => last = Some(Ok(outcome)),
            Ok(_) => {}
            Err(error) => last = Some(Err(error)),
        }
    }
    (text, reasoning, last.unwrap())
}

#[tokio::test]
async fn the_decoder_of_every_provider_reads_it() {
    let content = json!([
        image_part("image/png", &picture(64, 64, ImageFormat::Png)),
        text_part("size?")
    ]);
    let expected = ask(&content);
    for stream in [true, false] {
        let mut request: Value = serde_json::from_slice(&body(&content)).unwrap();
        request["stream"] = json!(stream);
        let (text, reasoning, last) = decoded(request.to_string().into_bytes()).await;
        assert_eq!((&text, &reasoning), (&expected.text, &expected.reasoning));
        assert_eq!(last, Ok(wire::Outcome::Complete));
    }
}

#[tokio::test]
async fn the_decoder_reads_its_errors_too() {
    let (text, _, last) = decoded(body(&json!([image_part("image/png", b"no picture")]))).await;
    let error = protocol::IpcError::from(last.unwrap_err());
    assert_eq!(
        (text.as_str(), error.code),
        ("", protocol::ErrorCode::PictureRefused)
    );
    let said = error.detail.unwrap().message.unwrap();
    assert!(said.starts_with("Picture 1 of 1"), "{said}");

    let (_, _, last) = decoded(b"{}".to_vec()).await;
    let error = protocol::IpcError::from(last.unwrap_err());
    assert_eq!(error.code, protocol::ErrorCode::BadRequest);
}
