use std::fs;

use protocol::{ErrorCode, IpcError};
use tauri::Runtime;
use tauri_plugin_dialog::FileDialogBuilder;

use super::blocking::blocking;

/// Writes to a file that the person chooses; false where none was chosen.
///
/// # Errors
/// [`ErrorCode::Storage`], which names the file.
pub async fn save_as<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    bytes: impl AsRef<[u8]> + Send + 'static,
) -> Result<bool, IpcError> {
    blocking(move || {
        let picked = dialog.blocking_save_file();
        let Some(path) = picked.and_then(|path| path.into_path().ok()) else {
            return Ok(false);
        };
        fs::write(&path, bytes).map_err(|reason| {
            let message = format!(
                "{} cannot be written: {reason}. Choose another folder.",
                path.display()
            );
            IpcError::new(ErrorCode::Storage, message)
                .arg("path", path.display())
                .arg("reason", reason)
        })?;
        Ok(true)
    })
    .await
}
