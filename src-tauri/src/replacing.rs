//! A newer version in the place of this one, where no package manager puts it there: on macOS
//! and Windows. What is downloaded comes the way of everything else; Tauri's updater is given
//! it, believes it by its signature alone, and puts it in its place.

#[cfg(any(windows, target_os = "macos"))]
pub use platform::plugin;
pub use platform::{is_possible, replace};

#[cfg(any(windows, target_os = "macos"))]
mod platform {
    use accounts::Accounts;
    use consent::Question;
    use protocol::{ErrorCode, IpcError};
    use tauri::{AppHandle, Manager, Runtime, Url, plugin::TauriPlugin};
    use tauri_plugin_updater::{Config, Update, UpdaterExt};
    use updates::{Newer, Updates};

    use crate::{plugins::blocking::blocking, quit};

    /// The public key of the releases, as `tauri signer generate` writes it.
    const KEY: Option<&str> = option_env!("DRAGOMAN_RELEASES_KEY");

    /// Was this built with a key that releases are signed by?
    pub fn is_possible() -> bool {
        KEY.is_some_and(|key| !key.is_empty())
    }

    /// What puts a version in the place of this one. The page is granted none of its commands.
    pub fn plugin<R: Runtime>() -> TauriPlugin<R, Config> {
        tauri_plugin_updater::Builder::new()
            .pubkey(KEY.unwrap_or_default())
            .build()
    }

    /// Asks the person, downloads the newest version, puts it in the place of this one and
    /// starts it.
    ///
    /// # Errors
    /// [`ErrorCode::UpdateUnknown`], [`ErrorCode::NotAllowed`],
    /// [`ErrorCode::UpdateNotInstalled`].
    pub async fn replace<R: Runtime>(app: &AppHandle<R>) -> Result<(), IpcError> {
        let (accounts, updates) = (app.state::<Accounts>(), app.state::<Updates>());
        let newer = updates.newer(&accounts).await?;
        let newer = newer.ok_or_else(|| not_installed("this is the newest version"))?;
        let question = Question::Install {
            version: newer.told.version.clone(),
        };
        let update = offered(app, newer)?;
        accounts.consent().ask(question).await?;
        let from = update.download_url.as_str();
        let bytes = updates.download(&accounts, from).await?;
        blocking(move || {
            let installed = update.install(&bytes);
            installed.map_err(|error| not_installed(&error.to_string()))
        })
        .await?;
        app.request_restart();
        Ok(())
    }

    /// The package for this platform.
    fn offered<R: Runtime>(app: &AppHandle<R>, newer: Newer) -> Result<Update, IpcError> {
        let Some(release) = newer.release else {
            return Err(not_installed("it is not offered for downloading"));
        };
        // Asked for, and never used: what there is to know stands in `release`.
        let address = Url::parse(&newer.told.page).into_iter().collect();
        let ending = app.clone();
        let updater = app
            .updater_builder()
            .endpoints(address)
            .and_then(|builder| {
                builder
                    // On Windows the set-up program takes over, and this one ends at once.
                    .on_before_exit(move || {
                        quit::end(&ending);
                        ending.cleanup_before_exit();
                    })
                    .build()
            });
        updater
            .and_then(|updater| updater.restore_update(release))
            .map_err(|error| not_installed(&error.to_string()))?
            .ok_or_else(|| not_installed("this is the newest version"))
    }

    fn not_installed(reason: &str) -> IpcError {
        let message = format!(
            "The new version was not installed: {reason}. Get it from its page, or try again later."
        );
        IpcError::new(ErrorCode::UpdateNotInstalled, message).arg("reason", reason)
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
mod platform {
    use protocol::{ErrorCode, IpcError};
    use tauri::{AppHandle, Runtime};

    /// What installed this updates it.
    pub const fn is_possible() -> bool {
        false
    }

    /// Refused.
    ///
    /// # Errors
    /// [`ErrorCode::UpdateNotInstalled`].
    pub async fn replace<R: Runtime>(_: &AppHandle<R>) -> Result<(), IpcError> {
        let reason = "on this system what installed it updates it";
        let message = format!("The new version was not installed: {reason}.");
        Err(IpcError::new(ErrorCode::UpdateNotInstalled, message).arg("reason", reason))
    }
}
