//! Where the files of the app are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The app's name to the system: of its folders, and of its keys in the keyring.
pub const IDENTIFIER: &str = "dev.dragoman.desktop";

/// Names a folder that holds everything, for tests and portable use.
const VARIABLE: &str = "DRAGOMAN_HOME";

/// Where the files of the app are.
#[derive(Debug, Clone)]
pub struct Home(Option<PathBuf>);

impl Home {
    /// The folder that `DRAGOMAN_HOME` names, else the platform's own.
    pub fn from_environment() -> Self {
        let named = env::var_os(VARIABLE)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        Self(named.map(|path| std::path::absolute(&path).unwrap_or(path)))
    }

    /// A folder that holds everything; an absolute path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(Some(path.into()))
    }

    /// The folder that was named, if one was.
    pub fn named(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// The folder of history, settings and web view data; it may not exist yet. `None`
    /// where the platform names no folder for this user.
    pub fn data(&self) -> Option<PathBuf> {
        let own = || Some(dirs::data_dir()?.join(IDENTIFIER));
        self.0.clone().or_else(own)
    }
}
