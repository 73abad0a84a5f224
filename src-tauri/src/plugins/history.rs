//! Conversations that are kept.

use chat::Chat;
use protocol::{
    Conversation, ConversationIdParams, ConversationList, ConversationParamsParams,
    ConversationRenameParams, IpcError,
};
use tauri::{
    Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

#[command]
async fn list(chat: State<'_, Chat>) -> Result<ConversationList, IpcError> {
    Ok(ConversationList {
        conversations: chat.conversations()?,
    })
}

#[command]
async fn open(
    chat: State<'_, Chat>,
    params: ConversationIdParams,
) -> Result<Conversation, IpcError> {
    chat.conversation(&params.id)
}

#[command]
async fn rename(chat: State<'_, Chat>, params: ConversationRenameParams) -> Result<(), IpcError> {
    chat.rename(&params.id, &params.title)
}

#[command]
async fn set_params(
    chat: State<'_, Chat>,
    params: ConversationParamsParams,
) -> Result<(), IpcError> {
    chat.set_params(&params.id, &params.params)
}

#[command]
async fn remove(chat: State<'_, Chat>, params: ConversationIdParams) -> Result<(), IpcError> {
    chat.remove(&params.id)
}

/// The plugin `history`.
pub fn init<R: Runtime>(chat: Chat) -> TauriPlugin<R> {
    Builder::new("history")
        .setup(move |app, _| {
            app.manage(chat);
            Ok(())
        })
        .invoke_handler(generate_handler![list, open, rename, set_params, remove])
        .build()
}
