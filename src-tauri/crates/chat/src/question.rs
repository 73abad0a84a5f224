//! What is to be asked, and of whom.

use protocol::ChatParams;
use stores::Part;

/// What is to be asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Conversation it belongs to; a new one when absent.
    pub conversation: Option<String>,
    /// What the person typed.
    pub text: String,
    /// What goes along; its bytes are kept.
    pub parts: Vec<Part>,
    /// Who is asked: one, or several that answer side by side.
    pub of: Vec<Of>,
    /// How.
    pub params: ChatParams,
    /// Name of the preset that a new conversation begins with.
    pub preset: Option<String>,
    /// Is it asked without what was said before it?
    pub alone: bool,
    /// An answer: what its prompt took from the clipboard is taken again.
    pub copied_of: Option<String>,
}

/// A model of a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Of {
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
}
