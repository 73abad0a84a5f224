//! Does a model see? It is shown a tiny picture with a known answer.

use std::time::{Duration, Instant};

use ::providers::Manifest;
use drawing::Draw;
use futures_util::{Stream, StreamExt};
use protocol::{ErrorCode, IpcError, KeyProbeParams, KeyProbeReport, Language, Model, Usage};
use wire::{Event, Message, Part, Request, Retry, Role, Source};

use super::{Accounts, Habits, Lesson, keys::millis, way::dialect};

/// One word takes a few; gateways may hide a little thinking before it.
const MOST_TOKENS: u64 = 300;

/// For the whole answer.
const PATIENCE: Duration = Duration::from_secs(180);

/// Most characters of an answer that are told.
const SHOWN: usize = 300;

/// A colour, and the words for it.
struct Colour {
    /// A square of it on white, of 64 pixels: providers refuse less than 15.
    png: &'static [u8],
    words: [&'static str; 2],
}

/// Colours that no model takes for one another.
const COLOURS: [Colour; 4] = [
    Colour {
        png: include_bytes!("probe/red.png"),
        words: ["red", "红"],
    },
    Colour {
        png: include_bytes!("probe/green.png"),
        words: ["green", "绿"],
    },
    Colour {
        png: include_bytes!("probe/blue.png"),
        words: ["blue", "蓝"],
    },
    Colour {
        png: include_bytes!("probe/yellow.png"),
        words: ["yellow", "黄"],
    },
];

/// What came of an answer.
#[derive(Default)]
struct Heard {
    text: String,
    usage: Option<Usage>,
    error: Option<IpcError>,
}

impl Accounts {
    /// Shows a model a square of a colour and asks for its name.
    ///
    /// # Errors
    /// Only what keeps the question from being asked; what the provider
    /// answers is in the report.
    pub async fn probe(&self, params: KeyProbeParams) -> Result<KeyProbeReport, IpcError> {
        let account = self.account(&params.provider)?;
        let manifest = &account.manifest;
        let key = match &params.id {
            Some(id) => Some(self.key_of(manifest, id)?),
            None => account.keys.first().cloned(),
        };
        let model = self.facts(manifest, &params.model).model;
        let which = fastrand::usize(..COLOURS.len());
        let habits = self.habits(&manifest.id, &model.id);
        let body = dialect(manifest).body(&question(manifest, &model, habits, which)?)?;
        let begun = Instant::now();
        let heard = if manifest.is_demo() {
            let answer = demo::stream(Draw::beside(), body.bytes(), Language::English);
            hear(wire::decode(demo::response(), answer)).await
        } else {
            let endpoint = self.endpoint(manifest, key.as_ref()).await?;
            hear(self.client().chat(&endpoint, body, Retry::none())).await
        };
        let sees = named(&heard.text, which);
        let refused = heard.error.as_ref().map(|error| error.code);
        match (refused, sees) {
            (Some(ErrorCode::PictureRefused), _) => self.learn(&blind(&params, true)),
            (None, Some(true)) => self.learn(&blind(&params, false)),
            _ => {}
        }
        if let (Some(key), None) = (&key, refused) {
            self.used(&key.id);
        }
        Ok(KeyProbeReport {
            sees,
            answer: heard.text.trim().chars().take(SHOWN).collect(),
            took_ms: millis(begun),
            usage: heard.usage,
            error: heard.error,
        })
    }
}

fn blind(params: &KeyProbeParams, blind: bool) -> Lesson {
    Lesson::Blind {
        provider: params.provider.clone(),
        model: params.model.clone(),
        blind,
    }
}

/// The request: a square of the colour on white, and a question that one word answers.
fn question(
    manifest: &Manifest,
    model: &Model,
    habits: Habits,
    which: usize,
) -> Result<Request, IpcError> {
    let source = Source::Bytes {
        mime: "image/png".to_owned(),
        bytes: bytes::Bytes::from_static(picture(which)),
    };
    let text = "What colour is the square in this picture? Answer with one word.";
    let parts = vec![
        Part::Image {
            source,
            detail: None,
        },
        Part::Text(text.to_owned()),
    ];
    let mut request = Request {
        model: model.id.clone(),
        messages: vec![Message::parts(Role::User, parts)],
        stream: !habits.no_stream,
        without_usage: habits.without_usage,
        extra: manifest.extra(&model.id, None, None),
        ..Request::default()
    };
    let name = manifest.max_tokens_name(&model.id);
    // A model that thinks would spend them all before its first word.
    let thinks = model.reasoning == Some(true);
    if !thinks && !manifest.refuses(&model.id, name) && !request.extra.contains_key(name) {
        match name {
            "max_completion_tokens" => request.max_completion_tokens = Some(MOST_TOKENS),
            _ => request.max_tokens = Some(MOST_TOKENS),
        }
    }
    Ok(request)
}

fn picture(which: usize) -> &'static [u8] {
    COLOURS.get(which).map_or(&[], |colour| colour.png)
}

