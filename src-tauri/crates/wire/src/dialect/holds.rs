use crate::error::Error;
use crate::request::{Content, Part, Request, Source};

/// What a request in a dialect may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// Pictures.
    pub pictures: Sent,
    /// Videos.
    pub videos: Sent,
    /// Fields of a body that are the dialect's own: no parameter has their names.
    pub reserved: &'static [&'static str],
}

/// In which ways a picture or a video may be sent; neither where not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its bytes, in the request itself.
    pub bytes: bool,
    /// Its address.
    pub links: bool,
}

impl Holds {
    /// Checks that there is a place for each part of each message.
    pub(super) fn check(&self, request: &Request) -> Result<(), Error> {
        let parts = request.messages.iter().flat_map(|m| match &m.content {
            Content::Parts(parts) => parts.as_slice(),
            Content::Text(_) => &[],
        });
        parts.into_iter().try_for_each(|part| match part {
            Part::Text(_) => Ok(()),
            Part::Image { source, .. } => self.pictures.check("pictures", source),
            Part::Video { source, .. } => self.videos.check("videos", source),
        })
    }
}

impl Sent {
    /// Any way.
    pub const ANY: Self = Self {
        bytes: true,
        links: true,
    };

    fn check(self, what: &str, source: &Source) -> Result<(), Error> {
        let embedded = match source {
            Source::Bytes { .. } => true,
            Source::Url(url) => (url.split_once(':'))
                .is_some_and(|(scheme, _)| scheme.trim().eq_ignore_ascii_case("data")),
        };
        let takes = if embedded { self.bytes } else { self.links };
        let instead = match (takes, self) {
            (true, _) => return Ok(()),
            (false, Self { bytes: true, .. }) => "sent themselves and not as links",
            (false, Self { links: true, .. }) => "sent as links",
            (false, _) => "left out: this provider's API has no place for them",
        };
        Err(Error::parameter(what, instead))
    }
}
