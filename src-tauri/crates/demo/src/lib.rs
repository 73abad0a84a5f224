//! Demo: a provider without a model, a key or a network.
//!
//! It takes the very request body that any provider would receive, decodes the
//! pictures of the last question out of their data URLs, and answers with what
//! can be measured in them, as the bytes of an OpenAI-compatible answer that go
//! through the same decoder as everyone else's. What it says is true and the
//! same every time, and its first line says that no model wrote it.

mod frames;
mod question;
mod words;

#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use drawing::Draw;
use futures_util::{Stream, stream as streams};
use protocol::Language;
use tokio::sync::mpsc;
use wire::dialect::chat_completions;

use frames::Frames;
use question::{Asked, Sent};
use words::{Found, Words};

/// Time between two chunks, about as a quick model writes.
const PACE: Duration = Duration::from_millis(18);

/// What stands before the body of an answer: `200 OK`. The content type is that
/// of a stream; the decoder goes by the body.
pub fn response() -> wire::Response {
    wire::Response {
        status: 200,
        content_type: Some("text/event-stream".to_owned()),
        headers: Default::default(),
        ..wire::Response::default()
    }
}

/// The answer to a request body, as the chunks of an HTTP response body:
/// server-sent events, or one JSON object where the request says
/// `"stream": false`. Blocking: `draw` decodes the pictures.
///
/// It is in Chinese where the question holds Han characters, else in
/// `language`. A body or a picture that cannot be read gives an error chunk.
pub fn answer(draw: &Draw, body: &[u8], language: Language) -> Vec<Bytes> {
    let mut all = Vec::new();
    write(draw, body, language, &mut |bytes| {
        all.push(bytes);
        true
    });
    all
}

/// [`answer`], at the pace of a quick model; pictures are decoded on a thread
/// that may block. Dropping the stream ends the work after the picture at hand.
/// There is no error of its own: `E` is the error of whoever decodes it.
///
/// Polled within a Tokio runtime.
pub fn stream<E: Send + 'static>(
    draw: Draw,
    body: Bytes,
    language: Language,
) -> impl Stream<Item = Result<Bytes, E>> + Send + 'static {
    paced(draw, body, language, PACE)
}

fn paced<E: Send + 'static>(
    draw: Draw,
    body: Bytes,
    language: Language,
    pace: Duration,
) -> impl Stream<Item = Result<Bytes, E>> + Send + 'static {
    streams::unfold((None, body), move |(chunks, body)| {
        let draw = draw.clone();
        async move {
            let mut chunks: mpsc::UnboundedReceiver<Bytes> = match chunks {
                Some(chunks) => {
                    tokio::time::sleep(pace).await;
                    chunks
                }
                None => begin(draw, body.clone(), language),
            };
            let bytes = chunks.recv().await?;
            Some((Ok(bytes), (Some(chunks), Bytes::new())))
        }
    })
}

/// Starts writing the answer on a thread that may block. An answer is a few
/// kilobytes, so the channel needs no bound.
fn begin(draw: Draw, body: Bytes, language: Language) -> mpsc::UnboundedReceiver<Bytes> {
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::task::spawn_blocking(move || {
        write(&draw, &body, language, &mut |bytes| {
            sender.send(bytes).is_ok()
        });
    });
    receiver
}

/// Writes the answer. `emit` gives false when nobody listens any more.
fn write(draw: &Draw, body: &[u8], language: Language, emit: &mut dyn FnMut(Bytes) -> bool) {
    let asked = match Asked::read(body) {
        Ok(asked) => asked,
        Err(reason) => {
            let words = Words::of(language, "");
            // Nothing says whether a stream was asked for; providers answer as JSON then.
            emit(chat_completions::error(
                &words.unreadable_request(&reason),
                "invalid_request",
            ));
            return;
        }
    };
    let words = Words::of(language, &asked.text);
    let mut frames = Frames::new(asked.stream, emit);
    match look(draw, &asked, words, &mut frames) {
        Ok(found) => {
            let answer = words.answer(&asked, &found);
            // What it began with it would say again, word for word.
            frames.text(answer.strip_prefix(&asked.begun).unwrap_or(&answer));
            frames.end();
        }
        Err(Unreadable(message)) => frames.error(&message, "invalid_image"),
    }
}

/// A picture that could not be read, in words.
struct Unreadable(String);

/// Decodes and measures each picture, saying so as reasoning.
fn look(
    draw: &Draw,
    asked: &Asked,
    words: Words,
    frames: &mut Frames<'_>,
) -> Result<Vec<Found>, Unreadable> {
    let mut all = Vec::with_capacity(asked.pictures.len());
    if asked.pictures.is_empty() {
        frames.reasoning(&words.nothing_to_decode());
    }
    for (at, sent) in asked.pictures.iter().enumerate() {
        let number = at + 1;
        let url = match sent {
            Sent::Link { host } => {
                frames.reasoning(&words.skips_link(number, host));
                all.push(Found::Link { host: host.clone() });
                continue;
            }
            Sent::Data(url) => url,
        };
        let of = asked.pictures.len();
        let (mime, bytes) = drawing::parse_data_url(url)
            .ok_or_else(|| Unreadable(words.broken_data_url(number, of)))?;
        let mime = words::plain_mime(&mime);
        frames.reasoning(&words.decodes(&mime, bytes.len()));
        let measured = draw
            .measure(&bytes)
            .map_err(|error| Unreadable(words.broken_picture(number, of, &error.to_string())))?;
        frames.reasoning(&words.measures(&measured));
        let same_as = all
            .iter()
            .position(|found| found.holds(&bytes))
            .map(|earlier| earlier + 1);
        all.push(Found::Picture {
            mime,
            measured: Box::new(measured),
            bytes,
            same_as,
        });
        if !frames.listened_to() {
            break;
        }
    }
    Ok(all)
}