async fn hear(events: impl Stream<Item = Result<Event, wire::Error>>) -> Heard {
    let mut heard = Heard::default();
    let all = async {
        let mut events = std::pin::pin!(events);
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Text(text)) => heard.text.push_str(&text),
                Ok(Event::TextWasReasoning) => heard.text.clear(),
                Ok(Event::Usage(usage)) => heard.usage = Some(usage),
                Ok(_) => {}
                Err(error) => {
                    heard.error = Some(error.into());
                    break;
                }
            }
        }
    };
    if tokio::time::timeout(PATIENCE, all).await.is_err() {
        let seconds = PATIENCE.as_secs();
        let message = format!("The model did not answer within {seconds} s. Try again later.");
        heard.error = Some(IpcError::new(ErrorCode::Timeout, message).arg("seconds", seconds));
    }
    heard
}

/// Did the answer name this colour, and no other? `None` without an answer.
fn named(answer: &str, which: usize) -> Option<bool> {
    let answer = answer.to_lowercase();
    if answer.trim().is_empty() {
        return None;
    }
    let says = |colour: &Colour| colour.words.iter().any(|word| has_word(&answer, word));
    let mut said = COLOURS.iter().enumerate().filter(|(_, one)| says(one));
    let first = said.next().map(|(at, _)| at);
    Some(first == Some(which) && said.next().is_none())
}

/// Chinese has no blanks between words; an English word stands alone.
fn has_word(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    text.split(|c: char| !c.is_ascii_alphabetic())
        .any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_read_in_english_and_chinese() {
        for (answer, sees) in [
            ("Red", Some(true)),
            (" **red**.\n", Some(true)),
            ("红色", Some(true)),
            ("这个方块是红色的，背景是白色的。", Some(true)),
            ("The square is red on a white background", Some(true)),
            ("blue", Some(false)),
            ("绿", Some(false)),
            ("red or blue", Some(false)),
            ("I cannot see pictures; it was not rendered.", Some(false)),
            (" \n", None),
        ] {
            assert_eq!(named(answer, 0), sees, "{answer:?}");
        }
    }

    #[test]
    fn the_picture_is_a_square_of_the_colour_on_white() {
        let colours = [[220, 20, 30], [20, 150, 40], [25, 60, 220], [250, 220, 0]];
        for (which, rgb) in colours.into_iter().enumerate() {
            let bytes = picture(which);
            assert!(bytes.len() < 2_000, "{}", bytes.len());
            let picture = image::load_from_memory(bytes).unwrap().to_rgb8();
            assert_eq!(picture.dimensions(), (64, 64));
            assert_eq!(picture.get_pixel(32, 32).0, rgb);
            assert_eq!(picture.get_pixel(2, 2).0, [255; 3]);
        }
    }
}
