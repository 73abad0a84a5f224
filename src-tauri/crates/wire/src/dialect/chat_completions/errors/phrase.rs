//! Words to look for in a message.

/// Characters that a `*` stands for at most.
const GAP: usize = 90;

/// Words that follow each other in a message, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pieces: Vec<String>,
    /// The message begins so.
    first: bool,
    /// The message ends so.
    last: bool,
}

impl Phrase {
    /// Reads a phrase: `*` stands for a few words of the same sentence, `(a|b)` for
    /// either, `^` and `$` for where the message begins and ends. One for each choice.
    pub fn read(text: &str) -> Vec<Self> {
        let texts = choices(&text.to_lowercase());
        texts.iter().map(|text| Self::of(text)).collect()
    }

    fn of(text: &str) -> Self {
        let (first, text) = match text.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (last, text) = match text.strip_suffix('$') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        Self {
            pieces: text.split('*').map(str::to_owned).collect(),
            first,
            last,
        }
    }

    /// Does it stand in this message, which is in lower case?
    pub fn is_in(&self, message: &str) -> bool {
        let message = message.trim();
        let Some((head, rest)) = self.pieces.split_first() else {
            return false;
        };
        if self.first {
            return message.starts_with(head.as_str()) && self.goes_on(message, head.len(), rest);
        }
        let mut starts = message.match_indices(head.as_str());
        starts.any(|(at, _)| self.goes_on(message, at + head.len(), rest))
    }

    /// Do the other pieces follow, from here on?
    fn goes_on(&self, message: &str, at: usize, pieces: &[String]) -> bool {
        let Some((next, rest)) = pieces.split_first() else {
            return !self.last || at == message.len();
        };
        let after = message.get(at..).unwrap_or_default();
        let gap = after
            .char_indices()
            .nth(GAP)
            .map_or(after.len(), |(at, _)| at);
        let mut found = after.match_indices(next.as_str());
        found.any(|(start, _)| {
            start <= gap
                && !ends_a_sentence(after.get(..start).unwrap_or_default())
                && self.goes_on(message, at + start + next.len(), rest)
        })
    }

    /// A message that it stands in.
    #[cfg(test)]
    pub fn example(&self) -> String {
        self.pieces.join(" x ")
    }
}

fn ends_a_sentence(text: &str) -> bool {
    text.contains(". ") || text.contains(['\n', '。'])
}

/// `a (b|c)` as `a b` and `a c`.
fn choices(text: &str) -> Vec<String> {
    let group = text.find('(').and_then(|open| {
        let close = open + text.get(open..)?.find(')')?;
        let within = text.get(open + 1..close)?;
        within.contains('|').then_some((open, close, within))
    });
    let Some((open, close, within)) = group else {
        return vec![text.to_owned()];
    };
    let (before, after) = (text.get(..open), text.get(close + 1..));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let ends = choices(after);
    let starts = within.split('|');
    starts
        .flat_map(|one| ends.iter().map(move |end| format!("{before}{one}{end}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(phrase: &str, message: &str) -> bool {
        Phrase::read(phrase).iter().any(|p| p.is_in(message))
    }

    #[test]
    fn a_phrase_stands_in_one_sentence() {
        assert!(is_in(
            "model * not found",
            "the model `gpt-4.1` was not found"
        ));
        assert!(!is_in("model * not found", "no model. file not found"));
        assert!(!is_in("model * not found", "model\nnot found"));
        assert!(is_in("(a|b) * (c|d)", "b or d") && !is_in("(a|b) * (c|d)", "c or b"));
        assert!(is_in("a(b|)c", "ac") && is_in("a(b|)c", "abc"));
        assert!(is_in("url (", "invalid url (post /v1)"));
        assert!(is_in("^not found$", "Not found".to_lowercase().as_str()));
        assert!(!is_in("^not found$", "model not found"));
        assert!(!is_in("a * b", &format!("a {} b", "x".repeat(200))));
        assert!(is_in("模型 * 不存在", "模型 豆包 不存在"));
    }
}
