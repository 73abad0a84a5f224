//! What a person takes out of a conversation: to the clipboard, to a file.

use chat::Chat;
use consent::Question;
use export::{Assets, Copied, Format, Words as PageWords, code_file, copied, file_name};
use history::History;
use protocol::{
    ConversationIdParams, CopyAnswerParams, CopyTableParams, ErrorCode, IpcError, PieceParams,
};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

use super::blocking::blocking;
use super::saving::save_as;
#[cfg(not(target_os = "linux"))]
use crate::printing;
#[cfg(target_os = "linux")]
use crate::webview::printing;
use crate::{clipboard, input, page, words::Words};

#[command]
async fn copy_answer<R: Runtime>(
    app: AppHandle<R>,
    chat: State<'_, Chat>,
    params: CopyAnswerParams,
) -> Result<(), IpcError> {
    let text = chat.source(&params.message).await?;
    let copied = blocking(move || Ok(copied(text, params.form))).await?;
    clipboard::copy(&app, copied).await
}

/// What a table or code block stands in; `take` takes it out.
async fn piece<T: Send + 'static>(
    chat: &Chat,
    of: PieceParams,
    take: impl FnOnce(&str, usize) -> Option<T> + Send + 'static,
) -> Result<T, IpcError> {
    let text = if of.thought {
        chat.thoughts(&of.message).await?
    } else {
        chat.source(&of.message).await?
    };
    let found = blocking(move || Ok(take(&text, of.before))).await?;
    found.ok_or_else(|| {
        let message = "This part of the answer has changed meanwhile. Try again.";
        IpcError::new(ErrorCode::NotFound, message)
    })
}

#[command]
async fn copy_table<R: Runtime>(
    app: AppHandle<R>,
    chat: State<'_, Chat>,
    params: CopyTableParams,
) -> Result<(), IpcError> {
    let form = params.form;
    let take = move |text: &str, before| export::table(text, before, form);
    let table = piece(&chat, params.table, take).await?;
    clipboard::copy(&app, table.into()).await
}

#[command]
async fn save_table<R: Runtime>(
    app: AppHandle<R>,
    chat: State<'_, Chat>,
    params: PieceParams,
) -> Result<bool, IpcError> {
    input::meant(&app, Question::Save).await?;
    let table = piece(&chat, params, export::table_file).await?;
    let name = Words::now(&app).of("table", "表格");
    let dialog = page::dialog(&app)
        .add_filter("CSV", &["csv"])
        .set_file_name(format!("{name}.csv"));
    save_as(dialog, table).await
}

#[command]
async fn save_code<R: Runtime>(
    app: AppHandle<R>,
    chat: State<'_, Chat>,
    params: PieceParams,
) -> Result<bool, IpcError> {
    input::meant(&app, Question::Save).await?;
    let (name, code) = piece(&chat, params, code_file).await?;
    save_as(page::dialog(&app).set_file_name(name), code).await
}

#[command]
async fn copy_conversation<R: Runtime>(
    app: AppHandle<R>,
    params: ConversationIdParams,
) -> Result<(), IpcError> {
    let text = written(&app, params.id, Format::Markdown, Assets::None).await?;
    clipboard::copy(&app, Copied::from(text)).await
}

/// Prints a conversation as the person says in the system's dialog; false where they closed
/// it. Where the system's web view cannot print unseen, the page is opened in the browser.
#[command]
async fn print<R: Runtime>(
    app: AppHandle<R>,
    params: ConversationIdParams,
) -> Result<bool, IpcError> {
    input::meant(&app, Question::Print).await?;
    let history = app.state::<History>().inner().clone();
    let id = params.id.clone();
    let found = history.read(move |r| r.summary(&id)).await?;
    let name = file_name(&found.map(|found| found.title).unwrap_or_default());
    let html = written(&app, params.id, Format::Html, Assets::Embed).await?;
    printing::print(&app, html, name).await
}

/// The branch that a conversation shows.
async fn written<R: Runtime>(
    app: &AppHandle<R>,
    id: String,
    format: Format,
    assets: Assets,
) -> Result<String, IpcError> {
    let history = app.state::<History>().inner().clone();
    let words = PageWords::of(Words::now(app).of("en", "zh"));
    blocking(move || {
        let mut out = Vec::new();
        export::conversation(&history, &id, format, &assets, &words, &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    })
    .await
}

/// The plugin `out`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("out")
        .invoke_handler(generate_handler![
            copy_answer,
            copy_table,
            save_table,
            save_code,
            copy_conversation,
            print
        ])
        .build()
}
