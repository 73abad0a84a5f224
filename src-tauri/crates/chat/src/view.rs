//! Stored messages as the page shows them.

use history::{StoredConversation, StoredMessage};
use protocol::{Conversation, Message, Picture, Role};
use stores::Part;

/// A stored conversation, rendered.
pub fn conversation(stored: StoredConversation) -> Conversation {
    Conversation {
        id: stored.id,
        title: stored.title,
        messages: stored.messages.into_iter().map(message).collect(),
        earlier: stored.earlier,
        draft: stored.draft,
        preset: stored.preset,
        edits: stored.edits,
        params: stored.params,
        provider: stored.asked.as_ref().map(|(provider, _)| provider.clone()),
        model: stored.asked.map(|(_, model)| model),
    }
}

/// A stored message, rendered: an answer's text and reasoning become blocks,
/// a person's text stays as typed.
pub fn message(stored: StoredMessage) -> Message {
    let rendered = stored.role == Role::Assistant;
    let blocks = |text: &str| {
        if rendered {
            markdown::render(text)
        } else {
            Vec::new()
        }
    };
    Message {
        blocks: blocks(&stored.text),
        reasoning: blocks(&stored.reasoning),
        pictures: stored.parts.iter().filter_map(picture).collect(),
        videos: stored.videos().cloned().collect(),
        links: stored.links().cloned().collect(),
        id: stored.id,
        parent: stored.parent,
        role: stored.role,
        state: stored.state,
        text: stored.text,
        answer: stored.answer,
        error: stored.error,
        created_at: stored.created_at,
        versions: stored.versions,
    }
}

/// The picture of a part, with the link that it came from.
fn picture(part: &Part) -> Option<Picture> {
    let link = match part {
        Part::Link { link, .. } => Some(link.url.clone()),
        _ => None,
    };
    let picture = part.picture()?.clone();
    Some(Picture { link, ..picture })
}
