use std::io::Write;
use std::path::Path;

use export::{Error, write_whole};
use protocol::IpcError;
use tauri::Runtime;
use tauri_plugin_dialog::FileDialogBuilder;

use super::blocking::blocking;

/// Writes to a file that the person chooses; false where none was chosen.
///
/// # Errors
/// [`ErrorCode::Storage`](protocol::ErrorCode::Storage), which names the file; it is as
/// it was then.
pub async fn save_as<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<bool, IpcError> {
    save_by(dialog, move |path| {
        write_whole(path, |file| Ok(file.write_all(bytes.as_ref())?))
    })
    .await
}

/// Has the file written that the person chooses; false where none was chosen.
///
/// # Errors
/// Those of `write`.
pub async fn save_by<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    write: impl FnOnce(&Path) -> Result<(), Error> + Send + 'static,
) -> Result<bool, IpcError> {
    blocking(move || {
        let picked = dialog.blocking_save_file();
        let Some(path) = picked.and_then(|path| path.into_path().ok()) else {
            return Ok(false);
        };
        write(&path)?;
        Ok(true)
    })
    .await
}

/// Has files written in the folder that the person chooses; false where none was chosen.
///
/// # Errors
/// Those of `write`.
pub async fn save_in<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    write: impl FnOnce(&Path) -> Result<(), Error> + Send + 'static,
) -> Result<bool, IpcError> {
    blocking(move || {
        let picked = dialog.blocking_pick_folder();
        let Some(folder) = picked.and_then(|path| path.into_path().ok()) else {
            return Ok(false);
        };
        write(&folder)?;
        Ok(true)
    })
    .await
}
