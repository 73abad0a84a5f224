//! Ask, follow, stop.

use app::App;
use chat::{Chat, Sink};
use consent::Question;
use protocol::{
    ChatAttachParams, ChatEvent, ChatRetryParams, ChatSendParams, ChatSent, ChatStopParams,
    IpcError, LoadPictureParams, Picture, RequestSize, RequestSizeParams,
};
use tauri::{
    AppHandle, Runtime, State, command, generate_handler,
    ipc::Channel,
    plugin::{Builder, TauriPlugin},
};

use crate::input;

fn sink(channel: Channel<ChatEvent>) -> Sink {
    Box::new(move |event| channel.send(event).is_ok())
}

#[command]
async fn send<R: Runtime>(
    handle: AppHandle<R>,
    app: State<'_, App>,
    params: ChatSendParams,
    channel: Channel<ChatEvent>,
) -> Result<ChatSent, IpcError> {
    super::images::links_meant(&handle, &params.attachments).await?;
    app.send(params, sink(channel)).await
}

#[command]
async fn retry(
    chat: State<'_, Chat>,
    params: ChatRetryParams,
    channel: Channel<ChatEvent>,
) -> Result<ChatSent, IpcError> {
    chat.retry(params, sink(channel)).await
}

#[command]
async fn attach(
    chat: State<'_, Chat>,
    params: ChatAttachParams,
    channel: Channel<ChatEvent>,
) -> Result<(), IpcError> {
    chat.attach(&params.message, sink(channel)).await
}

#[command]
async fn stop(chat: State<'_, Chat>, params: ChatStopParams) -> Result<(), IpcError> {
    chat.stop(&params.message);
    Ok(())
}

#[command]
async fn load_picture<R: Runtime>(
    handle: AppHandle<R>,
    chat: State<'_, Chat>,
    params: LoadPictureParams,
) -> Result<Picture, IpcError> {
    let named = chat.named_picture(&params).await?;
    let hosts = vec![named.host().to_owned()];
    input::meant(&handle, Question::Fetch { hosts }).await?;
    chat.load_picture(named).await
}

#[command]
async fn size(app: State<'_, App>, params: RequestSizeParams) -> Result<RequestSize, IpcError> {
    app.size(params).await
}

/// The plugin `chat`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("chat")
        .invoke_handler(generate_handler![
            send,
            retry,
            attach,
            stop,
            load_picture,
            size
        ])
        .build()
}
