use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use crate::screen::Point;
use crate::wait;
use crate::webdriver::{Element, Session};

/// A place in the page, looked up anew by each step; steps wait for it.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    session: &'a Session,
    css: String,
    pick: Pick,
}

/// Is an element where it was two frames before?
const RESTS: &str = "const [element, done] = arguments
    const at = () => JSON.stringify(element.getBoundingClientRect())
    const before = at()
    requestAnimationFrame(() => requestAnimationFrame(() => done(at() === before)))";

/// Which of the elements that match.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Nth(usize),
    Last,
}

impl<'a> Part<'a> {
    pub(crate) fn new(session: &'a Session, testid: &str) -> Self {
        Self::of(session, format!("[data-testid=\"{testid}\"]"))
    }

    pub(crate) fn of(session: &'a Session, css: String) -> Self {
        Self {
            session,
            css,
            pick: Pick::Nth(0),
        }
    }

    /// Only where an attribute has this value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.css.push_str(&format!("[{name}=\"{value}\"]"));
        self
    }

    /// A part inside this one, by its `data-testid`.
    #[must_use]
    pub fn part(self, testid: &str) -> Self {
        self.css(&format!("[data-testid=\"{testid}\"]"))
    }

    /// A part inside this one, by a CSS selector.
    #[must_use]
    pub fn css(mut self, css: &str) -> Self {
        self.css.push_str(&format!(" {css}"));
        self
    }

    /// The n-th that matches, from 0.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.pick = Pick::Nth(n);
        self
    }

    /// The last that matches.
    #[must_use]
    pub fn last(mut self) -> Self {
        self.pick = Pick::Last;
        self
    }

    /// How many match now.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn count(&self) -> Result<usize> {
        Ok(self.session.find_all(&self.css)?.len())
    }

    fn now(&self) -> Result<Option<Element>> {
        let mut found = self.session.find_all(&self.css)?;
        Ok(match self.pick {
            Pick::Nth(n) => found.into_iter().nth(n),
            Pick::Last => found.pop(),
        })
    }

    /// Does something with the element as soon as it is there and lets it.
    fn act<T>(&self, what: &str, mut act: impl FnMut(&Element) -> Result<T>) -> Result<T> {
        wait::until(format!("{what} of {self}"), || match self.now()? {
            Some(element) => act(&element).map(Some),
            None => bail!("there is none"),
        })
    }

    /// Waits until it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub fn wait(&self) -> Result<()> {
        self.act("the presence", |_| Ok(()))
    }

    /// Waits until it is seen.
    ///
    /// # Errors
    /// When it does not come, or stays hidden.
    pub fn wait_shown(&self) -> Result<()> {
        wait::until(format!("{self} to be shown"), || match self.now()? {
            Some(element) => Ok(self.session.is_displayed(&element)?.then_some(())),
            None => bail!("there is none"),
        })
    }

    /// Waits until none is there, or none is shown.
    ///
    /// # Errors
    /// When it stays.
    pub fn wait_gone(&self) -> Result<()> {
        wait::until(format!("{self} to go"), || match self.now()? {
            Some(element) => Ok((!self.session.is_displayed(&element)?).then_some(())),
            None => Ok(Some(())),
        })
    }

    /// Waits until exactly `n` match.
    ///
    /// # Errors
    /// When there are always more or fewer.
    pub fn wait_count(&self, n: usize) -> Result<()> {
        wait::until(format!("{n} of {self}"), || {
            let count = self.count()?;
            if count == n {
                return Ok(Some(()));
            }
            bail!("there are {count}");
        })
    }

    /// Its text, hidden parts included.
    ///
    /// # Errors
    /// When it does not come.
    pub fn text(&self) -> Result<String> {
        self.act("the text", |element| self.session.text(element))
    }

    /// What a field holds.
    ///
    /// # Errors
    /// When it does not come.
    pub fn value(&self) -> Result<String> {
        let value = self.property("value")?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// A property of its DOM object.
    ///
    /// # Errors
    /// When it does not come.
    pub fn property(&self, name: &str) -> Result<Value> {
        self.act("a property", |element| {
            self.session.execute(
                "return arguments[0][arguments[1]]",
                &[element.into(), json!(name)],
            )
        })
    }

    /// Waits until its text satisfies a condition, and gives it.
    ///
    /// # Errors
    /// With the text as it stayed.
    pub fn wait_text(&self, wanted: impl Fn(&str) -> bool) -> Result<String> {
        wait::until(format!("the text of {self}"), || {
            let Some(element) = self.now()? else {
                bail!("there is none")
            };
            let text = self.session.text(&element)?;
            if wanted(&text) {
                return Ok(Some(text));
            }
            bail!("it is {text:?}");
        })
    }

    /// An attribute; `None` where it is absent.
    ///
    /// # Errors
    /// When it does not come.
    pub fn attribute(&self, name: &str) -> Result<Option<String>> {
        self.act("an attribute", |element| {
            self.session.attribute(element, name)
        })
    }

    /// Waits until an attribute has a value.
    ///
    /// # Errors
    /// With the value that it stayed at.
    pub fn wait_attribute(&self, name: &str, wanted: &str) -> Result<()> {
        wait::until(format!("{name}={wanted} of {self}"), || {
            let Some(element) = self.now()? else {
                bail!("there is none")
            };
            let value = self.session.attribute(&element, name)?;
            if value.as_deref() == Some(wanted) {
                return Ok(Some(()));
            }
            bail!("it is {value:?}");
        })
    }

    /// Clicks it, as soon as it can be and has come to rest: a click on what
    /// moves goes past it.
    ///
    /// # Errors
    /// When it cannot.
    pub fn click(&self) -> Result<()> {
        self.act("a click", |element| {
            let rests = self.session.execute_async(RESTS, &[element.into()])?;
            ensure!(rests == Value::Bool(true), "it is moving");
            self.session.click(element)
        })
    }

    /// The middle of what is seen of it, from the page's upper left corner, as soon
    /// as it rests.
    ///
    /// # Errors
    /// When it is not there.
    pub fn middle(&self) -> Result<Point> {
        let middle = "const box = arguments[0].getBoundingClientRect()
            return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round)";
        self.act("its place", |element| {
            let rests = self.session.execute_async(RESTS, &[element.into()])?;
            ensure!(rests == Value::Bool(true), "it is moving");
            let at = self.session.execute(middle, &[element.into()])?;
            let number = |index: usize| i16::try_from(at.get(index)?.as_i64()?).ok();
            let (Some(x), Some(y)) = (number(0), number(1)) else {
                bail!("it is at {at}");
            };
            Ok(Point { x, y })
        })
    }

    /// Types into it, after what it holds.
    ///
    /// # Errors
    /// When it takes no keys.
    pub fn type_keys(&self, keys: &str) -> Result<()> {
        self.act("typing", |element| self.session.type_into(element, keys))
    }

    /// Replaces what it holds.
    ///
    /// # Errors
    /// When it takes no keys.
    pub fn fill(&self, text: &str) -> Result<()> {
        self.act("emptying", |element| self.session.clear(element))?;
        // WebDriver calls it an error to type nothing.
        if text.is_empty() {
            Ok(())
        } else {
            self.type_keys(text)
        }
    }
}

impl std::fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pick {
            Pick::Nth(0) => write!(f, "{}", self.css),
            Pick::Nth(n) => write!(f, "{} ({n})", self.css),
            Pick::Last => write!(f, "{} (last)", self.css),
        }
    }
}
