//! Conversations that are kept.

use chat::Chat;
use protocol::{
    Conversation, ConversationArchiveParams, ConversationIdParams, ConversationIdsParams,
    ConversationList, ConversationListParams, ConversationParamsParams, ConversationPinParams,
    ConversationRenameParams, DraftParams, FindAnswer, FindParams, Forked, IpcError, LastOpen,
    MessageIdParams, MessageList, MessageSource, MessageTail, PutAway, SearchAnswer, SearchParams,
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
async fn put_away(chat: State<'_, Chat>) -> Result<PutAway, IpcError> {
    chat.put_away().await
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
async fn show(chat: State<'_, Chat>, params: MessageIdParams) -> Result<MessageTail, IpcError> {
    chat.show_version(&params.message).await
}

#[command]
async fn remove_message(
    chat: State<'_, Chat>,
    params: MessageIdParams,
) -> Result<MessageTail, IpcError> {
    chat.remove_message(&params.message).await
}

#[command]
async fn restore_message(
    chat: State<'_, Chat>,
    params: MessageIdParams,
) -> Result<MessageTail, IpcError> {
    chat.restore_message(&params.message).await
}

#[command]
async fn fork(chat: State<'_, Chat>, params: MessageIdParams) -> Result<Forked, IpcError> {
    chat.fork(&params.message).await
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
async fn remove(chat: State<'_, Chat>, params: ConversationIdsParams) -> Result<(), IpcError> {
    chat.remove(params.ids).await
}

#[command]
async fn restore(chat: State<'_, Chat>, params: ConversationIdsParams) -> Result<(), IpcError> {
    chat.restore(params.ids).await
}

#[command]
async fn erase(chat: State<'_, Chat>, params: ConversationIdsParams) -> Result<(), IpcError> {
    chat.erase(params.ids).await
}

#[command]
async fn empty_bin(chat: State<'_, Chat>) -> Result<(), IpcError> {
    chat.empty_bin().await
}

#[command]
async fn pin(chat: State<'_, Chat>, params: ConversationPinParams) -> Result<(), IpcError> {
    chat.pin(&params.id, params.pinned).await
}

#[command]
async fn archive(chat: State<'_, Chat>, params: ConversationArchiveParams) -> Result<(), IpcError> {
    chat.archive(params.ids, params.archived).await
}

/// The plugin `history`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("history")
        .invoke_handler(generate_handler![
            list,
            put_away,
            last_open,
            open,
            leave,
            keep_draft,
            earlier,
            source,
            show,
            remove_message,
            restore_message,
            fork,
            search,
            find,
            show_message,
            rename,
            set_params,
            remove,
            restore,
            erase,
            empty_bin,
            pin,
            archive
        ])
        .build()
}
