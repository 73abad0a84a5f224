//! Conversations that are kept.

use chat::Chat;
use protocol::{
    Conversation, ConversationIdParams, ConversationList, ConversationListParams,
    ConversationParamsParams, ConversationRenameParams, DraftParams, FindAnswer, FindParams,
    IpcError, LastOpen, MessageIdParams, MessageList, MessageSource, SearchAnswer, SearchParams,
    ShownMessage,
};
use tauri::{
    Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

#[command]
async fn list(
    chat: State<'_, Chat>,
    params: ConversationListParams,
) -> Result<ConversationList, IpcError> {
    chat.conversations(params).await
}

#[command]
async fn open(
    chat: State<'_, Chat>,
    params: ConversationIdParams,
) -> Result<Conversation, IpcError> {
    chat.open(&params.id).await
}

#[command]
async fn last_open(chat: State<'_, Chat>) -> Result<LastOpen, IpcError> {
    chat.last_open().await
}

#[command]
async fn leave(chat: State<'_, Chat>) -> Result<(), IpcError> {
    chat.leave().await;
    Ok(())
}

#[command]
async fn keep_draft(chat: State<'_, Chat>, params: DraftParams) -> Result<(), IpcError> {
    chat.keep_draft(params).await
}

#[command]
async fn earlier(chat: State<'_, Chat>, params: MessageIdParams) -> Result<MessageList, IpcError> {
    chat.earlier(&params.message).await
}

#[command]
async fn source(chat: State<'_, Chat>, params: MessageIdParams) -> Result<MessageSource, IpcError> {
    chat.source(&params.message).await
}

#[command]
async fn search(chat: State<'_, Chat>, params: SearchParams) -> Result<SearchAnswer, IpcError> {
    chat.search(params).await
}

#[command]
async fn find(chat: State<'_, Chat>, params: FindParams) -> Result<FindAnswer, IpcError> {
    chat.find(params).await
}

#[command]
async fn show_message(
    chat: State<'_, Chat>,
    params: MessageIdParams,
) -> Result<ShownMessage, IpcError> {
    chat.show_message(&params.message).await
}

#[command]
async fn rename(chat: State<'_, Chat>, params: ConversationRenameParams) -> Result<(), IpcError> {
    chat.rename(&params.id, &params.title).await
}

#[command]
async fn set_params(
    chat: State<'_, Chat>,
    params: ConversationParamsParams,
) -> Result<(), IpcError> {
    chat.set_params(&params.id, params.params).await
}

#[command]
async fn remove(chat: State<'_, Chat>, params: ConversationIdParams) -> Result<(), IpcError> {
    chat.remove(&params.id).await
}

/// The plugin `history`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("history")
        .invoke_handler(generate_handler![
            list,
            last_open,
            open,
            leave,
            keep_draft,
            earlier,
            source,
            search,
            find,
            show_message,
            rename,
            set_params,
            remove
        ])
        .build()
}
