//! Pictures, videos and links come in: by drop, by dialog, by paste. The page never
//! names a path.

use std::{collections::BTreeSet, path::PathBuf};

use app::DRAFT;
use composer::{Arrivals, Composer, Draft};
use consent::Question;
use history::History;
use protocol::{
    AddLinkParams, AttachmentIdParams, AttachmentList, AttachmentOrderParams, CropParams,
    DragEvent, ErrorCode, IpcError, PastedText, PictureAgainParams, PictureOptionsParams,
    PictureSaveParams, TakeFolderParams, TargetParams,
};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

use super::blocking::blocking;
use super::saving::save_as;
use crate::clipboard::{self, Pasted};
use crate::{input, page, picking};

/// The draft of the window.
fn draft(composer: &Composer) -> Draft {
    composer.draft(DRAFT)
}

#[command]
async fn list(composer: State<'_, Composer>) -> Result<AttachmentList, IpcError> {
    Ok(AttachmentList {
        attachments: draft(&composer).list(),
    })
}

#[command]
async fn pick<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    let handle = app.clone();
    picking::pick(&app, move |paths| attach(&handle, paths));
    Ok(())
}

#[command]
async fn paste<R: Runtime>(app: AppHandle<R>) -> Result<PastedText, IpcError> {
    input::meant(&app, Question::Paste).await?;
    let mut text = None;
    match clipboard::read(&app).await? {
        Pasted::Files(paths) => attach(&app, paths),
        Pasted::Picture(name, bytes) => {
            let draft = draft(&app.state::<Composer>());
            tauri::async_runtime::spawn(draft.add_bytes(name, bytes));
        }
        Pasted::Addresses(found) => {
            attach(&app, found.into_iter().map(PathBuf::from).collect());
        }
        Pasted::Text(found) => text = Some(found),
    }
    Ok(PastedText { text })
}

#[command]
async fn add_link(composer: State<'_, Composer>, params: AddLinkParams) -> Result<(), IpcError> {
    draft(&composer).add_link(&params.url)
}

#[command]
async fn fetch<R: Runtime>(
    app: AppHandle<R>,
    composer: State<'_, Composer>,
    params: AttachmentIdParams,
) -> Result<(), IpcError> {
    links_meant(&app, std::slice::from_ref(&params.id)).await?;
    draft(&composer).fetch(&params.id).await
}

/// Sees to it that a person means the links among these attachments to be fetched: by
/// its address a link tells its host whatever a page puts there.
pub async fn links_meant<R: Runtime>(app: &AppHandle<R>, ids: &[String]) -> Result<(), IpcError> {
    let listed = draft(&app.state::<Composer>()).list();
    let links = listed.into_iter().filter(|one| ids.contains(&one.id));
    let hosts: BTreeSet<String> = links.filter_map(|one| Some(one.link?.host)).collect();
    if hosts.is_empty() {
        return Ok(());
    }
    let hosts = hosts.into_iter().collect();
    input::meant(app, Question::Fetch { hosts }).await
}

#[command]
async fn remove(composer: State<'_, Composer>, params: AttachmentIdParams) -> Result<(), IpcError> {
    draft(&composer).remove(&params.id).await
}

#[command]
async fn restore(
    composer: State<'_, Composer>,
    params: AttachmentIdParams,
) -> Result<(), IpcError> {
    draft(&composer).restore(&params.id)
}

#[command]
async fn order(
    composer: State<'_, Composer>,
    params: AttachmentOrderParams,
) -> Result<(), IpcError> {
    draft(&composer).order(&params.ids);
    Ok(())
}

#[command]
async fn keep_unsent(
    composer: State<'_, Composer>,
    params: AttachmentOrderParams,
) -> Result<(), IpcError> {
    draft(&composer).keep_unsent(&params.ids).await
}

#[command]
async fn target(composer: State<'_, Composer>, params: TargetParams) -> Result<(), IpcError> {
    let fitted = draft(&composer).set_target(&params)?;
    tauri::async_runtime::spawn(fitted);
    Ok(())
}

#[command]
async fn options(
    composer: State<'_, Composer>,
    params: PictureOptionsParams,
) -> Result<(), IpcError> {
    draft(&composer).choose(&params.id, params.options).await
}

