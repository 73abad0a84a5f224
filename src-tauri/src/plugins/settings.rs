//! Preferences, and the way out of this machine that they say.

use std::path::PathBuf;

use accounts::Accounts;
use protocol::{
    ErrorCode, IpcError, NetworkStatus, ProxyPasswordParams, Settings, SettingsSetParams,
};
use settings::Preferences;
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

use super::blocking::blocking;
use crate::{page, window};

/// Endings the dialog for certificates offers; what a file is, its bytes say.
const CERTIFICATES: [&str; 4] = ["pem", "crt", "cer", "der"];

#[command]
async fn get(preferences: State<'_, Preferences>) -> Result<Settings, IpcError> {
    Ok(preferences.now())
}

#[command]
async fn set<R: Runtime>(
    app: AppHandle<R>,
    preferences: State<'_, Preferences>,
    accounts: State<'_, Accounts>,
    params: SettingsSetParams,
) -> Result<Settings, IpcError> {
    let known = preferences.now();
    let before = &known.network;
    let mut settings = params.settings;
    // A page that names a file would have it read.
    settings.network.ca_file.clone_from(&before.ca_file);
    // One that names a folder would have everything written there.
    settings.backup.folder.clone_from(&known.backup.folder);
    if settings.network != *before {
        accounts::check_network(&settings.network)?;
        accounts
            .ask_about_network(before, &settings.network)
            .await?;
    }
    let settings = preferences.set(&known, settings)?;
    if settings.network != *before {
        accounts.leave_proxy(before, &settings.network).await;
        accounts.use_network(settings.network.clone()).await;
    }
    if settings.zoom != known.zoom {
        window::zoom(&app, settings.zoom);
    }
    Ok(settings)
}

#[command]
async fn network(accounts: State<'_, Accounts>) -> Result<NetworkStatus, IpcError> {
    Ok(accounts.network().await)
}

#[command]
async fn set_proxy_password(
    preferences: State<'_, Preferences>,
    accounts: State<'_, Accounts>,
    params: ProxyPasswordParams,
) -> Result<NetworkStatus, IpcError> {
    let network = preferences.now().network;
    accounts
        .set_proxy_password(&network, params.password)
        .await?;
    Ok(accounts.network().await)
}

#[command]
async fn choose_ca<R: Runtime>(app: AppHandle<R>) -> Result<Settings, IpcError> {
    let dialog = page::dialog(&app)
        .add_filter("PEM, DER", &CERTIFICATES)
        .add_filter("*", &["*"]);
    let picked = blocking(move || Ok(dialog.blocking_pick_file())).await?;
    let Some(path) = picked.and_then(|path| path.into_path().ok()) else {
        return Ok(app.state::<Preferences>().now());
    };
    accounts::check_ca(&path).await?;
    use_ca(&app, Some(path)).await
}

#[command]
async fn clear_ca<R: Runtime>(app: AppHandle<R>) -> Result<Settings, IpcError> {
    use_ca(&app, None).await
}

async fn use_ca<R: Runtime>(
    app: &AppHandle<R>,
    path: Option<PathBuf>,
) -> Result<Settings, IpcError> {
    let ca_file = match path.map(PathBuf::into_os_string) {
        Some(path) => Some(path.into_string().map_err(|path| {
            let name = path.to_string_lossy();
            let message = format!("The path {name} cannot be kept: it is not Unicode. Rename it.");
            IpcError::new(ErrorCode::FileNotReadable, message).arg("name", name)
        })?),
        None => None,
    };
    let preferences = app.state::<Preferences>();
    let settings = preferences.change(|settings| settings.network.ca_file = ca_file)?;
    let accounts = app.state::<Accounts>();
    accounts.use_network(settings.network.clone()).await;
    Ok(settings)
}

/// The plugin `settings`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("settings")
        .invoke_handler(generate_handler![
            get,
            set,
            network,
            set_proxy_password,
            choose_ca,
            clear_ca
        ])
        .build()
}
