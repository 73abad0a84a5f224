//! Who is believed about what a model accepts.
//!
//! The person, then the provider's own list, then its manifest, then the
//! bundled table, then what was learned from a refusal. What nobody knows is
//! unknown, and unknown is allowed.

use crate::table::{self, TableRow};
use crate::{Input, Manifest, ModelSpec, Price};

/// What one source says of a model; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Its name.
    pub name: Option<String>,
    /// Takes pictures.
    pub image: Option<bool>,
    /// Takes videos.
    pub video: Option<bool>,
    /// Thinks before it answers.
    pub reasoning: Option<bool>,
    /// Tokens it holds at once.
    pub context: Option<u64>,
    /// Tokens it answers with at most.
    pub output: Option<u64>,
    /// What it costs.
    pub price: Option<Price>,
}

/// Where a fact comes from, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The person.
    User,
    /// The provider's own list.
    Server,
    /// The provider's manifest.
    Manifest,
    /// The table that comes with the app.
    Table,
    /// It refused a picture or a video before.
    Learned,
}

impl From<Source> for protocol::Belief {
    fn from(source: Source) -> Self {
        match source {
            Source::User => Self::User,
            Source::Server => Self::Server,
            Source::Manifest | Source::Table => Self::Table,
            Source::Learned => Self::Refusal,
        }
    }
}

/// A fact, and who says it; `None` where nobody knows.
pub type Known<T> = Option<(T, Source)>;

/// What is believed of a model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Belief {
    /// Its name.
    pub name: Known<String>,
    /// Takes pictures.
    pub image: Known<bool>,
    /// Takes videos.
    pub video: Known<bool>,
    /// Thinks before it answers.
    pub reasoning: Known<bool>,
    /// Tokens it holds at once.
    pub context: Known<u64>,
    /// Tokens it answers with at most.
    pub output: Known<u64>,
    /// What it costs.
    pub price: Known<Price>,
}

/// Everyone who may say something of one model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    /// The person, in Settings.
    pub user: Option<&'a Facts>,
    /// The provider's own list.
    pub server: Option<&'a Facts>,
    /// Its manifest.
    pub manifest: Option<&'a Facts>,
    /// The bundled table.
    pub table: Option<&'a Facts>,
    /// Earlier refusals.
    pub learned: Option<&'a Facts>,
}

/// Believes, of each fact, the strongest who says something of it.
pub fn resolve(sources: &Sources<'_>) -> Belief {
    let order = [
        (sources.user, Source::User),
        (sources.server, Source::Server),
        (sources.manifest, Source::Manifest),
        (sources.table, Source::Table),
        (sources.learned, Source::Learned),
    ];
    Belief {
        name: first(&order, |facts| facts.name.clone()),
        image: first(&order, |facts| facts.image),
        video: first(&order, |facts| facts.video),
        reasoning: first(&order, |facts| facts.reasoning),
        context: first(&order, |facts| facts.context),
        output: first(&order, |facts| facts.output),
        price: first(&order, |facts| facts.price),
    }
}

fn first<T>(
    order: &[(Option<&Facts>, Source)],
    fact: impl Fn(&Facts) -> Option<T>,
) -> Option<(T, Source)> {
    order
        .iter()
        .find_map(|(facts, source)| Some((fact((*facts)?)?, *source)))
}

impl From<&ModelSpec> for Facts {
    fn from(spec: &ModelSpec) -> Self {
        Self {
            name: spec.name.clone(),
            image: spec.takes(Input::Image),
            video: spec.takes(Input::Video),
            reasoning: spec.reasoning,
            context: spec.context,
            output: spec.output,
            price: spec.price,
        }
    }
}

impl From<TableRow> for Facts {
    fn from(row: TableRow) -> Self {
        Self {
            name: None,
            image: Some(row.image),
            video: Some(row.video),
            reasoning: Some(row.reasoning),
            context: row.context,
            output: row.output,
            price: row.price,
        }
    }
}

impl Manifest {
    /// What is believed of a model of this provider: what the person, the
    /// server and earlier refusals say, with the manifest and the bundled table
    /// between them. Unpacks the table at its first call.
    pub fn believe(
        &self,
        model: &str,
        user: Option<&Facts>,
        server: Option<&Facts>,
        learned: Option<&Facts>,
    ) -> Belief {
        let manifest = self.known(model).map(|spec| Facts::from(&spec));
        let table = table::lookup(&self.base_url, model).map(Facts::from);
        resolve(&Sources {
            user,
            server,
            manifest: manifest.as_ref(),
            table: table.as_ref().filter(|_| !self.is_demo()),
            learned,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(image: bool) -> Facts {
        Facts {
            image: Some(image),
            ..Facts::default()
        }
    }

    #[test]
    fn the_strongest_who_says_something_is_believed() {
        let (yes, no, nothing) = (says(true), says(false), Facts::default());
        let mut sources = Sources {
            learned: Some(&no),
            ..Sources::default()
        };
        assert_eq!(resolve(&Sources::default()).image, None);
        assert_eq!(resolve(&sources).image, Some((false, Source::Learned)));
        sources.table = Some(&yes);
        assert_eq!(resolve(&sources).image, Some((true, Source::Table)));
        sources.manifest = Some(&no);
        assert_eq!(resolve(&sources).image, Some((false, Source::Manifest)));
        sources.server = Some(&yes);
        assert_eq!(resolve(&sources).image, Some((true, Source::Server)));
        sources.user = Some(&no);
        assert_eq!(resolve(&sources).image, Some((false, Source::User)));
        sources.user = Some(&nothing);
        assert_eq!(resolve(&sources).image, Some((true, Source::Server)));
    }

    #[test]
    fn each_fact_is_believed_for_itself() {
        let server = Facts {
            context: Some(8),
            ..Facts::default()
        };
        let table = Facts {
            image: Some(true),
            context: Some(4),
            output: Some(2),
            ..Facts::default()
        };
        let belief = resolve(&Sources {
            server: Some(&server),
            table: Some(&table),
            ..Sources::default()
        });
        assert_eq!(belief.image, Some((true, Source::Table)));
        assert_eq!(belief.context, Some((8, Source::Server)));
        assert_eq!(belief.output, Some((2, Source::Table)));
        assert_eq!((belief.video, belief.price), (None, None));
    }
}
