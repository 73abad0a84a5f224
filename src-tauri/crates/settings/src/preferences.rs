use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{Language, Notice, Settings, TitleModel};

use crate::Error;
use crate::file::{SettingsFile, Unreadable};
use crate::locale::locale;
use crate::merge::merged;

/// The preferences and their file.
pub struct Preferences {
    now: Arc<Mutex<Settings>>,
    file: SettingsFile,
}

impl Preferences {
    /// Reads `settings.json` in this folder. A broken one is set aside, the last good
    /// copy or else the defaults take its place, and a notice says so.
    pub fn open(data: &Path, notices: &mut Vec<Notice>) -> Self {
        let file = SettingsFile::new(data);
        let mut read = file.read();
        if read == Err(Unreadable::Broken) {
            // Another process that starts now may have mended it by then. Who cannot
            // lock it sets it aside all the same.
            let _alone = file.lock();
            read = file.read();
            if read == Err(Unreadable::Broken) {
                let (aside, good) = file.set_aside();
                notices.push(Notice::SettingsRestored {
                    set_aside: aside.display().to_string(),
                    from_copy: good.is_some(),
                });
                read = good.ok_or(Unreadable::Missing);
            }
        }
        Self {
            now: Arc::new(Mutex::new(read.unwrap_or_default())),
            file,
        }
    }

    /// Tells the language of the interface, at any time: the one chosen, else
    /// the system's.
    pub fn language(&self) -> impl Fn() -> Language + Send + Sync + 'static {
        let now = Arc::clone(&self.now);
        move || spoken(locked(&now).language)
    }

    /// Tells the model that titles are asked of, at any time.
    pub fn titles(&self) -> impl Fn() -> Option<TitleModel> + Send + Sync + 'static {
        let now = Arc::clone(&self.now);
        move || locked(&now).titles.clone()
    }

    /// The settings as this process read or wrote them last.
    pub fn now(&self) -> Settings {
        locked(&self.now).clone()
    }

    /// Stores what `wanted` changes of `known`, which it was made from; the rest
    /// stays as it is in the file. Answers with what is stored.
    ///
    /// # Errors
    /// [`Error::NotWritten`]; nothing was changed.
    pub fn set(&self, known: &Settings, wanted: Settings) -> Result<Settings, Error> {
        self.change(|stored| *stored = merged(known, wanted, stored))
    }

    /// Changes what is in the file. Answers with what is stored.
    ///
    /// # Errors
    /// [`Error::NotWritten`]; nothing was changed.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, Error> {
        let mut now = locked(&self.now);
        let write = || {
            let _alone = self.file.lock()?;
            let stored = self.file.read().ok();
            let mut settings = stored.clone().unwrap_or_else(|| now.clone());
            change(&mut settings);
            self.file.write(&settings, stored.as_ref())?;
            Ok(settings)
        };
        let settings = write().map_err(|error: std::io::Error| Error::NotWritten {
            path: self.file.path().to_owned(),
            reason: error.to_string(),
        })?;
        now.clone_from(&settings);
        Ok(settings)
    }
}

/// The language of the interface by the file in this folder, before it is opened:
/// nothing is set aside and nothing said of a broken one.
pub fn language_in(data: &Path) -> Language {
    let kept = SettingsFile::new(data).read().unwrap_or_default();
    spoken(kept.language)
}

/// The language that is chosen, else the system's.
fn spoken(chosen: Language) -> Language {
    match chosen {
        Language::System if locale().starts_with("zh") => Language::Chinese,
        Language::System => Language::English,
        chosen => chosen,
    }
}

fn locked(now: &Mutex<Settings>) -> MutexGuard<'_, Settings> {
    now.lock().unwrap_or_else(PoisonError::into_inner)
}
