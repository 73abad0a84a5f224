//! The few elements that a source may write as HTML: a line break, small letters, keys.

/// Elements that have an end.
const PAIRS: [&str; 3] = ["sub", "sup", "kbd"];

/// Most of them in one another: a page lays out some hundred elements in one another, and no
/// more.
const DEEPEST: usize = 16;

/// What a piece of source HTML is, where it is on the list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SafeTag {
    Break,
    Open(&'static str),
    Close(&'static str),
}

impl SafeTag {
    /// Reads a tag; one with attributes is none.
    pub(crate) fn of(html: &str) -> Option<Self> {
        let inner = html.strip_prefix('<')?.strip_suffix('>')?;
        let named = |name: &str| {
            let name = name.trim_end();
            PAIRS
                .into_iter()
                .find(|known| name.eq_ignore_ascii_case(known))
        };
        match inner.strip_prefix('/') {
            Some(name) => named(name).map(Self::Close),
            None => {
                let bare = inner.trim_end_matches('/').trim_end();
                if bare.eq_ignore_ascii_case("br") {
                    return Some(Self::Break);
                }
                named(inner).map(Self::Open)
            }
        }
    }
}

/// A tag whose end has not come: it is text until it does.
struct Waiting {
    name: &'static str,
    /// Where its text stands in what was written.
    at: usize,
    length: usize,
    /// How deep it stands.
    depth: usize,
}

/// The tags that wait for their end.
#[derive(Default)]
pub(crate) struct Tags(Vec<Waiting>);

impl Tags {
    /// Elements were left: nothing that began in them can end outside.
    pub(crate) fn leave(&mut self, depth: usize) {
        while self.0.pop_if(|waiting| waiting.depth > depth).is_some() {}
    }

    /// A tag was written as text, from `at` on.
    pub(crate) fn begin(&mut self, name: &'static str, at: usize, length: usize, depth: usize) {
        if self.0.len() < DEEPEST {
            self.0.push(Waiting {
                name,
                at,
                length,
                depth,
            });
        }
    }

    /// Makes an element of what stands between a tag and its end here; false where no tag
    /// waits for it.
    pub(crate) fn end(&mut self, name: &str, depth: usize, out: &mut String) -> bool {
        let found = self
            .0
            .pop_if(|last| last.name == name && last.depth == depth);
        let Some(tag) = found else {
            return false;
        };
        let end = tag.at + tag.length;
        if !out.is_char_boundary(tag.at) || !out.is_char_boundary(end) {
            return false;
        }
        out.replace_range(tag.at..end, &["<", name, ">"].concat());
        out.extend(["</", name, ">"]);
        true
    }
}
