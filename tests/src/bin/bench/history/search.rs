//! Search over a large home of texts that differ: to the first page of hits, alone and
//! while an answer is written; and how fast the index is made.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use history::{History, Piece, Writer};
use protocol::{Answer, MessageState, SearchParams};

use super::home::{MESSAGES, new_turn};
use crate::figures::quantile;

/// Searches of each kind.
const SEARCHES: usize = 300;

/// Characters of a message's Chinese, and words of its English.
const CHARACTERS: usize = 160;
const WORDS: usize = 40;

/// What is searched for.
pub const KINDS: [&str; 5] = [
    "1 Chinese character",
    "2 Chinese characters",
    "4 Chinese characters",
    "an English word",
    "its first 2 letters",
];

/// What was measured.
pub struct Figures {
    /// 95th percentiles of each kind in milliseconds, alone and while an answer is written.
    pub took: Vec<(f64, f64)>,
    /// Messages that come into the index in a second.
    pub rate: f64,
    /// Megabytes of text in a second.
    pub megabytes: f64,
    /// The longest that one slice of that kept others from writing, in milliseconds.
    pub slice: f64,
    /// Bytes of the index for each byte of text.
    pub size: f64,
    /// A conversation of 50 messages removed from the index for good, in milliseconds.
    pub removed: f64,
}

/// Measures it on a home of its own.
///
/// # Errors
/// When the home cannot be made or read.
pub fn search(home: &Path) -> Result<Figures> {
    let file = home.join("dragoman.db");
    let history = History::open(&file)?.history;
    let mut texts = Vec::with_capacity(MESSAGES / 2);
    let mut last = String::new();
    let mut bytes = 0;
    for conversation in 0..MESSAGES / 50 {
        let of = (0..25).map(|turn| text((conversation * 25 + turn) as u64));
        let of: Vec<String> = of.collect();
        bytes += of.iter().map(|text| text.len() * 2).sum::<usize>();
        let write = history.write({
            let of = of.clone();
            move |writer| write(writer, &of)
        });
        last = write.wait()?;
        texts.extend(of);
    }
    let before = std::fs::metadata(&file)?.len();
    let (begun, mut slice) = (Instant::now(), Duration::ZERO);
    loop {
        let begun = Instant::now();
        if !history.write(|w| w.index_some()).wait()? {
            break;
        }
        slice = slice.max(begun.elapsed());
    }
    let indexing = begun.elapsed().as_secs_f64();
    history.settle()?;
    let after = std::fs::metadata(&file)?.len();
    let queries = queries(&texts);
    let alone = all(&history, &queries)?;
    let answering = while_answering(&history, || all(&history, &queries))?;
    let begun = Instant::now();
    let erase = history.write(move |w| {
        w.remove(std::slice::from_ref(&last))?;
        w.erase(&last)
    });
    erase.wait()?;
    history.settle()?;
    let removed = begun.elapsed().as_secs_f64() * 1e3;
    history.close().wait()?;
    Ok(Figures {
        took: alone.into_iter().zip(answering).collect(),
        rate: MESSAGES as f64 / indexing,
        megabytes: bytes as f64 / 1e6 / indexing,
        slice: slice.as_secs_f64() * 1e3,
        size: after.saturating_sub(before) as f64 / bytes as f64,
        removed,
    })
}

/// One of so many, the first ones far more often, as words are.
fn common(rng: &mut Rng, many: usize) -> usize {
    (rng.f64().powi(3) * many as f64) as usize
}

/// Chinese of 3,000 characters and English of 20,000 words, common ones among them.
fn text(seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let mut text = String::new();
    for at in 0..CHARACTERS {
        let c = u32::try_from(0x4e00 + common(&mut rng, 3_000) * 5).ok();
        text.extend(c.and_then(char::from_u32));
        if at % 13 == 12 {
            text.push('，');
        }
    }
    for _ in 0..WORDS {
        let number = common(&mut rng, 20_000);
        let mut of = Rng::with_seed(number as u64);
        text.push(' ');
        text.extend((0..3 + number % 7).map(|_| of.lowercase()));
    }
    text
}

/// A conversation whose questions and answers have these texts.
fn write(writer: &Writer<'_>, texts: &[String]) -> Result<String, history::Error> {
    let mut id = None;
    for text in texts {
        let turn = writer.begin_turn(new_turn(id, text))?;
        for one in &turn.answers {
            let (end, answer) = (MessageState::Complete, Answer::default());
            writer.close(&one.id, end, text, "", &answer, None)?;
        }
        id = Some(turn.conversation);
    }
    Ok(id.unwrap_or_default())
}

/// What stands somewhere in the texts, of each kind.
fn queries(texts: &[String]) -> Vec<Vec<String>> {
    let mut rng = Rng::with_seed(7);
    let mut kinds = vec![Vec::with_capacity(SEARCHES); KINDS.len()];
    for _ in 0..SEARCHES {
        let text = texts.get(rng.usize(..texts.len())).map_or("", |text| text);
        let chinese: Vec<char> = text
            .chars()
            .filter(|c| !c.is_ascii() && *c != '，')
            .collect();
        let word = text
            .split(' ')
            .nth(1 + rng.usize(..WORDS))
            .unwrap_or_default();
        let from = rng.usize(..CHARACTERS - 4);
        let some = |count| chinese.iter().skip(from).take(count).collect();
        let start = word.get(..2).unwrap_or_default();
        let all = [some(1), some(2), some(4), word.to_owned(), start.to_owned()];
        for (kind, query) in kinds.iter_mut().zip(all) {
            kind.push(query);
        }
    }
    kinds
}

/// The 95th percentile of each kind, in milliseconds.
fn all(history: &History, queries: &[Vec<String>]) -> Result<Vec<f64>> {
    let kinds = queries.iter().map(|queries| {
        let mut took = Vec::with_capacity(queries.len());
        for query in queries {
            let begun = Instant::now();
            let found = history.search(SearchParams {
                query: query.clone(),
                after: None,
                utc_offset: 0,
            });
            let found = found.wait()?;
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            ensure!(!found.groups.is_empty(), "{query} was not found");
        }
        Ok(quantile(&took, 0.95))
    });
    kinds.collect()
}

/// Does something while an answer is flushed every few milliseconds.
fn while_answering<T: Send>(history: &History, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let turn = history
        .write(|w| w.begin_turn(new_turn(None, "?")))
        .wait()?;
    let id = turn.answers.into_iter().next().context("no answer")?.id;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let flushing = scope.spawn(|| -> Result<()> {
            while !done.load(Ordering::Relaxed) {
                let (id, pieces) = (id.clone(), [Piece::Text("几个字, and more; ".to_owned())]);
                history.write(move |w| w.flush(&id, &pieces)).wait()?;
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(())
        });
        let did = work();
        done.store(true, Ordering::Relaxed);
        flushing.join().ok().context("flushing panicked")??;
        did
    })
}
