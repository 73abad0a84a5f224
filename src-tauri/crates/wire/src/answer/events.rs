use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;

use super::embedded;
use super::event::Event;
use super::marks::{Mark, Marks};
use super::think::{Piece, Think};
use crate::error::Rows;

/// Events that a decoder made and nobody has taken yet. Pieces of text that follow
/// each other are joined, what stands between tags such as `<think>` is reasoning,
/// and what is no text (tokens that end a turn, pictures as data URLs) is no text.
#[derive(Debug, Default)]
pub struct Events {
    think: Think,
    shown: Shown,
}

/// What comes behind the tags.
#[derive(Debug, Default)]
struct Shown {
    out: VecDeque<Event>,
    marks: Marks,
    /// Pictures that came already: some servers send them twice.
    pictures: HashSet<u64>,
}

impl Events {
    /// Those of a provider that adds these rows.
    pub(super) fn of(rows: &Arc<Rows>) -> Self {
        Self {
            think: Think::of(rows),
            shown: Shown::default(),
        }
    }

    /// More of the answer's text, in which reasoning may stand between tags.
    pub fn text(&mut self, text: &str) {
        let shown = &mut self.shown;
        self.think.push(text, &mut |piece| shown.put(piece));
    }

    /// More reasoning that came apart from the text. Left out while the same is
    /// coming between tags.
    pub fn reasoning(&mut self, thought: &str) {
        let shown = &mut self.shown;
        if !thought.is_empty() && self.think.take_field(&mut |piece| shown.put(piece)) {
            shown.put(Piece::Reasoning(thought));
        }
    }

    /// A picture: a data URL, base64 alone, or an address, which becomes a picture
    /// of the text. Left out where it came already; one that cannot be read is told.
    pub fn picture(&mut self, url: &str) {
        let url = url.trim();
        if url.is_empty() {
            return;
        }
        let is_address = url.starts_with("https://") || url.starts_with("http://");
        if is_address && !url.contains(['<', '>', '\n']) {
            if self.shown.is_new(url.as_bytes()) {
                self.text(&format!("\n\n![](<{url}>)\n\n"));
            }
            return;
        }
        match embedded::picture(url) {
            Some(bytes) => self.shown.picture(bytes),
            None if self.shown.is_new(url.as_bytes()) => self.push(Event::PictureUnread),
            None => {}
        }
    }

    /// Any other event.
    pub fn push(&mut self, event: Event) {
        self.shown.out.push_back(event);
    }

    /// Gives out the text that was held back because a tag might have begun.
    pub fn flush(&mut self) {
        let shown = &mut self.shown;
        self.think.finish(&mut |piece| shown.put(piece));
        shown.finish();
    }

    /// Drops what nobody has taken.
    pub fn clear(&mut self) {
        self.shown.out.clear();
    }

    /// The next one.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.shown.out.pop_front()
    }

    /// Bytes held, for as long as nobody takes them.
    pub(super) fn held(&self) -> usize {
        let Shown {
            out,
            marks,
            pictures,
        } = &self.shown;
        let events = out.iter().map(|event| match event {
            Event::Text(text) | Event::Reasoning(text) | Event::Model(text) => text.capacity(),
            Event::Picture(bytes) => bytes.len(),
            _ => 0,
        });
        events.sum::<usize>()
            + out.capacity() * size_of::<Event>()
            + pictures.capacity() * size_of::<u64>()
            + self.think.held()
            + marks.held()
    }
}

impl Shown {
    fn put(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => self.read(|marks, on| marks.push(text, on)),
            Piece::Reasoning(more) => match self.out.back_mut() {
                Some(Event::Reasoning(text)) => text.push_str(more),
                _ => self.out.push_back(Event::Reasoning(more.to_owned())),
            },
            Piece::Orphan => {
                self.finish();
                self.out.push_back(Event::TextWasReasoning);
            }
        }
    }

    fn finish(&mut self) {
        self.read(Marks::finish);
    }

    fn read(&mut self, how: impl FnOnce(&mut Marks, &mut dyn FnMut(Mark<'_>))) {
        let mut marks = std::mem::take(&mut self.marks);
        how(&mut marks, &mut |mark| match mark {
            Mark::Text(more) => match self.out.back_mut() {
                Some(Event::Text(text)) => text.push_str(more),
                _ => self.out.push_back(Event::Text(more.to_owned())),
            },
            Mark::Picture(bytes) => self.picture(bytes),
            Mark::Unread => self.out.push_back(Event::PictureUnread),
        });
        self.marks = marks;
    }

    fn picture(&mut self, bytes: Bytes) {
        if self.is_new(&bytes) {
            self.out.push_back(Event::Picture(bytes));
        }
    }

    fn is_new(&mut self, what: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.pictures.insert(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tags::ENDS;
    use super::*;

    /// What is made of a text that comes whole, and cut anywhere.
    fn every_way(text: &str, wanted: &[Event]) {
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let mut events = Events::default();
            let (a, b) = text.split_at(at);
            events.text(a);
            events.text(b);
            events.flush();
            let came: Vec<Event> = std::iter::from_fn(|| events.pop()).collect();
            assert_eq!(came, wanted, "{text:?} cut at {at}");
        }
    }

    #[test]
    fn tokens_that_end_a_turn_leave_the_answer_as_it_is() {
        for end in ENDS {
            every_way(&format!("Hello{end}"), &[Event::Text("Hello".into())]);
            let told = format!("Each turn ends with {end}\nand so on");
            every_way(&told, &[Event::Text(told.clone())]);
        }
    }

    fn pictures(urls: &[&str]) -> Vec<Event> {
        let mut events = Events::default();
        urls.iter().for_each(|url| events.picture(url));
        std::iter::from_fn(|| events.pop()).collect()
    }

    #[test]
    fn a_picture_is_read_however_it_is_written() {
        for (url, bytes) in [
            ("data:image/png;base64,aGVsbG8=", "hello"),
            ("data:image/png;base64,aGVsbG8%3D", "hello"),
            ("data:image/png;base64,aGVs\nbG8=\n", "hello"),
            // Cut off: what came of it.
            ("data:image/png;base64,aGVsb", "hel"),
            ("data:image/svg+xml,%3Csvg/%3E", "<svg/>"),
            ("data:image/svg+xml;utf8,<svg/>", "<svg/>"),
        ] {
            let wanted = [Event::Picture(Bytes::copy_from_slice(bytes.as_bytes()))];
            assert_eq!(pictures(&[url, url]), wanted, "{url}");
        }
    }

    #[test]
    fn what_is_no_picture_is_told_once() {
        for url in [
            "file-abc12345",
            "sandbox:/mnt/data/a.png",
            "data:image/png;base64,",
            "data:image/png;base64,=a=",
            "data:image/png",
            "data:text/plain,a",
            "http://a.example/<b>",
        ] {
            assert_eq!(pictures(&[url, url]), [Event::PictureUnread], "{url}");
        }
        assert_eq!(pictures(&["", " "]), []);
    }
}
