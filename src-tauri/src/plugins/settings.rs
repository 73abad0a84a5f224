//! Preferences: one small file, validated when read, with a last good copy.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use accounts::Accounts;
use protocol::{
    ErrorCode, IpcError, Language, NetworkStatus, Notice, ProxyPasswordParams, Settings,
    SettingsSetParams,
};
use serde_json::{Map, Value, json};
use tauri::{
    AppHandle, Manager, Runtime, State, async_runtime, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_dialog::DialogExt;

use crate::window::MAIN;

/// Endings the dialog for certificates offers; what a file is, its bytes say.
const CERTIFICATES: [&str; 4] = ["pem", "crt", "cer", "der"];

/// The one value in the file.
const KEY: &str = "settings";

/// The preferences and their file.
pub struct Preferences {
    now: Arc<Mutex<Settings>>,
    file: PathBuf,
}

impl Preferences {
    /// Reads the file. A broken one is set aside, the last good copy or else
    /// the defaults take its place, and a notice says so.
    pub fn open(data: &Path, notices: &mut Vec<Notice>) -> Self {
        let file = data.join("settings.json");
        let settings = match read(&file) {
            Ok(settings) => settings,
            Err(Unreadable::Missing) => Settings::default(),
            Err(Unreadable::Broken) => set_aside(&file, notices),
        };
        Self {
            now: Arc::new(Mutex::new(settings)),
            file,
        }
    }

    /// Tells the language of the interface, at any time: the one chosen, else
    /// the system's.
    pub fn language(&self) -> impl Fn() -> Language + Send + Sync + 'static {
        let now = Arc::clone(&self.now);
        move || match now.lock().unwrap_or_else(PoisonError::into_inner).language {
            Language::System if locale().starts_with("zh") => Language::Chinese,
            Language::System => Language::English,
            chosen => chosen,
        }
    }

    /// The settings as they are.
    pub fn now(&self) -> Settings {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Settings> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, settings: Settings) -> Result<Settings, IpcError> {
        let mut now = self.lock();
        self.write(&settings).map_err(|reason| {
            IpcError::new(
                ErrorCode::Storage,
                format!(
                    "The settings cannot be written to {}: {reason}. Check the folder’s permissions and free space.",
                    self.file.display()
                ),
            )
            .arg("path", self.file.display())
            .arg("reason", reason)
        })?;
        *now = settings.clone();
        Ok(settings)
    }

    /// Writes under another name and renames, so that an end amid it leaves
    /// the file as it was. The copy is for a file that something else broke.
    fn write(&self, settings: &Settings) -> Result<(), String> {
        if read(&self.file).is_ok() {
            fs::copy(&self.file, last_good(&self.file)).map_err(|error| error.to_string())?;
        }
        replace(&self.file, settings).map_err(|error| error.to_string())
    }
}

fn replace(file: &Path, settings: &Settings) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".settings-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    let value = json!({ KEY: settings });
    new.write_all(format!("{value:#}\n").as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

enum Unreadable {
    Missing,
    Broken,
}

fn read(file: &Path) -> Result<Settings, Unreadable> {
    let text = fs::read_to_string(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Unreadable::Broken,
        _ => Unreadable::Missing,
    })?;
    let mut stored: Map<String, Value> =
        serde_json::from_str(&text).map_err(|_| Unreadable::Broken)?;
    match stored.remove(KEY) {
        Some(value) => serde_json::from_value(value).map_err(|_| Unreadable::Broken),
        // An earlier version left `{}` at its end when nothing had been set.
        None if stored.is_empty() => Err(Unreadable::Missing),
        None => Err(Unreadable::Broken),
    }
}

fn set_aside(file: &Path, notices: &mut Vec<Notice>) -> Settings {
    let since = std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |time| time.as_millis());
    let aside = file.with_extension(format!("json.corrupt-{since}"));
    let copy = last_good(file);
    let good = read(&copy).ok();
    if fs::rename(file, &aside).is_ok() && good.is_some() {
        // When this fails the settings still hold in memory, and the next change writes them.
        let _ = fs::copy(&copy, file);
    }
    notices.push(Notice::SettingsRestored {
        set_aside: aside.display().to_string(),
        from_copy: good.is_some(),
    });
    good.unwrap_or_default()
}

fn last_good(file: &Path) -> PathBuf {
    file.with_extension("json.last-good")
}

/// The system's language, as a BCP 47 tag.
pub fn locale() -> String {
    sys_locale::get_locale().unwrap_or_else(|| "en".to_owned())
}

#[command]
async fn get(preferences: State<'_, Preferences>) -> Result<Settings, IpcError> {
    Ok(preferences.now())
}

#[command]
async fn set(
    preferences: State<'_, Preferences>,
    accounts: State<'_, Accounts>,
    params: SettingsSetParams,
) -> Result<Settings, IpcError> {
    let before = preferences.now().network;
    let mut settings = params.settings;
    // A page that names a file would have it read.
    settings.network.ca_file.clone_from(&before.ca_file);
    if settings.network != before {
        accounts::check_network(&settings.network)?;
    }
    let settings = preferences.set(settings)?;
    if settings.network != before {
        accounts.leave_proxy(&before, &settings.network).await;
        accounts.use_network(settings.network.clone()).await;
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
    let mut dialog = app
        .dialog()
        .file()
        .add_filter("PEM, DER", &CERTIFICATES)
        .add_filter("*", &["*"]);
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    let picked = async_runtime::spawn_blocking(move || dialog.blocking_pick_file()).await;
    let path = picked.ok().flatten().and_then(|path| path.into_path().ok());
    let Some(path) = path else {
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
    let preferences = app.state::<Preferences>();
    let mut settings = preferences.now();
    settings.network.ca_file = match path.map(PathBuf::into_os_string) {
        Some(path) => Some(path.into_string().map_err(|path| {
            let name = path.to_string_lossy();
            let message = format!("The path {name} cannot be kept: it is not Unicode. Rename it.");
            IpcError::new(ErrorCode::FileNotReadable, message).arg("name", name)
        })?),
        None => None,
    };
    let settings = preferences.set(settings)?;
    let accounts = app.state::<Accounts>();
    accounts.use_network(settings.network.clone()).await;
    Ok(settings)
}

/// The plugin `settings`.
pub fn init<R: Runtime>(preferences: Preferences, accounts: Accounts) -> TauriPlugin<R> {
    Builder::new("settings")
        .setup(move |app, _| {
            app.manage(preferences);
            app.manage(accounts);
            Ok(())
        })
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
