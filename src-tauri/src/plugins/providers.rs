//! Who can be asked, and the files that say so. The page never names a path.

use std::path::PathBuf;

use accounts::Accounts;
use protocol::{
    IpcError, ManifestSaveParams, ManifestText, Model, ModelList, ModelSetParams, PluginReport,
    Provider, ProviderAddParams, ProviderEvent, ProviderIdParams, ProviderList,
    ProviderUpdateParams, ShareRateLimitParams,
};
use tauri::{
    AppHandle, Manager, Runtime, State, async_runtime, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_dialog::FileDialogBuilder;

use super::blocking::blocking;
use super::saving::save_as;
use crate::page;

#[command]
async fn list(accounts: State<'_, Accounts>) -> Result<ProviderList, IpcError> {
    Ok(ProviderList {
        providers: accounts.providers()?,
    })
}

#[command]
async fn add<R: Runtime>(
    app: AppHandle<R>,
    params: ProviderAddParams,
) -> Result<Provider, IpcError> {
    let accounts = app.state::<Accounts>();
    let added = accounts.add_provider(&params).await?;
    lists(&app, &added.id).await;
    accounts.provider(&added.id)
}

#[command]
async fn update<R: Runtime>(
    app: AppHandle<R>,
    params: ProviderUpdateParams,
) -> Result<Provider, IpcError> {
    let accounts = app.state::<Accounts>();
    accounts.update_provider(&params).await?;
    lists(&app, &params.id).await;
    accounts.provider(&params.id)
}

#[command]
async fn remove(accounts: State<'_, Accounts>, params: ProviderIdParams) -> Result<(), IpcError> {
    accounts.remove_provider(&params.id).await
}

#[command]
async fn models(
    accounts: State<'_, Accounts>,
    params: ProviderIdParams,
) -> Result<ModelList, IpcError> {
    accounts.models(&params.id).await
}

#[command]
async fn refresh<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    async_runtime::spawn(async move {
        let due = app.state::<Accounts>().lists_due().await;
        ask_for_lists(app, due).await;
    });
    Ok(())
}

#[command]
async fn set_model(
    accounts: State<'_, Accounts>,
    params: ModelSetParams,
) -> Result<Model, IpcError> {
    accounts.set_model(params).await
}

#[command]
async fn share_rate_limit(
    accounts: State<'_, Accounts>,
    params: ShareRateLimitParams,
) -> Result<(), IpcError> {
    accounts.share_rate_limit(&params).await
}

#[command]
async fn manifest(
    accounts: State<'_, Accounts>,
    params: ProviderIdParams,
) -> Result<ManifestText, IpcError> {
    accounts.manifest_text(&params.id)
}

#[command]
async fn save<R: Runtime>(
    app: AppHandle<R>,
    params: ManifestSaveParams,
) -> Result<Provider, IpcError> {
    let accounts = app.state::<Accounts>();
    let saved = accounts.save_plugin(&params).await?;
    lists(&app, &saved.id).await;
    accounts.provider(&saved.id)
}

#[command]
async fn copy(
    accounts: State<'_, Accounts>,
    params: ProviderIdParams,
) -> Result<Provider, IpcError> {
    accounts.copy_provider(&params.id).await
}

#[command]
async fn import<R: Runtime>(app: AppHandle<R>) -> Result<PluginReport, IpcError> {
    let dialog = dialog(&app);
    let accounts = app.state::<Accounts>().inner().clone();
    let picked = blocking(move || Ok(dialog.blocking_pick_files().unwrap_or_default())).await?;
    let paths = picked.into_iter().filter_map(|path| path.into_path().ok());
    let paths: Vec<_> = paths.collect();
    let report = accounts.add_plugin_files(&paths).await;
    list_added(&app, &report);
    Ok(report)
}

#[command]
async fn export<R: Runtime>(app: AppHandle<R>, params: ProviderIdParams) -> Result<bool, IpcError> {
    let (name, json) = app.state::<Accounts>().export_provider(&params.id)?;
    let dialog = dialog(&app).set_file_name(name);
    save_as(dialog, json).await
}

#[command]
async fn plugins(accounts: State<'_, Accounts>) -> Result<PluginReport, IpcError> {
    let accounts = accounts.inner().clone();
    blocking(move || accounts.read_plugins()).await
}

fn dialog<R: Runtime>(app: &AppHandle<R>) -> FileDialogBuilder<R> {
    page::dialog(app).add_filter("Dragoman", &["json"])
}

/// Has the models of a provider listed that was added or changed just now, or that has
/// a new key.
pub async fn lists<R: Runtime>(app: &AppHandle<R>, id: &str) {
    if app.state::<Accounts>().lists_anew(id).await {
        async_runtime::spawn(ask_for_lists(app.clone(), vec![id.to_owned()]));
    }
}

fn list_added<R: Runtime>(app: &AppHandle<R>, report: &PluginReport) {
    let added: Vec<String> = report.added.iter().map(|one| one.id.clone()).collect();
    let app = app.clone();
    async_runtime::spawn(async move {
        for id in added {
            lists(&app, &id).await;
        }
    });
}

async fn ask_for_lists<R: Runtime>(app: AppHandle<R>, ids: Vec<String>) {
    let accounts = app.state::<Accounts>().inner().clone();
    let tell = |provider| page::tell(&app, "provider", ProviderEvent { provider });
    accounts.ask_for_lists(ids, tell).await;
}

/// Plugin files were dropped on the window.
pub fn dropped<R: Runtime>(app: &AppHandle<R>, paths: Vec<PathBuf>) {
    let app = app.clone();
    async_runtime::spawn(async move {
        let accounts = app.state::<Accounts>().inner().clone();
        let report = accounts.add_plugin_files(&paths).await;
        tell(&app, &report);
        list_added(&app, &report);
    });
}

/// Reads the folder of plugins, beside everything else that starts.
pub fn read<R: Runtime>(app: &AppHandle<R>, accounts: &Accounts) {
    let (app, accounts) = (app.clone(), accounts.clone());
    async_runtime::spawn_blocking(move || {
        // What cannot be read now is said when the page asks for it.
        if let Ok(report) = accounts.read_plugins() {
            tell(&app, &report);
        }
    });
}

fn tell<R: Runtime>(app: &AppHandle<R>, report: &PluginReport) {
    if !report.added.is_empty() || !report.refused.is_empty() {
        page::tell(app, "plugins", report);
    }
}

/// The plugin `providers`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("providers")
        .invoke_handler(generate_handler![
            list,
            add,
            update,
            remove,
            models,
            refresh,
            set_model,
            share_rate_limit,
            manifest,
            save,
            copy,
            import,
            export,
            plugins
        ])
        .build()
}