#[command]
async fn crop(composer: State<'_, Composer>, params: CropParams) -> Result<(), IpcError> {
    draft(&composer).crop(&params).await
}

#[command]
async fn again(composer: State<'_, Composer>, params: PictureAgainParams) -> Result<(), IpcError> {
    draft(&composer).again(&params).await
}

#[command]
async fn save<R: Runtime>(app: AppHandle<R>, params: PictureSaveParams) -> Result<bool, IpcError> {
    let history = app.state::<History>().inner().clone();
    let Some((mime, bytes)) = history.picture(&params.hash).await? else {
        let message = "This picture is no longer kept, so there is nothing to save.";
        return Err(IpcError::new(ErrorCode::NotFound, message));
    };
    let ending = match mime.strip_prefix("image/").unwrap_or_default() {
        "jpeg" => "jpg",
        ending => ending,
    };
    let dialog = page::dialog(&app)
        .add_filter(&mime, &[ending])
        .set_file_name(format!("{}.{ending}", params.name));
    save_as(dialog, bytes).await
}

#[command]
async fn cancel(composer: State<'_, Composer>) -> Result<(), IpcError> {
    draft(&composer).cancel().await
}

#[command]
async fn take_folder<R: Runtime>(
    app: AppHandle<R>,
    composer: State<'_, Composer>,
    params: TakeFolderParams,
) -> Result<(), IpcError> {
    let files = composer.folders().take(&params.id);
    if params.take {
        attach(&app, files);
    }
    Ok(())
}

#[command]
async fn take_arrived<R: Runtime>(
    app: AppHandle<R>,
    arrivals: State<'_, Arrivals>,
) -> Result<(), IpcError> {
    let files = arrivals.take();
    // A share that does not answer keeps nothing else waiting.
    blocking(move || {
        attach(&app, files);
        Ok(())
    })
    .await
}

/// Something is dragged over the window.
pub fn drag_entered<R: Runtime>(app: &AppHandle<R>, count: usize) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    page::tell(app, "drag", DragEvent::Enter { count });
}

/// It left the window.
pub fn drag_left<R: Runtime>(app: &AppHandle<R>) {
    page::tell(app, "drag", DragEvent::Leave);
}

/// It was dropped on the window.
pub fn dropped<R: Runtime>(app: &AppHandle<R>, paths: &[PathBuf]) {
    drag_left(app);
    // A provider's file is no picture; a relative path is none that was dropped.
    let is_plugin = |path: &PathBuf| {
        path.is_absolute()
            && path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("json"))
    };
    let (plugins, pictures): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_plugin);
    if !plugins.is_empty() {
        super::providers::dropped(app, plugins);
    }
    attach(app, pictures);
}

/// Lists all of them at once, in order, and prepares each as its turn comes. Folders
/// are asked about, and more files than a folder may give.
fn attach<R: Runtime>(app: &AppHandle<R>, paths: Vec<PathBuf>) {
    let composer = app.state::<Composer>();
    let is_folder = |path: &PathBuf| path.is_absolute() && path.is_dir();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_folder);
    for folder in folders {
        ask(app, folder);
    }
    match composer.folders().check(files) {
        Ok(files) => {
            for file in files {
                tauri::async_runtime::spawn(draft(&composer).add_path(file));
            }
        }
        Err(event) => page::tell(app, "folder", event),
    }
}

/// Asks whether the pictures of a folder are meant; one without any is refused.
fn ask<R: Runtime>(app: &AppHandle<R>, folder: PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        let composer = app.state::<Composer>();
        let event = composer.folders().look(&folder);
        if event.files == 0 {
            composer.folders().take(&event.id);
            tauri::async_runtime::spawn(draft(&composer).add_path(folder));
        } else {
            page::tell(&app, "folder", event);
        }
    });
}

/// The plugin `images`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("images")
        .invoke_handler(generate_handler![
            list,
            pick,
            paste,
            add_link,
            fetch,
            remove,
            restore,
            order,
            keep_unsent,
            target,
            options,
            crop,
            again,
            save,
            cancel,
            take_folder,
            take_arrived
        ])
        .build()
}
