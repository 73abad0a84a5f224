//! Preferences: one small file, validated when read, with a last good copy.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{ErrorCode, IpcError, Language, Notice, Settings, SettingsSetParams};
use serde_json::{Map, Value};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_store::StoreBuilder;

/// The one value in the file.
const KEY: &str = "settings";

/// Writes the one value to the file.
type Save = Box<dyn Fn(Value) -> Result<(), String> + Send + Sync>;

/// The preferences and their file.
pub struct Preferences {
    now: Arc<Mutex<Settings>>,
    save: Save,
    file: PathBuf,
}

impl Preferences {
    /// Reads the file. A broken one is set aside, the last good copy or else
    /// the defaults take its place, and a notice says so: the store itself
    /// would take a broken file for an empty one and write over it.
    pub fn open<R: Runtime>(app: &AppHandle<R>, data: &Path, notices: &mut Vec<Notice>) -> Self {
        let file = data.join("settings.json");
        let settings = match read(&file) {
            Ok(settings) => settings,
            Err(Unreadable::Missing) => Settings::default(),
            Err(Unreadable::Broken) => set_aside(&file, notices),
        };
        let store = StoreBuilder::new(app, &file).disable_auto_save().build();
        let save = move |value| {
            let store = store.as_ref().map_err(ToString::to_string)?;
            store.set(KEY, value);
            store.save().map_err(|error| error.to_string())
        };
        Self {
            now: Arc::new(Mutex::new(settings)),
            save: Box::new(save),
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

    fn write(&self, settings: &Settings) -> Result<(), String> {
        let value = serde_json::to_value(settings).map_err(|error| error.to_string())?;
        // The store writes in place; a copy of the last good file outlives a
        // write that is cut short.
        if read(&self.file).is_ok() {
            fs::copy(&self.file, last_good(&self.file)).map_err(|error| error.to_string())?;
        }
        (self.save)(value)
    }
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
    params: SettingsSetParams,
) -> Result<Settings, IpcError> {
    preferences.set(params.settings)
}

/// The plugin `settings`.
pub fn init<R: Runtime>(preferences: Preferences) -> TauriPlugin<R> {
    Builder::new("settings")
        .setup(move |app, _| {
            app.manage(preferences);
            Ok(())
        })
        .invoke_handler(generate_handler![get, set])
        .build()
}
