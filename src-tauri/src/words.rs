//! What the shell says itself, outside of the page: on the terminal, in the system's
//! dialogs, in the menu of the web view.

use app::Home;
use protocol::Language;
use settings::Preferences;
use tauri::{AppHandle, Manager, Runtime};

/// Words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    chinese: bool,
}

impl Words {
    /// In this language; English where it is left to the system.
    pub fn in_language(language: Language) -> Self {
        Self {
            chinese: language == Language::Chinese,
        }
    }

    /// Before anything is open, in the language that was chosen in this home.
    pub fn of_home(home: &Home) -> Self {
        let data = home.data().unwrap_or_default();
        Self::in_language(settings::language_in(&data))
    }

    /// In the language that the interface has now.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "other systems bring the words of their web view")
    )]
    pub fn now<R: Runtime>(app: &AppHandle<R>) -> Self {
        let preferences = app.try_state::<Preferences>();
        let language = preferences.map(|preferences| preferences.language()());
        Self::in_language(language.unwrap_or_default())
    }

    /// The one of the two that is in this language.
    pub fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        if self.chinese { chinese } else { english }
    }
}
