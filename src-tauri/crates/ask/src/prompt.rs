//! What is asked.

use protocol::Role;
use stores::Part;

/// What is asked: a conversation, oldest first, its last line the question; or, to be gone
/// on with, an answer that ended early.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// Its lines. The system's own instructions stand in the parameters.
    pub lines: Vec<Line>,
}

/// One line of a conversation.
#[derive(Debug, Clone)]
pub struct Line {
    /// Who says it.
    pub role: Role,
    /// What is said, as it was written.
    pub text: String,
    /// What the model thought before it said it.
    pub reasoning: String,
    /// What goes along, its bytes kept by hash.
    pub parts: Vec<Part>,
}

impl Prompt {
    /// A question that nothing stands before.
    pub fn question(text: impl Into<String>, parts: Vec<Part>) -> Self {
        Self {
            lines: vec![Line::question(text, parts)],
        }
    }
}

impl Line {
    /// A line of the person's.
    pub fn question(text: impl Into<String>, parts: Vec<Part>) -> Self {
        Self {
            role: Role::User,
            text: text.into(),
            reasoning: String::new(),
            parts,
        }
    }
}
