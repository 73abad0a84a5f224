use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BackupSettings, IpcError};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the system says.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// How large the page is shown, in percent: 50 to 300.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16")]
pub struct Zoom(u16);

impl Zoom {
    /// The percentage.
    pub fn percent(self) -> u16 {
        self.0
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

/// The nearest that can be used.
impl From<u16> for Zoom {
    fn from(percent: u16) -> Self {
        Self(percent.clamp(50, 300))
    }
}

/// Preferences, and nothing but preferences. Also the form of `settings.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Language of the interface.
    pub language: Language,
    /// How large the page is shown.
    #[ts(type = "number")]
    pub zoom: Zoom,
    /// Provider of a new conversation; Demo when `None`.
    pub provider: Option<String>,
    /// Model of a new conversation.
    pub model: Option<String>,
    /// The model that gives new conversations their titles; the first line of the question
    /// is one where `None`.
    pub titles: Option<TitleModel>,
    /// How requests leave this machine.
    pub network: NetworkSettings,
    /// Is it asked at the start whether there is a newer version?
    pub check_updates: bool,
    /// Where backups go, and when.
    pub backup: BackupSettings,
}

/// A model that titles are asked of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TitleModel {
    /// Id of its provider.
    pub provider: String,
    /// Its id.
    pub model: String,
}

/// How requests leave this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// Which proxy.
    pub proxy: ProxyMode,
    /// Its address, for `manual`: `http://`, `https://`, `socks5://` or
    /// `socks5h://`, host and port, no user and no password.
    pub proxy_url: String,
    /// User at the proxy; empty for none. The password is in the keyring.
    pub proxy_user: String,
    /// A certificate file that is trusted besides the system's. Chosen with
    /// `settings|choose_ca` only: `settings|set` does not change it.
    pub ca_file: Option<String>,
    /// Seconds without a byte after which a request is given up, 30 to 3,600.
    pub idle_seconds: u32,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            proxy: ProxyMode::default(),
            proxy_url: String::new(),
            proxy_user: String::new(),
            ca_file: None,
            idle_seconds: 300,
        }
    }
}

/// Which proxy requests go through. Addresses of this machine never do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ProxyMode {
    /// The system's, or that of the environment (`HTTPS_PROXY`…).
    #[default]
    System,
    /// None.
    None,
    /// The one given.
    Manual,
}

/// `settings|set_proxy_password`: the only way in, and there is none out.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProxyPasswordParams {
    /// The password; `None` removes it from the keyring.
    pub password: Option<String>,
}

/// Never shows the password.
impl std::fmt::Debug for ProxyPasswordParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProxyPasswordParams(<redacted>)")
    }
}

/// Answer of `settings|network`: how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkStatus {
    /// A password is stored for the proxy.
    pub password: bool,
    /// What keeps the settings from being used, as far as it can be told now.
    pub error: Option<IpcError>,
}

/// `settings|set`: the new settings, whole. Answer: the same, as stored.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsSetParams {
    /// All of them.
    pub settings: Settings,
}
