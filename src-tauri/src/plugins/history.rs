//! Conversations that are kept.

use std::path::Path;

use chat::Chat;
use export::{Assets, Format, Which, file_name, json_lines, now, page_path, write_whole};
use history::History;
use protocol::{
    Conversation, ConversationArchiveParams, ConversationExportParams, ConversationIdParams,
    ConversationIdsParams, ConversationList, ConversationListParams, ConversationParamsParams,
    ConversationPinParams, ConversationRenameParams, DraftParams, ExportFormat, ExportPictures,
    FindAnswer, FindParams, Forked, IpcError, LastOpen, MessageIdParams, MessageList, MessageTail,
    Preset, PresetIdParams, PresetList, PresetOrderParams, PutAway, SearchAnswer, SearchParams,
    ShownMessage,
};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_dialog::FileDialogBuilder;

use super::saving::{save_by, save_in};
use crate::{page, words::Words};

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

/// Exports conversations to a file that the person names, or several to a file each in a
/// folder; false where none was named.
#[command]
async fn export<R: Runtime>(
    app: AppHandle<R>,
    params: ConversationExportParams,
) -> Result<bool, IpcError> {
    let history = app.state::<History>().inner().clone();
    let ConversationExportParams {
        ids,
        format,
        pictures,
    } = params;
    let words = export::Words::of(Words::now(&app).of("en", "zh"));
    let assets = move |folder: Option<&Path>| match pictures {
        ExportPictures::Embed => Assets::Embed,
        ExportPictures::Files => Assets::Files(folder.unwrap_or(Path::new("")).to_owned()),
        ExportPictures::None => Assets::None,
    };
    let page = match format {
        ExportFormat::Markdown => Some(Format::Markdown),
        ExportFormat::Html => Some(Format::Html),
        ExportFormat::Text => Some(Format::Text),
        ExportFormat::Jsonl => None,
    };
    let dialog = page::dialog(&app);
    let [id] = ids.as_slice() else {
        let Some(page) = page else {
            return save_by(named(dialog, "dragoman", "jsonl"), move |path| {
                let (which, assets) = (Which::These(ids), assets(path.parent()));
                write_whole(path, |out| {
                    json_lines(&history, &which, &assets, now(), out).map(drop)
                })
            })
            .await;
        };
        return save_in(dialog, move |folder| {
            let assets = assets(Some(folder));
            ids.iter().try_for_each(|id| {
                write_whole(&page_path(folder, &history, id, page)?, |out| {
                    export::conversation(&history, id, page, &assets, &words, out)
                })
            })
        })
        .await;
    };
    let id = id.clone();
    let asked = id.clone();
    let found = history.read(move |r| r.summary(&asked)).await?;
    let title = found.map(|found| found.title).unwrap_or_default();
    let ending = page.map_or("jsonl", Format::ending);
    save_by(named(dialog, &file_name(&title), ending), move |path| {
        let assets = assets(path.parent());
        write_whole(path, |out| match page {
            Some(page) => export::conversation(&history, &id, page, &assets, &words, out),
            None => {
                let one = Which::These(vec![id]);
                json_lines(&history, &one, &assets, now(), out).map(drop)
            }
        })
    })
    .await
}

fn named<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    name: &str,
    ending: &str,
) -> FileDialogBuilder<R> {
    dialog
        .add_filter(ending.to_uppercase(), &[ending])
        .set_file_name(format!("{name}.{ending}"))
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
    chat.pin(params.ids, params.pinned).await
}

#[command]
async fn archive(chat: State<'_, Chat>, params: ConversationArchiveParams) -> Result<(), IpcError> {
    chat.archive(params.ids, params.archived).await
}

#[command]
async fn presets(chat: State<'_, Chat>) -> Result<PresetList, IpcError> {
    chat.presets().await
}

#[command]
async fn save_preset(chat: State<'_, Chat>, params: Preset) -> Result<Preset, IpcError> {
    chat.save_preset(params).await
}

#[command]
async fn remove_preset(chat: State<'_, Chat>, params: PresetIdParams) -> Result<(), IpcError> {
    chat.remove_preset(params.id).await
}

#[command]
async fn order_presets(chat: State<'_, Chat>, params: PresetOrderParams) -> Result<(), IpcError> {
    chat.order_presets(params.ids).await
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
            show,
            remove_message,
            restore_message,
            fork,
            search,
            find,
            show_message,
            rename,
            export,
            set_params,
            presets,
            save_preset,
            remove_preset,
            order_presets,
            remove,
            restore,
            erase,
            empty_bin,
            pin,
            archive
        ])
        .build()
}
