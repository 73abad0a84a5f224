//! Where a provider lists its models, and in which shape.

use crate::format::ListingFormat;
use crate::manifest::Manifest;

/// A list of models: where to ask, and how the answer reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What the path counts from: the base URL; with [`ListingFormat::Lmstudio`]
    /// the server's root. No trailing slash.
    pub root: String,
    /// Its path, with a leading slash.
    pub path: String,
    /// How it answers.
    pub format: ListingFormat,
}

impl Manifest {
    /// Where the models are listed; `None` where nowhere.
    ///
    /// `models_endpoint` is a path under the base URL. With `models_format`
    /// `lmstudio` it is one of the server's own API, which lies beside the
    /// OpenAI-compatible one: it counts from the server's root, which is the
    /// base URL without a `/v1` at its end.
    pub fn listing(&self) -> Option<Listing> {
        let format = self.models_format;
        let path = match &self.models_endpoint {
            Some(path) => path.clone()?,
            None => format.default_path().to_owned(),
        };
        let base = self.base().ok().flatten()?;
        let base = base.as_str();
        let root = match format {
            ListingFormat::Openai | ListingFormat::Ollama => base,
            ListingFormat::Lmstudio => base.strip_suffix("/v1").unwrap_or(base),
        };
        Some(Listing {
            root: root.to_owned(),
            path,
            format,
        })
    }
}
