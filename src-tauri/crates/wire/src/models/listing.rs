/// Where a server lists its models, and how it tells what they take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Appended to the base URL, such as `/models`; for [`ListingKind::LmStudio`]
    /// to the server's root, such as `/api/v0/models`. Empty for the dialect's own.
    pub path: String,
    /// How it tells what the models take.
    pub kind: ListingKind,
}

/// How a server tells what its models take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListingKind {
    /// In the dialect's list itself, or not at all.
    #[default]
    OpenAi,
    /// `POST /api/show` at the server's root, model by model.
    Ollama,
    /// A list of its own at the server's root; the usual one where that is missing.
    LmStudio,
}
