//! Titles by a model, for who switched that on: asked once for a conversation, after its
//! first answer, with some of the text and never a picture.

use accounts::Account;
use ask::{Heard, Lesson, Prompt};
use futures_util::StreamExt;
use protocol::{ChatParams, IpcError, Thinking, TitleModel};
use wire::Event;

use crate::Chat;

/// Most characters of the question that are sent, and of the answer.
const QUESTION: usize = 2_000;
const ANSWER: usize = 500;

/// Most bytes that are heard: a model that says more writes no title.
const HEARD: usize = 8 << 10;

/// How wide a title is at most; a character of Chinese, Japanese or Korean counts two.
const WIDTH: usize = 40;

const ASKED: &str = "Write a title for the conversation below, in the language of the \
    question: at most six words, or fifteen characters in Chinese, Japanese and Korean. \
    Answer with the title alone, without quotation marks and without a full stop.";

impl Chat {
    /// Has a conversation named after its first answer, where that is wanted. Where it
    /// fails, the first line of the question stays, and only the log says why.
    pub(crate) async fn entitle(&self, conversation: String) {
        let Some(TitleModel { provider, model }) = self.0.titles.get().and_then(|tell| tell())
        else {
            return;
        };
        let id = conversation.clone();
        let Ok(Some((question, answer))) = self.0.history.read(move |r| r.untitled(&id)).await
        else {
            return;
        };
        match self.ask_title(&provider, &model, &question, &answer).await {
            Ok(Some(title)) => {
                let id = conversation.clone();
                let kept = self.0.history.write(move |w| w.entitle(&id, &title));
                if let Ok(true) = kept.await {
                    self.tell(&conversation).await;
                }
            }
            Ok(None) => eprintln!("dragoman: no title came from {model}"),
            Err(error) => eprintln!("dragoman: no title from {model}: {:?}", error.code),
        }
    }

    async fn ask_title(
        &self,
        provider: &str,
        model: &str,
        question: &str,
        answer: &str,
    ) -> Result<Option<String>, IpcError> {
        let ask = &self.0.ask;
        let account = ask.accounts().account(provider)?;
        let params = ChatParams {
            thinking: can_stop_thinking(&account, model).then_some(Thinking::Off),
            ..ChatParams::default()
        };
        let asked = ask.asked(&account.manifest, model, &params);
        let text = format!(
            "{ASKED}\n\n<question>\n{}\n</question>\n\n<answer>\n{}\n</answer>",
            first(question, QUESTION),
            first(answer, ANSWER),
        );
        let prompt = Prompt::question(text, Vec::new());
        let ready = ask.prepare(account, asked, &prompt).await?;
        let mut hearing = ask.send(ready, self.0.listener.language());
        let mut heard = String::new();
        while let Some(next) = hearing.next().await {
            match next? {
                Heard::Event(Event::Text(text)) => heard.push_str(&text),
                Heard::Event(Event::TextWasReasoning) => heard.clear(),
                Heard::Lesson(Lesson::Account(lesson)) => ask.accounts().learn(&lesson),
                _ => {}
            }
            if heard.len() > HEARD {
                return Ok(None);
            }
        }
        Ok(title(&heard))
    }
}

/// Can it be told not to think? A title needs none.
fn can_stop_thinking(account: &Account, model: &str) -> bool {
    account.manifest.thinking(model, Thinking::Off).is_some()
}

/// The first characters of a text.
fn first(text: &str, most: usize) -> &str {
    let end = text
        .char_indices()
        .nth(most)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().trim()
}

/// A title out of what a model said: one line, without thoughts, marks and quotation marks,
/// as wide as the list shows. `None` where nothing is left.
fn title(said: &str) -> Option<String> {
    let said = match said.rsplit_once("</think>") {
        Some((_, said)) => said,
        None => said,
    };
    let line = said.lines().map(bare).find(|line| !line.is_empty())?;
    Some(cut(&line.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// A line without what stands around a title.
fn bare(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let before = line;
        line = unmarked(line);
        line = line.trim_end_matches(['.', '。', '．']).trim_end();
        for (open, close) in QUOTES {
            let inner = line
                .strip_prefix(open)
                .and_then(|line| line.strip_suffix(close));
            line = inner.filter(|inner| !inner.contains(open)).unwrap_or(line);
        }
        line = without_name(line).trim();
        if line == before {
            return line;
        }
    }
}

/// A line without the marks of a heading, an item or emphasis. A mark at its end alone is
/// part of a name: `C#`.
fn unmarked(line: &str) -> &str {
    let closed = line.trim_end_matches('#');
    let line = if closed.ends_with(' ') { closed } else { line };
    let said = line.trim_start_matches(['#', '*', '_', '`', '-', '>', ' ']);
    let marks = line.strip_suffix(said).unwrap_or_default();
    said.trim_end_matches(|c| c == ' ' || (c != '#' && marks.contains(c)))
}

const QUOTES: [(char, char); 9] = [
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('‘', '’'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('«', '»'),
    ('【', '】'),
];

/// A line without what says that it is a title.
fn without_name(line: &str) -> &str {
    let Some((name, title)) = line.split_once([':', '：']) else {
        return line;
    };
    let name = name
        .trim_matches(|c: char| !c.is_alphabetic())
        .to_lowercase();
    let is_name = [
        "title",
        "标题",
        "題目",
        "题目",
        "標題",
        "タイトル",
        "제목",
        "titre",
        "titel",
    ];
    if is_name.contains(&name.as_str()) {
        title
    } else {
        line
    }
}

/// Cut to what the list shows, behind a word where there is one.
fn cut(title: &str) -> String {
    let wide = |c: char| if (c as u32) < 0x1100 { 1 } else { 2 };
    let mut width = 0;
    let end = title.char_indices().find(|(_, c)| {
        width += wide(*c);
        width > WIDTH
    });
    let Some((end, _)) = end else {
        return title.to_owned();
    };
    let kept = title.get(..end).unwrap_or_default();
    let word = kept.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    let kept = kept.get(..word).unwrap_or(kept);
    format!("{}…", kept.trim_end_matches([' ', ',', '，', '、']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_what_is_left_of_what_a_model_says() {
        for (said, left) in [
            ("Cats on a sill", "Cats on a sill"),
            ("\"Cats on a sill.\"", "Cats on a sill"),
            ("**Title:** Cats on a sill\n\nIt is about", "Cats on a sill"),
            ("# Title: “Cats”", "Cats"),
            ("标题：《窗台上的猫》。", "窗台上的猫"),
            ("「猫」", "猫"),
            ("<think>\nWhat?\n</think>\n\nCats", "Cats"),
            ("\n  Cats   and\tdogs \n", "Cats and dogs"),
            ("\"Cats\" and \"dogs\"", "\"Cats\" and \"dogs\""),
            ("Ratio: 3 to 4", "Ratio: 3 to 4"),
            ("C++ or C#?", "C++ or C#?"),
            ("Learning C#", "Learning C#"),
            ("## **Learning C#** ##", "Learning C#"),
            ("__init__", "init"),
            ("Names that end with _", "Names that end with _"),
            (
                "A rather long title that goes on for more than the list shows",
                "A rather long title that goes on for…",
            ),
            (
                "一二三四五六七八九十一二三四五六七八九十一二三",
                "一二三四五六七八九十一二三四五六七八九十…",
            ),
        ] {
            assert_eq!(title(said).as_deref(), Some(left), "{said}");
        }
        for said in ["", " \n ", "\"\"", "Title:", "<think>so</think>"] {
            assert_eq!(title(said), None, "{said}");
        }
    }
}
